"""The whole pipeline in one process: the handlers with the doubles of AWS, the Atlassian simulator and the Bedrock stand-in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import boto3
import requests

from common import storage_format as sf
from common.domain.draft import Draft
from common.domain.ticket import description_text
from handlers.approval_handler import answer_webhook
from handlers.approval_handler import dependencies as approval_handler
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator import dependencies as document_orchestrator
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.jira_webhook_handler import dependencies as jira_webhook_handler
from handlers.review_page import dependencies as review_page
from handlers.review_ticket_creator import dependencies as review_ticket_creator
from handlers.review_ticket_creator.handler import handle as open_review
from handlers.sweep import dependencies as sweep
from local.atlassian import Site
from local.bedrock import StandIn
from tests.handlers.aws import Aws, deliver
from tests.handlers.gateway import Gateway
from tests.secrets_in_use import WEBHOOK_SECRET

BUILDERS = (
    jira_webhook_handler.build_dependencies,
    document_orchestrator.build_use_cases,
    review_ticket_creator.build_use_cases,
    approval_handler.build_use_cases,
    document_orchestrator.source_queue,
    review_ticket_creator.source_queue,
    answer_webhook.build_webhook,
    approval_handler.source_queue,
    review_page.build_show_review,
    sweep.build_dependencies,
)
QUEUE_HANDLERS = {
    "DocumentOrchestrator": orchestrate,
    "ReviewTicketCreator": open_review,
    "ApprovalHandler": approve,
}


def reset_functions() -> None:
    """Reset the functions: the next call is a cold start."""
    for build in BUILDERS:
        build.cache_clear()


@dataclass
class Pipeline:
    """The pipeline and its people: everything they do goes through the REST APIs."""

    aws: Aws
    site: Site
    url: str
    model: StandIn
    gateway: Gateway

    def jira(self, account: str, method: str, path: str, body: object = None) -> Any:
        """Call Jira's or Confluence's REST API as one of the accounts; return the JSON answer."""
        who = self.site.account(account)
        answer = requests.request(
            method, self.url + path, json=body, auth=(who.email, who.token), timeout=60, allow_redirects=False
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def create_ticket(self, summary: str, text: str, labels: list[str], account: str = "developer") -> str:
        """Create a ticket in the work project; return its key."""
        description = {
            "type": "doc",
            "version": 1,
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
        }
        fields = {
            "project": {"key": "PAY2"},
            "issuetype": {"name": "Story"},
            "summary": summary,
            "description": description,
            "labels": labels,
        }
        key: str = self.jira(account, "POST", "/rest/api/3/issue", {"fields": fields})["key"]
        return key

    def move(self, key: str, category: str, account: str) -> dict[str, Any]:
        """Move a ticket to a status of a category; return the function's answer to Jira's webhook, if one was sent.

        Jira may tell both doors, in any order: the answer of the door that took the event counts.
        """
        assert self.site.drain()
        offered = self.jira(account, "GET", f"/rest/api/3/issue/{key}/transitions")["transitions"]
        chosen = next(t for t in offered if t["to"]["statusCategory"]["key"] == category)
        before = len(self.gateway.answers)
        self.jira(
            account, "POST", f"/rest/api/3/issue/{key}/transitions", {"transition": {"id": chosen["id"]}}
        )
        assert self.site.drain()
        answers: list[dict[str, Any]] = [json.loads(body) for _, _, body in self.gateway.answers[before:]]
        taken = [answer for answer in answers if answer["status"] != "skipped"]
        return [{}, *answers, *taken][-1]

    def finish(self, key: str) -> dict[str, Any]:
        """Close a ticket as its developer; return the answer of JiraWebhookHandler."""
        return self.move(key, "done", "developer")

    def decide(self, key: str, comment: str, account: str = "reviewer") -> dict[str, Any]:
        """Comment on a review ticket and move it to Done; return the answer of ApprovalHandler."""
        self.comment(key, comment, account)
        return self.move(key, "done", account)

    def comment(self, key: str, text: str, account: str) -> None:
        """Comment on a ticket."""
        paragraphs = [
            {"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.split("\n")
        ]
        body = {"body": {"type": "doc", "version": 1, "content": paragraphs}}
        self.jira(account, "POST", f"/rest/api/3/issue/{key}/comment", body)

    def run(self) -> None:
        """Deliver all messages until the queues are empty; every message must succeed."""
        while True:
            served = 0
            for function, handle in QUEUE_HANDLERS.items():
                messages = self.aws.messages(function)
                served += len(messages)
                assert deliver(handle, messages) == [], f"{function} gave messages back"
            if not served:
                return

    def review_of(self, key: str) -> str:
        """Return the key of the one review ticket that is linked to a source ticket."""
        issue = self.jira("admin", "GET", f"/rest/api/3/issue/{key}")
        linked = [
            link[side]["key"]
            for link in issue["fields"]["issuelinks"]
            for side in ("inwardIssue", "outwardIssue")
            if side in link
        ]
        [review] = linked
        return str(review)

    def comments(self, key: str) -> list[str]:
        """Return the texts of all comments on a ticket but that its documentation is drafted, oldest first."""
        return [text for text in self.all_comments(key) if not text.startswith("Documentation drafted: ")]

    def all_comments(self, key: str) -> list[str]:
        """Return the texts of all comments on a ticket, oldest first."""
        answer = self.jira("admin", "GET", f"/rest/api/3/issue/{key}/comment")
        return [description_text(comment["body"]) for comment in answer["comments"]]

    def status(self, key: str) -> str:
        """Return the category of a ticket's status."""
        issue = self.jira("admin", "GET", f"/rest/api/3/issue/{key}?fields=status")
        return str(issue["fields"]["status"]["statusCategory"]["key"])

    def page(self, page_id: str) -> dict[str, Any]:
        """Return a page with its body, as an administrator sees it."""
        answer: dict[str, Any] = self.jira(
            "admin", "GET", f"/wiki/api/v2/pages/{page_id}?body-format=storage"
        )
        return answer

    def diff_url(self, review: str) -> str:
        """Return the link to the full diff in a review ticket's description."""
        issue = self.jira("reviewer", "GET", f"/rest/api/3/issue/{review}")
        links = re.findall(r'"href": "([^"]*/reviews/[^"]*)"', json.dumps(issue["fields"]["description"]))
        return str(links[0])

    def changed_passages(self, review: str) -> list[str]:
        """Return the source of the blocks that the newest draft of a review replaces or follows."""
        draft = self.newest_draft(review)
        page = sf.parse(draft.base)
        return [page.block(edit.block_id).source for edit in draft.edits if edit.block_id]

    def newest_draft(self, review: str) -> Draft:
        """Return the newest draft of a review."""
        [document] = [d for d in self.aws.documents() if d["review_issue_key"] == review]
        key = f"drafts/{document['document_id']}/{document['revision']}.json"
        stored = boto3.client("s3").get_object(Bucket="kinexus-documents", Key=key)["Body"].read()
        return Draft.from_bytes(stored)

    def description(self, key: str) -> str:
        """Return the description of a ticket as text."""
        answer = self.jira("admin", "GET", f"/rest/api/3/issue/{key}?fields=description")
        return description_text(answer["fields"]["description"])

    def save_page(self, page_id: str, storage: str, account: str = "developer") -> None:
        """Save a page as a person does."""
        page = self.page(page_id)
        body = {
            "id": page_id,
            "status": "current",
            "title": page["title"],
            "body": {"representation": "storage", "value": storage},
            "version": {"number": page["version"]["number"] + 1, "message": "by hand"},
        }
        self.jira(account, "PUT", f"/wiki/api/v2/pages/{page_id}", body)

    def keep_draft(self, page_id: str, storage: str, account: str = "developer", title: str = "") -> None:
        """Save a draft of a page as a person does, without publishing it."""
        body = {
            "id": page_id,
            "status": "draft",
            "title": title or self.page(page_id)["title"],
            "body": {"representation": "storage", "value": storage},
            "version": {"number": 1},
        }
        self.jira(account, "PUT", f"/wiki/api/v2/pages/{page_id}", body)

    def discard_draft(self, page_id: str, account: str = "developer") -> None:
        """Discard the unpublished draft of a page."""
        self.jira(account, "DELETE", f"/wiki/api/v2/pages/{page_id}?draft=true")

    def draft(self, page_id: str) -> str:
        """Return the text of a page as its editor shows it, with the draft."""
        path = f"/wiki/api/v2/pages/{page_id}?get-draft=true&body-format=storage"
        return str(self.jira("admin", "GET", path)["body"]["storage"]["value"])


def register_webhooks(pipeline: Pipeline) -> None:
    """Register both webhooks in Jira, as docs/deploy.md says."""
    for path, jql in (
        (
            "/webhooks/jira",
            "labels = needs-docs OR labels = new-feature OR labels = breaking-change OR labels = tech-debt",
        ),
        ("/webhooks/approval", "labels = documentation-review AND status = Done"),
    ):
        hook = {
            "name": path,
            "url": pipeline.gateway.url + path,
            "events": ["jira:issue_updated"],
            "filters": {"issue-related-events-section": jql},
            "excludeBody": False,
            "secret": WEBHOOK_SECRET,
        }
        pipeline.jira("admin", "POST", "/rest/webhooks/1.0/webhook", hook)
