"""A new review is announced in the chat channel with its key and link; nothing of the channel reaches the work."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import boto3
import pytest
from werkzeug.wrappers import Request, Response

from common.aws.document_repository import DocumentRepository
from handlers.review_ticket_creator import chat_notification
from handlers.review_ticket_creator.handler import handle as open_review
from local import chat
from tests.doubles import Wire
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def connect(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Set the chat webhook's URL."""
    stored = boto3.client("secretsmanager").create_secret(Name="chat", SecretString=json.dumps({"url": url}))
    monkeypatch.setenv("CHAT_WEBHOOK_URL_SECRET_ARN", stored["ARN"])
    reset_functions()


@pytest.fixture
def channel(pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[chat.Channel]:
    """The channel to which the pipeline's messages go."""
    running = chat.serve()
    connect(pipeline, monkeypatch, running.url)
    yield running.channel
    running.stop()


def test_a_new_review_is_announced_with_key_and_link(pipeline: Pipeline, channel: chat.Channel) -> None:
    _, review = in_review(pipeline)
    link = f"{pipeline.url}/browse/{review}"
    assert channel.messages == [{"text": f"Documentation review waiting: <{link}|{review}>"}]


def test_the_next_revision_is_not_announced(pipeline: Pipeline, channel: chat.Channel) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    assert len(channel.messages) == 1


def test_a_ticket_with_a_security_level_is_not_announced(pipeline: Pipeline, channel: chat.Channel) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.jira(
        "admin", "PUT", f"/rest/api/3/issue/{key}", {"fields": {"security": {"name": "Confidential"}}}
    )
    pipeline.finish(key)
    pipeline.run()
    assert pipeline.review_of(key)
    assert channel.messages == []


def test_a_crash_after_the_message_opens_the_review_all_the_same(
    pipeline: Pipeline, channel: chat.Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message may come twice; the review does not."""
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    deliver_drafts = pipeline.aws.messages("DocumentOrchestrator")
    from handlers.document_orchestrator.handler import handle as orchestrate

    assert deliver(orchestrate, deliver_drafts) == []
    messages = pipeline.aws.messages("ReviewTicketCreator")
    with monkeypatch.context() as dying:
        dying.setattr(DocumentRepository, "open_review", lambda *_: 1 / 0)
        deliver(open_review, messages)
    assert deliver(open_review, messages) == []
    assert pipeline.review_of(key)
    assert 1 <= len(channel.messages) <= 2


@pytest.mark.parametrize("status", [302, 400, 403, 404, 410, 429, 500, 503])
def test_a_channel_that_refuses_stops_no_review(
    pipeline: Pipeline,
    page_id: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each message is sent once, without retries, and a redirect is not followed."""
    asked: list[str] = []

    @Request.application
    def refuse(request: Request) -> Response:
        asked.append(request.path)
        return Response("no", status, headers={"Location": "/elsewhere"})

    connect(pipeline, monkeypatch, Wire().connect(monkeypatch).serve(7, refuse) + "/hook/confidential")
    in_review(pipeline)
    assert pipeline.aws.documents()[0]["status"] == "in_review"
    assert asked == ["/hook/confidential"]
    assert "chat.refused" in caplog.text
    assert "confidential" not in caplog.text


@pytest.mark.parametrize(
    "url", ["https://chat.invalid/hook/confidential", "http://10.0.0.1/confidential", "x"]
)
def test_a_channel_that_cannot_be_reached_stops_no_review(
    pipeline: Pipeline,
    page_id: str,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connect(pipeline, monkeypatch, url)
    in_review(pipeline)
    assert pipeline.aws.documents()[0]["status"] == "in_review"
    assert "chat.failed" in caplog.text
    assert "confidential" not in caplog.text


def test_a_channel_that_hangs_delays_no_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(chat_notification, "MAX_SECONDS", 0.05)

    def hang() -> str:
        time.sleep(1)
        return ""

    started = time.monotonic()
    chat_notification.ChatNotification(hang).send("DOCS-1", "https://example.com")
    assert time.monotonic() - started < 0.9
    assert "chat.slow" in caplog.text


def test_without_a_channel_nothing_is_read_or_sent() -> None:
    chat_notification.ChatNotification(None).send("DOCS-1", "https://example.com")
