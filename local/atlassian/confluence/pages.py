"""The state of the simulated Confluence: spaces and pages with versions, drafts, labels, properties, restrictions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from local.atlassian.accounts import Account
from local.atlassian.clock import Clock
from local.atlassian.confluence.attachments import StoredAttachment
from local.atlassian.confluence.containers import StoredContainer
from local.atlassian.confluence.properties import Property
from local.atlassian.confluence.search_index import SearchIndex
from local.atlassian.confluence.storage_adf import unsupported_shapes
from local.atlassian.confluence.storage_check import (
    MAX_BYTES,
    InvalidStorage,
    as_saved,
    check_storage,
    text_of,
)
from local.atlassian.errors import ConfluenceRefusal

TITLE_TAKEN = "A page with this title already exists: A page already exists with the same TITLE in this space"


@dataclass(frozen=True)
class StoredVersion:
    """One version of a page; `lost` is what its conversion to ADF loses (see lossy_conversion)."""

    number: int
    created: datetime
    author: Account
    message: str
    minor: bool
    title: str
    storage: str
    lost: frozenset[str] = frozenset()


@dataclass(frozen=True)
class UnpublishedDraft:
    """A page's unpublished draft; after publishing, Confluence keeps it as a copy of the published version."""

    saved: datetime
    author: Account
    title: str
    storage: str


@dataclass
class StoredPage:
    """A page; `status` is current, archived or trashed.

    `readers` and `editors` are the account ids that may view or edit it; empty means everyone. `draft` is None until a
    draft is saved. A live doc (`is_live`) has no publishing step, so it has no draft.
    """

    id: str
    space_id: str
    parent_id: str | None
    status: str
    author: Account
    created: datetime
    position: int
    versions: list[StoredVersion] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    readers: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    draft: UnpublishedDraft | None = None
    is_live: bool = False

    @property
    def current(self) -> StoredVersion:
        """Return the newest version."""
        return self.versions[-1]

    @property
    def title(self) -> str:
        """Return the newest title."""
        return self.versions[-1].title

    def admits(self, account: Account) -> bool:
        """Return whether the page's own view restriction allows an account; `may_view` checks ancestors too."""
        return not self.readers or account.account_id in self.readers or account.admin


@dataclass
class StoredSpace:
    """A space; `homepage_id` is the root of its tree, `writers` may create pages (empty: everyone).

    A personal space has a key of "~" and its owner's account id without signs, and only its owner may create pages.
    """

    id: str
    key: str
    name: str
    homepage_id: str
    author: Account
    created: datetime
    writers: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Return the type: personal or global."""
        return "personal" if self.key.startswith("~") else "global"

    def takes_pages_of(self, account: Account) -> bool:
        """Return whether an account may create pages."""
        return not self.writers or account.account_id in self.writers


Place = StoredPage | StoredContainer
P = TypeVar("P", bound=Place)


class PageStore:
    """All pages of the site; each change is sent to the search index, which shows it after the lag.

    With `strict`, a body is refused that adds content which the new editor cannot hold at its place. Confluence itself
    accepts it and stores it as a macro that the editor cannot change. `conversion_loses` are the kinds of content that
    get lost when an app saves a page (see lossy_conversion).
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.spaces: dict[str, StoredSpace] = {}
        self.pages: dict[str, StoredPage] = {}
        self.containers: dict[str, StoredContainer] = {}
        self.index = SearchIndex()
        self.strict = False
        self.conversion_loses: frozenset[str] = frozenset()
        self.attachments: dict[str, StoredAttachment] = {}
        self._titles: dict[tuple[str, str], str] = {}
        self._next = 65_536
        self._positions = 0

    def new_id(self) -> str:
        """Return an unused content id."""
        self._next += 32_768
        return str(self._next)

    def add_space(self, key: str, name: str, author: Account, storage: str = "<p />") -> StoredSpace:
        """Create a space with its homepage, which has the space's name as title."""
        space = StoredSpace(self.new_id(), key, name, "", author, self.clock.now())
        self.spaces[space.id] = space
        space.homepage_id = self.create(author, space.id, name, storage, None).id
        return space

    def add_personal_space(self, owner: Account) -> StoredSpace:
        """Create a person's own space."""
        key = "~" + "".join(sign for sign in owner.account_id if sign.isalnum())
        space = self.add_space(key, owner.display_name, owner)
        space.writers = (owner.account_id,)
        return space

    def space_by_key(self, key: str) -> StoredSpace | None:
        """Return a space by its key, in any case."""
        return next((each for each in self.spaces.values() if each.key.upper() == key.upper()), None)

    def get(self, page_id: str, account: Account) -> StoredPage:
        """Return a page that the account may view; raises 404 otherwise."""
        return self._visible(self.pages.get(page_id), page_id, account)

    def container(self, container_id: str, kind: str, account: Account) -> StoredContainer:
        """Return a container of a kind that the account may view; raises 404 otherwise."""
        held = self.containers.get(container_id)
        return self._visible(held if held and held.kind == kind else None, container_id, account)

    def place(self, content_id: str, account: Account) -> Place:
        """Return a page or a container that the account may view; raises 404 otherwise."""
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
        """Return the type of a page or container, None for an unknown id."""
        held = self._place(content_id)
        return held.kind if isinstance(held, StoredContainer) else "page" if held else None

    def create(
        self, author: Account, space_id: str, title: str, storage: str, parent_id: str | None
    ) -> StoredPage:
        """Create a page; without a parent it is placed below the space's homepage."""
        space = self.spaces.get(space_id)
        if space is None:
            raise ConfluenceRefusal(404, f"Unable to find space with id '{space_id}'")
        if not space.takes_pages_of(author):
            raise ConfluenceRefusal(
                403, "The calling user does not have permission to create content in the space"
            )
        title = self._free_title(space_id, title, None)
        self._check(storage)
        self._check_shapes(storage, "")
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
        page.versions.append(StoredVersion(1, now, author, "", False, title, as_saved(storage, page.id, 1)))
        self.pages[page.id] = page
        self._titles[space_id, title.casefold()] = page.id
        self.reindex(page)
        return page

    def add_container(
        self, author: Account, kind: str, space_id: str, title: str, parent_id: str | None = None
    ) -> StoredContainer:
        """Create a folder or another container; without a parent it is placed below the space's homepage."""
        space = self.spaces.get(space_id)
        if space is None or not space.takes_pages_of(author):
            raise ConfluenceRefusal(404, f"Unable to find space with id '{space_id}'")
        self._check_parent(parent_id, space_id, author)
        self._positions += 1
        above = parent_id or space.homepage_id or None
        held = StoredContainer(
            self.new_id(), kind, space_id, above, title, author, self.clock.now(), self._positions
        )
        self.containers[held.id] = held
        return held

    def remove_container(self, held: StoredContainer) -> None:
        """Delete a container; its children move up to its parent."""
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
        """Save a new version; raises 409 unless its number is the next one, 403 without permission to edit.

        A person's edit is saved by the new editor, which adds ids to the whole page; an app's body is not changed so.
        The page's draft is lost, as Confluence documents: the draft becomes a copy of the new version.
        """
        self._may_edit(page, author)
        if number != page.current.number + 1:
            raise ConfluenceRefusal(
                409, f"Version must be incremented on update. Current version is: {page.current.number}"
            )
        title = self._free_title(page.space_id, title, page)
        self._check(storage)
        self._check_shapes(storage, page.current.storage)
        self._rename(page, title)
        in_editor = is_edited and author.account_type == "atlassian"
        saved = as_saved(storage, page.id, number, in_editor=in_editor)
        lost = frozenset() if in_editor else self.conversion_loses
        page.versions.append(
            StoredVersion(number, self.clock.now(), author, message, minor, title, saved, lost)
        )
        if page.draft:
            page.draft = UnpublishedDraft(page.current.created, author, title, page.current.storage)
        self.reindex(page)

    def keep_draft(self, author: Account, page: StoredPage, title: str, storage: str) -> UnpublishedDraft:
        """Save a person's unpublished draft; it replaces an earlier draft."""
        self._may_edit(page, author)
        if page.is_live:
            raise ConfluenceRefusal(400, "A live doc has no draft")
        self._check(storage)
        stored = as_saved(storage, page.id, page.current.number)
        page.draft = UnpublishedDraft(self.clock.now(), author, title, stored)
        return page.draft

    def discard_draft(self, author: Account, page: StoredPage) -> None:
        """Delete the unpublished draft."""
        self._may_edit(page, author)
        page.draft = None

    def retitle(self, author: Account, page: StoredPage, title: str) -> None:
        """Change the title of a page, as a new version."""
        self.update(author, page, title, page.current.storage, page.current.number + 1, is_edited=False)

    def move(self, page: StoredPage, parent_id: str, account: Account) -> None:
        """Move a page below another parent in the same space."""
        parent = self.place(parent_id, account)
        if parent.space_id != page.space_id:
            raise ConfluenceRefusal(400, "The parent must be in the same space")
        if any(each is page for each in (parent, *self.ancestors(parent))):
            raise ConfluenceRefusal(400, "A page cannot be moved below itself")
        page.parent_id = parent_id
        self.reindex(page)

    def transfer(self, page: StoredPage, target: Place) -> None:
        """Move a page with its descendants below a place in another space; raises 400 when a title is taken there."""
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
        """Archive, trash or restore a page; the title of a trashed page becomes free."""
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
        """Delete a trashed page permanently."""
        del self.pages[page.id]
        self.index.remove(page.id, self.clock.peek())

    def _places(self) -> list[Place]:
        return [*self.pages.values(), *self.containers.values()]

    def below(self, place: Place) -> list[Place]:
        """List the child pages and containers, in their order."""
        found = [each for each in self._places() if each.parent_id == place.id and each.status != "trashed"]
        return sorted(found, key=lambda each: each.position)

    def children(self, place: Place) -> list[StoredPage]:
        """List the child pages, in their order."""
        return [each for each in self.below(place) if isinstance(each, StoredPage)]

    def ancestors(self, place: Place) -> list[Place]:
        """List the ancestors, the highest first."""
        found: list[Place] = []
        above = self._place(place.parent_id)
        while above is not None:
            found.insert(0, above)
            above = self._place(above.parent_id)
        return found

    def may_view(self, place: Place, account: Account) -> bool:
        """Return whether an account may view a place, considering the restrictions of all ancestors."""
        return place.admits(account) and all(above.admits(account) for above in self.ancestors(place))

    def may_edit(self, place: Place, account: Account) -> bool:
        """Return whether an account may edit a place; edit restrictions are not inherited."""
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
        """Send the current page to the search index; a search finds it after the lag."""
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

    def _check_shapes(self, storage: str, before: str) -> None:
        """In strict mode, refuse what the new editor cannot hold, except shapes that the page has already."""
        added = unsupported_shapes(storage) - unsupported_shapes(before) if self.strict else None
        if added:
            raise ConfluenceRefusal(
                400, f"The new editor cannot hold this content: {', '.join(sorted(added))}"
            )

    @staticmethod
    def _check(storage: str) -> None:
        if len(storage.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise ConfluenceRefusal(413, "The content body is too large: at most 5 MB are allowed.")
        try:
            check_storage(storage)
        except InvalidStorage as error:
            raise ConfluenceRefusal(400, str(error)) from error
