"""The complete local environment: AWS, Atlassian and the model, with the real Pulumi program deployed into them.

Everything listens on free loopback ports and stops at the end of the with block. MiniStack, which runs in a child
process, also ends when this process does.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import yaml

from local import atlassian, bedrock, chat, seed
from local.atlassian import Account
from local.atlassian.accounts import APPROVERS_GROUP
from local.bedrock import StandIn
from local.bedrock.choose_model import STAND_IN, ModelChoice
from local.region import ministack
from local.region.bedrock_permissions import denial
from local.region.deployment import LocalDeployment, deploy
from local.region.http_proxy import Proxy, open_proxy
from local.region.ministack import MiniStack
from local.region.ministack_venv import REPOSITORY
from local.region.resource_registry import ResourceRegistry
from local.signals import handle_interrupts
from local.watch.region_watch import RegionWatch

STACK = "dev"
SECRET_KEYS = ("jiraApiToken", "webhookSecret", "linkKey")
REGION = "us-east-1"

OnStep = Callable[[str], None]
"""Called with the name of each step when it begins."""


@dataclass
class LocalEnvironment:
    """The running parts of the local environment, and the outputs and credentials to use them."""

    stack: MiniStack
    deployment: LocalDeployment
    api_proxy: Proxy
    site: atlassian.Running
    seeded: seed.Seed
    stand_in: StandIn
    model: bedrock.RunningStandIn
    webhook_secret: str
    chat: chat.RunningChat

    @property
    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the Pulumi program."""
        return dict(self.deployment.outputs)

    @property
    def pipeline_account(self) -> Account:
        """Return the account that the pipeline uses in Jira and Confluence."""
        return self.site.site.account("kinexus")


@dataclass
class DeployedPipeline:
    """The pipeline, deployed into a running MiniStack, and what serves its functions."""

    stack: MiniStack
    deployment: LocalDeployment
    api_proxy: Proxy
    stand_in: StandIn
    model: bedrock.RunningStandIn


@contextlib.contextmanager
def deployed_pipeline(
    stack: MiniStack,
    config: Mapping[str, str],
    *,
    administrator: Account | None = None,
    model_choice: ModelChoice = STAND_IN,
    on_step: OnStep = lambda step: None,
    wait_until_warm: bool = True,
) -> Iterator[DeployedPipeline]:
    """Deploy the Pulumi program with these settings, and warm its functions, for the length of a with block.

    Without `wait_until_warm`, the functions get warm while the block runs.
    """
    with contextlib.ExitStack() as stop, ThreadPoolExecutor(max_workers=3) as pool:
        api_proxy = open_proxy(stack.endpoint, stack.ca_bundle)
        stop.callback(api_proxy.close)
        registry = ResourceRegistry()
        stand_in = StandIn(
            may_invoke=lambda function, model: denial(registry, stack.region, stack.account, function, model),
            converse=model_choice.converse,
        )
        model = bedrock.serve(stand_in)
        stop.callback(model.stop)
        on_step("creating the resources of the Pulumi program")
        deployment = deploy(
            REPOSITORY,
            stack,
            project=_project(),
            name=STACK,
            config=config,
            secret_keys=(*SECRET_KEYS, "chatWebhookUrl"),
            registry=registry,
            api_url=api_proxy.api_url,
            environment=lambda function: {
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"{model.url}/function/{function}",
                # The simulator and the API proxy are local, so a proxy configured on this machine is bypassed.
                "NO_PROXY": "127.0.0.1",
            },
            operator=operator(stack, model, administrator),
        )
        handle_interrupts()
        on_step("warming the functions")
        warming = [pool.submit(_warm, stack, name) for name in deployment.outputs["functionNames"].values()]
        for job in warming if wait_until_warm else ():
            job.result()
        handle_interrupts()
        yield DeployedPipeline(stack, deployment, api_proxy, stand_in, model)


@contextlib.contextmanager
def local_environment(
    *,
    model_choice: ModelChoice = STAND_IN,
    on_step: OnStep = lambda step: None,
    wait_until_warm: bool = True,
) -> Iterator[LocalEnvironment]:
    """Run the whole environment for the length of a with block; everything that was started is stopped at the end.

    `wait_until_warm` as in `deployed_pipeline`.
    """
    with contextlib.ExitStack() as stop, ThreadPoolExecutor(max_workers=1) as pool:
        on_step("starting AWS (MiniStack), Jira, Confluence and the model")
        starting = pool.submit(ministack.start, REGION)
        try:
            site = atlassian.Site()
            seeded = seed.load(site)
            served = atlassian.serve(site)
            stop.callback(served.stop)
            chatting = chat.serve()
            stop.callback(chatting.stop)
        finally:
            stack = starting.result()
            stop.callback(stack.stop)
        webhook_secret = secrets.token_hex(32)
        up = stop.enter_context(
            deployed_pipeline(
                stack,
                {**settings(served, seeded, webhook_secret), "kinexus:chatWebhookUrl": chatting.url},
                administrator=site.account("admin"),
                model_choice=model_choice,
                on_step=on_step,
                wait_until_warm=wait_until_warm,
            )
        )
        site.pipeline = RegionWatch(stack.client, up.deployment.outputs, up.stand_in.exchanges)
        yield LocalEnvironment(
            stack,
            up.deployment,
            up.api_proxy,
            served,
            seeded,
            up.stand_in,
            up.model,
            webhook_secret,
            chatting,
        )


def operator(
    stack: MiniStack, model: bedrock.RunningStandIn, administrator: Account | None
) -> dict[str, str | None]:
    """Return the deploying person's environment variables: AWS credentials, and a Jira administrator's token if any."""
    return {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": model.url,
        "AWS_ENDPOINT_URL_BEDROCK": model.url,
        "AWS_ACCESS_KEY_ID": stack.access_key,
        "AWS_SECRET_ACCESS_KEY": stack.secret_key,
        "AWS_SESSION_TOKEN": None,
        "AWS_PROFILE": None,
        "KINEXUS_ADMIN_EMAIL": administrator.email if administrator else None,
        "KINEXUS_ADMIN_TOKEN": administrator.token if administrator else None,
        "NO_PROXY": "127.0.0.1",
    }


def _warm(stack: MiniStack, function: str) -> None:
    """Start a worker of the function with an empty event, so that the first real call is fast."""
    event = b'{"Records": [], "headers": {}, "pathParameters": {}, "queryStringParameters": {}}'
    stack.client("lambda").invoke(FunctionName=function, Payload=event)


def _project() -> str:
    return str(yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["name"])


def base_settings(webhook_secret: str) -> dict[str, str]:
    """Return the settings of every stack in a local region; its secrets are made up for each run.

    Pulumi.dev.yaml is not read, because its settings belong to a real site.
    """
    return {
        "aws:region": REGION,
        "kinexus:namePrefix": "kinexus",
        "kinexus:protectData": "false",
        "kinexus:logRetentionDays": "14",
        "kinexus:webhookSecret": webhook_secret,
        "kinexus:linkKey": secrets.token_hex(32),
    }


def settings(served: atlassian.Running, seeded: seed.Seed, webhook_secret: str) -> dict[str, str]:
    """Return the stack's settings for the local region with the simulated site."""
    account = served.site.account("kinexus")
    return {
        **base_settings(webhook_secret),
        "kinexus:jiraBaseUrl": served.url,
        "kinexus:confluenceUrl": f"{served.url}/wiki",
        "kinexus:jiraEmail": account.email,
        "kinexus:jiraApiToken": account.token,
        "kinexus:confluenceSpaceKey": seeded.space_key,
        "kinexus:registerWebhooks": "true",
        "kinexus:approverAccountIds": ",".join(approvers(served.site)),
    }


def approvers(site: atlassian.Site) -> list[str]:
    """Return the account ids of the approvers group, so that an outsider's approval is refused here too."""
    return [each.account_id for each in site.people.all if APPROVERS_GROUP in each.groups]


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until a condition holds, checking every 50 ms; return False when it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
