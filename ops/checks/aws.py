"""The doctor's look at AWS: secrets, queues, the model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

from common.aws.secrets import CachedSecret, InvalidSecret
from ops import dead_letter_queues
from ops.deployed_stack import Deployment
from preflight.bedrock_check import check_model
from preflight.finding import Finding, failed, ok, warning

_DAY = 24 * 3600
#: Days that an API token of Atlassian's lives at most, and how long before its end it is time for another.
#: https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
LONGEST_LIFE, SOON = 365, 30


def stack(deployment: Deployment) -> Iterator[Finding]:
    """Find the stack's functions; everything else is known from them."""
    bus, region = deployment.settings.event_bus, deployment.client("lambda").meta.region_name
    account = deployment.client("sts").get_caller_identity()["Account"]
    yield ok("stack", f"{deployment.prefix}, in account {account} and region {region}, with the bus {bus}")


def webhook_secret(deployment: Deployment) -> Iterator[Finding]:
    """Look whether there is a secret to check signatures with, and whether they are checked at all."""
    what, env = "webhook secret", deployment.settings
    try:
        secrets = CachedSecret(deployment.client("secretsmanager"), env.webhook_secret_arn).get_list(
            "secrets"
        )
    except InvalidSecret:
        secrets = []
    if env.allow_unsigned_webhooks:
        remedy = "pulumi config set allowUnsignedWebhooks false, then pulumi up"
        yield warning(what, "webhooks without a signature are accepted: anybody can report tickets", remedy)
    elif not secrets:
        remedy = 'pulumi config set --secret webhookSecret "$(openssl rand -hex 32)", then pulumi up'
        yield failed(what, "there is none, so every webhook is turned away", remedy)
    elif len(secrets) > 1:
        remedy = "once Jira has the new one: set webhookSecret to it alone, then pulumi up"
        yield warning(what, f"{len(secrets)} are accepted, as while one replaces another", remedy)
    else:
        yield ok(what, "there is one; webhooks without its signature are turned away")


def token_age(deployment: Deployment) -> Iterator[Finding]:
    """Say when the API token expires at the latest: Atlassian tells nobody, but when it was stored is known."""
    arn = deployment.settings.jira_api_token_secret_arn
    # The time of this version: that of the secret itself moves with any edit of its tags or description.
    stored: datetime = deployment.client("secretsmanager").get_secret_value(SecretId=arn)["CreatedDate"]
    ends = stored.timestamp() + LONGEST_LIFE * _DAY
    by = time.strftime("%Y-%m-%d", time.gmtime(ends))
    said = f"stored on {stored:%Y-%m-%d}, so it expires by {by} if it was created then"
    left = (ends - time.time()) / _DAY
    if left > SOON:
        yield ok("API token's age", f"{said} (or earlier, if a shorter life was chosen or it is older)")
    else:
        remedy = (
            "create another, pulumi config set --secret jiraApiToken, pulumi up: nothing needs to stop for it"
        )
        yield warning("API token's age", f"{said}: {'soon' if left > 0 else 'any time'}", remedy)


def queues(deployment: Deployment) -> Iterator[Finding]:
    """Look whether the queues feed their functions, and what was given up."""
    still = [feed.function for feed in deployment.feeds if not feed.is_enabled]
    if still:
        remedy = (
            "enable the event source mapping, or run pulumi up: events wait four days, then they are lost"
        )
        yield failed("queues", f"nothing is handed to {', '.join(still)}: switched off", remedy)
    else:
        yield ok("queues", f"feed {', '.join(feed.function for feed in deployment.feeds)}")
    counts = {
        feed.function: dead_letter_queues.count(deployment.client("sqs"), feed) for feed in deployment.feeds
    }
    given_up = {function: each.seen + each.held for function, each in counts.items()}
    held = sum(each.held for each in counts.values())
    if any(given_up.values()):
        functions = ", ".join(sorted(function for function, number in given_up.items() if number))
        said = f"{sum(given_up.values())} given up by {functions}"
        remedy = "python -m ops redrive shows why, and sends them again"
        yield warning(
            "dead-letter queues", said + (f", {held} of them held by a command" if held else ""), remedy
        )
    else:
        yield ok("dead-letter queues", "empty")


def daily_sweep(deployment: Deployment) -> Iterator[Finding]:
    """Look whether there is a daily sweep, and whether its schedule could start it."""
    what, url = "daily sweep", deployment.sweep_dead_letters_url
    if url is None:
        remedy = (
            "pulumi config set sweepSchedule 'rate(1 day)', then pulumi up; or run python -m ops sweep daily"
        )
        yield warning(what, "there is none: a webhook that is lost for good stays unknown", remedy)
        return
    missed = dead_letter_queues.count_at(deployment.client("sqs"), url)
    if lost := missed.seen + missed.held:
        remedy = f"python -m ops sweep makes up for it; then purge {url.rpartition('/')[2]}"
        yield failed(what, f"could not be started by its schedule ({lost} in the dead-letter queue)", remedy)
    else:
        yield ok(what, "scheduled, and no start failed")


def model(deployment: Deployment) -> Iterator[Finding]:
    """Ask the model for one token."""
    yield check_model(deployment.client("bedrock-runtime"), deployment.settings.bedrock_model_id)
