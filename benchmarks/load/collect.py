"""Collects the final state of a load run from Jira and Confluence (REST), the tables, the bucket and the queues."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from benchmarks.load.final_state import (
    ChangeRecord,
    ClosedTicket,
    DocumentRecord,
    FinalState,
    Mark,
    ObservedReview,
    PublishedDraft,
    WrittenVersion,
)
from benchmarks.load.tickets import Kind, PlannedTicket
from benchmarks.load.users import REVIEWS, review_keys
from local.change_progress import scan_table
from local.demo.person import Person
from local.environment import LocalEnvironment

_MESSAGE = re.compile(r"Kinexus (doc-\w+) r(\d+):")
_READERS = 4
Given = TypeVar("Given")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Observed:
    """The final state, and when each ticket got the comment that its page is published (seconds since the epoch)."""

    end: FinalState
    published_at: Mapping[str, float]


def observe(up: LocalEnvironment, planned: Iterable[PlannedTicket]) -> Observed:
    """Read the final state; takes about a minute for a thousand tickets."""
    readers = [Person(up.site.url, up.site.site.account("admin")) for _ in range(_READERS)]
    our_id = up.pipeline_account.account_id
    published_at: dict[str, float] = {}

    def ticket(person: Person, each: PlannedTicket) -> ClosedTicket:
        comments = _comments(person, each.key, our_id)
        published_at.update((each.key, at) for mark, at in comments if mark[0] == "published")
        marks = tuple(mark for mark, _ in comments)
        return ClosedTicket(each.key, each.kind is not Kind.IGNORED, marks, each.trace)

    def review(person: Person, key: str) -> ObservedReview:
        issue = person.call("GET", f"/rest/api/3/issue/{key}?properties=kinexus.review&fields=status")
        named = issue.get("properties", {}).get("kinexus.review", {})
        is_done = issue["fields"]["status"]["statusCategory"]["key"] == "done"
        marks = tuple(mark for mark, _ in _comments(person, key, our_id))
        return ObservedReview(key, str(named.get("document_id", "")), is_done, marks)

    def versions(person: Person, page: tuple[str, str]) -> list[WrittenVersion]:
        return _versions(person, *page, our_id)

    def content(person: Person, page_id: str) -> tuple[str, str]:
        page = person.call("GET", f"/wiki/api/v2/pages/{page_id}?body-format=storage")
        return page_id, str(page["body"]["storage"]["value"])

    reviews = _each(readers, review_keys(readers[0], REVIEWS), review)
    documents, locks = _documents(up)
    published = [each for each in documents if each.status == "published"]
    end = FinalState(
        tickets=tuple(_each(readers, planned, ticket)),
        changes=tuple(_change(item) for item in scan_table(up.stack.client, up.outputs["changesTable"])),
        documents=documents,
        reviews=tuple(reviews),
        versions=tuple(each for found in _each(readers, _pages(up, readers[0]), versions) for each in found),
        dead_letters=tuple(dead_letters(up, {each.key: each.document_id for each in reviews})),
        locks=locks,
        drafts=tuple(_drafts(up, published)),
        pages=dict(_each(readers, {each.page_id for each in published if each.page_id}, content)),
    )
    return Observed(end, published_at)


def dead_letters(up: LocalEnvironment, documents: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the ids in all dead letters; for a review's key, the id of its document is added."""
    sqs, found = up.stack.client("sqs"), {}
    for url in up.outputs["deadLetterQueueUrls"].values():
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600, WaitTimeSeconds=0
        ).get("Messages"):
            for message in messages:
                detail = json.loads(message["Body"])["detail"]
                ids = {name: str(value) for name, value in detail.items() if name.endswith(("_id", "_key"))}
                if document := documents.get(ids.get("review_issue_key", "")):
                    ids["document_id"] = document
                found[message["MessageId"]] = ids
    return list(found.values())


def _each(
    readers: list[Person], given: Iterable[Given], read: Callable[[Person, Given], Found]
) -> list[Found]:
    """Read all items with several connections at once; the order of the results is kept."""
    listed = list(given)
    with ThreadPoolExecutor(len(readers)) as pool:
        jobs = [
            pool.submit(
                lambda person, part: [read(person, each) for each in part], reader, listed[at :: len(readers)]
            )
            for at, reader in enumerate(readers)
        ]
        parts = [job.result() for job in jobs]
    return [parts[at % len(readers)][at // len(readers)] for at in range(len(listed))]


def _comments(person: Person, key: str, our_id: str) -> list[tuple[Mark, float]]:
    """Return the marks of the pipeline's comments on a ticket, with their times."""
    answer = person.call("GET", f"/rest/api/3/issue/{key}/comment?expand=properties&maxResults=1000")
    found = []
    for comment in answer["comments"]:
        if comment["author"]["accountId"] == our_id:
            marks = [
                each["value"] for each in comment.get("properties", ()) if each["key"] == "kinexus.comment"
            ]
            mark = marks[0] if marks else {"kind": "unmarked", "comment": comment["id"]}
            words = (str(mark["kind"]), *(str(value) for name, value in mark.items() if name != "kind"))
            found.append((words, datetime.fromisoformat(comment["created"]).timestamp()))
    return found


def _change(item: Mapping[str, Any]) -> ChangeRecord:
    return ChangeRecord(
        change_id=str(item["change_id"]),
        issue_key=str(item["issue_key"]),
        status=str(item["status"]),
        reason=str(item.get("reason", "")),
        document_ids=tuple(item.get("document_ids", ())),
    )


def _documents(up: LocalEnvironment) -> tuple[tuple[DocumentRecord, ...], tuple[str, ...]]:
    """Return the documents, and the holders of the page locks."""
    found, locks = [], []
    for item in scan_table(up.stack.client, up.outputs["documentsTable"]):
        if "held_by" in item:
            locks.append(str(item["held_by"]))
        if "status" not in item:
            continue
        found.append(
            DocumentRecord(
                document_id=str(item["document_id"]),
                status=str(item["status"]),
                kind=str(item["kind"]),
                title=str(item["title"]),
                revision=int(item["revision"]),
                reason=str(item.get("reason", "")),
                page_id=str((item.get("publication") or {}).get("page_id", "")),
                change_ids=tuple(item.get("change_ids", ())),
                issue_keys=tuple(item.get("issue_keys", ())),
                review_key=str(item.get("review_issue_key", "")),
                is_closing=bool(item.get("closing")),
            )
        )
    return tuple(found), tuple(locks)


def _drafts(up: LocalEnvironment, published: Iterable[DocumentRecord]) -> Iterator[PublishedDraft]:
    """Yield the drafts of published documents that are in the bucket."""
    s3, bucket = up.stack.client("s3"), up.outputs["documentsBucket"]
    for document in published:
        key = f"drafts/{document.document_id}/{document.revision}.json"
        try:
            draft = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except s3.exceptions.NoSuchKey:
            continue  # the audit reports the missing draft
        yield PublishedDraft(
            document.document_id, document.revision, tuple(draft["change_ids"]), tuple(draft["issue_keys"])
        )


def _pages(up: LocalEnvironment, person: Person) -> list[tuple[str, str]]:
    """Return the ids and titles of all pages of the space."""
    found: list[tuple[str, str]] = []
    path = f"/wiki/api/v2/spaces/{up.seeded.space_id}/pages?limit=250"
    while path:
        answer = person.call("GET", path)
        found += [(page["id"], page["title"]) for page in answer["results"]]
        path = answer["_links"].get("next", "")
    return found


def _versions(person: Person, page_id: str, title: str, our_id: str) -> list[WrittenVersion]:
    """Return the versions of a page that the pipeline wrote, among its newest 250 versions."""
    answer = person.call("GET", f"/wiki/api/v2/pages/{page_id}/versions?limit=250")
    found = []
    for version in answer["results"]:
        if version["authorId"] == our_id:
            named = _MESSAGE.match(version["message"])
            document, revision = (named[1], int(named[2])) if named else ("", 0)
            found.append(WrittenVersion(page_id, title, version["number"], document, revision))
    return found
