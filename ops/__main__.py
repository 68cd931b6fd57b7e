"""`python -m ops COMMAND`: see docs/operations.md."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from common.atlassian.http_client import AtlassianError
from common.aws.secrets import InvalidSecret
from common.lambda_entry.environment import InvalidEnvironment
from ops import errors, stuck_reviews
from ops.commands import doctor, redrive, replay, status, sweep
from ops.console_output import Terminal
from ops.deployed_stack import FED, Deployment
from ops.errors import OperatorError


def main(arguments: Sequence[str] | None = None, screen: Terminal | None = None) -> int:
    """Run one command and return its exit code; 2 when something outside stands in the way."""
    given = _parser().parse_args(arguments)
    screen = screen or Terminal()
    try:
        return _run(given, Deployment(given.prefix), screen)
    except OperatorError as error:
        problem, remedy = error.problem, error.remedy
    except (BotoCoreError, ClientError) as error:
        said = errors.from_aws_error(error)
        problem, remedy = said.problem, said.remedy
    except (AtlassianError, InvalidSecret, InvalidEnvironment) as error:
        problem, remedy = str(error), "`python -m ops doctor` looks for the cause"
    screen.say(f"Cannot go on: {problem}", f"What to do: {remedy}")
    return 2


def _run(given: argparse.Namespace, deployment: Deployment, screen: Terminal) -> int:
    match given.command:
        case "status":
            if given.issue_key is None:
                return stuck_reviews.run(deployment, screen, time.time())
            return status.run(deployment, screen, given.issue_key)
        case "redrive":
            agreed = _yes if given.yes else _ask
            return redrive.run(deployment, screen, given.function, agreed, drop=given.drop)
        case "replay":
            return replay.run(deployment, screen, given.id)
        case "sweep":
            return sweep.run(deployment, screen, given.since, given.dry_run)
        case "doctor":
            return doctor.run(deployment, screen)
    raise AssertionError(given.command)


def _yes(_question: str) -> bool:
    return True


def _ask(question: str) -> bool:
    if not sys.stdin.isatty():
        raise OperatorError("there is no terminal to answer on", "say --yes to do it without being asked")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _issue_key(given: str) -> str:
    key = given.strip().upper()
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*-[0-9]+", key):
        raise argparse.ArgumentTypeError(f"{given!r} is no Jira key: one such as PAY2-7 belongs there")
    return key


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops",
        description="Look after a deployed Kinexus stack.",
        epilog="docs/operations.md shows each command at work.",
    )
    parser.add_argument(
        "--prefix",
        default=os.environ.get("KINEXUS_PREFIX", "kinexus"),
        help="the stack's namePrefix (default: $KINEXUS_PREFIX, or kinexus)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("status", help="the whole story of a ticket, or the reviews that are stuck")
    one.add_argument(
        "issue_key",
        nargs="?",
        metavar="ISSUE-KEY",
        type=_issue_key,
        help="a ticket's, or its review's: PAY2-7; without one, all reviews that do not go on by themselves",
    )
    one = commands.add_parser("redrive", help="show messages that were given up, and send them again")
    one.add_argument(
        "function", nargs="?", choices=FED, metavar="FUNCTION", help=", ".join(FED) + "; all by default"
    )
    one.add_argument("--yes", action="store_true", help="do it without asking")
    one.add_argument("--drop", action="store_true", help="delete what is no event of ours, too")
    one = commands.add_parser("replay", help="publish the event of a change or a document once more")
    one.add_argument("id", metavar="CHANGE-ID|DOCUMENT-ID", help="as `status` shows it: chg-10020-10022")
    one = commands.add_parser("sweep", help="feed in finished tickets that Jira never told of")
    one.add_argument(
        "--since", type=sweep.seconds, default="2d", metavar="TIME", help="90m, 36h, 2d, 1w; default 2d"
    )
    one.add_argument("--dry-run", action="store_true", help="only show them")
    commands.add_parser("doctor", help="look at everything that the pipeline stands on, and say what to do")
    return parser


if __name__ == "__main__":
    sys.exit(main())
