"""A service that accepts connections and never answers: work ends before Lambda ends it, with a reason.

Over real sockets and a real clock, with the function's time and the reserve reduced to seconds. That Lambda calls
handlers Over real sockets and a real clock, with the function's time and the reserve reduced to seconds. That Lambda calls
handlers in the main thread is taken from its documentation.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from common.atlassian.http_client import AtlassianHttp, Unavailable
from common.aws.clients import cached_client
from common.lambda_entry import sqs_batch, webhook_endpoint
from common.runtime import deadline
from common.runtime.deadline import DeadlineExceeded, ServiceHung, propagate_deadline, within_deadline
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.jira_webhook_handler.handler import handle as notice_change
from handlers.review_ticket_creator.handler import handle as open_review
from tests.handlers import aws as ground
from tests.handlers.aws import Aws
from tests.handlers.jira_webhook_handler.webhook_bodies import FINISHED, request
from tests.handlers.pipeline import Pipeline, reset_functions


@pytest.fixture
def tarpit() -> Iterator[str]:
    """The address of a server that accepts connections and never answers."""
    held: list[socket.socket] = []
    server = socket.create_server(("127.0.0.1", 0), backlog=64)

    def hold() -> None:
        while True:
            try:
                held.append(server.accept()[0])
            except OSError:
                return

    threading.Thread(target=hold, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.close()
    for connection in held:
        connection.close()


def took(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def test_a_request_ends_at_the_deadline_without_a_retry(tarpit: str) -> None:
    http = AtlassianHttp(tarpit, "kinexus@example.com", lambda fresh: "token")

    def ask() -> None:
        with within_deadline(1), pytest.raises(Unavailable, match="no answer"):
            http.get("/rest/api/3/myself")

    assert took(ask) < 8, "a single read would have taken ten"
    with within_deadline(0), pytest.raises(Unavailable, match="the deadline has passed"):
        http.get("/rest/api/3/myself")


def test_a_request_in_another_thread_ends_at_the_deadline(tarpit: str) -> None:
    http = AtlassianHttp(tarpit, "kinexus@example.com", lambda fresh: "token")
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            http.get("/rest/api/3/search/jql")
        except Unavailable as error:
            ended.append(error)

    with within_deadline(0.5):
        thread = threading.Thread(target=propagate_deadline(ask))
        thread.start()
        thread.join(2)
    assert len(ended) == 1


@pytest.mark.usefixtures("aws")
def test_a_hanging_aws_call_ends_at_the_deadline(tarpit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", tarpit)
    monkeypatch.setattr(deadline, "GRACE_SECONDS", 0.1)
    model = cached_client("bedrock-runtime", read_timeout=30)

    def ask() -> None:
        with pytest.raises(ServiceHung), within_deadline(0.5):
            model.converse(modelId="amazon.nova-lite-v1:0", messages=[])

    assert took(ask) < 5, "botocore would have tried again"


def test_a_passed_deadline_leaves_no_timer_behind() -> None:
    with pytest.raises(DeadlineExceeded) as late, within_deadline(0.01):
        time.sleep(5)
    assert not isinstance(late.value, ServiceHung), "no service was waited for"
    assert deadline.remaining_seconds() == float("inf")
    time.sleep(0.05)


def test_an_endless_answer_counts_as_a_hanging_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "GRACE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        http = AtlassianHttp(url, "kinexus@example.com", lambda fresh: "token")
        with pytest.raises(ServiceHung), within_deadline(0.5):
            http.get("/rest/api/3/myself")


def drip(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)


@dataclass
class Invocation(ground.Context):
    """A Lambda context with a real clock."""

    seconds: float = 6.0
    begun: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        return int((self.seconds - (time.monotonic() - self.begun)) * 1000)


@pytest.mark.parametrize("service", ["JIRA_BASE_URL", "CONFLUENCE_URL"])
@pytest.mark.parametrize("handle", [orchestrate, open_review], ids=["orchestrator", "creator"])
def test_the_last_try_ends_in_time_and_records_its_reason(
    pipeline: Pipeline, tarpit: str, monkeypatch: pytest.MonkeyPatch, handle: Any, service: str
) -> None:
    monkeypatch.setattr(sqs_batch, "RESERVE_SECONDS", 3)
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    if handle is open_review:
        assert ground.deliver(orchestrate, messages) == []
        messages = pipeline.aws.messages("ReviewTicketCreator")
    monkeypatch.setenv(service, tarpit)
    reset_functions()
    invocation = Invocation("third")
    answer = handle(ground.queue_event(ground.at_deferral_limit(messages), 3), invocation)
    assert len(answer["batchItemFailures"]) == 1
    assert invocation.get_remaining_time_in_millis() > 0, "Lambda would have killed it"
    records = pipeline.aws.changes() if handle is orchestrate else pipeline.aws.documents()
    assert "could not be reached" in records[0]["reason"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_deadline_that_passes_in_a_finalizer_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(deadline, "REARM_SECONDS", 0.2)

    class Slow:
        def __del__(self) -> None:
            time.sleep(30)

    def work() -> None:
        Slow()  # an exception raised here is only printed
        time.sleep(30)

    def stopped() -> None:
        with pytest.raises(DeadlineExceeded), within_deadline(0.2):
            work()

    assert took(stopped) < 5


def test_a_webhook_is_answered_while_aws_hangs(
    aws: Aws, tarpit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_endpoint, "MAX_SECONDS", 0.5)
    monkeypatch.setattr(deadline, "GRACE_SECONDS", 0.1)
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", tarpit)
    reset_functions()

    def tell() -> None:
        assert notice_change(request(FINISHED), None)["statusCode"] == 503

    assert took(tell) < 5
