"""Hostile tickets through the whole pipeline: drafted, reviewed, approved; pages, diffs and tickets stay harmless."""

from __future__ import annotations

import re

import boto3

from tests.handlers.pipeline import Pipeline
from tests.hostile import harmless
from tests.hostile.corpus import ATTACKS, Attack

#: What Jira itself refuses to store (control characters, labels with blanks or of any length) cannot come in here.
PLAYED = [
    "orders to the model",
    "closes the ticket's tag",
    "forges a token",
    "decides in the ticket",
    "script",
    "event handler",
    "javascript link with entities",
    "storage format macro",
    "CDATA breakout in a fence",
    "CQL that widens the search",
    "Lucene wildcards",
    "text that runs backwards",
]


def test_hostile_tickets_end_as_harmless_pages(pipeline: Pipeline) -> None:
    before = {page.id: _macros(page.current.storage) for page in pipeline.site.confluence.pages.values()}
    for attack in (attack for attack in ATTACKS if attack.name in PLAYED):
        _close(pipeline, attack)
    documents = pipeline.aws.documents()
    assert documents
    for document in documents:
        if document["status"] == "in_review":
            _is_harmless(pipeline, document)
            pipeline.decide(document["review_issue_key"], "APPROVED")
            pipeline.run()
    assert {document["status"] for document in pipeline.aws.documents()} <= {"published", "not_needed"}
    for page in pipeline.site.confluence.pages.values():
        if page.id in before:
            assert _macros(page.current.storage) <= before[page.id] | harmless.MACROS, page.title
        else:
            harmless.storage(page.current.storage)
        assert "<script" not in page.current.storage.replace("<![CDATA[<script", "").lower(), page.title


def _close(pipeline: Pipeline, attack: Attack) -> None:
    key = pipeline.create_ticket(attack.summary, str(attack.description), ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    [change] = [change for change in pipeline.aws.changes() if change["issue_key"] == key]
    assert change["status"] in ("documented", "not_needed"), (attack.name, change)


def _is_harmless(pipeline: Pipeline, document: dict[str, object]) -> None:
    issue = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{document['review_issue_key']}")
    harmless.rich_text(issue["fields"]["description"])
    key = f"reviews/{document['document_id']}/{document['revision']}.html"
    held = boto3.client("s3").get_object(Bucket="kinexus-documents", Key=key)["Body"].read().decode()
    harmless.html(held)


def _macros(storage: str) -> set[str]:
    return set(re.findall(r'<ac:structured-macro[^>]*ac:name="([^"]*)"', storage))
