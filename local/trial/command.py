"""`python -m local try`: the log-in, and the order of its steps."""

import argparse
import contextlib
import getpass
import os
import re
import secrets
import sys
import webbrowser
from collections.abc import Iterator, Mapping

from rich.console import Console

from local.bedrock.choose_model import ModelChoice
from local.environment import REGION, base_settings, deployed_pipeline
from local.region import ministack
from local.trial import gateway, report
from local.trial.closings import Tickets, asking_labels
from local.trial.gateway import Gateway
from local.trial.made_up_site import MadeUpSite
from local.trial.play import Stage
from local.trial.read_only_site import Login, ReadOnlySite, SiteAddress, SiteRefused, check_site
from stack.pipeline.setting_schema import SETTINGS, Setting
from stack.pipeline.setting_types import BaseUrl

#: Settings that the trial gives itself.
_OWN = (
    "jiraEmail",
    "confluenceEmail",
    "confluenceSpaceKey",
    "registerWebhooks",
    "preflight",
    "sweepSchedule",
)
_SECONDS, _MODEL_SECONDS = 120.0, 900.0
_DAYS = re.compile(r"([1-9]\d{0,2})d?")


def try_tickets(options: argparse.Namespace, model_choice: ModelChoice) -> int:
    """Try the tickets; return 0 if each was played to a review or to its end. Raises SiteRefused."""
    console = Console(highlight=False)
    config = _settings(options.config)
    days = _days(options)
    address, spaces = read_login(options, os.environ)
    site = ReadOnlySite(address)
    account = check_site(site, spaces)
    tickets = Tickets(site, asking_labels(config.get("kinexus:documentLabels", "")))
    keys = options.keys or tickets.closed_since(days, options.limit, options.jql)
    if not keys:
        console.print(f"No ticket that you may view was closed in the last {days} days.")
        return 0
    closings = [tickets.closing(key) for key in keys]
    console.print(
        f"Trying {len(closings)} of {address.jira_url}. Drafts are written by {model_choice.name}. "
        "Nothing is written to Jira or Confluence.",
        soft_wrap=True,
    )
    outcomes = []
    made_up = MadeUpSite(account)
    with _stage(site, made_up, spaces, config, model_choice, console) as stage:
        for closing in closings:
            console.print(f"[dim]{closing.key} …[/dim]")
            outcome = stage.play(closing)
            outcomes.append((outcome, report.save(outcome, options.output)))
            if not options.since:
                report.print_outcome(console, *outcomes[-1])
    if options.since:
        report.print_table(console, outcomes)
        console.print(f"Review pages: {options.output}", soft_wrap=True)
    for file in (file for _, files in outcomes for file in files if options.open):
        webbrowser.open(file.resolve().as_uri())
    return int(any(outcome.status in ("failed", "unfinished") for outcome, _ in outcomes))


@contextlib.contextmanager
def _stage(
    site: ReadOnlySite,
    made_up: MadeUpSite,
    spaces: str,
    config: Mapping[str, str],
    model_choice: ModelChoice,
    console: Console,
) -> Iterator[Stage]:
    """Run the pipeline behind a gateway for the length of a with block."""

    def on_step(step: str) -> None:
        console.print(f"[dim]{step} …[/dim]")

    with contextlib.ExitStack() as stop:
        on_step("starting AWS (MiniStack) and the gateway")
        stack = stop.enter_context(ministack.running(REGION))
        running = gateway.serve(Gateway(site, made_up))
        stop.callback(running.stop)
        webhook_secret = secrets.token_hex(32)
        given = {**config, **trial_settings(running, site.address, spaces, webhook_secret)}
        up = stop.enter_context(deployed_pipeline(stack, given, model_choice=model_choice, on_step=on_step))
        seconds = _MODEL_SECONDS if model_choice.converse else _SECONDS
        yield Stage(made_up, stack.client, up.deployment.outputs, webhook_secret, seconds)


def trial_settings(
    running: gateway.RunningGateway, address: SiteAddress, spaces: str, webhook_secret: str
) -> dict[str, str]:
    """Return the stack's settings: the functions get the gateway's address and its made-up token."""
    return {
        **base_settings(webhook_secret),
        "kinexus:jiraBaseUrl": running.url,
        "kinexus:jiraBrowseUrl": address.jira_browse_url or address.jira_url,
        "kinexus:confluenceUrl": f"{running.url}/wiki",
        "kinexus:confluenceBrowseUrl": address.confluence_browse_url or address.confluence_url,
        "kinexus:jiraEmail": gateway.EMAIL,
        "kinexus:jiraApiToken": running.gateway.token,
        "kinexus:confluenceSpaceKey": spaces,
        # It checks rights to write, which a trial does not need.
        "kinexus:preflight": "false",
        "kinexus:sweepSchedule": "off",
    }


def read_login(options: argparse.Namespace, environment: Mapping[str, str]) -> tuple[SiteAddress, str]:
    """Return the site with its log-in, and the spaces: from options, the environment, or prompts.

    Raises SiteRefused if something is missing and nobody can be asked.
    """

    def given(option: str | None, variable: str, question: str) -> str:
        value = option or environment.get(variable, "") or _ask(variable, question)
        return value.strip()

    jira_url = _url(given(options.site, "JIRA_BASE_URL", "Site (https://YOURSITE.atlassian.net): "))
    email = given(options.email, "JIRA_EMAIL", "E-mail address of your account: ")
    token = environment.get("JIRA_API_TOKEN") or _ask(
        "JIRA_API_TOKEN", "API token (not shown): ", is_secret=True
    )
    spaces = given(options.space, "CONFLUENCE_SPACE_KEY", "Keys of the Confluence spaces, comma separated: ")
    confluence_url = _url(environment.get("CONFLUENCE_URL") or f"{jira_url}/wiki")
    if not confluence_url.endswith("/wiki"):
        raise SiteRefused(f"CONFLUENCE_URL is {confluence_url}, but must end in /wiki")
    confluence = Login(
        environment.get("CONFLUENCE_EMAIL") or email, environment.get("CONFLUENCE_API_TOKEN") or token.strip()
    )
    browse = [environment.get(name, "").rstrip("/") for name in ("JIRA_BROWSE_URL", "CONFLUENCE_BROWSE_URL")]
    return SiteAddress(jira_url, confluence_url, Login(email, token.strip()), confluence, *browse), spaces


def _url(given: str) -> str:
    return (given if "://" in given else f"https://{given}").rstrip("/")


def _ask(variable: str, question: str, *, is_secret: bool = False) -> str:
    if not sys.stdin.isatty():
        raise SiteRefused(f"The environment variable {variable} is not set, and no terminal is there to ask.")
    answer = getpass.getpass(question) if is_secret else input(question)
    if not answer.strip():
        raise SiteRefused(f"Nothing was entered. You can also set the environment variable {variable}.")
    return answer


def _days(options: argparse.Namespace) -> int:
    """Return the days of --since. Raises SiteRefused unless tickets or days are given, and not both."""
    if bool(options.keys) == bool(options.since):
        raise SiteRefused("Name tickets (python -m local try PAY-12), or a time (--since 30d).")
    if options.limit < 1:
        raise SiteRefused(f"--limit {options.limit}: write at least 1")
    found = _DAYS.fullmatch(options.since or "1d")
    if not found:
        raise SiteRefused(f"--since {options.since}: write it in days, such as 30d")
    return int(found[1])


def _settings(pairs: list[str]) -> dict[str, str]:
    """Return the settings given as KEY=VALUE. Raises SiteRefused for one that could lead past the gateway."""
    free = {setting.key for setting in SETTINGS if _is_free(setting)}
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise SiteRefused(f"--config {pair}: write it as KEY=VALUE")
        if key not in free:
            raise SiteRefused(
                f"--config {key}: a trial has no such setting. It has: {', '.join(sorted(free))}"
            )
        settings[f"kinexus:{key}"] = value
    return settings


def _is_free(setting: Setting) -> bool:
    """Return whether a setting can be given: none with an address, an account or a secret, which the trial sets."""
    return not (setting.is_secret or isinstance(setting.rule, BaseUrl) or setting.key in _OWN)
