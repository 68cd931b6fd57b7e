"""The audit of our dependencies finds vulnerable versions, and reports an unreachable service."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests import dependencies
from tests.dependencies import Findings, audit, installed, pinned

HOLE = {
    "id": "PYSEC-2026-1",
    "summary": "Reads everything aloud",
    "affected": [
        {
            "package": {"name": "leaky", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}],
        }
    ],
}


@Request.application
def service(request: Request) -> Response:
    """A service that knows one vulnerability in every version of one package."""
    asked = json.loads(request.get_data())
    found = {"vulns": [HOLE]} if asked["package"]["name"] == "leaky" else {}
    return Response(json.dumps(found), content_type="application/json")


@pytest.fixture
def url() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    thread.join()


def asked_at(url: str) -> tuple[str, ...]:
    return ("--vulnerability-service", "osv", "--osv-url", url)


def test_each_vulnerable_version_is_named_with_its_fix(url: str) -> None:
    packages = {("tight", "1.0"), ("leaky", "1.0"), ("Leaky", "2.0")}
    assert audit(packages, *asked_at(url)) == Findings(
        ("leaky 1.0: PYSEC-2026-1, fixed in 2.1", "leaky 2.0: PYSEC-2026-1, fixed in 2.1")
    )


def test_an_unreachable_service_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        silent = audit({("tight", "1.0")}, *asked_at(f"http://127.0.0.1:{port}/"), longest=0.1)
    assert silent == Findings(not_audited=("all 1: no answer within 0 s",))
    gone = audit({("tight", "1.0")}, *asked_at(f"http://127.0.0.1:{port}/"))
    assert gone.vulnerable == ()
    assert gone.not_audited[0].startswith("all 1: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([{"name": "a", "skip_reason": "not found"}], "all 1: the service knows none of them"),
        (
            [{"name": "a", "skip_reason": "not found"}, {"name": "b", "version": "1", "vulns": []}],
            "1 of 2, which the service does not know: a",
        ),
    ],
)
def test_a_package_unknown_to_the_service_is_reported(answer: list[dict[str, object]], said: str) -> None:
    assert dependencies._read(answer) == Findings(not_audited=(said,))


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        (Findings(), 0, "no known vulnerability in"),
        (
            Findings(not_audited=("all 3: no answer",)),
            0,
            "NOT AUDITED for known vulnerabilities: all 3: no answer",
        ),
        (Findings(("leaky 1.0: PYSEC-2026-1",), ("1 of 2",)), 1, "vulnerable: leaky 1.0"),
    ],
)
def test_only_vulnerabilities_fail_the_check(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: Findings,
    status: int,
    said: str,
) -> None:
    monkeypatch.setattr(dependencies, "audit", lambda packages: found)
    assert dependencies.main() == status
    shown = capsys.readouterr()
    assert said in shown.out + shown.err


def test_the_layers_lock_with_all_dependencies_is_audited() -> None:
    locked = {name for name, _ in pinned(dependencies.ROOT / "handlers" / "requirements.lock")}
    assert {"requests", "urllib3", "certifi", "markdown-it-py"} <= locked
    assert {"pytest", "pluggy", "moto"} <= {name for name, _ in installed()}
