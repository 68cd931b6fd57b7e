"""Plays the closing of a ticket through the functions, and reads what they would have proposed."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from local import change_progress
from local.atlassian.documents.adf_wiki import to_wiki
from local.change_progress import ChangeProgress, Client, scan_table
from local.environment import wait_until
from local.error_logs import errors_logged
from local.send import post
from local.trial.closings import Closing
from local.trial.made_up_site import MadeUpIssue, MadeUpSite

_REVIEW_LINK = re.compile(r"https?://[^\s\"'<>]+/reviews/[^\s\"'<>|\]}]+")


@dataclass(frozen=True)
class Proposal:
    """One page that would have been changed or created, and why this page.

    `considered` has a line for each candidate. `review_page` is the HTML that the link in the review ticket opens;
    `review_ticket` is the ticket that would have been created. Both are None if no review would have been opened.
    """

    kind: str
    title: str
    status: str
    reason: str
    why: str
    confidence: float | None
    decided_by: str
    considered: tuple[str, ...]
    review_page: str | None
    review_ticket: MadeUpIssue | None


@dataclass(frozen=True)
class Outcome:
    """What would have happened to a ticket. `comments` are those that its readers would have seen."""

    closing: Closing
    status: str
    reason: str
    proposals: tuple[Proposal, ...] = ()
    comments: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """A running pipeline behind a gateway. `outputs` are those of the Pulumi program."""

    made_up: MadeUpSite
    client: Client
    outputs: Mapping[str, Any]
    webhook_secret: str
    seconds: float

    def play(self, closing: Closing) -> Outcome:
        """Send the webhook of a closing, and wait for the review or the end. Begins with empty tables.

        In production, earlier reviews would be decided by now; here, an open one would take in the next ticket.
        """
        self._forget()
        since, first = time.time(), len(self.made_up.writes)
        try:
            answer = post(self.outputs["jiraWebhookUrl"], closing.body, self.webhook_secret)
            answer.raise_for_status()
            said = answer.json()
        except requests.RequestException as error:
            return Outcome(
                closing, "failed", f"the webhook was not accepted: {error}", errors=self._errors(since)
            )
        change_id = str(said.get("change_id") or "")
        if not change_id:
            return Outcome(closing, str(said.get("status")), str(said.get("reason")))
        latest: list[ChangeProgress] = []

        def settled() -> bool:
            current = change_progress.change_progress(self.client, dict(self.outputs), change_id)
            latest[:] = [current] if current else []
            return current is not None and current.is_settled

        in_time = wait_until(settled, self.seconds)
        if not latest:
            return Outcome(closing, "failed", "its change was not recorded", errors=self._errors(since))
        change = latest[0]
        places = [f"/rest/api/3/issue/{name}/comment" for name in (closing.issue_id, closing.key)]
        comments = [
            (to_wiki(write.body.get("body")) or "").strip()
            for write in self.made_up.writes[first:]
            if write.path in places
        ]
        is_failed = change.status == "failed" or any(each.status == "failed" for each in change.documents)
        return Outcome(
            closing,
            change.status if in_time else "unfinished",
            change.reason if in_time else f"not finished after {self.seconds:.0f} s",
            tuple(self._proposals(change)),
            tuple(comments),
            self._errors(since) if is_failed or not in_time else (),
        )

    def _errors(self, since: float) -> tuple[str, ...]:
        return tuple(errors_logged(self.client, self.outputs["logGroups"].values(), since))

    def _proposals(self, change: ChangeProgress) -> list[Proposal]:
        records = {
            item["document_id"]: item for item in scan_table(self.client, self.outputs["documentsTable"])
        }
        found = []
        for document in change.documents:
            choice = records[document.document_id].get("choice") or {}
            ticket = self.made_up.issues.get(document.review_issue_key)
            found.append(
                Proposal(
                    kind=document.kind,
                    title=document.title,
                    status=document.status,
                    reason=document.reason,
                    why=str(choice.get("reason", "")),
                    confidence=float(choice["confidence"]) if choice.get("confidence") is not None else None,
                    decided_by=str(choice.get("decided_by", "")),
                    considered=tuple(_considered(each) for each in choice.get("candidates") or ()),
                    review_page=_review_page(ticket),
                    review_ticket=ticket,
                )
            )
        return found

    def _forget(self) -> None:
        """Delete all records, so that tickets do not meet each other's open reviews."""
        for table, key in (("changesTable", "change_id"), ("documentsTable", "document_id")):
            name = self.outputs[table]
            for item in list(scan_table(self.client, name)):
                self.client("dynamodb").delete_item(TableName=name, Key={key: {"S": item[key]}})


def _considered(candidate: Mapping[str, Any]) -> str:
    left_out = candidate.get("left_out")
    reason = f"left out, because {left_out}" if left_out else candidate.get("why")
    return f"{candidate.get('title')}: {reason}" if reason else str(candidate.get("title"))


def _review_page(ticket: MadeUpIssue | None) -> str | None:
    """Return the page behind the link of a review ticket, as a browser would get it; None if it cannot be opened."""
    links = _REVIEW_LINK.findall(str(ticket.fields.get("description"))) if ticket else []
    if not links:
        return None
    answer = requests.get(links[-1], timeout=30)
    return answer.text if answer.ok else None
