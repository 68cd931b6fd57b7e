"""The demo's five tickets, each played to its end; every step is verified in Jira and Confluence."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local import change_progress
from local.change_progress import ChangeProgress, DocumentProgress
from local.demo.counts import CallCounts, count_calls
from local.demo.page_difference import difference
from local.demo.person import Person, storage_of
from local.demo.steps import Steps
from local.environment import LocalEnvironment, wait_until

_TIMEOUT_SECONDS = 45.0
#: A model on a machine without a graphics card takes minutes for a draft.
_MODEL_TIMEOUT_SECONDS = 900.0
_ENDS = ("published", "rejected", "failed")
_BY_HAND = ("the same day</p>", "the same day, within minutes</p>")


@dataclass(frozen=True)
class Result:
    """What happened to one ticket, for the summary; the files are in the output folder."""

    key: str
    summary: str
    what_happened: str
    diff_file: Path | None
    page_file: Path | None
    page_url: str
    counts: CallCounts


@dataclass(frozen=True)
class Context:
    """The running region, the people and the output folder of a demo."""

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

    def wait(self, condition: Callable[[], bool], failure: str) -> None:
        """Wait for a result of the pipeline; the step fails when it does not come in time."""
        seconds = _MODEL_TIMEOUT_SECONDS if self.up.stand_in.converse else _TIMEOUT_SECONDS
        self.steps.check(wait_until(condition, seconds), f"{failure} within {seconds:.0f} s")


def play(up: LocalEnvironment, steps: Steps, output: Path) -> list[Result]:
    """Play all tickets one after the other, because the calls are counted per ticket."""
    people = (Person(up.site.url, up.site.site.account(name)) for name in ("developer", "reviewer"))
    demo = Context(up, steps, output, *people)
    return [
        play_update(demo),
        play_create(demo),
        play_ignored(demo),
        play_revision(demo),
        play_conflict(demo),
    ]


def play_update(demo: Context) -> Result:
    """Play a ticket that updates a page: the page gets one new version, and only the edited passage changes."""
    key, page_id = demo.key("update"), demo.up.seeded.pages["webhooks"]
    since, before = count_calls(demo.up), demo.reviewer.page(page_id)
    document = _to_review(demo, key, page_id)
    demo.steps.end(
        f"page “{document.title}” selected, review ticket {document.review_issue_key} opened; its reviewer and the "
        "chat channel are told"
    )
    diff = _save_diff(demo, "update", document)
    published = _approve(demo, key, document)
    after = demo.reviewer.page(page_id)
    versions = (before["version"]["number"], after["version"]["number"])
    _check_one_new_version(demo, versions)
    changed = difference(storage_of(before), storage_of(after))
    demo.steps.check(
        changed.is_one_passage,
        f"more than one passage of the page changed: {changed.removed} → {changed.added}",
    )
    demo.steps.end(
        f"published as version {versions[1]}: {len(changed.added)} words written in one passage, "
        f"the other {changed.same_before + changed.same_after} elements and words unchanged"
    )
    what = f"“{document.title}” updated to version {versions[1]} after review {document.review_issue_key}"
    return _result(demo, key, what, diff, "update", published, since)


def play_create(demo: Context) -> Result:
    """Play a new feature that no page covers: a new page is created."""
    key, since = demo.key("create"), count_calls(demo.up)
    document = _to_review(demo, key)
    demo.steps.end(f"no page covers it, review ticket {document.review_issue_key} for a new page opened")
    diff = _save_diff(demo, "create", document)
    published = _approve(demo, key, document)
    page = demo.reviewer.page(published.page_id)
    demo.steps.check(
        page["title"] == document.title,
        f"the page's title is “{page['title']}” instead of “{document.title}”",
    )
    demo.steps.check(
        page["version"]["number"] == 1, f"the new page has version {page['version']['number']} instead of 1"
    )
    demo.steps.end(f"published as new page “{page['title']}”")
    what = f"New page “{page['title']}” published after review {document.review_issue_key}"
    return _result(demo, key, what, diff, "create", published, since)


def play_ignored(demo: Context) -> Result:
    """Play a ticket with labels for and against documentation: the label against it wins."""
    key, since = demo.key("ignored"), count_calls(demo.up)
    demo.begin(key, f"“{demo.developer.ticket(key)['summary']}” is closed")
    demo.developer.label(key, "needs-docs")
    change = _finish(demo, key)
    demo.steps.check(
        change.status == "ignored",
        f"the change is {change.status} instead of ignored: {change.reason}",
    )
    demo.steps.check(not demo.developer.linked(key), f"{key} has a review ticket, but it should have none")
    demo.steps.end(f"ignored, because {change.reason}")
    return _result(demo, key, f"Ignored: {change.reason}", None, "", None, since)


def play_revision(demo: Context) -> Result:
    """Play a reviewer who asks for a revision: revision 2 appears in the same review ticket with the requested text."""
    key, since = demo.key("revision"), count_calls(demo.up)
    document = _to_review(demo, key, demo.up.seeded.pages["rate-limits"])
    demo.steps.end(f"page “{document.title}” selected, review ticket {document.review_issue_key} opened")
    first_diff = demo.reviewer.diff_url(document.review_issue_key)
    revised = _decide(
        demo, document, "NEEDS REVISION", "Please name the daily ceiling under “Asking for more”."
    )
    demo.steps.check(revised.revision == 2, f"the document has revision {revised.revision} instead of 2")
    old_diff = demo.reviewer.open_url(first_diff)
    demo.steps.check("superseded" in old_diff, "the page of revision 1 does not say that it is superseded")
    demo.steps.end("revision 2 in the same review ticket, the page of revision 1 is marked as superseded")
    diff = _save_diff(demo, "revision", revised)
    published = _approve(demo, key, revised)
    text = storage_of(demo.reviewer.page(published.page_id))
    demo.steps.check(
        "daily ceiling" in text, "the page does not contain “daily ceiling”, as the reviewer asked"
    )
    demo.steps.end("published with the text that the reviewer asked for")
    what = f"“{document.title}” updated with revision 2, as requested in review {document.review_issue_key}"
    return _result(demo, key, what, diff, "revision", published, since)


def play_conflict(demo: Context) -> Result:
    """Play a person who edits the page during the review: the person's edit is kept."""
    key, page_id, since = demo.key("conflict"), demo.up.seeded.pages["payouts"], count_calls(demo.up)
    document = _to_review(demo, key, page_id)
    demo.steps.end(f"page “{document.title}” selected, review ticket {document.review_issue_key} opened")
    demo.begin(f"“{document.title}”", "is edited by a person during the review")
    demo.developer.edit_page(page_id, *_BY_HAND)
    before = demo.developer.page(page_id)
    demo.steps.check(
        _BY_HAND[1] in storage_of(before),
        f"the person's edit is not on the page: “{_BY_HAND[0]}” was not found",
    )
    demo.steps.end(f"version {before['version']['number']}")
    decided = _decide(demo, document, "APPROVED")
    if decided.status == "in_review":
        demo.steps.end(
            "the person changed the same passage, so a new draft based on their version needs a new review"
        )
        diff = _save_diff(demo, "conflict", decided)
        decided = _approve(demo, key, decided)
    else:
        diff = _save_diff(demo, "conflict", document)
        demo.begin(f"“{document.title}”", "is published")
    after = demo.reviewer.page(page_id)
    demo.steps.check(_BY_HAND[1] in storage_of(after), f"the person's edit was lost: “{_BY_HAND[1]}”")
    versions = (before["version"]["number"], after["version"]["number"])
    _check_one_new_version(demo, versions)
    demo.steps.end(f"version {versions[1]} contains both edits")
    what = (
        f"“{document.title}” updated to version {versions[1]} after review {document.review_issue_key}, "
        "with a person's edit kept"
    )
    return _result(demo, key, what, diff, "conflict", decided, since)


def _to_review(demo: Context, key: str, page_id: str = "") -> DocumentProgress:
    """Close a ticket and wait for the review of a change to a page (empty id: a new page); the step stays open."""
    demo.begin(key, f"“{demo.developer.ticket(key)['summary']}” is closed")
    change = _finish(demo, key)
    demo.steps.check(
        change.status == "documented",
        f"the change is {change.status} instead of documented: {change.reason}",
    )
    [document] = change.documents
    demo.steps.check(
        document.status == "in_review",
        f"the document is {document.status} instead of in_review: {document.reason}",
    )
    wanted = demo.reviewer.page(page_id)["title"] if page_id else ""
    if wanted:
        demo.steps.check(
            document.kind == "update",
            f"a new page “{document.title}” was drafted instead of an update of “{wanted}”",
        )
        demo.steps.check(
            document.title == wanted, f"the page “{document.title}” was selected instead of “{wanted}”"
        )
    else:
        demo.steps.check(
            document.kind == "create",
            f"an update of “{document.title}” was drafted instead of a new page",
        )
    review = document.review_issue_key
    demo.steps.check(review in demo.developer.linked(key), f"{key} is not linked to {review}")
    labels = demo.reviewer.ticket(review)["labels"]
    demo.steps.check(
        "documentation-review" in labels, f"{review} lacks the label documentation-review, it has {labels}"
    )
    told = demo.reviewer.notified(review)
    demo.steps.check(bool(told), f"{review} is assigned to no person, and no comment in it mentions one")
    messages = [text for text in demo.up.chat.channel.texts if f"|{review}>" in text]
    demo.steps.check(
        len(messages) == 1, f"the chat channel got {len(messages)} messages about {review} instead of one"
    )
    return document


def _finish(demo: Context, key: str) -> ChangeProgress:
    """Move a ticket to Done; wait until its change has ended or waits for a person."""
    site = demo.up.site.site
    site.drain(_TIMEOUT_SECONDS)
    sent_before = len(site.post.log)
    demo.developer.finish(key)
    site.drain(_TIMEOUT_SECONDS)
    answers = [(attempt.status, attempt.answer) for attempt in site.post.log[sent_before:]]
    accepted = [json.loads(answer).get("change_id") for status, answer in answers if status == 200]
    change_id = next(filter(None, accepted), "")
    demo.steps.check(
        bool(change_id),
        f"no webhook of {key} was recorded as a change; the responses were {answers or '(no webhook was sent)'}",
    )
    latest: list[ChangeProgress] = []

    def settled() -> bool:
        current = change_progress.change_progress(demo.up.stack.client, demo.up.outputs, change_id)
        latest[:] = [current] if current else []
        return current is not None and current.is_settled

    demo.wait(settled, f"the change {change_id} of {key} did not reach a review or an end")
    return latest[0]


def _check_one_new_version(demo: Context, versions: tuple[int, int]) -> None:
    demo.steps.check(
        versions[1] == versions[0] + 1,
        f"the page went from version {versions[0]} to {versions[1]}, but one new version was expected",
    )


def _save_diff(demo: Context, role: str, document: DocumentProgress) -> Path:
    """Open the diff page as the reviewer does, and save it to the output folder."""
    demo.begin(document.review_issue_key, "links to the diff page")
    url = demo.reviewer.diff_url(document.review_issue_key)
    demo.steps.check(bool(url), "the review ticket has no link to the diff page")
    page = demo.reviewer.open_url(url)
    demo.steps.check("<ins" in page or 'class="added' in page, "the diff page marks no text as added")
    demo.steps.check(
        "<script" not in page.split("</head>")[0] or "nonce" in page,
        "the diff page has a script without a nonce",
    )
    file = demo.output / f"{role}-diff.html"
    file.write_text(page)
    demo.steps.end(f"saved as {file.name}")
    return file


def _approve(demo: Context, key: str, document: DocumentProgress) -> DocumentProgress:
    """Approve a review and wait for its page; both tickets must show the link. The step stays open."""
    review = document.review_issue_key
    published = _decide(demo, document, "APPROVED")
    demo.steps.check(
        published.status == "published",
        f"the document is {published.status} instead of published: {published.reason}",
    )
    for ticket in (key, review):
        demo.steps.check(
            demo.reviewer.has_link(ticket, published.page_url),
            f"{ticket} does not show the page's URL {published.page_url} in a comment and as a link",
        )
    return published


def _decide(demo: Context, document: DocumentProgress, *paragraphs: str) -> DocumentProgress:
    """Comment as the reviewer and move the review to Done; wait for the document's end or its next revision."""
    review = document.review_issue_key
    demo.begin(review, f"gets the comment {paragraphs[0]} from a reviewer and is moved to Done")
    demo.reviewer.comment(review, *paragraphs)
    demo.reviewer.finish(review)
    issue_id = demo.reviewer.call("GET", f"/rest/api/3/issue/{review}?fields=summary")["id"]
    latest: list[DocumentProgress] = []

    def processed() -> bool:
        current = change_progress.review_progress(demo.up.stack.client, demo.up.outputs, issue_id)
        latest[:] = [current] if current else []
        if current is None or not current.is_settled:
            return False
        return current.status in _ENDS or current.revision > document.revision

    demo.wait(processed, f"the decision {paragraphs[0]} in {review} was not processed")
    return latest[0]


def _result(
    demo: Context,
    key: str,
    what: str,
    diff: Path | None,
    role: str,
    published: DocumentProgress | None,
    since: CallCounts,
) -> Result:
    """Save the published page, count the calls and return the ticket's result."""
    file = None
    if published:
        file = demo.output / f"{role}-page.html"
        file.write_text(demo.reviewer.open_url(published.page_url))
    summary = str(demo.developer.ticket(key)["summary"])
    url = published.page_url if published else ""
    return Result(key, summary, what, diff, file, url, count_calls(demo.up) - since)
