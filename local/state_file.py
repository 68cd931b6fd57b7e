"""`.kinexus/region.json`: where the running region is, for commands in other processes. Gone when it stops.

KINEXUS_REGION_FILE names another file, so that several regions can be up at once.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3

from local.environment import LocalEnvironment
from local.region.ministack_venv import REPOSITORY

PATH = Path(os.environ.get("KINEXUS_REGION_FILE") or REPOSITORY / ".kinexus" / "region.json")


class NoRegion(RuntimeError):
    """No region is running that a command could talk to."""


class RegionRunning(RuntimeError):
    """Another process keeps a region up."""


@dataclass(frozen=True)
class RegionFacts:
    """What a command needs: endpoints, the local account's credentials, the webhooks' secret, the outputs."""

    pid: int
    aws_endpoint: str
    aws_region: str
    aws_access_key_id: str
    aws_secret_access_key: str
    aws_ca_bundle: str
    jira_url: str
    confluence_url: str
    board_url: str
    bedrock_url: str
    webhook_secret: str
    outputs: dict[str, Any]

    def client(self, service: str) -> Any:
        """Return a boto3 client of the running region."""
        return boto3.session.Session(
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            region_name=self.aws_region,
        ).client(service, endpoint_url=self.aws_endpoint, verify=self.aws_ca_bundle)  # type: ignore[call-overload]


def facts(machine: LocalEnvironment) -> RegionFacts:
    """Return the facts of a running machine."""
    site = machine.site.url
    return RegionFacts(
        pid=os.getpid(),
        aws_endpoint=machine.stack.endpoint,
        aws_region=machine.stack.region,
        aws_access_key_id=machine.stack.access_key,
        aws_secret_access_key=machine.stack.secret_key,
        aws_ca_bundle=str(machine.stack.ca_bundle),
        jira_url=site,
        confluence_url=f"{site}/wiki",
        board_url=f"{site}/board",
        bedrock_url=machine.model.url,
        webhook_secret=machine.webhook_secret,
        outputs=machine.outputs,
    )


@contextlib.contextmanager
def published(running: RegionFacts) -> Iterator[None]:
    """Let other processes find the region for the length of a with block. Raises RegionRunning."""
    refuse_second()
    path = PATH
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(running), indent=2) + "\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def refuse_second() -> None:
    """Raise RegionRunning when a region is up already; forget one that died without saying so."""
    try:
        running = find()
    except NoRegion:  # let go: no running region is what the caller wants
        return
    raise RegionRunning(f"a region is up already (process {running.pid}): {running.board_url}")


def find() -> RegionFacts:
    """Return the running region's facts. Raises NoRegion."""
    try:
        running = RegionFacts(**json.loads(PATH.read_text()))
        os.kill(running.pid, 0)
    except (OSError, ValueError, TypeError) as error:
        raise NoRegion("no region is running here; start one with: python -m local serve") from error
    return running
