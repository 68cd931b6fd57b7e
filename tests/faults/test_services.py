"""Each fault of Jira and Confluence has the outcome for the whole pipeline that docs/faults.md states.

*retried*: within the invocation. *deferred*: a copy of the message is received later and succeeds, with every effect
once. *redelivered*: the message itself returns to its queue, and then succeeds. *failed*: the reason is recorded and in
a comment in the ticket, and the message fails each time, which brings it to the dead-letter queue. *reported*: a comment
in the review ticket says what was refused. What each fault does to one request is in test_http.py; long outages are in
test_outages.py.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError

from common.atlassian import http_client
from common.runtime import deadline
from common.runtime.deadline import RESERVE_SECONDS
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator import dependencies
from handlers.document_orchestrator.claim_page import PageClaims
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.faults.claims import claims
from tests.faults.stages import approved, closed, drafted, status
from tests.faults.test_http import CREATE, READ, WRITE
from tests.handlers.aws import Context, at_deferral_limit, deliver, redriven
from tests.handlers.pipeline import Pipeline, reset_functions

ISSUE, PAGES = "/rest/api/3/issue", "/wiki/api/v2/pages"


RETRIED = {
    "429 with `Retry-After`": Fault("status", status=429, retry_after=1),
    "429 without `Retry-After`": Fault("status", status=429),
    "500": Fault("status", status=500),
    "502": Fault("status", status=502),
    "503": Fault("status", status=503),
    "503 with `Retry-After`": Fault("status", status=503, retry_after=1),
    "connection reset": Fault("drop"),
    "slow drip": Fault("slow", seconds=0.3),
}
DEFERRED = {
    "truncated JSON": Fault("truncate"),
    "HTML instead of JSON": Fault("html"),
    "time-out": Fault("hang", count=9, seconds=0.6),
    "429 with a longer `Retry-After`": Fault("status", status=429, retry_after=600),
    "503 with a longer `Retry-After`": Fault("status", status=503, retry_after=600),
    "503": Fault("status", status=503, count=9),
}


@claims((name, READ) for name in RETRIED)
@pytest.mark.parametrize("fault", RETRIED.values(), ids=RETRIED.keys())
def test_a_brief_fault_of_a_read_is_retried(pipeline: Pipeline, page_id: str, fault: Fault) -> None:
    _, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(replace(fault, method="GET", path=ISSUE, account="kinexus"))
    assert deliver(orchestrate, messages) == []
    assert status(pipeline) == "drafted"


@claims((name, READ) for name in DEFERRED)
@pytest.mark.parametrize("fault", DEFERRED.values(), ids=DEFERRED.keys())
def test_a_lasting_fault_of_a_read_defers_without_loss(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(http_client, "TIMEOUT", (1.0, 0.4))
    _, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(replace(fault, method="GET", path=ISSUE, account="kinexus"))
    assert deliver(orchestrate, messages, receives=3) == []
    assert pipeline.aws.changes()[0]["status"] == "detected"
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1
    pipeline.site.faults.clear()
    pipeline.run()
    assert status(pipeline) == "in_review"


@claims(("409", READ))
def test_a_read_with_a_conflict_is_redelivered(pipeline: Pipeline, page_id: str) -> None:
    _, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(Fault("status", status=409, method="GET", path=ISSUE, account="kinexus"))
    assert len(deliver(orchestrate, messages)) == 1
    assert deliver(orchestrate, messages, receives=2) == []
    assert status(pipeline) == "drafted"


@claims(("429 with `Retry-After`", CREATE), ("429 without `Retry-After`", CREATE))
@pytest.mark.parametrize("asked", [1, None])
def test_a_rate_limited_post_is_retried_within_the_invocation(
    pipeline: Pipeline, page_id: str, asked: float | None
) -> None:
    key, messages = drafted(pipeline, page_id)
    pipeline.site.faults.add(
        Fault("status", status=429, retry_after=asked, count=2, method="POST", account="kinexus")
    )
    assert deliver(open_review, messages) == []
    assert (status(pipeline), pipeline.aws.delayed("ReviewTicketCreator")) == ("in_review", 0)
    assert len(pipeline.comments(pipeline.review_of(key))) == 1


NOT_REPEATED = {
    "503": Fault("status", status=503),
    "503 with `Retry-After`": Fault("status", status=503, retry_after=5),
    "429 with a longer `Retry-After`": Fault("status", status=429, retry_after=600),
    "409": Fault("status", status=409),
    "connection reset": Fault("drop"),
    "HTML instead of JSON": Fault("html"),
    "truncated JSON": Fault("truncate"),
}


@claims((name, CREATE) for name in NOT_REPEATED)
@pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it took effect"])
@pytest.mark.parametrize("fault", NOT_REPEATED.values(), ids=NOT_REPEATED.keys())
def test_a_post_that_fails_is_not_repeated_blindly(
    pipeline: Pipeline, page_id: str, fault: Fault, after: bool
) -> None:
    key, messages = drafted(pipeline, page_id)
    pipeline.site.faults.add(
        replace(fault, method="POST", path=f"{ISSUE}\\?*$", account="kinexus", after=after)
    )
    given_back = deliver(open_review, messages)
    assert len(given_back) == (fault.status == 409)
    assert pipeline.aws.delayed("ReviewTicketCreator") == (fault.status != 409)
    again = messages if given_back else pipeline.aws.messages("ReviewTicketCreator")
    assert deliver(open_review, again) == []
    assert status(pipeline) == "in_review"
    assert pipeline.review_of(key)
    assert len(pipeline.comments(pipeline.review_of(key))) == 1


@claims((str(code), CREATE) for code in (400, 401, 403, 413))
@pytest.mark.parametrize("code", [400, 401, 403, 413])
def test_a_review_that_jira_refuses_fails_with_its_reason(
    pipeline: Pipeline, page_id: str, code: int
) -> None:
    key, messages = drafted(pipeline, page_id)
    pipeline.site.faults.add(
        Fault("status", status=code, count=99, method="POST", path=f"{ISSUE}\\?*$", account="kinexus")
    )
    for receives in (1, 2, 3):
        assert len(deliver(open_review, messages, receives)) == 1
        [document] = pipeline.aws.documents()
        assert str(code) in document["reason"]
        assert len([text for text in pipeline.comments(key) if str(code) in text]) == 1
    pipeline.site.faults.clear()
    assert deliver(open_review, redriven(messages)) == [], (
        "once the cause is gone, sending it again is enough"
    )
    assert status(pipeline) == "in_review"


@claims((str(code), READ) for code in (400, 401, 403, 413))
@pytest.mark.parametrize("code", [400, 401, 403, 413])
def test_a_refused_read_fails_with_its_reason(pipeline: Pipeline, page_id: str, code: int) -> None:
    key, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(
        Fault("status", status=code, count=99, method="GET", path="/wiki/", account="kinexus")
    )
    for receives in (1, 2, 3):
        assert len(deliver(orchestrate, messages, receives)) == 1
        [change] = pipeline.aws.changes()
        assert (change["status"], str(code) in change["reason"]) == ("failed", True)
        assert len([text for text in pipeline.comments(key) if str(code) in text]) == 1
    assert pipeline.aws.locks() == []


def test_an_expired_token_is_read_again_once(pipeline: Pipeline, page_id: str) -> None:
    _, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(Fault("status", status=401, path=ISSUE, account="kinexus"))
    assert deliver(orchestrate, messages) == []


@claims(("404", READ))
@pytest.mark.parametrize("gone", ["ticket", "page"])
def test_a_deleted_ticket_and_a_deleted_page_fail(
    pipeline: Pipeline, page_id: str, gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is deleted after it was selected, and before it is drafted on."""
    key, messages = closed(pipeline, page_id)
    if gone == "page":
        with monkeypatch.context() as patched:
            patched.setattr(PageClaims, "hold", lambda *_, **__: 1 / 0)
            assert len(deliver(orchestrate, messages)) == 1
    path = f"{ISSUE}/[0-9]+(\\?.*)?$" if gone == "ticket" else f"{PAGES}/{page_id}"
    fault = Fault("status", status=404, count=2, method="GET", path=path, account="kinexus")
    pipeline.site.faults.add(fault)
    assert len(deliver(orchestrate, messages)) == 1
    [change] = pipeline.aws.changes()
    assert change["status"] == "failed"
    assert "does not exist any more" in change["reason"]
    pipeline.site.faults.clear()
    assert any("does not exist any more" in text for text in pipeline.comments(key))
    assert pipeline.aws.locks() == []


DONE, DEFER = "done", "deferred"
LOST_WRITES = {
    "500": (Fault("status", status=500, after=True), DONE),
    "connection reset": (Fault("drop", after=True), DONE),
    "409": (Fault("status", status=409), DONE),
    "slow drip": (Fault("slow", seconds=0.3), DONE),
    "truncated JSON": (Fault("truncate"), DEFER),
    "HTML instead of JSON": (Fault("html", after=True), DEFER),
    "429 with a longer `Retry-After`": (Fault("status", status=429, retry_after=600), DEFER),
}


@claims((name, WRITE) for name in LOST_WRITES)
@pytest.mark.parametrize(("fault", "outcome"), LOST_WRITES.values(), ids=LOST_WRITES.keys())
def test_a_page_is_written_once_even_without_an_answer(
    pipeline: Pipeline, page_id: str, fault: Fault, outcome: str
) -> None:
    review, messages = approved(pipeline, page_id)
    pipeline.site.faults.add(replace(fault, method="PUT", path=PAGES, account="kinexus"))
    assert deliver(approve, messages) == []
    assert pipeline.aws.delayed("ApprovalHandler") == (outcome == DEFER)
    assert deliver(approve, messages, receives=2) == []
    pipeline.run()
    assert status(pipeline) == "published"
    assert pipeline.page(page_id)["version"]["number"] == 2
    assert len([text for text in pipeline.comments(review) if text.startswith("Published")]) == 1


@claims((str(code), WRITE) for code in (400, 403, 404, 413))
@pytest.mark.parametrize("code", [400, 403, 404, 413])
def test_a_refused_page_waits_and_the_reviewer_gets_a_comment(
    pipeline: Pipeline, page_id: str, code: int
) -> None:
    review, messages = approved(pipeline, page_id)
    before = len(pipeline.comments(review))
    pipeline.site.faults.add(
        Fault("status", status=code, count=2, method="PUT", path=PAGES, account="kinexus")
    )
    assert deliver(approve, messages) == []
    assert status(pipeline) == "in_review"
    assert len(pipeline.comments(review)) == before + 1
    assert pipeline.status(review) != "done"
    pipeline.site.faults.clear()
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert status(pipeline) == "published"


@claims(("401", WRITE))
def test_an_approval_waits_until_the_token_is_replaced(pipeline: Pipeline, page_id: str) -> None:
    review, messages = approved(pipeline, page_id)
    pipeline.site.faults.add(
        Fault("status", status=401, count=99, method="PUT", path=PAGES, account="kinexus")
    )
    for receives in (1, 2, 3):
        assert len(deliver(approve, messages, receives)) == 1
        [document] = pipeline.aws.documents()
        assert "401" in document["reason"]
    assert pipeline.status(review) == "done", "the reviewer has nothing to do again"
    told = [text for text in pipeline.comments(review) if re.search(r"\b401: ", text)]  # a port may hold 401
    assert len(told) == 1
    pipeline.site.faults.clear()
    assert deliver(approve, redriven(messages)) == []
    assert status(pipeline) == "published"


@claims(("connection refused", CREATE))
def test_after_a_refused_connection_the_post_is_sent_again(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, messages = drafted(pipeline, page_id)
    make, refused = HTTPConnectionPool._make_request, list[str]()

    def refuse_first_post(self: Any, connection: Any, method: str, url: str, **options: Any) -> Any:
        if method == "POST" and not refused:
            refused.append(url)
            raise NewConnectionError(connection, "connection refused")
        return make(self, connection, method, url, **options)

    monkeypatch.setattr(HTTPConnectionPool, "_make_request", refuse_first_post)
    assert deliver(open_review, messages) == []
    assert refused
    assert status(pipeline) == "in_review"


@claims(("slow drip", CREATE))
def test_a_slow_answer_to_a_post_is_awaited(pipeline: Pipeline, page_id: str) -> None:
    _, messages = drafted(pipeline, page_id)
    pipeline.site.faults.add(Fault("slow", seconds=0.3, method="POST", path=ISSUE, account="kinexus"))
    assert deliver(open_review, messages) == []


@claims(("404", CREATE))
def test_a_comment_on_a_deleted_ticket_is_redelivered(pipeline: Pipeline, page_id: str) -> None:
    _, messages = drafted(pipeline, page_id)
    pipeline.site.faults.add(
        Fault("status", status=404, method="POST", path="/comment\\?*$", account="kinexus")
    )
    assert len(deliver(open_review, messages)) == 1
    assert deliver(open_review, messages, receives=2) == []
    assert status(pipeline) == "in_review"


REMOVED = "Atlassian has removed an endpoint that Kinexus uses"


@claims(("410", READ))
def test_a_removed_read_endpoint_fails_and_does_not_hide_pages(pipeline: Pipeline, page_id: str) -> None:
    key, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(Fault("gone", method="GET", path=PAGES, account="kinexus"))
    for receives in (1, 2, 3):
        assert len(deliver(orchestrate, messages, receives)) == 1
        [change] = pipeline.aws.changes()
        assert (change["status"], REMOVED in change["reason"]) == ("failed", True)
        assert len([text for text in pipeline.comments(key) if "update Kinexus" in text]) == 1
    assert pipeline.aws.locks() == []


@claims(("410", WRITE), ("410", CREATE))
@pytest.mark.parametrize(("method", "path"), [("PUT", PAGES), ("POST", "/comment\\?*$")])
def test_a_removed_write_endpoint_fails_and_can_be_redriven(
    pipeline: Pipeline, page_id: str, method: str, path: str
) -> None:
    _, messages = approved(pipeline, page_id)
    pipeline.site.faults.add(Fault("gone", method=method, path=path, account="kinexus"))
    for receives in (1, 2, 3):
        assert len(deliver(approve, messages, receives)) == 1
    assert REMOVED in pipeline.aws.documents()[0]["reason"]
    pipeline.site.faults.clear()
    assert deliver(approve, redriven(messages)) == []
    assert status(pipeline) == "published"


@claims(("an endless answer", "outcome"))
def test_work_that_takes_too_long_is_stopped_and_deferred(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, messages = closed(pipeline, page_id)
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda self: 1000 * RESERVE_SECONDS + 300)
    monkeypatch.setattr(deadline, "GRACE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_drip_without_end, args=(server,), daemon=True).start()
        monkeypatch.setenv("CONFLUENCE_URL", f"http://127.0.0.1:{server.getsockname()[1]}/wiki")
        now = [time.time()]
        monkeypatch.setattr(dependencies, "time", SimpleNamespace(time=lambda: now[0]))
        reset_functions()
        for failed, tried in ((0, messages), (1, at_deferral_limit(messages))):
            now[0] += 6 * 180  # the lease of the stopped work has expired
            began = time.monotonic()
            assert len(deliver(orchestrate, tried)) == failed
            assert time.monotonic() - began < 5
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1
    [change] = pipeline.aws.changes()
    assert change["status"] == "failed"
    assert "not done within" in change["reason"]
    assert len([text for text in pipeline.comments(key) if "not done within" in text]) == 1


def _drip_without_end(server: socket.socket) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_drip, args=(connection,), daemon=True).start()


def _drip(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)
