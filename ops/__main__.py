"""Command line of `python -m ops COMMAND`; docs/operations.md describes the commands."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from common.atlassian.http_client import AtlassianError
from common.aws.secrets import InvalidSecret
from common.lambda_entry.environment import InvalidEnvironment
from ops import errors, stuck_reviews
from ops.commands import doctor, pause, quality, redrive, renew_link, replay, revert, status, sweep
from ops.console_output import Terminal
from ops.deployed_stack import QUEUE_FUNCTIONS, DeployedStack
from ops.errors import OperatorError


def main(arguments: Sequence[str] | None = None, screen: Terminal | None = None) -> int:
    """Run one command and return its exit code; 2 if it cannot do its work, for example without credentials."""
    given = _parser().parse_args(arguments)
    screen = screen or Terminal()
    try:
        return _run(given, DeployedStack(given.prefix), screen)
    except OperatorError as error:
        problem, remedy = error.problem, error.remedy
    except (BotoCoreError, ClientError) as error:
        translated = errors.from_aws_error(error)
        problem, remedy = translated.problem, translated.remedy
    except (AtlassianError, InvalidSecret, InvalidEnvironment) as error:
        problem, remedy = str(error), "run `python -m ops doctor` to find the cause"
    screen.say(f"Cannot go on: {problem}", f"What to do: {remedy}")
    return 2


def _run(given: argparse.Namespace, deployment: DeployedStack, screen: Terminal) -> int:
    commands: Mapping[str, Callable[[], int]] = {
        "status": lambda: _status(given.issue_key, deployment, screen),
        "redrive": lambda: redrive.run(
            deployment, screen, given.function, _yes if given.yes else _ask, drop=given.drop
        ),
        "replay": lambda: replay.run(deployment, screen, given.id),
        "renew-link": lambda: renew_link.run(deployment, screen, given.issue_key),
        "revert": lambda: revert.run(deployment, screen, given.document_id),
        "quality": lambda: quality.run(deployment, screen, given.since),
        "sweep": lambda: sweep.run(deployment, screen, given.since, given.dry_run),
        "pause": lambda: pause.run(deployment, screen, given.command, given.reason),
        "resume": lambda: pause.run(deployment, screen, given.command, given.reason),
        "doctor": lambda: doctor.run(deployment, screen),
    }
    return commands[given.command]()


def _status(issue_key: str | None, deployment: DeployedStack, screen: Terminal) -> int:
    if issue_key is None:
        return stuck_reviews.run(deployment, screen, time.time())
    return status.run(deployment, screen, issue_key)


def _yes(_question: str) -> bool:
    return True


def _ask(question: str) -> bool:
    if not sys.stdin.isatty():
        raise OperatorError(
            "the command asks for confirmation, but there is no terminal",
            "add --yes to run it without confirmation",
        )
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _issue_key(given: str) -> str:
    key = given.strip().upper()
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*-[0-9]+", key):
        raise argparse.ArgumentTypeError(f"{given!r} is not a Jira key such as PAY2-7")
    return key


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops",
        description="Inspect a deployed Kinexus stack, and restart work that stopped.",
        epilog="docs/operations.md shows the output of each command.",
    )
    parser.add_argument(
        "--prefix",
        default=os.environ.get("KINEXUS_PREFIX", "kinexus"),
        help="the stack's namePrefix (default: $KINEXUS_PREFIX, or kinexus)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("status", help="show the history of a ticket, or the reviews that are stuck")
    one.add_argument(
        "issue_key",
        nargs="?",
        metavar="ISSUE-KEY",
        type=_issue_key,
        help="key of a source ticket or review ticket, such as PAY2-7; without it, all stuck reviews",
    )
    one = commands.add_parser(
        "redrive", help="show the messages in the dead-letter queues, and send them again"
    )
    one.add_argument(
        "function",
        nargs="?",
        choices=QUEUE_FUNCTIONS,
        metavar="FUNCTION",
        help=", ".join(QUEUE_FUNCTIONS) + "; all by default",
    )
    one.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    one.add_argument("--drop", action="store_true", help="also delete messages that are not Kinexus events")
    one = commands.add_parser("replay", help="publish the event of a change or a document again")
    one.add_argument("id", metavar="CHANGE-ID|DOCUMENT-ID", help="as `status` shows it: chg-10020-10022")
    one = commands.add_parser("renew-link", help="open the link to the diff of an open review again")
    one.add_argument(
        "issue_key", metavar="ISSUE-KEY", type=_issue_key, help="key of a source or review ticket"
    )
    one = commands.add_parser("revert", help="ask for a review that takes the publication of a document back")
    one.add_argument("document_id", metavar="DOCUMENT-ID", help="as `status` shows it: doc-…")
    one = commands.add_parser("quality", help="show what became of the drafts, by space, label and model")
    one.add_argument(
        "--since",
        type=sweep.parse_duration,
        default="13w",
        metavar="TIME",
        help="90m, 36h, 2d, 1w; default 13w",
    )
    one = commands.add_parser("sweep", help="process closed tickets and reviews whose webhook was lost")
    one.add_argument(
        "--since",
        type=sweep.parse_duration,
        default="2d",
        metavar="TIME",
        help="90m, 36h, 2d, 1w; default 2d",
    )
    one.add_argument("--dry-run", action="store_true", help="only show them, change nothing")
    one = commands.add_parser("pause", help="stop drafting; closed tickets are recorded and wait")
    one.add_argument("--reason", default="", help="why, for other operators")
    one = commands.add_parser("resume", help="end the pause, and draft what waits")
    one.set_defaults(reason="")
    commands.add_parser("doctor", help="check everything that the pipeline depends on, and say what to do")
    return parser


if __name__ == "__main__":
    sys.exit(main())
