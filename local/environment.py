"""This machine as a region: AWS, Atlassian and the model together, with the real program deployed into them.

Everything listens on free loopback ports and ends with `stop`; MiniStack, the one process of its own, also ends
when this process does.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import yaml

from local import atlassian, bedrock, seed
from local.atlassian import Account
from local.bedrock import StandIn, real
from local.region import ministack
from local.region.bedrock_permissions import denial
from local.region.deployment import Deployment, deploy
from local.region.http_proxy import Proxy, open_proxy
from local.region.ministack import MiniStack
from local.region.ministack_venv import REPOSITORY
from local.region.resource_registry import ResourceRegistry
from local.signals import handle_interrupts

STACK = "dev"
SECRET_KEYS = ("jiraApiToken", "webhookSecret", "linkKey")
REGION = "us-east-1"

Say = Callable[[str], None]
"""Told about each step as it begins."""


@dataclass
class LocalEnvironment:
    """The running parts, and what a caller needs to play with them."""

    stack: MiniStack
    deployment: Deployment
    door: Proxy
    site: atlassian.Running
    seeded: seed.Seed
    stand_in: StandIn
    model: bedrock.Running
    webhook_secret: str

    @property
    def outputs(self) -> dict[str, Any]:
        """Return the program's exports."""
        return dict(self.deployment.outputs)

    @property
    def us(self) -> Account:
        """Return the account that the pipeline works with in Jira and Confluence."""
        return self.site.site.account("kinexus")


@contextlib.contextmanager
def local_environment(
    *, use_bedrock: bool = False, say: Say = lambda step: None
) -> Iterator[LocalEnvironment]:
    """Bring the whole region up for the length of a with block; whatever was started is stopped in any case."""
    with contextlib.ExitStack() as stop, ThreadPoolExecutor(max_workers=3) as pool:
        say("starting AWS (MiniStack), Jira, Confluence and the model")
        starting = pool.submit(ministack.start, REGION)
        try:
            site = atlassian.Site()
            seeded = seed.load(site)
            served = atlassian.serve(site)
            stop.callback(served.stop)
        finally:
            stack = starting.result()
            stop.callback(stack.stop)
        door = open_proxy(stack.endpoint, stack.ca_bundle)
        stop.callback(door.close)
        ledger = ResourceRegistry()
        stand_in = StandIn(
            may_invoke=lambda function, model: denial(ledger, stack.region, stack.account, function, model),
            converse=real.converse(stack.region) if use_bedrock else None,
        )
        model = bedrock.serve(stand_in)
        stop.callback(model.stop)
        say("creating every resource of the program")
        webhook_secret = secrets.token_hex(32)
        deployment = deploy(
            REPOSITORY,
            stack,
            project=_project(),
            name=STACK,
            config=_settings(served, seeded, webhook_secret),
            secret_keys=SECRET_KEYS,
            ledger=ledger,
            api_url=door.api_url,
            environment=lambda function: {
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"{model.url}/function/{function}",
                # The simulator and the door are here; a proxy that this machine uses for the rest is not asked.
                "NO_PROXY": "127.0.0.1",
            },
            operator=operator(stack, model, site.account("admin")),
        )
        up = LocalEnvironment(stack, deployment, door, served, seeded, stand_in, model, webhook_secret)
        handle_interrupts()
        say("warming the functions")
        warming = [pool.submit(_warm, up, name) for name in deployment.outputs["functionNames"].values()]
        for warmed in warming:
            warmed.result()
        handle_interrupts()
        yield up


def operator(stack: MiniStack, model: bedrock.Running, administrator: Account) -> dict[str, str | None]:
    """Return the environment of whoever deploys: AWS credentials, and a Jira administrator's token."""
    return {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": model.url,
        "AWS_ACCESS_KEY_ID": stack.access_key,
        "AWS_SECRET_ACCESS_KEY": stack.secret_key,
        "AWS_SESSION_TOKEN": None,
        "AWS_PROFILE": None,
        "KINEXUS_ADMIN_EMAIL": administrator.email,
        "KINEXUS_ADMIN_TOKEN": administrator.token,
        "NO_PROXY": "127.0.0.1",
    }


def _warm(up: LocalEnvironment, function: str) -> None:
    """Start a worker with an event that asks for nothing, as any first caller would."""
    event = b'{"Records": [], "headers": {}, "pathParameters": {}, "queryStringParameters": {}}'
    up.stack.client("lambda").invoke(FunctionName=function, Payload=event)


def _project() -> str:
    return str(yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["name"])


def _settings(served: atlassian.Running, seeded: seed.Seed, webhook_secret: str) -> dict[str, str]:
    """Return this machine's own settings, whose secrets live as long as the region.

    None is read from Pulumi.dev.yaml: that names somebody's real site, and what is right there.
    """
    us = served.site.account("kinexus")
    return {
        "aws:region": REGION,
        "kinexus:namePrefix": "kinexus",
        "kinexus:protectData": "false",
        "kinexus:logRetentionDays": "14",
        "kinexus:jiraBaseUrl": served.url,
        "kinexus:confluenceUrl": f"{served.url}/wiki",
        "kinexus:jiraEmail": us.email,
        "kinexus:jiraApiToken": us.token,
        "kinexus:confluenceSpaceKey": seeded.space_key,
        "kinexus:webhookSecret": webhook_secret,
        "kinexus:registerWebhooks": "true",
        "kinexus:linkKey": secrets.token_hex(32),
    }


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until something is true; False when it is not within the time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
