"""The three routes as docs/openapi.yaml describes them, called by Schemathesis: no 5xx, and answers as documented.

Twice: without secrets, when no request may be accepted; and with the secrets, so that generated requests pass the
signature check. Jira bodies with arbitrary values in any field are generated here too, because few of the described
bodies close a ticket. Requests that API Gateway itself refuses are not covered (headers that are too long, methods
without a route). For more and new examples: `make fuzz`, or KINEXUS_EXAMPLES=2000.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import boto3
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from common.aws.review_store import ReviewStatus, ReviewStore
from common.domain.review_link import sign_review_link
from handlers.approval_handler.handler import handle as approve
from handlers.jira_webhook_handler.handler import handle as notice_change
from handlers.review_page.handler import handle as show_review
from tests.handlers.aws import Aws
from tests.handlers.gateway import Gateway
from tests.handlers.jira_webhook_handler.webhook_bodies import request, signed
from tests.hostile.places import Place, places, with_put
from tests.secrets_in_use import LINK_KEY
from tests.stack.pipeline_run import ROOT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EXAMPLES = int(os.environ.get("KINEXUS_EXAMPLES", "0"))
BOUNDED = settings(
    max_examples=EXAMPLES or 40,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
#: The answers to webhooks and the texts of the pages: exactly as documented.
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
GATEWAY = Gateway({"/webhooks/jira": notice_change, "/webhooks/approval": approve, "/reviews": show_review})
OPEN, CLOSED = "doc-" + "a" * 24, "doc-" + "c" * 24
#: The answers of the functions in these tests: the route, the status, and whether a word is in the body.
REACHED: set[tuple[str, int, str]] = set()
WORDS = ("recorded", "duplicate", "skipped", "accepted", "A diff", "superseded", "approved")


def signing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Forward a request, signed like a body from Jira or like the link in a review ticket."""
    if environ["REQUEST_METHOD"] == "POST":
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ |= {"wsgi.input": io.BytesIO(raw), "HTTP_X_HUB_SIGNATURE": signed(raw)}
    elif environ["PATH_INFO"].count("/") == 3:
        *_, document_id, revision = environ["PATH_INFO"].split("/")
        if revision.isascii() and revision.isdigit():
            query = dict(parse_qsl(environ["QUERY_STRING"]))
            query["signature"] = sign_review_link(LINK_KEY, document_id, int(revision[:9]))
            environ["QUERY_STRING"] = urlencode(query)
    return GATEWAY.application(environ, start_response)


def described(app: WSGIApplication) -> BaseSchema:
    """Return the description for a WSGI application, without the stage in its paths."""
    raw = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
    del raw["servers"]
    found = schemathesis.openapi.from_dict(raw, config=SchemathesisConfig())
    found.app = app
    return found


ANYBODY, HOLDER = described(GATEWAY.application), described(signing)


@HOLDER.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """In three of four cases, request one of the two existing reviews, at an existing revision.

    The choice depends on every character of the generated values, because generated ids are often similar.
    """
    given = dict(path_parameters or {})
    chance = zlib.crc32(repr(sorted(given.items())).encode("utf-8", "backslashreplace"))
    there = [(OPEN, 3), (OPEN, 1), (CLOSED, 3), (CLOSED, 2), (OPEN, 2), (OPEN, 3), None, None][chance % 8]
    return given | (dict(zip(("document_id", "revision"), there, strict=True)) if there else {})


@pytest.fixture
def routes(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The functions of the routes, with an open review at its third revision and a closed one."""
    for name in ("JIRA_BASE_URL", "JIRA_BROWSE_URL", "CONFLUENCE_URL", "CONFLUENCE_BROWSE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("JIRA_EMAIL", "kinexus@example.com")
    monkeypatch.setenv("CONFLUENCE_EMAIL", "kinexus@example.com")
    reviews = ReviewStore(boto3.client("s3"), aws.environment["DOCUMENTS_BUCKET"])
    for document_id, is_closed in ((OPEN, False), (CLOSED, True)):
        reviews.store_page(document_id, 3, "<!doctype html><title>A diff</title>")
        reviews.store_status(
            document_id, ReviewStatus(3, "PAY2-9", "https://x.test/PAY2-9", is_closed, "approved")
        )
    yield
    for path, status, body in GATEWAY.answers:
        REACHED.update((path.split("/")[1], status, word) for word in WORDS if word in body)
    GATEWAY.answers.clear()


@pytest.mark.usefixtures("routes")
@ANYBODY.parametrize()
@BOUNDED
def test_without_a_secret_no_request_is_accepted(case: Case[Any]) -> None:
    response = case.call()
    case.validate_response(response, checks=CHECKS)
    assert response.status_code in (400, 401, 403, 404, 413)


@pytest.mark.usefixtures("routes")
@HOLDER.parametrize()
@BOUNDED
def test_signed_requests_are_answered_as_documented(case: Case[Any]) -> None:
    response = case.call()
    case.validate_response(response, checks=[*CHECKS, positive_data_acceptance])


#: A closed ticket with only the fields that are read.
READ: dict[str, Any] = {
    "timestamp": 1_795_000_000_000,
    "webhookEvent": "jira:issue_updated",
    "user": {"accountId": "acc-developer"},
    "issue": {
        "id": "10021",
        "key": "PAY2-7",
        "fields": {
            "labels": ["needs-docs"],
            "issuetype": {"name": "Story"},
            "resolution": {"name": "Done"},
            "status": {"id": "10002", "name": "Done", "statusCategory": {"key": "done"}},
        },
    },
    "changelog": {
        "id": "10456",
        "items": [
            {"fieldId": "status", "from": "3", "fromString": "Doing", "to": "10002", "toString": "Done"}
        ],
    },
}
HOSTILE: list[Any] = [
    None, True, 0, -1, 10**400, 1e308, float("inf"), float("nan"), "", "0" * 5_000, "9" * 400, "\ud800", "a\x00b",
    "ﬁ" * 100_000, "x" * 500_000, "A-1/../../", [], {}, [[]], {"id": {}}, [None], ["needs-docs"] * 2_000,
]  # fmt: skip
ANYTHING = st.sampled_from(HOSTILE) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


PLACES = list(places(READ))


def body_with(put: dict[Place, Any], label: str) -> bytes:
    """Return the body of a closed ticket with other values in some fields."""
    body = with_put(READ, {("issue", "fields", "labels"): [label]})
    return json.dumps(with_put(body, put)).encode()


WEBHOOKS = pytest.mark.parametrize(
    ("path", "label"),
    [("/webhooks/jira", "needs-docs"), ("/webhooks/approval", "documentation-review")],
    ids=["jira", "approval"],
)


@pytest.mark.usefixtures("routes")
@WEBHOOKS
def test_strange_values_in_any_field_are_handled(path: str, label: str) -> None:
    handle = GATEWAY.routes[path]
    for place, value in list(itertools.product(PLACES, HOSTILE))[:: 1 if EXAMPLES else 7]:
        answer = handle(request(body_with({place: value}, label)), None)
        assert answer["statusCode"] in (200, 400), place
        assert len(answer["body"].encode()) < 2_000, place


@pytest.mark.usefixtures("routes")
@WEBHOOKS
@BOUNDED
@given(put=st.dictionaries(st.sampled_from(PLACES), ANYTHING, min_size=1, max_size=4))
def test_strange_values_anywhere_in_a_body_are_handled(
    path: str, label: str, put: dict[tuple[Any, ...], Any]
) -> None:
    case = HOLDER[path]["POST"].Case(body=body_with(put, label), media_type="application/json")
    case.validate_response(case.call(), checks=CHECKS)


def test_generated_requests_passed_the_signature_check() -> None:
    if not REACHED:
        pytest.skip("the tests before did not run")
    pages = {("reviews", 200, word) for word in ("A diff", "superseded", "approved")}
    webhooks = {("webhooks", 200, word) for word in ("recorded", "skipped", "accepted")}
    assert (pages | webhooks) - REACHED == set()
