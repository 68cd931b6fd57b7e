"""`doctor`: looks at everything that the pipeline stands on, and says what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from common.atlassian.http_client import AtlassianError
from common.aws.secrets import InvalidSecret
from ops import errors
from ops.checks import atlassian, aws
from ops.console_output import Terminal
from ops.deployed_stack import Deployment
from ops.errors import OperatorError
from preflight.finding import Finding, Level, failed

Check = Callable[[Deployment], Iterator[Finding]]
CHECKS: tuple[tuple[str, Check], ...] = (
    ("webhook secret", aws.webhook_secret),
    ("Jira and Confluence", atlassian.accounts),
    ("API token's age", aws.token_age),
    ("webhooks", atlassian.webhooks),
    ("model", aws.model),
    ("queues", aws.queues),
    ("daily sweep", aws.daily_sweep),
)


def run(deployment: Deployment, screen: Terminal) -> int:
    """Print what every check found; return 1 when one failed. Raises Hindrance when there is no stack to look at."""
    findings = list(aws.stack(deployment))
    for what, check in CHECKS:
        findings += _found(what, check, deployment)
    rows = [(str(each.level), each.what, each.seen, each.remedy) for each in findings]
    screen.table("Kinexus: how it stands", ("", "what", "seen", "what to do"), rows)
    counts = Counter(each.level for each in findings)
    screen.say(", ".join(f"{counts[level]} {level}" for level in Level))
    return 1 if counts[Level.FAILED] else 0


def _found(what: str, check: Check, deployment: Deployment) -> Iterator[Finding]:
    """Yield what a check finds; a check that cannot be made is a failure of its own, and the next ones go on."""
    try:
        yield from check(deployment)
    except OperatorError as error:
        yield failed(what, error.problem, error.remedy)
    except (BotoCoreError, ClientError) as error:
        said = errors.from_aws_error(error)
        yield failed(what, said.problem, said.remedy)
    except InvalidSecret as error:
        yield failed(what, str(error), "")
    except AtlassianError as error:
        yield failed(what, str(error), "look at https://status.atlassian.com, then try again")
