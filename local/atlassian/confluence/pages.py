"""The Confluence side's state: spaces and pages with versions, drafts, labels, properties and restrictions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from local.atlassian.accounts import Account
from local.atlassian.clock import Clock
from local.atlassian.confluence.containers import Container
from local.atlassian.confluence.search_index import SearchIndex
from local.atlassian.confluence.storage_check import (
    MAX_BYTES,
    MalformedStorage,
    as_saved,
    check_storage,
    text_of,
)
from local.atlassian.errors import ConfluenceRefusal

TITLE_TAKEN = "A page with this title already exists: A page already exists with the same TITLE in this space"


@dataclass(frozen=True)
class Version:
    """One saved state of a page."""

    number: int
    created: datetime
    author: Account
    message: str
    minor: bool
    title: str
    storage: str


@dataclass(frozen=True)
class UnpublishedDraft:
    """What people have written on a page and not published; Confluence keeps the copy after it is published."""

    saved: datetime
    author: Account
    title: str
    storage: str


@dataclass
class Property:
    """A content property with its own version."""

    id: str
    key: str
    value: Any
    number: int
    created: datetime
    author: Account
    message: str = ""


@dataclass
class StoredPage:
    """A page; `status` is current, archived or trashed.

    `readers` and `editors` are account ids; empty means everyone may view, or edit, it. `draft` is None until someone
    keeps a draft. A live doc (`is_live`) has no publishing step, and so no draft.
    """

    id: str
    space_id: str
    parent_id: str | None
    status: str
    author: Account
    created: datetime
    position: int
    versions: list[Version] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    readers: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    draft: UnpublishedDraft | None = None
    is_live: bool = False

    @property
    def current(self) -> Version:
        """Return the newest version."""
        return self.versions[-1]

    @property
    def title(self) -> str:
        """Return the newest title."""
        return self.versions[-1].title

    def admits(self, account: Account) -> bool:
        """Tell whether the page's own view restriction lets an account in; those above count too (`may_view`)."""
        return not self.readers or account.account_id in self.readers or account.admin


@dataclass
class Space:
    """A space; `homepage_id` is the root of its tree, `writers` are who may create pages (empty: everyone)."""

    id: str
    key: str
    name: str
    homepage_id: str
    author: Account
    created: datetime
    writers: tuple[str, ...] = ()

    def takes_pages_of(self, account: Account) -> bool:
        """Tell whether an account may create pages."""
        return not self.writers or account.account_id in self.writers


Place = StoredPage | Container
P = TypeVar("P", bound=Place)


class PageStore:
    """All pages of the site; each change goes to the search index, which shows it later."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.spaces: dict[str, Space] = {}
        self.pages: dict[str, StoredPage] = {}
        self.containers: dict[str, Container] = {}
        self.index = SearchIndex()
        self._titles: dict[tuple[str, str], str] = {}
        self._next = 65_536
        self._positions = 0

    def new_id(self) -> str:
        """Return a content id that nothing has yet."""
        self._next += 32_768
        return str(self._next)

    def add_space(self, key: str, name: str, author: Account, storage: str = "<p />") -> Space:
        """Create a space with its homepage, which is called as the space."""
        space = Space(self.new_id(), key, name, "", author, self.clock.now())
        self.spaces[space.id] = space
        space.homepage_id = self.create(author, space.id, name, storage, None).id
        return space

    def space_by_key(self, key: str) -> Space | None:
        """Return a space by its key, in any case."""
        return next((each for each in self.spaces.values() if each.key.upper() == key.upper()), None)

    def get(self, page_id: str, account: Account) -> StoredPage:
        """Return a page that the account may view; 404 otherwise."""
        return self._visible(self.pages.get(page_id), page_id, account)

    def container(self, container_id: str, kind: str, account: Account) -> Container:
        """Return a container of a kind that the account may view; 404 otherwise."""
        held = self.containers.get(container_id)
        return self._visible(held if held and held.kind == kind else None, container_id, account)

    def place(self, content_id: str, account: Account) -> Place:
        """Return a page or a container that the account may view; 404 otherwise."""
        return self._visible(self._place(content_id), content_id, account)

    def _place(self, content_id: str | None) -> Place | None:
        return self.pages.get(content_id or "") or self.containers.get(content_id or "")

    def _visible(self, held: P | None, content_id: str, account: Account) -> P:
        if held is None or not self.may_view(held, account):
            raise ConfluenceRefusal(
                404,
                f"Cannot find content with id '{content_id}', or the calling user does not have "
                "permission to view the content",
            )
        return held

    def kind_of(self, content_id: str | None) -> str | None:
        """Return the type of a place in the tree, None for no place."""
        held = self._place(content_id)
        return held.kind if isinstance(held, Container) else "page" if held else None

    def create(
        self, author: Account, space_id: str, title: str, storage: str, parent_id: str | None
    ) -> StoredPage:
        """Create a page; without a parent it hangs under the space's homepage."""
        space = self.spaces.get(space_id)
        if space is None:
            raise ConfluenceRefusal(404, f"Unable to find space with id '{space_id}'")
        if not space.takes_pages_of(author):
            raise ConfluenceRefusal(
                403, "The calling user does not have permission to create content in the space"
            )
        title = self._free_title(space_id, title, None)
        self._check(storage)
        self._check_parent(parent_id, space_id, author)
        now = self.clock.now()
        self._positions += 1
        page = StoredPage(
            self.new_id(),
            space_id,
            parent_id or space.homepage_id or None,
            "current",
            author,
            now,
            self._positions,
        )
        page.versions.append(Version(1, now, author, "", False, title, as_saved(storage, page.id, 1)))
        self.pages[page.id] = page
        self._titles[space_id, title.casefold()] = page.id
        self.reindex(page)
        return page

    def add_container(
        self, author: Account, kind: str, space_id: str, title: str, parent_id: str | None = None
    ) -> Container:
        """Create a folder or another container; without a parent it hangs under the space's homepage."""
        space = self.spaces.get(space_id)
        if space is None or not space.takes_pages_of(author):
            raise ConfluenceRefusal(404, f"Unable to find space with id '{space_id}'")
        self._check_parent(parent_id, space_id, author)
        self._positions += 1
        above = parent_id or space.homepage_id or None
        held = Container(
            self.new_id(), kind, space_id, above, title, author, self.clock.now(), self._positions
        )
        self.containers[held.id] = held
        return held

    def remove_container(self, held: Container) -> None:
        """Delete a container; what hangs below it moves up."""
        for below in self.below(held):
            below.parent_id = held.parent_id
        del self.containers[held.id]

    def _check_parent(self, parent_id: str | None, space_id: str, account: Account) -> None:
        if parent_id is None:
            return
        parent = self.place(parent_id, account)
        if parent.space_id != space_id or parent.status != "current":
            raise ConfluenceRefusal(
                400, f"Parent page with id '{parent_id}' is not in the same space, or not current"
            )

    def update(
        self,
        author: Account,
        page: StoredPage,
        title: str,
        storage: str,
        number: int,
        message: str = "",
        minor: bool = False,
        *,
        is_edited: bool = True,
    ) -> None:
        """Save a new version; 409 unless its number is one more than the present, 403 without the right to edit.

        What a person edits is saved by the new editor, which stamps ids on the whole page; an app's body is not.
        What stood in the page's draft is lost, as Confluence says may happen: the draft becomes a copy of the version.
        """
        self._may_edit(page, author)
        if number != page.current.number + 1:
            raise ConfluenceRefusal(
                409, f"Version must be incremented on update. Current version is: {page.current.number}"
            )
        title = self._free_title(page.space_id, title, page)
        self._check(storage)
        self._rename(page, title)
        in_editor = is_edited and author.account_type == "atlassian"
        saved = as_saved(storage, page.id, number, in_editor=in_editor)
        page.versions.append(Version(number, self.clock.now(), author, message, minor, title, saved))
        if page.draft:
            page.draft = UnpublishedDraft(page.current.created, author, title, page.current.storage)
        self.reindex(page)

    def keep_draft(self, author: Account, page: StoredPage, title: str, storage: str) -> UnpublishedDraft:
        """Keep what a person has written and not published, in place of the draft that there was."""
        self._may_edit(page, author)
        if page.is_live:
            raise ConfluenceRefusal(400, "A live doc has no draft")
        self._check(storage)
        stored = as_saved(storage, page.id, page.current.number)
        page.draft = UnpublishedDraft(self.clock.now(), author, title, stored)
        return page.draft

    def discard_draft(self, author: Account, page: StoredPage) -> None:
        """Forget what was written and not published."""
        self._may_edit(page, author)
        page.draft = None

    def retitle(self, author: Account, page: StoredPage, title: str) -> None:
        """Give a page another title as a version of its own."""
        self.update(author, page, title, page.current.storage, page.current.number + 1, is_edited=False)

    def move(self, page: StoredPage, parent_id: str, account: Account) -> None:
        """Hang a page under another parent of the same space."""
        parent = self.place(parent_id, account)
        if parent.space_id != page.space_id:
            raise ConfluenceRefusal(400, "The parent must be in the same space")
        if any(each is page for each in (parent, *self.ancestors(parent))):
            raise ConfluenceRefusal(400, "A page cannot be moved below itself")
        page.parent_id = parent_id
        self.reindex(page)

    def transfer(self, page: StoredPage, target: Place) -> None:
        """Move a page with all below it under a page of another space; 400 where a title is taken there."""
        moved: list[Place] = [page]
        for each in moved:
            moved += self.below(each)
        pages = [each for each in moved if isinstance(each, StoredPage)]
        for each in pages:
            self._free_title(target.space_id, each.title, each)
        for each in pages:
            self._titles.pop((each.space_id, each.title.casefold()), None)
            self._titles[target.space_id, each.title.casefold()] = each.id
        for each in moved:
            each.space_id = target.space_id
        page.parent_id = target.id

    def set_status(self, page: StoredPage, status: str) -> None:
        """Archive, trash or restore a page; a trashed page's title is free again."""
        key = (page.space_id, page.title.casefold())
        if status == "trashed":
            if self._titles.get(key) == page.id:
                del self._titles[key]
            for child in self.below(page):
                child.parent_id = page.parent_id
        elif page.status == "trashed":
            self._free_title(page.space_id, page.title, page)
            self._titles[key] = page.id
        page.status = status
        self.reindex(page)

    def purge(self, page: StoredPage) -> None:
        """Delete a trashed page for good."""
        del self.pages[page.id]
        self.index.remove(page.id, self.clock.peek())

    def _places(self) -> list[Place]:
        return [*self.pages.values(), *self.containers.values()]

    def below(self, place: Place) -> list[Place]:
        """List the pages and containers right below, in their order."""
        found = [each for each in self._places() if each.parent_id == place.id and each.status != "trashed"]
        return sorted(found, key=lambda each: each.position)

    def children(self, place: Place) -> list[StoredPage]:
        """List the pages right below, in their order."""
        return [each for each in self.below(place) if isinstance(each, StoredPage)]

    def ancestors(self, place: Place) -> list[Place]:
        """List what is above in the tree, the highest first."""
        found: list[Place] = []
        above = self._place(place.parent_id)
        while above is not None:
            found.insert(0, above)
            above = self._place(above.parent_id)
        return found

    def may_view(self, place: Place, account: Account) -> bool:
        """Tell whether an account may view a place: restrictions of all above hold for it too."""
        return place.admits(account) and all(above.admits(account) for above in self.ancestors(place))

    def may_edit(self, place: Place, account: Account) -> bool:
        """Tell whether an account may edit a place; this restriction is the place's own."""
        return self.may_view(place, account) and (
            not place.editors or account.account_id in place.editors or account.admin
        )

    def _may_edit(self, page: StoredPage, account: Account) -> None:
        if not self.may_edit(page, account):
            raise ConfluenceRefusal(403, f"User does not have permission to edit content with id '{page.id}'")

    def visible_to(self, account: Account) -> list[StoredPage]:
        """List every page that an account may view."""
        if not any(place.readers for place in self._places()):
            return list(self.pages.values())
        return [page for page in self.pages.values() if self.may_view(page, account)]

    def reindex(self, page: StoredPage) -> None:
        """Tell the search index about the page as it is now; a search sees it after the lag."""
        version = page.current
        self.index.add(
            page.id, version.title, lambda: text_of(version.storage), tuple(page.labels), self.clock.peek()
        )

    def _rename(self, page: StoredPage, title: str) -> None:
        self._titles.pop((page.space_id, page.title.casefold()), None)
        self._titles[page.space_id, title.casefold()] = page.id

    def _free_title(self, space_id: str, title: str, page: StoredPage | None) -> str:
        title = title.strip()
        if not title:
            raise ConfluenceRefusal(400, "A title is required.")
        if len(title) > 255:
            raise ConfluenceRefusal(400, "Title cannot be longer than 255 characters.")
        holder = self._titles.get((space_id, title.casefold()))
        if holder is not None and (page is None or holder != page.id):
            raise ConfluenceRefusal(400, TITLE_TAKEN)
        return title

    @staticmethod
    def _check(storage: str) -> None:
        if len(storage.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise ConfluenceRefusal(413, "The content body is too large: at most 5 MB are allowed.")
        try:
            check_storage(storage)
        except MalformedStorage as error:
            raise ConfluenceRefusal(400, str(error)) from error
