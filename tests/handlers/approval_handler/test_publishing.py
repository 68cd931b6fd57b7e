"""Publishing while people edit the same page: nothing of theirs is ever lost.

Neither what they have published, nor what they keep in a draft.

Here Confluence is a page in memory, which a person saves between our read and our write; the pipeline's tests publish
over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage, PageDraft, PageVersion
from common.atlassian.http_client import NotFound, RequestRefused, Unauthorized, VersionConflict
from common.domain.document import DocumentKind
from common.domain.draft import Draft
from common.domain.version_note import version_note
from handlers.approval_handler.publisher import (
    PageConflict,
    PageContended,
    PublishBlocked,
    Publisher,
    UnpublishedChanges,
)

WORDS = st.text(alphabet="abcdefgh ", min_size=1, max_size=12).map(lambda text: f"w{' '.join(text.split())}")
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
    draft: PageDraft | None = None
    older: dict[int, ConfluencePage] = field(default_factory=dict)

    def save(self, body: str, message: str, author: str = "person") -> None:
        self.older[self.page.version] = self.page
        self.page = replace(self.page, storage=body, version=self.page.version + 1)
        self.versions.insert(0, PageVersion(self.page.version, author, message))

    def messages(self) -> list[str]:
        return [version.message for version in self.versions]


class Confluence:
    """The part of Confluence that the publisher uses, in memory."""

    def __init__(self, held: PageInMemory) -> None:
        self.held = held

    def page(self, page_id: str, version: int | None = None) -> ConfluencePage:
        if version and version not in self.held.older:
            raise NotFound("GET", "/page", 404, "no such version")
        return self.held.older[version] if version else self.held.page

    def draft(self, page_id: str) -> PageDraft | None:
        return self.held.draft

    def is_us(self, account_id: str) -> bool:
        return account_id == "kinexus"

    def versions(self, page_id: str, after: int) -> tuple[PageVersion, ...]:
        return tuple(version for version in self.held.versions if version.number > after)

    def update_page(self, page: ConfluencePage, body: str, message: str) -> ConfluencePage:
        if self.held.meanwhile:
            self.held.save(self.held.meanwhile.pop(0), "by hand")
        if page.version != self.held.page.version:
            raise VersionConflict("PUT", "/page", 409, "Version must be incremented on update")
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
        storage=sf.apply(page, edits).storage,
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
    Publisher(Confluence(held)).publish(draft, version_note(draft, "Robin", "PAY-2"), lambda: None)  # type: ignore[arg-type]


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
        assert all("Kinexus" not in message for message in held.messages()), "nothing was written"
        return
    ours = paragraphs(held.page.storage)
    assert ours.count("ours, new") == 1
    theirs_last = paragraphs(saves[len(saves) - len(held.meanwhile) - 1]) if saves else mine
    replaced = texts[target % len(texts)]
    restored = [replaced if text == "ours, new" else text for text in ours]
    assert restored == theirs_last, "but for our block, the page is what the person saved last"
    assert held.messages().count("s (A-1), approved by Robin in PAY-2 · Kinexus doc-1 r1") == 1


def test_publishing_again_finds_the_existing_version() -> None:
    base = storage(["one", "two"])
    draft = draft_on(base, 0, "ours, new")
    held = PageInMemory(ConfluencePage("7", "Page", "1", None, "current", 1, "a", base, "/7"))
    published(held, draft)
    held.save(held.page.storage.replace("two", "by a person"), "by hand")
    published(held, draft)
    assert held.page.version == 3
    assert "by a person" in held.page.storage


@pytest.mark.parametrize("is_edited", [False, True])
@pytest.mark.parametrize("edit", [None, sf.Replace("1.0000000000000000-1", "x")])
def test_a_draft_whose_edits_no_longer_give_what_was_reviewed_is_a_conflict(
    edit: sf.Edit | None, is_edited: bool
) -> None:
    """Another version of Kinexus stored the draft: its edits give other content now, or cannot be applied."""
    base = storage(["one", "two"])
    draft = draft_on(base, 0, "ours, new")
    draft = replace(draft, storage=draft.storage + "<ul></ul>", edits=(edit,) if edit else draft.edits)
    held = PageInMemory(page_of(base))
    if is_edited:
        held.save(base.replace("two", "by a person"), "by hand")
    before = held.page
    with pytest.raises(PageConflict):
        published(held, draft)
    assert held.page == before
    assert draft.changes() == () if edit else len(draft.changes()) == 1


def test_endless_saves_by_people_defer_to_a_redelivery() -> None:
    base = storage(["one", "two"])
    held = PageInMemory(ConfluencePage("7", "Page", "1", None, "current", 1, "a", base, "/7"))
    held.meanwhile = [storage(["one", f"two {number}"]) for number in range(9)]
    with pytest.raises(PageContended):
        published(held, draft_on(base, 0, "ours, new"))
    assert "ours, new" not in held.page.storage


def page_of(base: str) -> ConfluencePage:
    return ConfluencePage("7", "Page", "1", None, "current", 1, "a", base, "/7")


def kept(text: str, title: str = "Page") -> PageDraft:
    return PageDraft(title, text, "person", "2026-11-22T20:58:00.123Z")


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(WORDS, min_size=2, max_size=6),
    saves=st.lists(PERSON, max_size=3),
    drafted=st.one_of(st.none(), st.integers(0, 3), PERSON),
    title=st.sampled_from(["Page", "Page", "Page, renamed"]),
)
def test_an_unpublished_draft_is_never_overridden_without_consent(
    texts: list[str],
    saves: list[list[tuple[str, int, str]]],
    drafted: int | list[tuple[str, int, str]] | None,
    title: str,
) -> None:
    """The draft is absent, a copy of a version, or a person's work on the newest version; its title may be new."""
    base = storage(texts)
    draft = draft_on(base, 0, "ours, new")
    held, mine, said = PageInMemory(page_of(base)), texts, [base]
    for actions in saves:
        mine = by_person(mine, actions)
        said.append(storage(mine))
        held.save(said[-1], "by hand")
    if isinstance(drafted, int):
        held.draft = kept(said[drafted % len(said)], title)
    elif drafted is not None:
        held.draft = kept(storage(by_person(mine, drafted)), title)
    is_work = held.draft is not None and (title != "Page" or held.draft.storage not in said)
    before = held.page.version
    try:
        published(held, draft)
    except PageConflict:
        return
    except UnpublishedChanges as found:
        assert (held.page.version, is_work) == (before, True)
        publisher = Publisher(Confluence(held))  # type: ignore[arg-type]
        publisher.publish(draft, "note", lambda: None, found.work.state)
        assert held.page.version == before + 1, "the reviewer may say that it is to be lost"
        return
    assert not is_work
    assert held.page.version == before + 1


BASE = storage(["one", "two", "three"])


@pytest.mark.parametrize(
    "same",
    [
        '<h2 local-id="1">Top</h2><p local-id="a">one</p><p local-id="b">two</p>\n<p>three</p>',
        '<h2>Top</h2><p>one</p><p><ac:inline-comment-marker ac:ref="c">two</ac:inline-comment-marker></p><p>three</p>',
        '<h2>Top</h2><p>one</p><p>t<ac:inline-comment-marker ac:ref="c">w</ac:inline-comment-marker>o</p><p>three</p>',
        "<h2>Top</h2><p>&#111;ne</p><p>two</p><p>three</p>",
    ],
    ids=["ids", "a comment marker", "a comment marker inside a word", "spelling"],
)
def test_a_draft_with_only_another_spelling_is_no_work(same: str) -> None:
    held = PageInMemory(page_of(BASE), draft=kept(same))
    published(held, draft_on(BASE, 0, "ours, new"))
    assert held.page.version == 2


@pytest.mark.parametrize(
    "work",
    [
        BASE.replace("two", "two!"),
        BASE.replace("<p>two</p>", ""),
        BASE.replace("<p>two</p>", "<p><strong>two</strong></p>"),
        "",
        "<p>half a tag",
    ],
    ids=["a word", "a deletion", "a form", "all of it deleted", "what cannot be parsed"],
)
def test_a_draft_that_says_something_else_is_work(work: str) -> None:
    held = PageInMemory(page_of(BASE), draft=kept(work))
    with pytest.raises(UnpublishedChanges) as found:
        published(held, draft_on(BASE, 0, "ours, new"))
    assert held.page.version == 1
    assert (found.value.work.author_id, found.value.work.saved_at) == ("person", "2026-11-22T20:58:00.123Z")


def test_a_draft_with_long_removed_text_is_work() -> None:
    texts = [storage([f"one {number}", "two"]) for number in range(4)]
    for kept_copy, is_work in ((0, True), (1, False), (2, False)):
        held = PageInMemory(page_of(texts[0]))
        for text in texts[1:]:
            held.save(text, "by hand")
        draft = replace(draft_on(texts[2], 1, "ours, new"), base_version=3)
        held.draft = kept(texts[kept_copy])
        if is_work:
            with pytest.raises(UnpublishedChanges):
                published(held, draft)
        else:
            published(held, draft)
        assert held.page.version == (4 if is_work else 5)


def test_a_version_published_between_the_reads_is_no_work() -> None:
    """The draft that is read is the copy of a version that came after the page was read."""
    held = PageInMemory(page_of(BASE))
    edited = BASE.replace("three", "by a person")

    class Late(Confluence):
        def draft(self, page_id: str) -> PageDraft | None:
            if held.page.version == 1:
                held.save(edited, "by hand")
                held.draft = kept(edited)
            return held.draft

    Publisher(Late(held)).publish(draft_on(BASE, 0, "ours, new"), "note", lambda: None)  # type: ignore[arg-type]
    assert ("by a person" in held.page.storage, "ours, new" in held.page.storage) == (True, True)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            Unauthorized("GET", "/page", 403, "no"),
            "is restricted. Give the Kinexus account permission to edit it",
        ),
        (
            RequestRefused("PUT", "/page", 403, "no"),
            "is restricted. Give the Kinexus account permission to edit it",
        ),
        (NotFound("PUT", "/page", 404, "no"), "may no longer edit it"),
    ],
    ids=["the draft may not be read", "the page may not be edited", "the page was hidden"],
)
def test_a_page_we_may_not_edit_blocks_publishing_temporarily(error: Exception, words: str) -> None:
    held = PageInMemory(page_of(BASE))

    class Locked(Confluence):
        def draft(self, page_id: str) -> PageDraft | None:
            if isinstance(error, Unauthorized):
                raise error
            return None

        def update_page(self, page: ConfluencePage, body: str, message: str) -> ConfluencePage:
            raise error

    with pytest.raises(PublishBlocked, match=words) as found:
        Publisher(Locked(held)).publish(draft_on(BASE, 0, "ours, new"), "note", lambda: None)  # type: ignore[arg-type]
    assert not found.value.final
