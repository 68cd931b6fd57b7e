"""`python -m local send FILE…`: post webhook bodies as Jira does, and tell what became of them."""

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
from local.state_file import NoRegion, RegionFacts, find

ROUTES = {"jira": "jiraWebhookUrl", "approval": "approvalWebhookUrl"}
_PATIENCE = 90.0


def send(files: list[Path], route: str = "jira") -> int:
    """Send each file; return 0 when all were taken and nothing failed, else 1."""
    try:
        region = find()
    except NoRegion as error:
        print(error)
        return 1
    return max([_send(region, file, route) for file in files], default=1)


def post(url: str, body: bytes, secret: str) -> requests.Response:
    """Post a body with the headers that Jira gives it; the signature is over the raw bytes."""
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
        print(f"  cannot be read: {error.strerror}")
        return 1
    _adopt(region, body)
    try:
        response = post(url, body, region.webhook_secret)
    except requests.RequestException as error:
        print(f"  no answer: {error}")
        return 1
    answer = _object(response.content)
    said = ": ".join(
        str(answer[name]) for name in ("status", "reason", "error", "message") if answer.get(name)
    )
    print(f"  {response.status_code} {said or response.text[:300]}")
    if not response.ok:
        return 1
    if route == "approval" and answer.get("status") == "accepted":
        return _follow_review(region, body)
    if answer.get("change_id"):
        return _follow_change(region, str(answer["change_id"]))
    return 0


def _follow_change(region: RegionFacts, change_id: str) -> int:
    """Wait until nothing more happens to a change without a person, and print where that left it."""
    client, since = functools.cache(region.client), time.time()
    found: list[ChangeProgress] = []

    def settled() -> bool:
        current = change_progress.change_progress(client, region.outputs, change_id)
        found[:] = [current] if current else []
        return current is not None and current.is_settled

    in_time = wait_until(settled, _PATIENCE)
    if not found:
        print(f"  change {change_id} is not on record")
        return 1
    change = found[0]
    print(f"  change {change.change_id} of {change.issue_key}: {change.status} ({change.reason})")
    for document in change.documents:
        _print_document(region, document)
    if not in_time:
        _print_delay(region, since)
    bad = change.status == "failed" or any(document.status == "failed" for document in change.documents)
    return int(bad or not in_time)


def _follow_review(region: RegionFacts, body: bytes) -> int:
    """Wait until the decision of a review was carried out, and print the document."""
    client, since = functools.cache(region.client), time.time()
    queue = [region.outputs["queueUrls"]["ApprovalHandler"]]
    issue_id = str((_object(body).get("issue") or {}).get("id", ""))
    in_time = wait_until(lambda: change_progress.is_idle(client, queue), _PATIENCE)
    document = change_progress.review_progress(client, region.outputs, issue_id)
    if document is None:
        print(f"  no document has the review ticket with the id {issue_id or '(none)'}: nothing was decided")
        return 0
    _print_document(region, document)
    if not in_time:
        _print_delay(region, since)
    return int(document.status == "failed" or not in_time)


def _print_delay(region: RegionFacts, since: float) -> None:
    """Say that something takes too long, and what went wrong meanwhile."""
    print(f"  still under way after {_PATIENCE:.0f} s")
    for line in errors_logged(functools.cache(region.client), region.outputs["logGroups"].values(), since):
        print(f"  {line}")


def _print_document(region: RegionFacts, document: DocumentProgress) -> None:
    what = {"create": "new page", "update": "update of"}.get(document.kind, document.kind)
    status = document.status.replace("_", " ")
    because = f" ({document.reason})" if document.reason else ""
    print(
        f"  document {document.document_id}: {status}, {what} “{document.title}”, revision {document.revision}{because}"
    )
    if document.review_issue_key:
        print(f"  review ticket {region.jira_url}/browse/{document.review_issue_key}")
    if document.page_url:
        print(f"  published as {document.page_url}")


def _adopt(region: RegionFacts, body: bytes) -> None:
    """Let the simulator know the ticket, if the body is of a Jira elsewhere: the pipeline reads it there."""
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
