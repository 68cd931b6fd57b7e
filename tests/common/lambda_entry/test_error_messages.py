"""Texts about failures in tickets: the kind of failure and where to find the remedy, without operators' details."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from common.atlassian.http_client import Gone, RequestRefused, Unavailable
from common.aws.bedrock_client import AnswerCutOff
from common.aws.event_bus import PublishFailed
from common.aws.secrets import InvalidSecret
from common.lambda_entry.error_messages import user_message
from common.runtime.errors import PermanentFailure

ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/kinexus-changes"
HOST = "https://proxy.internal.example.net:8443/"
DENIED = ClientError(
    {"Error": {"Code": "AccessDeniedException", "Message": f"User: {ARN} is not authorized on {ARN}"}},
    "PutItem",
)
FAILURES = {
    "AWS answered PutItem with an error (AccessDeniedException)": DENIED,
    "AWS could not be reached (EndpointConnectionError)": EndpointConnectionError(endpoint_url=HOST),
    "EventBridge did not accept an event": PublishFailed(f"ChangeDetected: AccessDenied: {ARN}"),
    "a secret has an unexpected format: set it again with `pulumi config set --secret` and `pulumi up`": InvalidSecret(
        f"{ARN} has no text"
    ),
    "an unexpected error occurred in Kinexus (KeyError)": KeyError(ARN),
    "Jira answered POST /rest/api/3/issue with 400: Too much.; issuetype: Specify a valid issue type": RequestRefused(
        "POST",
        "/rest/api/3/issue",
        400,
        '{"errorMessages": ["Too much."], "errors": {"issuetype": "Specify a valid issue type"}}',
    ),
    "Confluence answered PUT /api/v2/pages/1 with 400: A page with this title exists": RequestRefused(
        "PUT",
        "/api/v2/pages/1",
        400,
        '{"errors": [{"status": 400, "title": "A page with this title exists"}]}',
    ),
    "Confluence answered GET /api/v2/pages/1 with 502": Unavailable(
        "GET", "/api/v2/pages/1", 502, f"<html>{HOST} is down</html>"
    ),
    "Atlassian has removed an endpoint that Kinexus uses (Confluence answered GET /rest/api/content/1 with 410): "
    "update Kinexus": Gone(
        "GET", "/rest/api/content/1", 410, '{"message": "This endpoint has been removed."}'
    ),
    "Jira could not be reached; GET /rest/api/3/myself got no valid answer (not JSON)": Unavailable(
        "GET", "/rest/api/3/myself", None, f"not JSON: <html>{HOST}</html>"
    ),
    "Jira could not be reached; GET /rest/api/3/myself got no valid answer (ReadTimeout)": Unavailable(
        "GET", "/rest/api/3/myself", None, "ReadTimeout"
    ),
    "the page is gone": PermanentFailure("the page is gone"),
    "the answer was cut off": AnswerCutOff("the answer was cut off"),
}


@pytest.mark.parametrize(("words", "error"), FAILURES.items(), ids=FAILURES.keys())
def test_each_failure_has_its_text(words: str, error: Exception) -> None:
    assert user_message(error) == words


def test_long_texts_of_services_are_cut() -> None:
    assert (
        len(user_message(RequestRefused("PUT", "/rest/api/3/x", 400, '{"message": "' + "x" * 9_000 + '"}')))
        < 400
    )
