"""Runs MiniStack as a child process on a free loopback port, and always stops it and removes its files."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config

from local.region import iam_decisions
from local.region.access_log import FORMAT, AwsCall, parse_access_log
from local.region.certificate import write_certificate
from local.region.ministack_venv import region_python

ACCOUNT = "123456789012"
_LAUNCHER = Path(__file__).with_name("ministack_launcher.py")
_START_SECONDS = 40.0
_ACCESS_LOG = "access.log"
_DECISIONS = "decisions.log"


class RegionFailure(RuntimeError):
    """The local region did not start, or refused a resource; the message says why."""


@dataclass
class MiniStack:
    """A running MiniStack: endpoint, credentials, clients, logs, and how to stop it."""

    endpoint: str
    region: str
    access_key: str
    secret_key: str
    ca_bundle: Path
    folder: Path
    process: "subprocess.Popen[bytes]"
    account: str = ACCOUNT
    _session: boto3.session.Session | None = None
    _clients: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str) -> Any:
        """Return a boto3 client of a service, with root credentials; cached and safe across threads."""
        with self._lock:
            if service not in self._clients:
                # One session keeps the descriptions of services that it has read from its packages.
                self._session = self._session or boto3.session.Session(
                    aws_access_key_id=self.access_key,
                    aws_secret_access_key=self.secret_key,
                    region_name=self.region,
                )
                self._clients[service] = self._session.client(
                    service,  # type: ignore[call-overload]
                    endpoint_url=self.endpoint,
                    verify=str(self.ca_bundle),
                    config=Config(
                        retries={"total_max_attempts": 1},
                        connect_timeout=10,
                        read_timeout=60,
                        max_pool_connections=20,
                    ),
                )
            return self._clients[service]

    def log(self) -> str:
        """Return the last 20 KB that the process has printed so far."""
        try:
            return (self.folder / "ministack.log").read_bytes()[-20_000:].decode(errors="replace")
        except OSError:
            return ""

    def calls(self) -> list[AwsCall]:
        """Return the signed calls answered so far, oldest first."""
        with (self.folder / _ACCESS_LOG).open(errors="replace") as log:
            return parse_access_log(log)

    def decisions(self) -> list[iam_decisions.AccessDecision]:
        """Return the IAM decisions about functions so far, oldest first."""
        with (self.folder / _DECISIONS).open() as log:
            return iam_decisions.parse_decisions(log, self.calls())

    def stop(self) -> None:
        """Stop the process group and remove its folder; safe to call twice."""
        _end(self.process)
        # let go: what is left of a temporary folder harms nothing
        shutil.rmtree(self.folder, ignore_errors=True)


def start(region: str = "us-east-1") -> MiniStack:
    """Start MiniStack and wait until it answers. Raises RegionFailure, which contains its output."""
    python = region_python()
    folder = Path(tempfile.mkdtemp(prefix="kinexus-region-"))
    try:
        return _start_in(folder, python, region)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # let go: the error that matters is raised below
        raise


@contextlib.contextmanager
def running(region: str = "us-east-1") -> Iterator[MiniStack]:
    """Run a MiniStack for the length of a with block."""
    stack = start(region)
    try:
        yield stack
    finally:
        stack.stop()


def _start_in(folder: Path, python: Path, region: str) -> MiniStack:
    files = write_certificate(folder)
    temporary = folder / "tmp"
    temporary.mkdir()
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        port = listener.getsockname()[1]
        access_key, secret_key = f"LOCAL{secrets.token_hex(8).upper()}", secrets.token_hex(20)
        environment = {
            "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "TMPDIR": str(temporary),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONUTF8": "1",
            "PYTHONNOUSERSITE": "1",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "AUTH": "true",
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(files.certificate),
            "MINISTACK_SSL_KEY": str(files.key),
            "MINISTACK_REGION": region,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret_key,
            "LAMBDA_EXECUTOR": "local",
            "DOCKER_HOST": "unix:///nonexistent",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        with (folder / "ministack.log").open("wb") as log:
            arguments = [
                str(folder), str(listener.fileno()), str(files.certificate), str(files.key),
                str(folder / _ACCESS_LOG), FORMAT, str(folder / _DECISIONS),
            ]  # fmt: skip
            process = subprocess.Popen(
                [str(python), "-I", "-u", "-X", "utf8", str(_LAUNCHER), *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=temporary,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
    stack = MiniStack(
        f"https://127.0.0.1:{port}", region, access_key, secret_key, files.authority, folder, process
    )
    try:
        _wait_until_up(stack)
    except BaseException:
        _end(process)
        raise
    return stack


def _wait_until_up(stack: MiniStack) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if stack.process.poll() is not None:
            raise RegionFailure(f"MiniStack stopped while it was starting. Its output:\n{stack.log()}")
        try:
            answer = requests.get(
                f"{stack.endpoint}/_ministack/health", verify=str(stack.ca_bundle), timeout=5
            )
            if answer.ok:
                return
        except requests.RequestException:  # let go: the loop asks again, and RegionFailure is raised after it
            time.sleep(0.05)
    raise RegionFailure(
        f"MiniStack did not answer within {_START_SECONDS:.0f} s of its start. Its output:\n{stack.log()}"
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill the child's process group; it has nothing to finish, because it holds everything in memory."""
    if process.stdin:
        with contextlib.suppress(OSError):  # let go: the process closed its input when it ended
            process.stdin.close()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        # let go: the process group has ended already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
