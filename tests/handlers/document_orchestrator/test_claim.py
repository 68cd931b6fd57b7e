"""Claiming a page: every combination of who holds it and how far that document is, against one table.

A row holds for every combination that it does not restrict; exactly one row holds for each combination.
"""

from __future__ import annotations

from itertools import product

import pytest

from handlers.document_orchestrator.claim import Action, Holder, Standing, claim

MINE, OTHER, JOINED, AWAITED = Holder.MINE, Holder.OTHER, Holder.JOINED, Holder.AWAITED
ABSENT, OPEN, PUBLISHING, UNDRAFTED, ENDED = (
    Standing.ABSENT, Standing.OPEN, Standing.PUBLISHING, Standing.UNDRAFTED, Standing.ENDED,
)  # fmt: skip
FLAGS = ("includes", "is_created", "is_stale", "may_start", "is_revert", "may_join")

TABLE: list[tuple[tuple[Holder, ...], tuple[Standing, ...], dict[str, bool], Action]] = [
    ((MINE,), (ABSENT,), {"is_created": False}, Action.START),
    ((MINE,), (ABSENT,), {"is_created": True}, Action.UPDATE_CREATED),
    ((MINE,), (UNDRAFTED,), {"is_created": False}, Action.RESTART),
    ((MINE,), (UNDRAFTED,), {"is_created": True}, Action.UPDATE_CREATED),
    ((MINE,), (OPEN,), {"is_revert": False}, Action.WORK),
    ((MINE,), (ENDED,), {}, Action.WORK),
    ((OTHER,), (ABSENT,), {"is_stale": False}, Action.WAIT),
    ((OTHER,), (ABSENT,), {"is_stale": True}, Action.TAKE_OVER),
    ((OTHER, AWAITED), (OPEN,), {"is_revert": False, "may_join": True}, Action.WORK),
    ((OTHER, AWAITED), (OPEN,), {"is_revert": False, "may_join": False, "includes": True}, Action.WORK),
    (
        (OTHER, AWAITED),
        (OPEN,),
        {"is_revert": False, "may_join": False, "includes": False},
        Action.WAIT_FOR_REVIEW,
    ),
    ((OTHER, AWAITED), (UNDRAFTED, ENDED), {"includes": True}, Action.WORK),
    ((OTHER,), (UNDRAFTED, ENDED), {"includes": False}, Action.FREE),
    ((AWAITED,), (UNDRAFTED, ENDED), {"includes": False}, Action.REPLACE_ENDED),
    ((AWAITED,), (ABSENT,), {"may_start": True}, Action.WAIT),
    ((AWAITED,), (ABSENT,), {"may_start": False}, Action.REPLACE_RESERVED),
    ((JOINED,), (OPEN,), {"is_revert": False}, Action.WORK),
    ((JOINED,), (UNDRAFTED, ENDED), {}, Action.WORK),
    ((JOINED,), (ABSENT,), {}, Action.WAIT),
    ((MINE, OTHER, JOINED, AWAITED), (PUBLISHING,), {}, Action.WAIT),
    ((MINE, OTHER, JOINED, AWAITED), (OPEN,), {"is_revert": True}, Action.WAIT),
]
EVERY = [
    (holder, standing, dict(zip(FLAGS, values, strict=True)))
    for holder in Holder
    for standing in Standing
    for values in product((False, True), repeat=len(FLAGS))
]


def rows_for(holder: Holder, standing: Standing, flags: dict[str, bool]) -> list[Action]:
    return [
        action
        for holders, standings, needed, action in TABLE
        if holder in holders and standing in standings and needed.items() <= flags.items()
    ]


def test_every_combination_has_one_action() -> None:
    for holder, standing, flags in EVERY:
        assert [claim(holder, standing, **flags)] == rows_for(holder, standing, flags), (
            holder,
            standing,
            flags,
        )


def test_every_action_occurs() -> None:
    assert {action for *_, action in TABLE} == set(Action)


@pytest.mark.parametrize("standing", [Standing.OPEN, Standing.ENDED])
def test_a_change_never_starts_a_second_document_of_its_own(standing: Standing) -> None:
    assert claim(Holder.MINE, standing) is Action.WORK


def test_no_lock_of_a_living_process_is_taken() -> None:
    taken = [each for each in EVERY if claim(each[0], each[1], **each[2]) is Action.TAKE_OVER]
    assert taken
    assert {(holder, standing, flags["is_stale"]) for holder, standing, flags in taken} == {
        (OTHER, ABSENT, True)
    }
