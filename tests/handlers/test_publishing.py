"""Publishing against people who edit the same page: whatever they do and whenever, nothing of theirs is lost.

Confluence is a page in memory here, on which a person saves between our read and our write; the pipeline's tests
publish over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from common.atlassian_http import Stale
from common.confluence import ConfluencePage, PageVersion
from common.document import DocumentKind
from common.draft import Draft
from handlers.approval_handler.publishing import PageConflict, Publisher, TooBusy

WORDS = st.text(alphabet="abcdefgh ", min_size=1, max_size=12).map(lambda text: f"w{text}")
PERSON = st.lists(
    st.tuples(st.sampled_from(["edit", "insert", "delete"]), st.integers(0, 7), WORDS), min_size=0, max_size=4
)


def storage(paragraphs: list[str]) -> str:
    return "<h2>Top</h2>" + "".join(f"<p>{text}</p>" for text in paragraphs)


def paragraphs(page: str) -> list[str]:
    return [block.source[3:-4] for block in sf.parse(page).blocks if block.kind == "paragraph"]


@dataclass
class PageInMemory:
    """A page, and what people save just before each of our writes arrives."""

    page: ConfluencePage
    meanwhile: list[str] = field(default_factory=list)
    versions: list[PageVersion] = field(default_factory=list)

    def save(self, body: str, message: str, author: str = "person") -> None:
        self.page = replace(self.page, storage=body, version=self.page.version + 1)
        self.versions.insert(0, PageVersion(self.page.version, author, message))

    def messages(self) -> list[str]:
        return [version.message for version in self.versions]


class Confluence:
    """What the publisher asks of Confluence, answered from memory."""

    def __init__(self, held: PageInMemory) -> None:
        self.held = held

    def page(self, page_id: str) -> ConfluencePage:
        return self.held.page

    def is_us(self, account_id: str) -> bool:
        return account_id == "kinexus"

    def versions(self, page_id: str, after: int) -> tuple[PageVersion, ...]:
        return tuple(version for version in self.held.versions if version.number > after)

    def update_page(self, page: ConfluencePage, body: str, message: str) -> ConfluencePage:
        if self.held.meanwhile:
            self.held.save(self.held.meanwhile.pop(0), "by hand")
        if page.version != self.held.page.version:
            raise Stale("PUT", "/page", 409, "Version must be incremented on update")
        self.held.save(body, message, "kinexus")
        return self.held.page


def draft_on(base: str, target: int, text: str) -> Draft:
    page = sf.parse(base)
    block = [block for block in page.blocks if block.kind == "paragraph"][target]
    edits = (sf.Replace(block.id, text),)
    return Draft(
        document_id="doc-1",
        revision=1,
        kind=DocumentKind.UPDATE,
        title="Page",
        space_id="1",
        summary="s",
        storage=page.apply(edits).storage,
        change_ids=("chg-1",),
        issue_keys=("A-1",),
        page_id="7",
        base_version=1,
        base=base,
        edits=edits,
    )


def by_person(texts: list[str], actions: list[tuple[str, int, str]]) -> list[str]:
    result = list(texts)
    for action, place, text in actions:
        at = place % len(result) if result else 0
        if action == "insert" or not result:
            result.insert(at, text)
        elif action == "edit":
            result[at] = text
        else:
            del result[at]
    return result


def published(held: PageInMemory, draft: Draft) -> None:
    Publisher(Confluence(held)).publish(draft)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(WORDS, min_size=2, max_size=8),
    target=st.integers(0, 7),
    before=PERSON,
    during=st.lists(PERSON, max_size=2),
)
def test_a_person_never_loses_an_edit(
    texts: list[str],
    target: int,
    before: list[tuple[str, int, str]],
    during: list[list[tuple[str, int, str]]],
) -> None:
    base = storage(texts)
    draft = draft_on(base, target % len(texts), "ours, new")
    held = PageInMemory(ConfluencePage("7", "Page", "1", None, "current", 1, "a", base, "/7"))
    mine = by_person(texts, before)
    if before:
        held.save(storage(mine), "by hand")
    saves = []
    for actions in during:
        mine = by_person(mine, actions)
        saves.append(storage(mine))
    held.meanwhile = list(saves)
    try:
        published(held, draft)
    except PageConflict:
        assert all(not message.startswith("Kinexus") for message in held.messages()), "nothing was written"
        return
    ours = paragraphs(held.page.storage)
    assert ours.count("ours, new") == 1
    theirs_last = paragraphs(saves[len(saves) - len(held.meanwhile) - 1]) if saves else mine
    replaced = texts[target % len(texts)]
    restored = [replaced if text == "ours, new" else text for text in ours]
    assert restored == theirs_last, "but for our block, the page is what the person saved last"
    assert held.messages().count("Kinexus doc-1 r1: s") == 1


def test_publishing_again_finds_the_version_that_is_there() -> None:
    base = storage(["one", "two"])
    draft = draft_on(base, 0, "ours, new")
    held = PageInMemory(ConfluencePage("7", "Page", "1", None, "current", 1, "a", base, "/7"))
    published(held, draft)
    held.save(held.page.storage.replace("two", "by a person"), "by hand")
    published(held, draft)
    assert held.page.version == 3
    assert "by a person" in held.page.storage


def test_people_who_save_without_end_are_left_to_a_later_delivery() -> None:
    base = storage(["one", "two"])
    held = PageInMemory(ConfluencePage("7", "Page", "1", None, "current", 1, "a", base, "/7"))
    held.meanwhile = [storage(["one", f"two {number}"]) for number in range(9)]
    with pytest.raises(TooBusy):
        published(held, draft_on(base, 0, "ours, new"))
    assert "ours, new" not in held.page.storage
