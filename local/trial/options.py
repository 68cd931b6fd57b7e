"""The options of `python -m local try`."""

import argparse
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "try-output"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options; the token is no option, because other users of the machine see those."""
    parser.add_argument("keys", nargs="*", metavar="ISSUE-KEY", help="tickets to try")
    parser.add_argument("--since", metavar="30d", help="try the tickets that were closed in the last days")
    parser.add_argument(
        "--limit", type=int, default=20, help="how many of them, the newest first (default: 20)"
    )
    parser.add_argument("--jql", default="", help="a query that narrows --since, such as: project = PAY")
    parser.add_argument("--site", help="https://YOURSITE.atlassian.net (or the variable JIRA_BASE_URL)")
    parser.add_argument("--email", help="e-mail address of your account (or the variable JIRA_EMAIL)")
    parser.add_argument("--space", help="keys of the spaces, comma separated (or CONFLUENCE_SPACE_KEY)")
    parser.add_argument(
        "--config", action="append", default=[], metavar="KEY=VALUE", help="another setting of the pipeline"
    )
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, help="folder for the pages (default: try-output)"
    )
    parser.add_argument("--open", action="store_true", help="open the review pages in the browser")
