"""What people do in each scenario: they act, the pipeline runs until it is idle, they act again."""

from __future__ import annotations

import json
import os
from typing import Any

from local.atlassian import Fault
from local.atlassian.jira.screens import CustomField, Screens
from tests.crash.world import World
from tests.handlers.pipeline import reset_functions

PAGE = "Quarnix ledger refunds"
TICKET = (
    "Quarnix ledger refunds take an amount",
    "A refund in the quarnix ledger returns a part of the quarnix payment when an amount is given.",
)
NEW = (
    "Yxomatic onboarding of merchants",
    "The yxomatic wizard asks for the tax number and the bank account, then opens the shop.",
)
#: The text of two pages that fit a ticket equally well.
TWIN = "<p>A refund in the quarnix ledger always returns the whole amount of the quarnix payment.</p>"
#: Seconds that people wait: longer than any work takes, and shorter than until a redelivery.
SOON = 120
#: What Bedrock answers when a filter stops the model.
WITHHELD: dict[str, Any] = {
    "stopReason": "content_filtered",
    "output": {"message": {"role": "assistant", "content": [{"text": "I cannot help with that."}]}},
    "usage": {"inputTokens": 100, "outputTokens": 6, "totalTokens": 106},
}


def update(world: World) -> None:
    """An approved change of an existing page."""
    world.decide(_in_review(world), "APPROVED")
    world.run()


def create(world: World) -> None:
    """An approved page about something new."""
    world.decide(_in_review(world, *NEW), "LGTM")
    world.run()


def revision(world: World) -> None:
    """A draft is sent back with feedback; the next one is approved."""
    review = _in_review(world)
    world.decide(review, "NEEDS REVISION\nSay that the amount is in the payment's currency.")
    world.run()
    world.decide(review, "APPROVED")
    world.run()


def rejection(world: World) -> None:
    """A draft is rejected."""
    world.decide(_in_review(world), "REJECTED: the page is about something else")
    world.run()


def conflict(world: World) -> None:
    """A person edits the passage under review; the draft on the new version of the page is approved."""
    review = _in_review(world)
    [passage] = world.changed_passages(review)
    page = next(page for page in world.site.confluence.pages.values() if page.title == PAGE)
    world.save_page(page.id, page.current.storage.replace(passage, passage.replace(">", ">Mind this: ", 1)))
    world.decide(review, "APPROVED")
    world.run()
    world.decide(review, "APPROVED")
    world.run()


def undecided(world: World) -> None:
    """A review is finished without a decision, sent back, and then approved."""
    review = _in_review(world)
    world.decide(review, "Can someone approve this?")
    world.run()
    world.decide(review, "APPROVED")
    world.run()


def joining(world: World) -> None:
    """A second ticket about the same page joins the open review."""
    review = _in_review(world)
    _finish(world, "Quarnix ledger refunds have a limit", "Quarnix refunds end after 60 days.")
    world.decide(review, "APPROVED")
    world.run()


def converging(world: World) -> None:
    """A second ticket about a page that is not created yet joins its open review."""
    review = _in_review(world, *NEW)
    _finish(world, f"{NEW[0]} in winter", f"{NEW[1]} In winter, the shop opens a week later.")
    world.decide(review, "APPROVED")
    world.run()


def replaced(world: World) -> None:
    """The review ticket is deleted; a second ticket about the same page opens another, which is approved."""
    review = _in_review(world)
    world.jira("admin", "DELETE", f"/rest/api/3/issue/{review}")
    key = _finish(world, "Quarnix ledger refunds have a limit", "Quarnix refunds end after 60 days.")
    world.decide(world.review_of(key), "APPROVED")
    world.run()


def hasty(world: World) -> None:
    """Two tickets about one page: the reviewer approves open reviews while failed messages still wait for their next try."""
    for summary, text in (
        TICKET,
        ("Quarnix ledger refunds have a limit", "Quarnix refunds end after 60 days."),
    ):
        world.finish(world.create_ticket(summary, text, ["needs-docs"]))
        world.run(patience=SOON)
    for _ in range(2):
        _approve_all(world)
        world.run(patience=SOON)
    world.run()
    while _approve_all(world):
        world.run()
    world.may_differ = True


def swept(world: World) -> None:
    """A closed ticket without a webhook: one day's sweep finds it, or the next day's."""
    key = world.create_ticket(*TICKET, ["needs-docs"])
    world.finish(key)
    world.waiting.clear()
    world.sweep_daily(2)
    world.run()
    world.decide(world.review_of(key), "APPROVED")
    world.run()


def vanished(world: World) -> None:
    """The review ticket is deleted: two consecutive sweeps do not find it, and closing the source ticket again opens another.

    A third sweep makes up for one that died.
    """
    key = _finish(world)
    world.jira("admin", "DELETE", f"/rest/api/3/issue/{world.review_of(key)}")
    world.sweep_daily(3)
    world.run()
    assert world.aws.locks() == []
    world.move(key, "new", "developer")
    world.finish(key)
    world.run()
    world.decide(world.review_of(key), "APPROVED")
    world.run()


def overtaken(world: World) -> None:
    """A ticket is resolved and closed at once, and Jira sends a webhook only for the second move."""
    key = world.create_ticket(*TICKET, ["needs-docs"])
    world.finish(key)
    world.waiting.clear()
    world.finish(key)
    world.run()
    world.decide(world.review_of(key), "APPROVED")
    world.run()


def deleted(world: World) -> None:
    """The page is purged during the review; the approver gets a comment, and ends the review."""
    review = _in_review(world)
    [page] = [page for page in world.site.confluence.pages.values() if page.title == PAGE]
    for purge in ("false", "true"):
        world.jira("admin", "DELETE", f"/wiki/api/v2/pages/{page.id}?purge={purge}")
    world.decide(review, "APPROVED")
    world.run()
    assert not world.dead, "the reviewer is told, and the ticket is open again"
    world.decide(review, "REJECTED: the page is gone")
    world.run()


def withheld(world: World) -> None:
    """The model withholds every draft: the change fails; later an operator sends it again.

    A duplicate of the failed message that arrives meanwhile fails as well; the operator then sends that again, too.
    """
    world.model.converse = lambda model, request: WITHHELD
    key = _finish(world)
    [change] = world.aws.changes()
    assert (change["status"], world.aws.locks()) == ("failed", [])
    _failed(world, "DocumentOrchestrator", key, "withheld")
    world.model.converse = None
    world.redrive()
    world.run()
    world.review_of(key)
    world.redrive()
    world.run()


def refused(world: World) -> None:
    """Jira refuses the review ticket, and then Confluence to show the page; each time an operator sends it again."""
    world.site.faults.add(_refusal("POST", r"/rest/api/3/issue\?*$", 403))
    key = _finish(world)
    _failed(world, "ReviewTicketCreator", key, "drafted documentation, but cannot")
    world.site.faults.clear()
    world.redrive()
    world.run()
    review = world.review_of(key)
    world.site.faults.add(_refusal("GET", r"/wiki/api/v2/pages/\d+", 403))
    world.decide(review, "APPROVED")
    world.run()
    _failed(world, "ApprovalHandler", review, "could not carry out")
    world.site.faults.clear()
    world.redrive()
    world.run()


def obstructed(world: World) -> None:
    """Confluence refuses the new version; once it accepts it, the reviewer moves the ticket to Done again."""
    review = _in_review(world)
    world.site.faults.add(_refusal("PUT", "/wiki/api/v2/pages", 413))
    world.decide(review, "APPROVED")
    world.run()
    assert not world.dead, "the reviewer is told, and the ticket is open again"
    world.site.faults.clear()
    world.move(review, "done", "reviewer")
    world.run()


def drafted(world: World) -> None:
    """A person has unpublished work on the page, then other work, and the reviewer lets Kinexus override it."""
    review = _in_review(world)
    page = next(page for page in world.site.confluence.pages.values() if page.title == PAGE)
    for text in ("Mind this.", "Mind that."):
        world.keep_draft(page.id, f"{page.current.storage}<p>{text}</p>")
        world.decide(review, "APPROVED")
        world.run()
        assert (page.current.number, world.status(review)) == (1, "new"), "the reviewer is told instead"
    world.decide(review, "APPROVED ANYWAY")
    world.run()


def doubted(world: World) -> None:
    """The source ticket gets a declining label before the approval, and a documenting label after it."""
    key = _finish(world)
    review = world.review_of(key)
    for change in ("add", "remove"):
        body = {"update": {"labels": [{change: "no-docs"}]}}
        world.jira("developer", "PUT", f"/rest/api/3/issue/{key}", body)
        if change == "add":
            world.decide(review, "APPROVED")
            world.run()
            assert not world.dead, "the reviewer is told, and the ticket is open again"
    world.decide(review, "APPROVED")
    world.run()


def unnamed(world: World) -> None:
    """The page that fits best is below a folder: a comment asks to name it, the ticket names it and is closed again."""
    store = world.site.confluence
    page = next(page for page in store.pages.values() if page.title == PAGE)
    page.parent_id = store.add_container(world.site.account("admin"), "folder", page.space_id, "Place").id
    key = _finish(world)
    [told] = world.comments(key)
    assert f"docs:{page.id}" in told
    body = {"update": {"labels": [{"add": f"docs:{page.id}"}]}}
    world.jira("developer", "PUT", f"/rest/api/3/issue/{key}", body)
    world.move(key, "new", "developer")
    world.finish(key)
    world.run()
    world.decide(world.review_of(key), "APPROVED")
    world.run()


def asked(world: World) -> None:
    """Two pages fit equally well: the ticket is asked which is meant, and its label answers; another is never answered.

    The sweep of each day looks for an answer, and after two weeks the change without one ends.
    """
    store = world.site.confluence
    page = next(page for page in store.pages.values() if page.title == PAGE)
    world.jira("admin", "DELETE", f"/wiki/api/v2/pages/{page.id}")
    twins = [
        store.create(world.site.account("admin"), page.space_id, f"{PAGE} {part}", TWIN, None)
        for part in ("east", "west")
    ]
    key, silent = _finish(world), _finish(world)
    assert [change["status"] for change in world.aws.changes()] == ["asking", "asking"]
    body = {"update": {"labels": [{"add": f"docs:{twins[0].id}"}]}}
    world.jira("developer", "PUT", f"/rest/api/3/issue/{key}", body)
    world.run()
    world.decide(world.review_of(key), "APPROVED")
    world.run()
    world.sweep_daily(16)
    world.run()
    assert any("was not answered" in text for text in world.comments(silent))


def withdrawn(world: World) -> None:
    """An approval cannot be carried out, and the reviewer withdraws it; then the old message is redelivered."""
    review = _in_review(world)
    world.site.faults.add(_refusal("GET", r"/wiki/api/v2/pages/\d+", 403))
    world.decide(review, "APPROVED")
    world.run()
    _failed(world, "ApprovalHandler", review, "could not carry out")
    world.site.faults.clear()
    world.move(review, "new", "reviewer")
    world.decide(review, "REJECTED: it is wrong")
    world.run()
    world.redrive()
    world.run()


def abandoned(world: World) -> None:
    """A revision cannot be drafted; the reviewer approves all the same, gets a comment, and rejects."""
    review = _in_review(world)
    world.model.converse = lambda model, request: WITHHELD
    world.decide(review, "NEEDS REVISION: say more about the currency")
    world.run()
    world.decide(review, "APPROVED")
    world.run()
    world.decide(review, "REJECTED: it is wrong")
    world.run()
    world.model.converse = None
    world.redrive()
    world.run()


def reverted(world: World) -> None:
    """A publication is taken back: an operator asks twice, and its review is approved."""
    world.decide(_in_review(world), "APPROVED")
    world.run()
    [published] = world.aws.documents()
    for _ in range(2):
        world.ask_for_revert(published)
    world.run()
    revert = next(each for each in world.aws.documents() if each.get("reverts"))
    world.decide(revert["review_issue_key"], "APPROVED")
    world.run()


def lean(world: World) -> None:
    """Reviews are in a project with a required field, a create screen without labels, links and description, and a lag.

    A draft is sent back, and the next one is approved.
    """
    team = CustomField("customfield_10050", "Team", "option", ("Docs",), required=True)
    shown = frozenset({"summary", "issuetype", "project", "reporter"})
    world.site.jira.add_project("DOCS", "Documentation", Screens(create=shown, custom=(team,)))
    world.site.jira.link_types = {"10777": ("Related", "is related to", "relates to")}
    world.site.jira_search_lag = 300
    os.environ |= {
        "JIRA_REVIEW_PROJECT_KEY": "DOCS",
        "REVIEW_LINK_TYPE": "Related",
        "REVIEW_FIELDS": json.dumps({team.id: {"value": "Docs"}}),
    }
    reset_functions()
    review = _in_review(world)
    world.decide(review, "NEEDS REVISION\nSay that the amount is in the payment's currency.")
    world.run()
    world.decide(review, "APPROVED")
    world.run()


SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (
        update,
        create,
        revision,
        rejection,
        conflict,
        undecided,
        joining,
        converging,
        replaced,
        hasty,
        swept,
        vanished,
        overtaken,
        deleted,
        withheld,
        refused,
        obstructed,
        drafted,
        doubted,
        unnamed,
        asked,
        withdrawn,
        abandoned,
        lean,
        reverted,
    )
}


def _approve_all(world: World) -> bool:
    """Approve every open review that is not in Done; return whether there was one."""
    waiting = [
        document["review_issue_key"]
        for document in world.aws.documents()
        if document["status"] == "in_review"
    ]
    waiting = [review for review in waiting if world.status(review) != "done"]
    for review in waiting:
        world.decide(review, "APPROVED")
    return bool(waiting)


def _failed(world: World, function: str, key: str, words: str) -> None:
    """Assert the visible effects of a permanent failure: dead letters, and one comment with the reason."""
    assert {message.to for message in world.dead} == {function}, world.dead
    told = [text for text in world.comments(key) if words in text]
    assert len(told) == 1, world.comments(key)


def _refusal(method: str, path: str, status: int) -> Fault:
    return Fault("status", status=status, count=9_999, method=method, path=path, account="kinexus")


def _finish(world: World, summary: str = TICKET[0], text: str = TICKET[1]) -> str:
    key = world.create_ticket(summary, text, ["needs-docs"])
    world.finish(key)
    world.run()
    return key


def _in_review(world: World, *ticket: str) -> str:
    return world.review_of(_finish(world, *ticket))
