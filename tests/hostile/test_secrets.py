"""Secrets stay in Secrets Manager, and in the one header or computation that needs each.

Logs and printed text are searched in the whole suite (tests/secret_watch.py), and the local region with its functions'
logs in tests/local/region. Here: everything stored, sent and shown, error messages, and malformed secrets.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest
import requests
from werkzeug import Request, Response
from werkzeug.serving import make_server

from common.atlassian.http_client import AtlassianError, AtlassianHttp
from common.aws.secrets import CachedSecret, InvalidSecret
from handlers.jira_webhook_handler.handler import handle as notice_change
from handlers.review_page.handler import handle as show_review
from local.atlassian import Fault, Running, Site, serve
from tests.handlers.aws import Aws
from tests.handlers.jira_webhook_handler.webhook_bodies import FINISHED, request, signed
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import in_review, page_id
from tests.secrets_in_use import API_TOKEN, LINK_KEY, WEBHOOK_SECRET, WRONG_API_TOKEN, found_in
from tests.stack.pipeline_run import graph

__all__ = ["page_id"]
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:kinexus/atlassian-AbCdEf"


def everything(pipeline: Pipeline) -> dict[str, str]:
    """Return everything that a run stored or sent, as text by place."""
    s3 = boto3.client("s3")
    objects = s3.list_objects_v2(Bucket="kinexus-documents")["Contents"]
    issues = list(pipeline.site.jira.issues.values())
    found = {
        f"s3 {each['Key']}": s3.get_object(Bucket="kinexus-documents", Key=each["Key"])["Body"]
        .read()
        .decode()
        for each in objects
    }
    found |= {f"answer {number}": str(answer) for number, answer in enumerate(pipeline.gateway.answers)}
    found |= {f"issue {each.key}": repr(each) for each in issues}
    found |= {f"page {each.id}": repr(each) for each in pipeline.site.confluence.pages.values()}
    return found | {
        "events": json.dumps(pipeline.aws.events(), default=str),
        "changes": json.dumps(pipeline.aws.changes(), default=str),
        "documents": json.dumps(pipeline.aws.items("kinexus-documents"), default=str),
    }


def test_no_secret_is_stored_sent_or_shown(
    pipeline: Pipeline, page_id: str, asked: list[Mapping[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """In no event, record, page, ticket, prompt or answer."""
    # Our own log lines are searched too, like all logs of the suite.
    for ours in ("common", "handlers"):
        caplog.set_level(logging.DEBUG, ours)
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    shown = requests.get(pipeline.diff_url(review), timeout=60)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "Mention the currency" in json.dumps(asked)
    left = everything(pipeline) | {"diff page": f"{shown.headers} {shown.text}", "model": json.dumps(asked)}
    assert {name.split()[0] for name in left} >= {"s3", "answer", "issue", "page", "events", "model"}
    assert all(
        name in left["events"] for name in ("ChangeDetected", "ReviewCompleted", "DocumentationPublished")
    )
    assert any(name.endswith("2.html") for name in left)
    assert {name: found for name, text in left.items() if (found := found_in(text))} == {}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_secret_is_in_the_stacks_environments_or_outputs(stack: str) -> None:
    """Nor in any other input of a resource."""
    found = graph(stack)
    holding = {"aws:secretsmanager/secretVersion:SecretVersion"}
    functions = [each for each in found.resources if each.type == "aws:lambda/function:Function"]
    assert len(functions) == 6
    assert all(each.inputs["environment"]["variables"] for each in functions)
    leaks = {
        each.name: kinds
        for each in found.resources
        if each.type not in holding and (kinds := found_in(repr(each.inputs)))
    }
    assert leaks == {}
    assert found_in(repr(found.outputs)) == set()
    assert {each.type for each in found.resources if found_in(repr(each.inputs))} == holding


@pytest.fixture
def echoing_proxy() -> Iterator[Callable[[int], str]]:
    """A proxy whose error pages show the headers of the failed request."""

    @Request.application
    def application(asked: Request) -> Response:
        status = int(asked.path.strip("/").split("/")[0])
        return Response(f"Authorization: {asked.headers['Authorization']}\n{asked.authorization}", status)

    server = make_server("127.0.0.1", 0, application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield lambda status: f"http://127.0.0.1:{server.server_port}/{status}"
    server.shutdown()
    thread.join()


def logged_failure(http: AtlassianHttp, method: str = "GET") -> str:
    """Make a request that must fail, and return everything that a log would contain of it."""
    with pytest.raises(AtlassianError) as raised:
        http.post("/rest/api/3/myself", {}) if method == "POST" else http.get("/rest/api/3/myself")
    return "".join(traceback.format_exception(raised.value)) + repr(raised.value) + raised.value.detail


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 503])
def test_credentials_repeated_by_an_error_page_are_removed(
    echoing_proxy: Callable[[int], str], status: int
) -> None:
    http = AtlassianHttp(echoing_proxy(status), "kinexus@example.com", lambda fresh: WRONG_API_TOKEN)
    said = logged_failure(http, "POST")
    assert "Authorization: Basic …" in said
    assert found_in(said) == set()


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Site(search_lag=0)) as running:
        yield running


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=401, count=9),
        Fault("status", status=403),
        Fault("html"),
        Fault("truncate"),
        Fault("drop", count=9),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
def test_no_error_contains_a_secret(running: Running, fault: Fault) -> None:
    running.site.faults.add(fault)
    http = AtlassianHttp(running.url, "kinexus@example.com", lambda fresh: API_TOKEN)
    assert found_in(logged_failure(http, "POST")) == set()


def test_a_replaced_token_is_used_without_a_restart(aws: Aws, running: Running) -> None:
    manager, arn = boto3.client("secretsmanager"), aws.environment["JIRA_API_TOKEN_SECRET_ARN"]
    token = CachedSecret(manager, arn)
    http = AtlassianHttp(running.url, "kinexus@example.com", lambda fresh: token.get("apiToken", fresh=fresh))
    manager.put_secret_value(SecretId=arn, SecretString=json.dumps({"apiToken": WRONG_API_TOKEN}))
    with pytest.raises(AtlassianError, match="401"):
        http.get("/rest/api/3/myself")
    manager.put_secret_value(SecretId=arn, SecretString=json.dumps({"apiToken": API_TOKEN}))
    assert http.get("/rest/api/3/myself")["emailAddress"] == "kinexus@example.com"


class SecretsManager:
    """The used part of Secrets Manager."""

    def __init__(self, **answer: object) -> None:
        self.answer = answer

    def get_secret_value(self, SecretId: str) -> dict[str, object]:  # noqa: N803
        return self.answer


MALFORMED: dict[str, dict[str, object]] = {
    "no JSON": {"SecretString": f"{API_TOKEN}"},
    "cut off": {"SecretString": json.dumps({"apiToken": API_TOKEN})[:-1]},
    "a text alone": {"SecretString": json.dumps(API_TOKEN)},
    "a list": {"SecretString": json.dumps([API_TOKEN])},
    "another key": {"SecretString": json.dumps({"token": API_TOKEN})},
    "a list under the key": {"SecretString": json.dumps({"apiToken": [API_TOKEN]})},
    "an object under the key": {"SecretString": json.dumps({"apiToken": {"value": API_TOKEN}})},
    "a number": {"SecretString": json.dumps({"apiToken": 5, "is": API_TOKEN})},
    "null": {"SecretString": json.dumps({"apiToken": None, "is": API_TOKEN})},
    "empty": {"SecretString": json.dumps({"apiToken": "", "is": API_TOKEN})},
    "bytes": {"SecretBinary": API_TOKEN.encode()},
}


@pytest.mark.parametrize("kept", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_secret_is_named_but_not_shown(kept: dict[str, object]) -> None:
    with pytest.raises(InvalidSecret, match=rf'{re.escape(ARN)} has no string under "apiToken"') as raised:
        CachedSecret(SecretsManager(**kept), ARN).get("apiToken")
    assert (
        found_in(
            "".join(traceback.format_exception(raised.value))
            + repr(CachedSecret(SecretsManager(**kept), ARN))
        )
        == set()
    )


#: Each with a secret that would sign if the malformed value were accepted.
NO_LIST: dict[str, tuple[Any, str]] = {
    "a text": (WEBHOOK_SECRET, WEBHOOK_SECRET[0]),
    "null in a list": ([WEBHOOK_SECRET, None], "None"),
    "a list in a list": ([[WEBHOOK_SECRET]], str([WEBHOOK_SECRET])),
    "an empty text": ([""], ""),
    "null": (None, ""),
}


@pytest.mark.parametrize(("value", "guess"), NO_LIST.values(), ids=NO_LIST.keys())
def test_malformed_webhook_secrets_accept_no_request(aws: Aws, value: Any, guess: str) -> None:
    arn = aws.environment["WEBHOOK_SECRET_ARN"]
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps({"secrets": value}))
    raw = json.dumps(FINISHED).encode()
    with pytest.raises(
        InvalidSecret, match=r'secret:webhook.* has no list of strings under "secrets"'
    ) as raised:
        notice_change(request(raw, x_hub_signature=signed(raw, guess)), None)
    assert found_in("".join(traceback.format_exception(raised.value))) == set()
    assert aws.changes() == []


@pytest.mark.parametrize("key", [None, 7, [LINK_KEY], ""])
def test_a_malformed_link_key_opens_no_review(aws: Aws, key: Any) -> None:
    from common.domain.review_link import sign_review_link

    arn, document = aws.environment["LINK_KEY_SECRET_ARN"], "doc-" + "a" * 24
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps({"key": key}))
    link = {
        "pathParameters": {"document_id": document, "revision": "1"},
        "queryStringParameters": {"signature": sign_review_link(str(key), document, 1)},
    }
    with pytest.raises(InvalidSecret, match=r'secret:link.* has no string under "key"'):
        show_review(link, None)
