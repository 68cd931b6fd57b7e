"""A subset of JQL, sufficient for webhook filters, the sweep, and the searches in Kinexus and its README.

Fields: project, key/issue/id, status, statusCategory, labels, issuetype/type, component, priority, resolution,
assignee, reporter, creator, summary, description, text, created, updated, resolved/resolutiondate.
Operators: = != ~ !~ > >= < <= IN, NOT IN, IS [NOT] EMPTY/NULL; AND, OR, NOT, parentheses; ORDER BY.
Functions: now(), startOfDay(), currentUser(), linkedIssues(KEY). Relative dates: -30d, -2h.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.atlassian.accounts import Account
from local.atlassian.documents.adf_wiki import to_wiki
from local.atlassian.jira import workflow
from local.atlassian.jira.issue import Fields, Issue
from local.atlassian.query_tokenizer import Cursor, QueryError, Word, words_of

_RELATIVE = re.compile(r"([+-]?)(\d+)([wdhm])\Z")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_TERM = re.compile(r"\w+")
_DATES = frozenset({"created", "updated", "resolved", "resolutiondate"})
_TEXTS = frozenset({"summary", "description", "text"})
_SETS = frozenset({"labels", "component", "components"})
_PLAIN = frozenset(
    {
        "project",
        "key",
        "issue",
        "issuekey",
        "id",
        "status",
        "statuscategory",
        "issuetype",
        "type",
        "priority",
        "resolution",
        "assignee",
        "reporter",
        "creator",
    }
)


@dataclass(frozen=True)
class View:
    """An issue as a query sees it: the issue, and its fields, either current or as the index holds them."""

    issue: Issue
    fields: Fields


@dataclass(frozen=True)
class QueryContext:
    """The context of a query: current time, calling account and linked issues."""

    now: datetime
    account: Account
    linked: Callable[[str], frozenset[str]]


Test = Callable[[View, QueryContext], bool]


@dataclass(frozen=True)
class Query:
    """A parsed query: its test, its sort order, and whether it has a restriction."""

    test: Test
    order: tuple[tuple[str, bool], ...]
    bounded: bool

    def sorted(self, views: Iterable[View]) -> list[View]:
        """Sort matching issues; without ORDER BY the newest first."""
        result = sorted(views, key=lambda view: int(view.issue.id), reverse=True)
        for name, descending in reversed(self.order):
            result.sort(key=lambda view, name=name: _sort_key(view, name), reverse=descending)  # type: ignore[misc]
        return result


def parse(jql: str) -> Query:
    """Parse a query; raises QueryError with a message like Jira's."""
    cursor = Cursor(words_of(jql))
    first = cursor.peek()
    bounded = first is not None and not first.is_word("ORDER")
    test = _either(cursor) if bounded else (lambda view, context: True)
    order: list[tuple[str, bool]] = []
    if cursor.accept_word("ORDER"):
        if not cursor.accept_word("BY"):
            raise QueryError("expected BY after ORDER")
        while True:
            name = cursor.take().value.lower()
            descending = cursor.accept_word("DESC")
            if not descending:
                cursor.accept_word("ASC")
            order.append((_known(name), descending))
            if not cursor.accept_sign(","):
                break
    rest = cursor.peek()
    if rest is not None:
        raise QueryError(f"expecting either 'OR' or 'AND' but got '{rest.value}'")
    return Query(test, tuple(order), bounded)


def _known(name: str) -> str:
    if name not in _DATES | _TEXTS | _SETS | _PLAIN:
        raise QueryError(f"Field '{name}' does not exist or you do not have permission to view it.")
    return name


def _either(cursor: Cursor) -> Test:
    tests = [_all(cursor)]
    while cursor.accept_word("OR"):
        tests.append(_all(cursor))
    return tests[0] if len(tests) == 1 else lambda view, context: any(test(view, context) for test in tests)


def _all(cursor: Cursor) -> Test:
    tests = [_one(cursor)]
    while cursor.accept_word("AND"):
        tests.append(_one(cursor))
    return tests[0] if len(tests) == 1 else lambda view, context: all(test(view, context) for test in tests)


def _one(cursor: Cursor) -> Test:
    if cursor.accept_word("NOT"):
        inner = _one(cursor)
        return lambda view, context: not inner(view, context)
    if cursor.accept_sign("("):
        inner = _either(cursor)
        cursor.expect_sign(")")
        return inner
    return _clause(cursor)


def _clause(cursor: Cursor) -> Test:
    word = cursor.take()
    if word.kind == "sign":
        raise QueryError(f"unexpected {word.value!r}")
    name = _known(word.value.lower())
    if cursor.accept_word("IS"):
        negated = cursor.accept_word("NOT")
        if not cursor.accept_word("EMPTY", "NULL"):
            raise QueryError("expected EMPTY after IS")
        return lambda view, context: bool(_values(view, name)) == negated
    negated = cursor.accept_word("NOT")
    if cursor.accept_word("IN"):
        operands = _operands(cursor)
        return _membership(name, operands, is_in=not negated)
    operator = cursor.take()
    if negated or operator.kind != "sign" or operator.value in "(),":
        raise QueryError(f"expected an operator after '{name}'")
    return _comparison(name, operator.value, _operand(cursor))


def _comparison(name: str, sign: str, operand: "Operand") -> Test:
    if sign in {"~", "!~"}:
        if name not in _TEXTS:
            raise QueryError(f"The operator '{sign}' is not supported by the '{name}' field.")
        return lambda view, context: _contains(view, name, operand.value) == (sign == "~")
    if name in _TEXTS:
        raise QueryError(f"The operator '{sign}' is not supported by the '{name}' field.")
    if sign in {"=", "!="} and name not in _DATES:
        return _membership(name, (operand,), is_in=sign == "=")
    if name not in _DATES:
        raise QueryError(f"The operator '{sign}' is not supported by the '{name}' field.")
    return lambda view, context: _date_test(_date(view, name), sign, _moment(operand, context.now))


def _membership(name: str, operands: "Sequence[Operand]", *, is_in: bool) -> Test:
    """Return the test of `=`, `!=`, IN or NOT IN; like the service's, it never finds an issue whose field is empty.

    https://support.atlassian.com/jira-software-cloud/docs/jql-operators/
    """
    if is_in:
        return lambda view, context: _among(view, name, operands, context)
    return lambda view, context: bool(_values(view, name)) and not _among(view, name, operands, context)


@dataclass(frozen=True)
class Operand:
    """A value in a clause, or a function with its argument."""

    value: str
    function: bool = False
    argument: str = ""


def _operands(cursor: Cursor) -> tuple[Operand, ...]:
    word = cursor.peek()
    if word is not None and word.kind == "word":
        return (_operand(cursor),)
    cursor.expect_sign("(")
    operands = [_operand(cursor)]
    while cursor.accept_sign(","):
        operands.append(_operand(cursor))
    cursor.expect_sign(")")
    return tuple(operands)


def _operand(cursor: Cursor) -> Operand:
    word: Word = cursor.take()
    if word.kind == "sign":
        raise QueryError(f"expected a value before {word.value!r}")
    if word.kind == "word" and cursor.accept_sign("("):
        argument = ""
        if not cursor.accept_sign(")"):
            argument = cursor.take().value
            cursor.expect_sign(")")
        if word.value.lower() not in {"now", "startofday", "currentuser", "linkedissues"}:
            raise QueryError(f"Unable to find JQL function '{word.value}()'.")
        return Operand(word.value.lower(), True, argument)
    return Operand(word.value)


def _values(view: View, name: str) -> tuple[str, ...]:
    """Return the issue's values of a field, in every form that a query may use (name, id, key)."""
    issue, fields = view.issue, view.fields

    def person(account: Account | None) -> tuple[str, ...]:
        return (account.account_id, account.display_name, account.email) if account else ()

    readers: dict[str, Callable[[], tuple[str, ...]]] = {
        "project": lambda: (issue.project,),
        "key": lambda: (issue.key, issue.id),
        "status": lambda: (fields.status.name, fields.status.id),
        "statuscategory": lambda: (
            fields.status.category.name,
            fields.status.category.key,
            str(fields.status.category.id),
        ),
        "labels": lambda: fields.labels,
        "component": lambda: tuple(x for c in fields.components for x in (c, workflow.COMPONENTS[c])),
        "issuetype": lambda: (fields.issue_type.name, fields.issue_type.id),
        "priority": lambda: (workflow.PRIORITIES[fields.priority], fields.priority),
        "resolution": lambda: (
            (workflow.RESOLUTIONS[fields.resolution], fields.resolution) if fields.resolution else ()
        ),
        "assignee": lambda: person(fields.assignee),
        "reporter": lambda: person(fields.reporter),
        "creator": lambda: person(issue.creator),
        "summary": lambda: (fields.summary,),
        "description": lambda: (to_wiki(fields.description) or "",) if fields.description else (),
        "created": lambda: ("set",),
        "updated": lambda: ("set",),
        "resolved": lambda: ("set",) if fields.resolved else (),
    }
    aliases = {
        "issue": "key",
        "issuekey": "key",
        "id": "key",
        "type": "issuetype",
        "components": "component",
        "resolutiondate": "resolved",
    }
    if name == "text":
        return (fields.summary, to_wiki(fields.description) or "")
    return readers[aliases.get(name, name)]()


def _among(view: View, name: str, operands: Sequence[Operand], context: QueryContext) -> bool:
    held = {value.casefold() for value in _values(view, name)}
    for operand in operands:
        if operand.function and operand.value == "currentuser":
            if context.account.account_id.casefold() in held:
                return True
        elif operand.function and operand.value == "linkedissues":
            if view.issue.id in context.linked(operand.argument):
                return True
        elif name == "resolution" and operand.value.casefold() == "unresolved":
            if not held:
                return True
        elif operand.value.casefold() in held or (operand.value.upper() in {"EMPTY", "NULL"} and not held):
            return True
    return False


def _contains(view: View, name: str, wanted: str) -> bool:
    words = {word.casefold() for value in _values(view, name) for word in _TERM.findall(value)}
    terms = [term.casefold() for term in _TERM.findall(wanted)]
    return bool(terms) and all(term in words for term in terms)


def _date(view: View, name: str) -> datetime | None:
    return {"created": view.issue.created, "updated": view.fields.updated}.get(name, view.fields.resolved)


def _moment(operand: Operand, now: datetime) -> datetime:
    if operand.function:
        return now if operand.value == "now" else now.replace(hour=0, minute=0, second=0, microsecond=0)
    relative = _RELATIVE.match(operand.value)
    if relative:
        span = timedelta(**{_UNITS[relative[3]]: int(relative[2])})
        return now - span if relative[1] == "-" else now + span
    for pattern in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
        try:
            return datetime.strptime(operand.value, pattern).replace(tzinfo=UTC)
        except ValueError:  # let go: the next format is tried, and QueryError raised after the last
            continue
    raise QueryError(f"Date value '{operand.value}' is invalid.")


def _date_test(held: datetime | None, sign: str, wanted: datetime) -> bool:
    if held is None:
        return False
    return {
        "=": held == wanted,
        "!=": held != wanted,
        ">": held > wanted,
        ">=": held >= wanted,
        "<": held < wanted,
        "<=": held <= wanted,
    }[sign]


def _sort_key(view: View, name: str) -> Any:
    if name in _DATES:
        moment = _date(view, name)
        return moment.timestamp() if moment else 0.0
    if name in {"key", "issue", "issuekey", "id"}:
        return (view.issue.project, int(view.issue.key.rpartition("-")[2]))
    if name == "priority":
        return -int(view.fields.priority)
    return tuple(value.casefold() for value in _values(view, name))
