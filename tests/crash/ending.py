"""The result of a run, without what may differ between two good runs: times, comment ids, comments about delays."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3

from common import storage_format as sf
from common.domain.ticket import description_text
from tests.crash.world import World

#: What a process leaves behind that died while it commented on a failure: a mark that expires unused.
_LEFT = ("telling_owner", "telling_until")
#: How a comment about a delay begins: work is late if it waits for the lease of a dead process.
DELAYED = "The documentation is delayed"
#: The end of the version message of a page version that holds a draft (see common.domain.version_note).
_MARK = re.compile(r"Kinexus \S+ r\d+\Z")
#: How the first comment on a source ticket names the review, whose key depends on the order of the reviews.
_REVIEW = re.compile(r"[A-Z][A-Z0-9]+-\d+ \(\S+\)")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} at \d{2}:\d{2} UTC")
_NOTICES = ("draft_notice", "source_notice")
_VOLATILE = (
    "detected_at",
    "created_at",
    "announcement",
    "missing_since",
    "decision",
    "expires_at",
    "failed_by",
    # How often a record was written, and whether a second sweep came by: depends on the number of deliveries.
    "version",
    "conversion_checked",
    *_LEFT,
    *_NOTICES,
)


def of(world: World) -> dict[str, Any]:
    """Return the content of the tables, the bucket, the bus, Jira and Confluence, as plain JSON.

    If runs may differ, return only what all good runs have in common.
    """
    ending = (
        _in_common(world)
        if world.may_differ
        else {
            "changes": [_record(item) for item in world.aws.changes()],
            "documents": [_record(item) for item in world.aws.documents()],
            "locks": [(lock["document_id"], lock["held_by"]) for lock in world.aws.locks()],
            "bucket": _bucket(),
            "events": sorted(world.events),
            "dead letters": [message.to for message in world.dead],
            "tickets": {issue.key: _ticket(world, issue) for issue in world.site.jira.issues.values()},
            "pages": {page.title: _page(page) for page in world.site.confluence.pages.values()},
        }
    )
    plain: dict[str, Any] = json.loads(json.dumps(ending, sort_keys=True, default=str))
    return plain


def _in_common(world: World) -> dict[str, Any]:
    """Return for each ticket whether its change is on a page and reported once, and that nothing is left over.

    Tickets are identified by their summaries: their keys depend on the review tickets created before them.
    """
    documents, changes = world.aws.documents(), world.aws.changes()
    ours = [
        version
        for page in world.site.confluence.pages.values()
        for version in page.versions
        if _MARK.search(version.message)
    ]
    named = {change["change_id"]: world.site.jira.get(change["issue_key"]) for change in changes}
    return {
        "changes": {named[change["change_id"]].fields.summary: change["status"] for change in changes},
        "documents of a change": {
            named[change["change_id"]].fields.summary: [
                document["status"]
                for document in documents
                if change["change_id"] in document["change_ids"]
                and document["document_id"] in change["document_ids"]
            ]
            for change in changes
        },
        "told": {
            ticket.fields.summary: [
                _REVIEW.sub("(a review)", said)[:46]
                for said in (description_text(comment.body) for comment in ticket.comments)
                if not said.startswith(DELAYED)
            ]
            for ticket in named.values()
        },
        "versions that no document has, or that have two": len(ours) - len(documents),
        "open reviews": [
            d["review_issue_key"] for d in documents if world.status(d["review_issue_key"]) != "done"
        ],
        "locks": [(lock["document_id"], lock["held_by"]) for lock in world.aws.locks()],
        "dead letters": [message.to for message in world.dead],
    }


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """Return where two results differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = sorted({*expected, *found})
        return [
            said
            for name in names
            for said in differences(expected.get(name), found.get(name), f"{where}/{name}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [said for number, pair in pairs for said in differences(*pair, f"{where}/{number}")]
    return [] if expected == found else [f"{where}: {expected!r} became {found!r}"[:600]]


def _record(item: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in item.items() if name not in _VOLATILE}
    if "announcement" in item:
        kept["announced"] = item["announcement"]["revision"]
    if "question" in item:
        kept["question"] = item["question"]["page_id"]
    if "decision" in item:
        decision = item["decision"]
        kept["decided"] = [
            decision[name] for name in ("verdict", "author_id", "revision", "sha256", "feedback")
        ]
    return kept


def _bucket() -> dict[str, str]:
    s3 = boto3.client("s3")
    held = {}
    for found in s3.list_objects_v2(Bucket="kinexus-documents").get("Contents", []):
        body = s3.get_object(Bucket="kinexus-documents", Key=found["Key"])["Body"].read().decode()
        if found["Key"].endswith("status.json"):
            status = json.loads(body)
            del status["decided_at"], status["announced_at"]
            body = json.dumps(status, sort_keys=True)
        held[found["Key"]] = body
    return held


def _ticket(world: World, issue: Any) -> dict[str, Any]:
    answer = world.jira("admin", "GET", f"/rest/api/3/issue/{issue.key}?properties=*all")
    fields = answer["fields"]
    said = world.jira("admin", "GET", f"/rest/api/3/issue/{issue.key}/comment?maxResults=100")["comments"]
    links = world.jira("admin", "GET", f"/rest/api/3/issue/{issue.key}/remotelink")
    return {
        "summary": fields["summary"],
        "description": description_text(fields["description"]),
        "status": fields["status"]["name"],
        "labels": fields["labels"],
        "links": sorted(
            link[side]["key"]
            for link in fields["issuelinks"]
            for side in ("inwardIssue", "outwardIssue")
            if side in link
        ),
        "properties": answer.get("properties"),
        "remote links": [(link["globalId"], link["object"]["url"]) for link in links],
        "comments": [
            (comment["author"]["displayName"], _TIME.sub("(a time)", text))
            for comment in said
            if not (text := description_text(comment["body"])).startswith(DELAYED)
        ],
    }


def _page(page: Any) -> dict[str, Any]:
    return {
        "status": page.status,
        "versions": [(version.message, sf.to_markdown(version.storage)) for version in page.versions],
        "labels": sorted(page.labels),
    }
