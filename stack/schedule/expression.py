"""Validation of schedule expressions and time zones.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import difflib
import re
import zoneinfo
from datetime import datetime

from ..arguments.validation import reject

EXPRESSION = (
    r"(rate\([1-9]\d* (minute|hour|day)s?\)|cron\((\S+ ){5}\S+\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))"
)
"""Pattern of the expressions that EventBridge Scheduler accepts."""

_EXAMPLES = "Write rate(1 day), cron(30 4 * * ? *) or at(2027-01-31T04:30:00)."
_FIRST_YEAR = 2022
"""Scheduler exists since November 2022."""
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NUMBERS = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, ()),
)
"""Name, lowest and highest number, and names of numbers of each field of a cron expression."""
_MONTH_DAY, _WEEK_DAY = 2, 4


def check_expression(component: str, field: str, expression: str) -> None:
    """Raise InvalidArgument for an expression that Scheduler rejects, or that never comes due.

    A time of `at` that is over passes: Scheduler itself refuses it for a new schedule, and an existing one that has run
    must not stop the next update. Only times before Scheduler existed are refused.
    """
    if not re.fullmatch(EXPRESSION, expression):
        reject(component, field, f"is {expression!r}", _EXAMPLES)
    kind, _, inside = expression.removesuffix(")").partition("(")
    problem = None
    if kind == "cron":
        problem = _cron_problem(inside.split(" "))
    elif kind == "at":
        problem = _time_problem(inside)
    if problem:
        reject(component, field, f"is {expression!r}, which {problem}", _EXAMPLES)


def check_timezone(component: str, field: str, name: str) -> None:
    """Raise InvalidArgument for a name that is not in the IANA time zone database, if this machine has the database."""
    known = zoneinfo.available_timezones()
    if known and name not in known:
        near = difflib.get_close_matches(name, known, 1)
        meant = f"Did you mean `{near[0]}`?" if near else "Write a name such as `Europe/Berlin`."
        reject(component, field, f"is {name!r}, which is no time zone", meant)


def _time_problem(text: str) -> str | None:
    """Return what is wrong with the time of `at`."""
    try:
        time = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return "is no time in the calendar"
    return f"is before {_FIRST_YEAR}" if time.year < _FIRST_YEAR else None


def _cron_problem(fields: list[str]) -> str | None:
    """Return what is wrong with the six fields of a cron expression."""
    if (fields[_MONTH_DAY] == "?") == (fields[_WEEK_DAY] == "?"):
        return "needs `?` in exactly one of day of month and day of week"
    for number, (text, (name, lowest, highest, names)) in enumerate(zip(fields, _NUMBERS, strict=True)):
        if text == "?" and number in (_MONTH_DAY, _WEEK_DAY):
            continue
        for part in text.split(","):
            if not _fits(part, number, lowest, highest, names):
                return f"has {part!r} as {name}: use {lowest} to {highest}"
    return None


def _fits(part: str, field: int, lowest: int, highest: int, names: tuple[str, ...]) -> bool:
    """Return whether one entry of a field is a number, a range, a step, or one of the field's own forms."""
    if field == _MONTH_DAY and part in ("L", "LW"):
        return True
    if field == _MONTH_DAY and part.endswith("W"):
        part = part.removesuffix("W")
    elif field == _WEEK_DAY and part == "L":
        return True
    elif field == _WEEK_DAY and "#" in part:
        part, _, week = part.partition("#")
        if week not in "12345" or not week:
            return False
    elif field == _WEEK_DAY and part.endswith("L"):
        part = part.removesuffix("L")
    span, _, step = part.partition("/")
    if "/" in part and not re.fullmatch(r"[1-9]\d*", step):
        return False
    if span == "*":
        return True
    ends = span.split("-")
    return len(ends) <= 2 and all(_number(end, lowest, highest, names) for end in ends)


def _number(text: str, lowest: int, highest: int, names: tuple[str, ...]) -> bool:
    """Return whether a text is a number of a field, or the name of one."""
    return text.upper() in names or (text.isdigit() and lowest <= int(text) <= highest)
