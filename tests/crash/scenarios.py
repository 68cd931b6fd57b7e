"""What people do, once per scenario: they act, the pipeline runs until it rests, they act again."""

from __future__ import annotations

from tests.crash.world import World

PAGE = "Quarnix ledger refunds"


def update(world: World) -> None:
    """An approved change of a page that is there."""
    world.decide(_in_review(world), "APPROVED")
    world.run()


def create(world: World) -> None:
    """An approved page about something new."""
    review = _in_review(
        world,
        "Yxomatic onboarding of merchants",
        "The yxomatic wizard asks for the tax number and the bank account, then opens the shop.",
    )
    world.decide(review, "LGTM")
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
    """Somebody edits the passage under review; the draft on the page as it is now is approved."""
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


SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (update, create, revision, rejection, conflict, undecided, joining)
}


def _finish(
    world: World,
    summary: str = "Quarnix ledger refunds take an amount",
    text: str = "A refund in the quarnix ledger returns a part of the quarnix payment when an amount is given.",
) -> str:
    key = world.create_ticket(summary, text, ["needs-docs"])
    world.finish(key)
    world.run()
    return key


def _in_review(world: World, *ticket: str) -> str:
    return world.review_of(_finish(world, *ticket))
