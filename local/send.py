"""`python -m local send FILE…`: post webhook bodies as Jira does, and print the result of each."""

import functools
import hashlib
import hmac
import json
import time
import uuid
from pathlib import Path
from typing import Any

import requests

from local import change_progress
from local.change_progress import ChangeProgress, DocumentProgress
from local.environment import wait_until
from local.error_logs import errors_logged
from local.state_file import NoRegion, RegionFacts, find_region

ROUTES = {"jira": "jiraWebhookUrl", "approval": "approvalWebhookUrl"}
_TIMEOUT_SECONDS = 90.0


def send(files: list[Path], route: str = "jira") -> int:
    """Send each file; return 0 when every file was accepted and nothing failed, else 1."""
    try:
        region = find_region()
    except NoRegion as error:
        print(error)
        return 1
    return max([_send(region, file, route) for file in files], default=1)


def post(url: str, body: bytes, secret: str) -> requests.Response:
    """Post a body with Jira's webhook headers; the signature is over the raw bytes."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return requests.post(
        url,
        data=body,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Atlassian Webhook HTTP Client",
            "X-Atlassian-Webhook-Identifier": str(uuid.uuid4()),
            "X-Atlassian-Webhook-Flow": "Primary",
            "X-Hub-Signature": f"sha256={digest}",
        },
        timeout=60,
    )


def _send(region: RegionFacts, file: Path, route: str) -> int:
    url = region.outputs[ROUTES[route]]
    print(f"{file} → POST {url}")
    try:
        body = file.read_bytes()
    except OSError as error:
        print(f"  The file cannot be read: {error.strerror}.")
        return 1
    _import_ticket(region, body)
    try:
        response = post(url, body, region.webhook_secret)
    except requests.RequestException as error:
        print(f"  The region did not respond: {error}")
        return 1
    answer = _object(response.content)
    result = ": ".join(
        str(answer[name]) for name in ("status", "reason", "error", "message") if answer.get(name)
    )
    print(f"  {response.status_code} {result or response.text[:300]}")
    if not response.ok:
        return 1
    if route == "approval" and answer.get("status") == "accepted":
        return _follow_review(region, body)
    if answer.get("change_id"):
        return _follow_change(region, str(answer["change_id"]))
    return 0


def _follow_change(region: RegionFacts, change_id: str) -> int:
    """Wait until a change has ended or waits for a person, and print its state."""
    client, since = functools.cache(region.client), time.time()
    latest: list[ChangeProgress] = []

    def settled() -> bool:
        current = change_progress.change_progress(client, region.outputs, change_id)
        latest[:] = [current] if current else []
        return current is not None and current.is_settled

    in_time = wait_until(settled, _TIMEOUT_SECONDS)
    if not latest:
        print(f"  The changes table has no change {change_id}.")
        return 1
    change = latest[0]
    print(f"  change {change.change_id} of {change.issue_key}: {change.status} ({change.reason})")
    for document in change.documents:
        _print_document(region, document)
    if not in_time:
        _print_delay(region, since)
    failed = change.status == "failed" or any(document.status == "failed" for document in change.documents)
    return int(failed or not in_time)


def _follow_review(region: RegionFacts, body: bytes) -> int:
    """Wait until the decision on a review has been processed, and print the document."""
    client, since = functools.cache(region.client), time.time()
    queue = [region.outputs["queueUrls"]["ApprovalHandler"]]
    issue_id = str((_object(body).get("issue") or {}).get("id", ""))
    in_time = wait_until(lambda: change_progress.is_idle(client, queue), _TIMEOUT_SECONDS)
    document = change_progress.review_progress(client, region.outputs, issue_id)
    if document is None:
        print(
            f"  No document has a review ticket with the id {issue_id or '(none)'}, so nothing was decided."
        )
        return 0
    _print_document(region, document)
    if not in_time:
        _print_delay(region, since)
    return int(document.status == "failed" or not in_time)


def _print_delay(region: RegionFacts, since: float) -> None:
    """Print that the work did not finish in time, and the errors logged since `since`."""
    print(f"  Not finished after {_TIMEOUT_SECONDS:.0f} s. Errors logged since then, if any:")
    for line in errors_logged(functools.cache(region.client), region.outputs["logGroups"].values(), since):
        print(f"  {line}")


def _print_document(region: RegionFacts, document: DocumentProgress) -> None:
    kind = {"create": "new page", "update": "update of"}.get(document.kind, document.kind)
    status = document.status.replace("_", " ")
    reason = f" ({document.reason})" if document.reason else ""
    print(
        f"  document {document.document_id}: {status}, {kind} “{document.title}”, revision {document.revision}{reason}"
    )
    if document.review_issue_key:
        print(f"  review ticket {region.jira_url}/browse/{document.review_issue_key}")
    if document.page_url:
        print(f"  published as {document.page_url}")


def _import_ticket(region: RegionFacts, body: bytes) -> None:
    """Add the body's ticket to the simulated Jira, because the pipeline reads the ticket from there."""
    if not isinstance(_object(body).get("issue"), dict):
        return
    requests.post(f"{region.jira_url}/_control/adopt", data=body, timeout=10,
                  headers={"Content-Type": "application/json"})  # fmt: skip


def _object(content: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
