"""A subset of CQL over the simulated pages.

Fields: title, text, siteSearch (`~`, `!~`; title also `=`, `!=`), space, type, label, ancestor, parent, id, content,
creator, contributor (`=`, `!=`, IN, NOT IN), created, lastmodified (comparisons). AND, OR, NOT, parentheses, ORDER BY.
A query may not begin with a negative clause. Without ORDER BY the best scores come first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local.atlassian.accounts import Account
from local.atlassian.confluence.lucene_terms import TermQuery
from local.atlassian.confluence.pages import PageStore, StoredPage
from local.atlassian.query_tokenizer import Cursor, QueryError, words_of

TITLE_WEIGHT, TEXT_WEIGHT = 2.0, 1.0
_TEXTS = {"title": ("title",), "text": ("text",), "sitesearch": ("text",)}
_IDS = frozenset(
    {"space", "space.key", "type", "label", "ancestor", "parent", "id", "content", "creator", "contributor"}
)
_DATES = frozenset({"created", "lastmodified"})
_ORDERS = frozenset({"title", "created", "lastmodified", "id", "space", "relevance"})
_RELATIVE = re.compile(r"now\(\s*[\"']?(?:-(\d+)([dwhmMy]))?[\"']?\s*\)\Z")
Ids = frozenset[str]


@dataclass(frozen=True)
class Match:
    """A matching page with its score (higher is better)."""

    page: StoredPage
    score: float


@dataclass(frozen=True)
class Results:
    """The matches of a query, best first, and the stems that were searched for, to highlight in excerpts."""

    matches: tuple[Match, ...]
    stems: frozenset[str]


class _Search:
    def __init__(self, store: PageStore, account: Account, cql: str, now: datetime) -> None:
        self.store, self.index, self.now = store, store.index, now
        self.cursor = Cursor(words_of(cql))
        self.visible: Ids = frozenset(
            page.id
            for page in store.visible_to(account)
            if page.status == "current" and page.id in self.index.titles
        )
        self.stems: set[tuple[str, str]] = set()
        self.account = account

    def run(self) -> list[Match]:
        first = self.cursor.peek()
        if first is None:
            raise QueryError("a query is required")
        found = self._either(first_clause=True) if not first.is_word("ORDER") else self.visible
        orders = self._orders()
        rest = self.cursor.peek()
        if rest is not None:
            raise QueryError(f"unexpected {rest.value!r} at character {rest.position + 1}")
        matches = [Match(self.store.pages[each], self._score(each)) for each in found]
        matches.sort(key=lambda match: (-match.score, int(match.page.id)))
        for name, descending in reversed(orders):
            matches.sort(
                key=lambda match, name=name: _order_key(match, name),  # type: ignore[misc]
                reverse=descending,
            )
        return matches

    def _orders(self) -> list[tuple[str, bool]]:
        orders: list[tuple[str, bool]] = []
        if self.cursor.accept_word("ORDER"):
            if not self.cursor.accept_word("BY"):
                raise QueryError("expected BY after ORDER")
            while True:
                name = self.cursor.take().value.lower()
                if name not in _ORDERS:
                    raise QueryError(f"cannot order by {name!r}")
                descending = self.cursor.accept_word("DESC")
                if not descending:
                    self.cursor.accept_word("ASC")
                orders.append((name, descending))
                if not self.cursor.accept_sign(","):
                    break
        return orders

    def _score(self, page_id: str) -> float:
        return round(
            sum(
                (TITLE_WEIGHT if field == "title" else TEXT_WEIGHT) * self.index.score(field, stem, page_id)
                + (TITLE_WEIGHT * self.index.score("title", stem, page_id) if field == "text" else 0.0)
                for field, stem in self.stems
            ),
            4,
        )

    def _either(self, *, first_clause: bool = False) -> Ids:
        found = self._all(first_clause=first_clause)
        while self.cursor.accept_word("OR"):
            found |= self._all(first_clause=False)
        return found

    def _all(self, *, first_clause: bool) -> Ids:
        found = self._one(first_clause=first_clause)
        while True:
            if self.cursor.accept_word("AND"):
                found &= self._one(first_clause=False)
            else:
                word = self.cursor.peek()
                if word is None or not word.is_word("NOT"):
                    return found
                found &= self._one(first_clause=False)

    def _one(self, *, first_clause: bool) -> Ids:
        if self.cursor.accept_word("NOT"):
            if first_clause:
                raise QueryError("a query may not begin with a negative clause")
            return self.visible - self._one(first_clause=False)
        if self.cursor.accept_sign("("):
            found = self._either(first_clause=first_clause)
            self.cursor.expect_sign(")")
            return found
        return self._clause(first_clause=first_clause)

    def _clause(self, *, first_clause: bool) -> Ids:
        word = self.cursor.take()
        name = word.value.lower()
        if word.kind != "word" or name not in _TEXTS.keys() | _IDS | _DATES:
            raise QueryError(f"No field exists with name: {word.value}")
        negative = self.cursor.accept_word("NOT")
        if self.cursor.accept_word("IN"):
            sign, values = ("!=" if negative else "="), self._list()
        else:
            operator = self.cursor.take()
            if negative or operator.kind != "sign" or operator.value in "(),":
                raise QueryError(f"expected an operator after {name!r}")
            sign, values = operator.value, [self._value()]
        if first_clause and sign.startswith("!"):
            raise QueryError("a query may not begin with a negative clause")
        return self._evaluate(name, sign, values)

    def _list(self) -> list[str]:
        self.cursor.expect_sign("(")
        values = [self._value()]
        while self.cursor.accept_sign(","):
            values.append(self._value())
        self.cursor.expect_sign(")")
        return values

    def _value(self) -> str:
        word = self.cursor.take()
        if word.kind == "sign":
            raise QueryError(f"expected a value before {word.value!r}")
        if word.kind == "word" and self.cursor.accept_sign("("):
            argument = "" if self.cursor.accept_sign(")") else self.cursor.take().value
            if argument:
                self.cursor.expect_sign(")")
            return f"{word.value}({argument})"
        return word.value

    def _evaluate(self, name: str, sign: str, values: list[str]) -> Ids:
        if sign in {"~", "!~"}:
            if name not in _TEXTS:
                raise QueryError(f"The operator {sign} is not supported by the field {name}")
            matched: Ids = frozenset()
            for field in _TEXTS[name]:
                found = TermQuery(self.index, field, values[0]).run()
                matched |= found.pages
                if sign == "~":
                    self.stems |= found.stems
            return matched & self.visible if sign == "~" else self.visible - matched
        if name in {"text", "sitesearch"}:
            raise QueryError(f"The operator {sign} is not supported by the field {name}")
        if name in _DATES:
            moment = _moment(values[0], self.now)
            return frozenset(
                each for each in self.visible if _compares(_date(self.store.pages[each], name), sign, moment)
            )
        if sign not in {"=", "!="}:
            raise QueryError(f"The operator {sign} is not supported by the field {name}")
        wanted = {value.casefold() for value in values}
        test = self._tests(wanted)[name]
        matched = frozenset(each for each in self.visible if test(self.store.pages[each]))
        return matched if sign == "=" else self.visible - matched

    def _tests(self, wanted: set[str]) -> dict[str, Callable[[StoredPage], bool]]:
        store = self.store
        titles = {value.strip('"') for value in wanted}
        mine = self.account.account_id.casefold()
        people = {mine if value == "currentuser()" else value for value in wanted}
        key = {space.id: space.key.casefold() for space in store.spaces.values()}
        return {
            "title": lambda page: self.index.titles[page.id].casefold() in titles,
            "space": lambda page: key[page.space_id] in wanted,
            "space.key": lambda page: key[page.space_id] in wanted,
            "type": lambda page: "page" in wanted,
            "label": lambda page: any(label in wanted for label in self.index.labels[page.id]),
            "id": lambda page: page.id in wanted,
            "content": lambda page: page.id in wanted,
            "parent": lambda page: page.parent_id in wanted,
            "ancestor": lambda page: any(above.id in wanted for above in store.ancestors(page)),
            "creator": lambda page: page.author.account_id.casefold() in people,
            "contributor": lambda page: any(v.author.account_id.casefold() in people for v in page.versions),
        }


def search(
    store: PageStore, account: Account, cql: str, *, now: datetime, indexed_until: datetime
) -> Results:
    """Return the matching current pages that the account may view; raises QueryError for invalid CQL."""
    store.index.settle(indexed_until)
    query = _Search(store, account, cql, now)
    matches = query.run()
    return Results(tuple(matches), frozenset(stem for _, stem in query.stems))


def _date(page: StoredPage, name: str) -> datetime:
    return page.created if name == "created" else page.current.created


def _order_key(match: Match, name: str) -> str | float | int:
    if name in _DATES:
        return _date(match.page, name).timestamp()
    keys: dict[str, str | float | int] = {
        "title": match.page.title.casefold(),
        "id": int(match.page.id),
        "space": match.page.space_id,
        "relevance": match.score,
    }
    return keys[name]


def _moment(value: str, now: datetime) -> datetime:
    relative = _RELATIVE.match(value)
    if relative:
        days = {"h": 1 / 24, "d": 1, "w": 7, "m": 1 / 1440, "M": 30, "y": 365}.get(relative[2] or "d", 1)
        return now - timedelta(days=days * int(relative[1] or 0))
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"):
        try:
            return datetime.strptime(value, pattern).replace(tzinfo=UTC)
        except ValueError:  # let go: the next format is tried, and QueryError raised after the last
            continue
    raise QueryError(f"Could not parse date: {value}")


def _compares(held: datetime, sign: str, wanted: datetime) -> bool:
    if sign in {"=", "!="}:
        return (held.date() == wanted.date()) == (sign == "=")
    return {">": held > wanted, ">=": held >= wanted, "<": held < wanted, "<=": held <= wanted}[sign]
