"""The checks of `doctor` in AWS: secrets, queues, schedule and model."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime

from common.aws.secrets import CachedSecret, InvalidSecret
from common.domain.token_expiry import WARNING_DAYS, days_left
from ops import dead_letter_queues
from ops.console_output import pluralize
from ops.deployed_stack import DeployedStack
from preflight.bedrock_check import check_model
from preflight.chat_check import check_chat_webhook
from preflight.finding import Finding, failed, ok, warning

_DAY = 24 * 3600
#: The longest lifetime of an Atlassian API token, in days.
#: https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
MAX_TOKEN_DAYS = 365


def stack(deployment: DeployedStack) -> Iterator[Finding]:
    """Check that the stack's functions exist; their configuration names everything else."""
    bus, region = deployment.settings.event_bus, deployment.client("lambda").meta.region_name
    account = deployment.client("sts").get_caller_identity()["Account"]
    yield ok("stack", f"{deployment.prefix}, in account {account} and region {region}, with the bus {bus}")


def webhook_secret(deployment: DeployedStack) -> Iterator[Finding]:
    """Check that there is one webhook secret, and that unsigned webhooks are rejected."""
    what, env = "webhook secret", deployment.settings
    try:
        secrets = CachedSecret(deployment.client("secretsmanager"), env.webhook_secret_arn).get_list(
            "secrets"
        )
    except InvalidSecret:
        secrets = []
    if env.allow_unsigned_webhooks:
        remedy = "pulumi config set allowUnsignedWebhooks false, then pulumi up"
        yield warning(
            what, "webhooks without a signature are accepted, so anyone can send false ones", remedy
        )
    elif not secrets:
        remedy = 'pulumi config set --secret webhookSecret "$(openssl rand -hex 32)", then pulumi up'
        yield failed(what, "there is none, so every webhook is rejected", remedy)
    elif len(secrets) > 1:
        remedy = "when Jira uses the new secret: set webhookSecret to it alone, then pulumi up"
        seen = f"{len(secrets)} secrets are accepted, which is meant only while one replaces another"
        yield warning(what, seen, remedy)
    else:
        yield ok(what, "there is one; webhooks without its signature are rejected")


def chat_webhook(deployment: DeployedStack) -> Iterator[Finding]:
    """Check the URL of the chat webhook, if there is one, and say where messages go; nothing is sent."""
    if arn := deployment.settings.chat_webhook_url_secret_arn:
        yield check_chat_webhook(CachedSecret(deployment.client("secretsmanager"), arn).get("url"))


def token_age(deployment: DeployedStack) -> Iterator[Finding]:
    """Say when the API token expires; without atlassianTokenExpires, estimate it from when the token was stored."""
    expires = deployment.settings.atlassian_token_expires
    left_days = days_left(expires, time.time())
    if left_days is not None:
        yield _expiry(expires, left_days)
        return
    arn = deployment.settings.jira_api_token_secret_arn
    # The date of this version of the secret: an edit of its tags or description does not change it.
    stored: datetime = deployment.client("secretsmanager").get_secret_value(SecretId=arn)["CreatedDate"]
    ends = stored.timestamp() + MAX_TOKEN_DAYS * _DAY
    by = time.strftime("%Y-%m-%d", time.gmtime(ends))
    dates = f"stored on {stored:%Y-%m-%d}, so it expires by {by} if it was created then"
    left = (ends - time.time()) / _DAY
    if left > WARNING_DAYS:
        yield ok("API token's age", f"{dates} (earlier if it is older or has a shorter lifetime)")
    else:
        remedy = "create a new token, then pulumi config set --secret jiraApiToken and pulumi up, at any time"
        when = "that is soon" if left > 0 else "it may expire at any time"
        yield warning("API token's age", f"{dates}: {when}", remedy)


def _expiry(expires: str, left: int) -> Finding:
    what, seen = "API token's age", f"expires on {expires}, in {pluralize(left, 'day')}"
    remedy = (
        "create a new token, then pulumi config set --secret jiraApiToken, pulumi config set atlassianTokenExpires "
        "and pulumi up"
    )
    if left < 0:
        return failed(what, f"expired on {expires} (atlassianTokenExpires)", remedy)
    return warning(what, seen, remedy) if left <= WARNING_DAYS else ok(what, seen)


def queues(deployment: DeployedStack) -> Iterator[Finding]:
    """Check that each queue is connected to its function, and that the dead-letter queues are empty."""
    disabled = [queue.function for queue in deployment.queues if not queue.is_enabled]
    if disabled:
        remedy = (
            "enable the event source mapping, or run pulumi up; events are lost after four days in the queue"
        )
        yield failed(
            "queues", f"no messages reach {', '.join(disabled)}: the event source mapping is disabled", remedy
        )
    else:
        yield ok("queues", f"connected to {', '.join(queue.function for queue in deployment.queues)}")
    counts = {
        queue.function: dead_letter_queues.count_messages(deployment.client("sqs"), queue)
        for queue in deployment.queues
    }
    failures = {function: each.visible + each.held for function, each in counts.items()}
    held = sum(each.held for each in counts.values())
    if any(failures.values()):
        functions = ", ".join(sorted(function for function, number in failures.items() if number))
        seen = f"{pluralize(sum(failures.values()), 'message')} failed in {functions}"
        remedy = "fix the cause; python -m ops redrive shows it, and sends the messages again"
        yield warning(
            "dead-letter queues", seen + (f", {held} of them held by a command" if held else ""), remedy
        )
    else:
        yield ok("dead-letter queues", "empty")


def daily_sweep(deployment: DeployedStack) -> Iterator[Finding]:
    """Check that there is a daily sweep, and that its schedule could start it."""
    what, url = "daily sweep", deployment.sweep_dead_letters_url
    if url is None:
        remedy = (
            "pulumi config set sweepSchedule 'rate(1 day)', then pulumi up; or run python -m ops sweep daily"
        )
        yield warning(what, "there is none, so closed tickets whose webhook was lost are never found", remedy)
        return
    missed = dead_letter_queues.count_messages_at(deployment.client("sqs"), url)
    if lost := missed.visible + missed.held:
        remedy = f"run python -m ops sweep instead, then purge the queue {url.rpartition('/')[2]}"
        yield failed(what, f"could not be started by its schedule ({lost} in the dead-letter queue)", remedy)
    else:
        yield ok(what, "scheduled, and no start failed")


def model(deployment: DeployedStack) -> Iterator[Finding]:
    """Check that the model answers with a forced tool call, and that it is not Legacy."""
    runtime = deployment.client("bedrock-runtime")
    yield from check_model(
        runtime,
        deployment.settings.bedrock_model_id,
        control=deployment.client("bedrock"),
        region=runtime.meta.region_name,
        request_fields=json.loads(deployment.settings.additional_model_request_fields or "{}"),
        guardrail=deployment.settings.bedrock_guardrail,
    )
