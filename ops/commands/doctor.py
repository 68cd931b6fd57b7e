"""`doctor`: checks everything that the pipeline depends on, and says what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from common.atlassian.http_client import AtlassianError
from common.aws.secrets import InvalidSecret
from ops import errors
from ops.checks import atlassian, aws
from ops.console_output import Terminal
from ops.deployed_stack import DeployedStack
from ops.errors import OperatorError
from preflight.finding import Finding, Level, failed

Check = Callable[[DeployedStack], Iterator[Finding]]
CHECKS: tuple[tuple[str, Check], ...] = (
    ("webhook secret", aws.webhook_secret),
    ("chat webhook", aws.chat_webhook),
    ("Jira and Confluence", atlassian.accounts),
    ("API token's age", aws.token_age),
    ("webhooks", atlassian.webhooks),
    ("model", aws.model),
    ("queues", aws.queues),
    ("daily sweep", aws.daily_sweep),
)


def run(deployment: DeployedStack, screen: Terminal) -> int:
    """Print the result of every check; return 1 if one failed. Raises OperatorError if there is no such stack."""
    findings = list(aws.stack(deployment))
    for what, check in CHECKS:
        findings += _findings(what, check, deployment)
    rows = [(str(each.level), each.what, each.seen, each.remedy) for each in findings]
    screen.table("Kinexus: health checks", ("", "check", "result", "what to do"), rows)
    counts = Counter(each.level for each in findings)
    screen.say(", ".join(f"{counts[level]} {level}" for level in Level))
    return 1 if counts[Level.FAILED] else 0


def _findings(what: str, check: Check, deployment: DeployedStack) -> Iterator[Finding]:
    """Yield the findings of a check; a check that cannot run is a failed finding, and the next ones still run."""
    try:
        yield from check(deployment)
    except OperatorError as error:
        yield failed(what, error.problem, error.remedy)
    except (BotoCoreError, ClientError) as error:
        translated = errors.from_aws_error(error)
        yield failed(what, translated.problem, translated.remedy)
    except InvalidSecret as error:
        yield failed(what, str(error), "")
    except AtlassianError as error:
        yield failed(what, str(error), "look at https://status.atlassian.com, then try again")
