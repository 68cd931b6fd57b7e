"""`python -m local`: start, use and stop the local region."""

import argparse
import os
import signal
import sys
from pathlib import Path

from local import signals
from local.bedrock import choose_model
from local.trial.options import add_options as trial_options


def main() -> int:
    """Run the command named on the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description="Run Kinexus on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="start the local region, print its URLs and keep it running")
    sending = commands.add_parser("send", help="post saved webhook bodies to the running region, signed")
    sending.add_argument("files", nargs="+", type=Path, metavar="FILE")
    sending.add_argument(
        "--route",
        choices=("jira", "approval"),
        default="jira",
        help="webhook endpoint to post to (default: jira)",
    )
    playing = commands.add_parser(
        "demo", help="close tickets, approve their reviews and check the published pages"
    )
    trying = commands.add_parser(
        "try", help="show what Kinexus would propose for tickets of a real site, without writing there"
    )
    trial_options(trying)
    for each in (serving, playing, trying):
        choose_model.add_options(each)
    playing.add_argument("--output", type=Path, help="folder for the HTML pages (default: demo-output)")
    upping = commands.add_parser(
        "up", help="deploy a Pulumi program of the components and keep the region running"
    )
    upping.add_argument("program", type=Path, metavar="FOLDER", help="folder with the program's Pulumi.yaml")
    upping.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting; others are read from Pulumi.local.yaml in the folder",
    )
    commands.add_parser(
        "engine", help="run the program by the Pulumi engine (needs its CLI), and destroy it again"
    )
    commands.add_parser("status", help="print the URLs of the running region")
    commands.add_parser("stop", help="stop the running region")
    return _run(parser.parse_args())


def _run(arguments: argparse.Namespace) -> int:
    signals.listen()
    try:
        return _command(arguments)
    except KeyboardInterrupt:
        signals.ignore_interrupts()
        print("\nStopped.", file=sys.stderr)
        return 130


def _command(arguments: argparse.Namespace) -> int:
    # Imported here because Pulumi and its AWS package take seconds to load, and `--help` does not need them.
    from local.bedrock.model_endpoint import NoModel
    from local.bedrock.real import NoCredentials
    from local.environment import REGION
    from local.region.ministack import RegionFailure
    from local.region.ministack_venv import EnvironmentFailure
    from local.state_file import NoRegion, RegionRunning
    from local.trial.read_only_site import SiteRefused

    try:
        match arguments.command:
            case "serve":
                from local.serve import serve

                return serve(choose_model.chosen_model(arguments, REGION))
            case "send":
                from local.send import send

                return send(arguments.files, arguments.route)
            case "demo":
                from local.demo import OUTPUT, demo

                return demo(choose_model.chosen_model(arguments, REGION), arguments.output or OUTPUT)
            case "try":
                from local.trial.command import try_tickets

                return try_tickets(arguments, choose_model.chosen_model(arguments, REGION))
            case "up":
                from local.up import up

                return up(arguments.program, arguments.config)
            case "engine":
                from local.engine import show

                return show()
            case "status":
                return _status()
            case "stop":
                return _stop()
            case other:
                raise AssertionError(other)
    except (
        NoRegion,
        RegionRunning,
        NoCredentials,
        NoModel,
        SiteRefused,
        EnvironmentFailure,
        RegionFailure,
    ) as error:
        print(error, file=sys.stderr)
        return 1


def _status() -> int:
    from rich.console import Console

    from local.serve import print_urls
    from local.state_file import find_region

    print_urls(Console(), find_region())
    return 0


def _stop() -> int:
    from local.environment import wait_until
    from local.state_file import find_region

    running = find_region()
    os.kill(running.pid, signal.SIGTERM)
    # The certificate is in MiniStack's folder, which is removed when MiniStack has ended.
    return 0 if wait_until(lambda: not Path(running.aws_ca_bundle).exists(), 30) else 1


if __name__ == "__main__":
    sys.exit(main())
