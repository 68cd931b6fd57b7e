"""The tickets that the demo plays, each to its end, each step verified by what Jira and Confluence show."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local import change_progress
from local.change_progress import ChangeProgress, DocumentProgress
from local.demo.counts import Counts, count
from local.demo.page_difference import difference
from local.demo.person import Person, storage
from local.demo.steps import Steps
from local.environment import LocalEnvironment, wait_until

_PATIENCE = 45.0
_ENDS = ("published", "rejected", "failed")
_BY_HAND = ("waits for the next one.", "waits for the next working day.")


@dataclass(frozen=True)
class Result:
    """One ticket's story, as the summary tells it; files lie in the output folder."""

    key: str
    summary: str
    what_happened: str
    diff_file: Path | None
    page_file: Path | None
    page_url: str
    counts: Counts


@dataclass(frozen=True)
class Context:
    """Who and what is on stage."""

    up: LocalEnvironment
    steps: Steps
    output: Path
    developer: Person
    reviewer: Person

    def key(self, role: str) -> str:
        """Return the key of the ticket that plays a role in the seed."""
        return self.up.seeded.tickets[role]

    def begin(self, key: str, what: str) -> None:
        """Begin a step about a ticket."""
        self.steps.begin(f"{key} {what}")

    def wait(self, true: Callable[[], bool], otherwise: str) -> None:
        """Wait for something that the pipeline does by itself; the step fails when it does not come."""
        self.steps.check(wait_until(true, _PATIENCE), f"{otherwise} within {_PATIENCE:.0f} s")


def play(up: LocalEnvironment, steps: Steps, output: Path) -> list[Result]:
    """Play all tickets, one after the other, so that each one's calls can be counted."""
    people = (Person(up.site.url, up.site.site.account(name)) for name in ("developer", "reviewer"))
    stage = Context(up, steps, output, *people)
    return [update(stage), create(stage), ignored(stage), revision(stage), conflict(stage)]


def update(stage: Context) -> Result:
    """Play a story that changes what a page says: the page gets one version more, untouched but for the edit."""
    key, page_id = stage.key("update"), stage.up.seeded.pages["webhooks"]
    since, before = count(stage.up), stage.reviewer.page(page_id)
    document = _to_review(stage, key, page_id)
    stage.steps.end(f"“{document.title}” was found, review ticket {document.review_issue_key}")
    diff = _look_at_diff(stage, "update", document)
    published = _approve(stage, key, document)
    after = stage.reviewer.page(page_id)
    versions = (before["version"]["number"], after["version"]["number"])
    stage.steps.check(
        versions[1] == versions[0] + 1, f"the page went from version {versions[0]} to {versions[1]}"
    )
    changed = difference(storage(before), storage(after))
    stage.steps.check(
        changed.is_one_addition, f"more than the edit changed: {changed.removed} → {changed.added}"
    )
    stage.steps.end(
        f"version {versions[1]}, {len(changed.added)} words added at one place, "
        f"the {changed.same_before + changed.same_after} elements and words around it untouched"
    )
    what = f"“{document.title}” updated to version {versions[1]} after review {document.review_issue_key}"
    return _tale(stage, key, what, diff, "update", published, since)


def create(stage: Context) -> Result:
    """Play a feature that no page covers: it gets a page of its own."""
    key, since = stage.key("create"), count(stage.up)
    document = _to_review(stage, key)
    stage.steps.end(f"no page covers it, review ticket {document.review_issue_key}")
    diff = _look_at_diff(stage, "create", document)
    published = _approve(stage, key, document)
    page = stage.reviewer.page(published.page_id)
    stage.steps.check(page["title"] == document.title, f"the page is called “{page['title']}”")
    stage.steps.check(page["version"]["number"] == 1, f"the page has version {page['version']['number']}")
    stage.steps.end(f"new page “{page['title']}”")
    what = f"new page “{page['title']}” after review {document.review_issue_key}"
    return _tale(stage, key, what, diff, "create", published, since)


def ignored(stage: Context) -> Result:
    """Play a clean-up that asks for documentation by habit: a label that declines wins."""
    key, since = stage.key("ignored"), count(stage.up)
    stage.begin(key, f"“{stage.developer.ticket(key)['summary']}” is finished")
    stage.developer.label(key, "needs-docs")
    change = _finish(stage, key)
    stage.steps.check(change.status == "ignored", f"it was {change.status}: {change.reason}")
    stage.steps.check(not stage.developer.linked(key), "it has a review ticket all the same")
    stage.steps.end(f"ignored, because {change.reason}")
    return _tale(stage, key, f"ignored: {change.reason}", None, "", None, since)


def revision(stage: Context) -> Result:
    """Play a reviewer who asks for more: a second revision comes in the same ticket, with what was asked for."""
    key, since = stage.key("revision"), count(stage.up)
    page_id = stage.up.seeded.pages["rate-limits"]
    stage.developer.label(key, f"docs:{page_id}")
    document = _to_review(stage, key, page_id)
    stage.steps.end(f"its label names the page “{document.title}”, review ticket {document.review_issue_key}")
    first_diff = stage.reviewer.diff_url(document.review_issue_key)
    again = _decide(stage, document, "NEEDS REVISION", "Please say that test keys have a daily ceiling.")
    stage.steps.check(again.revision == 2, f"the document has revision {again.revision}")
    overtaken = stage.reviewer.look_at(first_diff)
    stage.steps.check("superseded" in overtaken, "the old link does not say that it is superseded")
    stage.steps.end("revision 2 in the same ticket, the old link says that it is superseded")
    diff = _look_at_diff(stage, "revision", again)
    published = _approve(stage, key, again)
    text = storage(stage.reviewer.page(published.page_id))
    stage.steps.check("daily ceiling" in text, "what the reviewer asked for is not on the page")
    stage.steps.end("published, with what the reviewer asked for")
    what = (
        f"“{document.title}” updated by revision 2, after review {document.review_issue_key} asked for more"
    )
    return _tale(stage, key, what, diff, "revision", published, since)


def conflict(stage: Context) -> Result:
    """Play a person who edits the page while it is under review: nothing of that edit is lost."""
    key, page_id, since = stage.key("conflict"), stage.up.seeded.pages["payouts"], count(stage.up)
    document = _to_review(stage, key, page_id)
    stage.steps.end(f"“{document.title}” was found, review ticket {document.review_issue_key}")
    stage.begin(f"“{document.title}”", "is edited by a person meanwhile")
    stage.developer.edit_page(page_id, *_BY_HAND)
    before = stage.developer.page(page_id)
    stage.steps.check(_BY_HAND[1] in storage(before), "the page has no such passage any more")
    stage.steps.end(f"version {before['version']['number']}")
    decided = _decide(stage, document, "APPROVED")
    if decided.status == "in_review":
        stage.steps.end(
            "the person changed the same passage, so a new draft on their version asks for a new review"
        )
        diff = _look_at_diff(stage, "conflict", decided)
        decided = _approve(stage, key, decided)
    else:
        diff = _look_at_diff(stage, "conflict", document)
        stage.begin(f"“{document.title}”", "is published")
    after = stage.reviewer.page(page_id)
    stage.steps.check(_BY_HAND[1] in storage(after), "the person's edit was lost")
    versions = (before["version"]["number"], after["version"]["number"])
    stage.steps.check(
        versions[1] == versions[0] + 1, f"the page went from version {versions[0]} to {versions[1]}"
    )
    stage.steps.end(f"version {versions[1]} holds both edits")
    what = f"“{document.title}” updated around a person's edit, after review {document.review_issue_key}"
    return _tale(stage, key, what, diff, "conflict", decided, since)


def _to_review(stage: Context, key: str, page_id: str = "") -> DocumentProgress:
    """Finish a ticket and wait for the review of a change to that page (empty: to a new one); the step goes on."""
    stage.begin(key, f"“{stage.developer.ticket(key)['summary']}” is finished")
    change = _finish(stage, key)
    stage.steps.check(change.status == "documented", f"the change is {change.status}: {change.reason}")
    [document] = change.documents
    stage.steps.check(document.status == "in_review", f"the document is {document.status}: {document.reason}")
    wanted = stage.reviewer.page(page_id)["title"] if page_id else ""
    if wanted:
        stage.steps.check(document.kind == "update", f"a page of its own was drafted: “{document.title}”")
        stage.steps.check(document.title == wanted, f"“{document.title}” was chosen, not “{wanted}”")
    else:
        stage.steps.check(document.kind == "create", f"“{document.title}” was to be updated instead")
    review = document.review_issue_key
    stage.steps.check(review in stage.developer.linked(key), f"{key} is not linked to {review}")
    labels = stage.reviewer.ticket(review)["labels"]
    stage.steps.check("documentation-review" in labels, f"{review} carries only the labels {labels}")
    return document


def _finish(stage: Context, key: str) -> ChangeProgress:
    """Move a ticket to Done; wait until its change needs a person, or nothing more."""
    site = stage.up.site.site
    site.drain(_PATIENCE)
    told = len(site.post.log)
    stage.developer.finish(key)
    site.drain(_PATIENCE)
    answers = [(attempt.status, attempt.answer) for attempt in site.post.log[told:]]
    taken = [json.loads(answer).get("change_id") for status, answer in answers if status == 200]
    change_id = next(filter(None, taken), "")
    stage.steps.check(
        bool(change_id), f"Jira's webhooks were answered {answers or 'by nobody: none was sent'}"
    )
    found: list[ChangeProgress] = []

    def settled() -> bool:
        now = change_progress.change_progress(stage.up.stack.client, stage.up.outputs, change_id)
        found[:] = [now] if now else []
        return now is not None and now.is_settled

    stage.wait(settled, f"the change {change_id} did not come to a review or an end")
    return found[0]


def _look_at_diff(stage: Context, role: str, document: DocumentProgress) -> Path:
    """Open the diff page as the reviewer does, and keep it."""
    stage.begin(document.review_issue_key, "shows the difference")
    url = stage.reviewer.diff_url(document.review_issue_key)
    stage.steps.check(bool(url), "the review ticket has no link to the diff page")
    page = stage.reviewer.look_at(url)
    stage.steps.check("<ins" in page or 'class="added' in page, "the diff page marks nothing as added")
    stage.steps.check(
        "<script" not in page.split("</head>")[0] or "nonce" in page, "the diff page has a bare script"
    )
    file = stage.output / f"{role}-diff.html"
    file.write_text(page)
    stage.steps.end(file.name)
    return file


def _approve(stage: Context, key: str, document: DocumentProgress) -> DocumentProgress:
    """Approve a review and wait for its page; both tickets must carry the link. The step goes on."""
    review = document.review_issue_key
    published = _decide(stage, document, "APPROVED")
    stage.steps.check(
        published.status == "published", f"the document is {published.status}: {published.reason}"
    )
    for ticket in (key, review):
        stage.steps.check(
            stage.reviewer.says(ticket, published.page_url), f"{ticket} does not carry {published.page_url}"
        )
    return published


def _decide(stage: Context, document: DocumentProgress, *words: str) -> DocumentProgress:
    """Comment as the reviewer and move the ticket to Done; wait for the document's end or its next revision."""
    review = document.review_issue_key
    stage.begin(review, f"gets the comment {words[0]} from a reviewer and is moved to Done")
    stage.reviewer.comment(review, *words)
    stage.reviewer.finish(review)
    issue_id = stage.reviewer.call("GET", f"/rest/api/3/issue/{review}?fields=summary")["id"]
    found: list[DocumentProgress] = []

    def over() -> bool:
        now = change_progress.review_progress(stage.up.stack.client, stage.up.outputs, issue_id)
        found[:] = [now] if now else []
        if now is None or not now.is_settled:
            return False
        return now.status in _ENDS or now.revision > document.revision

    stage.wait(over, f"the decision in {review} was not carried out")
    return found[0]


def _tale(
    stage: Context,
    key: str,
    what: str,
    diff: Path | None,
    role: str,
    published: DocumentProgress | None,
    since: Counts,
) -> Result:
    """Keep the published page and count the calls."""
    file = None
    if published:
        file = stage.output / f"{role}-page.html"
        file.write_text(stage.reviewer.look_at(published.page_url))
    summary = str(stage.developer.ticket(key)["summary"])
    url = published.page_url if published else ""
    return Result(key, summary, what, diff, file, url, count(stage.up) - since)
