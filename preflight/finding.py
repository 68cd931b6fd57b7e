"""What a look at one thing found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: a failure stops the pipeline, or part of it; a warning may be on purpose."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: what was looked at, what was seen, and the remedy unless it is well."""

    level: Level
    what: str
    seen: str
    remedy: str = ""


def ok(what: str, seen: str) -> Finding:
    """Nothing to do."""
    return Finding(Level.OK, what, seen)


def warning(what: str, seen: str, remedy: str) -> Finding:
    """Something to look at."""
    return Finding(Level.WARNING, what, seen, remedy)


def failed(what: str, seen: str, remedy: str) -> Finding:
    """Something to repair."""
    return Finding(Level.FAILED, what, seen, remedy)
