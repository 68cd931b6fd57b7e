"""The result of one preflight check, with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Severity: a failure stops the pipeline or a part of it; a warning may be intended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """The result of a check: what was checked, what was seen, and the remedy unless it is OK."""

    level: Level
    what: str
    seen: str
    remedy: str = ""


def ok(what: str, seen: str) -> Finding:
    """Return a finding that needs no action."""
    return Finding(Level.OK, what, seen)


def warning(what: str, seen: str, remedy: str) -> Finding:
    """Return a finding that an operator should look at."""
    return Finding(Level.WARNING, what, seen, remedy)


def failed(what: str, seen: str, remedy: str) -> Finding:
    """Return a finding that must be repaired."""
    return Finding(Level.FAILED, what, seen, remedy)
