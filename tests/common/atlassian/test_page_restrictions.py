"""Who may view a page, over random trees: the nearest restricted ancestor decides, and each is read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.atlassian.confluence_client import COLLECTIONS, Ancestor, ConfluencePage
from common.atlassian.http_client import Gone, NotFound, RequestRefused
from common.atlassian.page_restrictions import (
    Access,
    PageRequiresLabel,
    Restrictions,
    label_required_reason,
    open_title,
    recheck_restrictions,
)
from common.domain.document import StoredSelection

FOUND, NAMED = StoredSelection("by its words", 0.9, "fallback"), StoredSelection("a label", 1.0, "named")


@dataclass
class Tree:
    """A page tree in memory: id → (parent's id, kind, what the restriction endpoint says)."""

    tree: dict[str, tuple[str | None, str, bool | Exception | None]]
    live: frozenset[str] = frozenset()
    asked: Counter[str] = field(default_factory=Counter)
    climbed: int = 0
    #: Pages that the search does not return, or returns without their restrictions.
    unindexed: frozenset[str] = frozenset()

    def page(self, page_id: str) -> ConfluencePage:
        parent_id, subtype = self.tree[page_id][0], "live" if page_id in self.live else ""
        return ConfluencePage(
            page_id, f"Title {page_id}", "1", parent_id, "current", 1, "a", "", "", subtype=subtype
        )

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        return tuple(self.page(each) for each in page_ids if self.tree.get(each, ("", ""))[1] == "page")

    def places(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        return tuple(each for each in self.pages(page_ids) if self.is_visible(each.page_id))

    def is_visible(self, page_id: str) -> bool:
        """Return whether the Kinexus account can see a page."""
        return not isinstance(self.tree[page_id][2], Exception)

    def restricted(self, page_ids: Sequence[str]) -> dict[str, bool]:
        said = {each: self.tree[each][2] for each in page_ids if each not in self.unindexed}
        told = {each: answer for each, answer in said.items() if isinstance(answer, bool)}
        self.asked.update(told.keys())
        return told

    def ancestors(self, page_id: str) -> tuple[Ancestor, ...]:
        self.climbed += 1
        parent_id = self.tree[page_id][0]
        if parent_id is None:
            return ()
        return (*self.ancestors(parent_id), Ancestor(parent_id, self.tree[parent_id][1]))

    def is_restricted(self, content_id: str) -> bool | None:
        self.asked[content_id] += 1
        said = self.tree[content_id][2]
        if isinstance(said, Exception):
            raise said
        return said


def refused(kind: type[NotFound | RequestRefused | Gone], status: int) -> Exception:
    return kind("GET", "/restriction", status, "")


HIDDEN = refused(NotFound, 404)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    places: dict[str, tuple[str | None, str, bool | Exception | None]] = {}
    for number in range(1, draw(st.integers(2, 12))):
        parent = draw(st.sampled_from([None, *places]))
        kind = draw(st.sampled_from(["page", "page", *COLLECTIONS, "canvas"]))
        places[str(number)] = (parent, kind, draw(st.sampled_from([False, False, True, None, HIDDEN])))
    return Tree(places, unindexed=frozenset(draw(st.sets(st.sampled_from([*places])))))


def access_of(tree: Tree, page_id: str, *, trust_folders: bool) -> Access:
    """Compute the same in the simplest way."""
    here: str | None = page_id
    while here is not None:
        parent_id, kind, said = tree.tree[here]
        if said is True:
            return Access.RESTRICTED
        if kind == "page" and said is not False:
            return Access.RESTRICTED
        if kind != "page" and not (trust_folders and kind in COLLECTIONS):
            return Access.UNKNOWN
        here = parent_id
    return Access.OPEN


@settings(deadline=None)  # each example starts threads
@given(trees(), st.booleans(), st.integers(1, 5))
def test_the_nearest_restricted_ancestor_decides_and_each_is_read_once(
    tree: Tree, trust_folders: bool, size: int
) -> None:
    pages = [tree.page(each) for each, (_, kind, _) in tree.tree.items() if kind == "page"]
    known = Restrictions(tree, trust_folders=trust_folders)
    found = [
        access for start in range(0, len(pages), size) for access in known.of(pages[start : start + size])
    ]
    assert found == [access_of(tree, page.page_id, trust_folders=trust_folders) for page in pages]
    assert not tree.asked or max(tree.asked.values()) == 1


def test_siblings_share_the_reading_of_their_ancestors() -> None:
    tree = Tree({"1": (None, "page", False), **{str(each): ("1", "page", False) for each in range(2, 9)}})
    assert set(
        Restrictions(tree, trust_folders=False).of([tree.page(str(each)) for each in range(2, 9)])
    ) == {Access.OPEN}
    assert tree.climbed == 0, "their parent's place says it all"


def test_a_chain_that_meets_a_folder_is_asked_for() -> None:
    places = {"1": (None, "folder", False), "2": ("1", "page", False), "3": ("2", "page", False)}
    tree = Tree({**places})
    assert Restrictions(tree, trust_folders=True).of([tree.page("3")], ["2"]) == [Access.OPEN]
    assert tree.climbed == 3  # the page's ancestors, and within this double those of its parent and the root
    assert Restrictions(tree, trust_folders=False).of([tree.page("3")], ["2"]) == [Access.UNKNOWN]


def test_a_page_that_the_search_does_not_tell_is_asked_for_itself() -> None:
    tree = Tree({"1": (None, "page", False), "2": ("1", "page", True)}, unindexed=frozenset({"2"}))
    assert Restrictions(tree, trust_folders=False).of([tree.page("2")]) == [Access.RESTRICTED]


@pytest.mark.parametrize("wrong", ["hidden", "left out", "moved", "nothing"])
def test_a_page_with_an_unknown_ancestor_is_not_open(wrong: str) -> None:
    class Odd(Tree):
        def ancestors(self, page_id: str) -> tuple[Ancestor, ...]:
            if wrong == "hidden":
                raise HIDDEN
            told = {"left out": ["1"], "moved": ["1", "9"], "nothing": []}[wrong]
            return tuple(Ancestor(each, "page") for each in told)

    odd = Odd(dict.fromkeys(("1", "9"), (None, "page", False)) | {"3": ("2", "page", False)})
    assert Restrictions(odd, trust_folders=True).of([odd.page("3")]) == [Access.RESTRICTED]


def test_one_hidden_page_does_not_hide_its_siblings() -> None:
    class Odd(Tree):
        def places(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
            return ()

        def ancestors(self, page_id: str) -> tuple[Ancestor, ...]:
            if page_id in ("2", "4"):
                raise HIDDEN
            return super().ancestors(page_id)

    odd = Odd({"1": (None, "page", False), **dict.fromkeys("234", ("1", "page", False))})
    assert Restrictions(odd, trust_folders=False).of([odd.page(each) for each in "1234"]) == [
        Access.OPEN,
        Access.RESTRICTED,
        Access.OPEN,
        Access.RESTRICTED,
    ]


def test_a_removed_endpoint_raises() -> None:
    for kind in ("page", "folder"):
        tree = Tree({"1": (None, kind, refused(Gone, 410)), "2": ("1", "page", False)})
        with pytest.raises(Gone):
            Restrictions(tree, trust_folders=True).of([tree.page("2")])


def test_a_refused_read_leaves_folders_unknown_and_fails_for_pages() -> None:
    said = refused(RequestRefused, 400)
    tree = Tree({"1": (None, "folder", said), "2": ("1", "page", False), "3": (None, "page", said)})
    assert Restrictions(tree, trust_folders=False).of([tree.page("2")]) == [Access.UNKNOWN]
    with pytest.raises(RequestRefused):
        Restrictions(tree, trust_folders=False).of([tree.page("3")])


@pytest.mark.parametrize(
    ("page_id", "words"),
    [("2", "not everyone may view it"), ("4", "below a folder"), ("5", "live doc"), ("1", "")],
)
def test_a_page_restricted_later_is_refused_with_reason_and_label(page_id: str, words: str) -> None:
    tree = Tree(
        {
            "1": (None, "page", False),
            "2": ("1", "page", True),
            "3": ("1", "folder", False),
            "4": ("3", "page", False),
            "5": ("1", "page", False),
        },
        live=frozenset({"5"}),
    )
    recheck_restrictions({page_id: NAMED, "gone": FOUND}, tree, trust_folders=False)
    if not words:
        recheck_restrictions({page_id: FOUND}, tree, trust_folders=False)
        return
    with pytest.raises(PageRequiresLabel, match=words) as closed:
        recheck_restrictions({page_id: FOUND}, tree, trust_folders=False)
    assert f"docs:{page_id}" in str(closed.value)
    assert "reopen it and close it again" in str(closed.value)
    assert "Title" not in str(closed.value)


def test_only_the_title_of_an_open_page_is_shown() -> None:
    tree = Tree({"1": (None, "page", False), "2": ("1", "page", True), "3": ("1", "folder", False)})
    said = [open_title(each, tree, trust_folders=True) for each in ("1", "2", "3", "9", None)]
    assert said == ["Title 1", "", "", "", ""]


def test_a_restriction_is_reported_before_a_live_doc() -> None:
    assert label_required_reason(Access.RESTRICTED, is_live=True) == label_required_reason(
        Access.RESTRICTED, is_live=False
    )
    assert label_required_reason(Access.OPEN, is_live=False) == ""
