"""The region's state file, `.kinexus/region.json`: how other processes find the running region.

It is removed when the region stops. The environment variable KINEXUS_REGION_FILE names another file; with one file
each, several regions can run at once.
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
    """No region is running."""


class RegionRunning(RuntimeError):
    """Another process already runs a region."""


@dataclass(frozen=True)
class RegionFacts:
    """Content of the state file: endpoints, local AWS credentials, webhook secret, Pulumi outputs."""

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


def facts(up: LocalEnvironment) -> RegionFacts:
    """Return the facts of a running region."""
    site = up.site.url
    return RegionFacts(
        pid=os.getpid(),
        aws_endpoint=up.stack.endpoint,
        aws_region=up.stack.region,
        aws_access_key_id=up.stack.access_key,
        aws_secret_access_key=up.stack.secret_key,
        aws_ca_bundle=str(up.stack.ca_bundle),
        jira_url=site,
        confluence_url=f"{site}/wiki",
        board_url=f"{site}/board",
        bedrock_url=up.model.url,
        webhook_secret=up.webhook_secret,
        outputs=up.outputs,
    )


@contextlib.contextmanager
def published(running: RegionFacts) -> Iterator[None]:
    """Keep the state file for the length of a with block. Raises RegionRunning."""
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
    """Raise RegionRunning when a region is already running; a state file of a dead process is ignored."""
    try:
        running = find_region()
    except NoRegion:  # let go: no running region is what the caller wants
        return
    raise RegionRunning(
        f"A region is already running (process {running.pid}): {running.board_url}\n"
        "Stop it with: python -m local stop"
    )


def find_region() -> RegionFacts:
    """Return the running region's facts. Raises NoRegion."""
    try:
        running = RegionFacts(**json.loads(PATH.read_text()))
        os.kill(running.pid, 0)
    except (OSError, ValueError, TypeError) as error:
        raise NoRegion("No region is running. Start one with: python -m local serve") from error
    return running
