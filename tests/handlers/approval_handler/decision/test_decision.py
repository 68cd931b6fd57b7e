"""Only a plain approval counts as one: with more words, in any language and structure, nothing is published.

Examples show that the list of harmless words is well chosen; a property shows that nothing else is accepted.
"""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.approval_handler.decision import read_comment, read_decision
from handlers.approval_handler.decision.harmless_words import APPROVING_EMOJI, PHRASES
from tests.example_count import examples
from tests.handlers.approval_handler.decision import decision_cases as cases
from tests.handlers.approval_handler.decision.decision_cases import as_adf, as_wiki

LISTED = {word for phrase in PHRASES for word in phrase.split()} | {"revision", "anyway"}
IN_ALL_LANGUAGES = [comment for comments in cases.SAYS_MORE.values() for comment in comments]


def decided(body: Any) -> str | None:
    """Return the decision of a comment."""
    said = read_decision(body)
    return said.verdict if said else None


def test_the_cases_are_many_and_the_words_few() -> None:
    non_approvals = (
        len(IN_ALL_LANGUAGES) + len(cases.NOTHING) + len(cases.ADF_NOTHING) + len(cases.WIKI_NOTHING)
    )
    approvals = len(cases.APPROVALS) + len(cases.ADF_APPROVALS) + len(cases.WIKI_APPROVALS)
    assert non_approvals >= 200
    assert non_approvals + approvals + len(cases.REJECTIONS) + len(cases.REVISIONS) >= 400
    assert len(cases.SAYS_MORE) >= 20
    assert len(LISTED) <= 150
    assert len(PHRASES) == len(set(PHRASES)) <= 150


@pytest.mark.parametrize("comment", cases.APPROVALS)
def test_approvals(comment: str) -> None:
    assert decided(as_adf(comment)) == "approved"
    assert decided(as_wiki(comment)) == "approved"


@pytest.mark.parametrize("comment", IN_ALL_LANGUAGES)
def test_an_approval_with_more_words_is_none(comment: str) -> None:
    assert decided(as_adf(comment)) is None
    assert decided(as_wiki(comment)) is None


@pytest.mark.parametrize("comment", cases.NOTHING)
def test_undecided_comments(comment: str) -> None:
    assert decided(as_adf(comment)) is None
    assert decided(as_wiki(comment)) is None


@pytest.mark.parametrize("body", cases.ADF_APPROVALS, ids=range(len(cases.ADF_APPROVALS)))
def test_structures_that_publish(body: Any) -> None:
    assert decided(body) == "approved"


@pytest.mark.parametrize("body", cases.ADF_NOTHING, ids=range(len(cases.ADF_NOTHING)))
def test_structures_that_publish_nothing(body: Any) -> None:
    assert decided(body) is None


@pytest.mark.parametrize("markup", cases.WIKI_APPROVALS)
def test_wiki_markup_that_publishes(markup: str) -> None:
    assert decided(markup) == "approved"


@pytest.mark.parametrize("markup", cases.WIKI_NOTHING)
def test_wiki_markup_that_publishes_nothing(markup: str) -> None:
    assert decided(markup) != "approved"


@pytest.mark.parametrize(("comment", "feedback"), cases.REJECTIONS.items())
def test_rejections(comment: str, feedback: str) -> None:
    for body in (as_adf(comment), as_wiki(comment)):
        if "[~" in comment and not isinstance(body, str):
            continue  # wiki notation
        said = read_decision(body)
        assert said is not None
        assert said.verdict == "rejected"
        assert re.sub(r"\n+", "\n", said.feedback) == feedback


@pytest.mark.parametrize(("comment", "feedback"), cases.REVISIONS.items())
def test_requests_for_a_revision(comment: str, feedback: str) -> None:
    for body in (as_adf(comment), as_wiki(comment)):
        said = read_decision(body)
        assert said is not None
        assert said.verdict == "needs_revision"
        assert re.sub(r"\n+", "\n", said.feedback) == feedback


def test_feedback_keeps_structure_and_quotations() -> None:
    body = cases.doc(
        cases.node("blockquote", cases.paragraph("NEEDS REVISION?")),
        cases.paragraph(cases.text("NEEDS REVISION", "strong"), ": explain ", cases.text("retries", "code")),
        cases.item(cases.paragraph("and the limit")),
        cases.node("blockquote", cases.paragraph("the old text")),
    )
    said = read_decision(body)
    assert said is not None
    assert said.feedback == "explain `retries`\n\n- and the limit\n\n> the old text"


@pytest.mark.parametrize("comment", cases.HARMLESS)
def test_harmless_words_alone_decide_nothing(comment: str) -> None:
    for body in (as_adf(comment), as_wiki(comment)):
        reading = read_comment(body)
        assert (reading.decision, reading.is_harmless) == (None, True)


@pytest.mark.parametrize(
    "comment",
    [
        "Hmm, numbers in row 3 look off to me",
        "wait",
        "Thanks. Later",
        "REJECTED",
        "revision 1",
        "ok?",
        "👎",
        "> ok",
    ],
)
def test_other_words_are_not_harmless(comment: str) -> None:
    assert not read_comment(as_adf(comment)).is_harmless
    assert not read_comment(as_wiki(comment)).is_harmless


@pytest.mark.parametrize(
    ("comment", "begins"),
    [
        ("APPROVED but no", True),
        ("Rejected vendor list", True),
        ("✅ tests green", True),
        ("Hm, APPROVED", False),
        ("hm", False),
    ],
)
def test_decision_words_at_the_beginning_are_found(comment: str, begins: bool) -> None:
    reading = read_comment(as_adf(comment))
    assert (reading.decision, reading.begins) == (None, begins)


@pytest.mark.parametrize(
    ("comment", "revision", "anyway"),
    [
        ("APPROVED", None, False),
        ("APPROVED revision 1", 1, False),
        ("LGTM, revision 12. Thanks, revision 12!", 12, False),
        ("APPROVED ANYWAY", None, True),
        ("approved anyway, revision 3", 3, True),
    ],
)
def test_names_in_an_approval(comment: str, revision: int | None, anyway: bool) -> None:
    said = read_decision(as_adf(comment))
    assert said is not None
    assert (said.revision, said.anyway) == (revision, anyway)


@pytest.mark.parametrize(
    ("comment", "counts"),
    [
        ("lgtm, thanks Ana", True),
        ("lgtm, thanks Ana!", True),
        ("lgtm, thank you Ana 🚀", True),
        ("lgtm ¶ many thanks Ana", True),
        ("lgtm, thanks María", True),
        ("lgtm, thanks Nein", False),
        ("lgtm, thanks ana", False),
        ("lgtm, thanks  Ana", False),
        ("lgtm, thanks, Ana", False),
        ("lgtm, thanks Ana well done", False),
        ("lgtm, thanks Ana María", False),
        ("lgtm, thanks Ana ¶ ok", False),
        ("lgtm, danke Ana", False),
        ("lgtm Ana", False),
        ("@Ana lgtm", True),
        ("@nobody lgtm", False),
        ("lgtm @not", False),
    ],
)
def test_only_people_of_the_ticket_may_be_thanked(comment: str, counts: bool) -> None:
    assert (read_decision(as_adf(comment), names={"Ana", "María"}) is not None) is counts


HARMLESS_APPROVAL = st.tuples(
    st.sampled_from(["APPROVED", "Approved", "LGTM", "Ship it", "✅", "APPROVED ANYWAY"]),
    st.lists(
        st.tuples(
            st.sampled_from([" ", ", ", ". ", "! ", " - ", "\n", "\n\n"]),
            st.sampled_from([*PHRASES, *APPROVING_EMOJI, "revision 2"]),
        ),
        max_size=5,
    ),
)
WORD = st.text(st.characters(categories=["L", "M", "N", "So", "Cf", "Lo"]), min_size=1, max_size=8)


def listed(word: str) -> bool:
    """Return whether a random text is on the list: a word, a number, or only emoji."""
    return word.lower() in LISTED or set(word) <= {*APPROVING_EMOJI, *"0123456789\ufe0f"}


def typed(comment: str) -> Any:
    """Return a comment with line breaks as ADF."""
    return as_adf(comment.replace("\n\n", " ¶ ").replace("\n", " ⏎ "))


@settings(max_examples=examples(300), deadline=None)
@given(HARMLESS_APPROVAL)
def test_listed_phrases_never_end_an_approval(approval: Any) -> None:
    word, following = approval
    assert decided(typed(word + "".join(gap + phrase for gap, phrase in following))) == "approved"


@settings(max_examples=examples(600), deadline=None)
@given(HARMLESS_APPROVAL, WORD.filter(lambda word: not listed(word)), st.integers(0, 10), st.booleans())
def test_an_unlisted_word_ends_an_approval_anywhere(
    approval: Any, word: str, place: int, is_apart: bool
) -> None:
    first, following = approval
    parts = [first, *(part for pair in following for part in pair)]
    gap = " " if is_apart else ""
    parts.insert(min(place, len(parts)), f"{gap}{word}{gap}")
    comment = "".join(parts)
    for body in (comment, typed(comment)):
        assert read_decision(body, names=()) is None or decided(body) != "approved", comment


ODD: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.sampled_from(["doc", "text", "paragraph", "APPROVED"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "content", "attrs", "marks", "text"]), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=examples(300), deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*cases.APPROVALS, *cases.NOTHING, *cases.WIKI_NOTHING]), max_size=4).map(
        "\n".join
    )
    | ODD
    | ODD.map(lambda content: {"type": "doc", "content": content})
)
def test_never_raises(body: Any) -> None:
    assert decided(body) in (None, "approved", "rejected", "needs_revision")


@pytest.mark.parametrize("begins", ["", "APPROVED ", "REJECTED ", "❌"])
@pytest.mark.parametrize(
    "piece",
    [
        "@a ",
        "hi ",
        "*",
        "✅",
        "thanks all good ",
        "-",
        "{quote}",
        "{panel}{quote}",
        "(",
        "{{a",
        "-a",
        "[~a]",
        "❌\n",
        "revision 1 ",
    ],
)
def test_long_comments_take_no_long_time(begins: str, piece: str) -> None:
    body = begins + piece * (33_000 // len(piece))  # Jira's limit is 32,767 characters
    started = time.process_time()
    read_decision(body)
    assert time.process_time() - started < 0.7


def test_deep_and_wide_documents_end() -> None:
    node = cases.APPROVED
    for _ in range(2_000):
        node = cases.node("panel", node)
    assert decided(cases.doc(node)) is None
    for _ in range(40):
        node = cases.node("panel", node, node)
    assert decided(cases.doc(node)) is None
    assert decided(cases.doc(*[cases.APPROVED] * 50_000)) is None
