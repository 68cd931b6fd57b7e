"""Which test covers which cell of the tables in docs/faults.md: (fault, column), or (fault, "outcome")."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Callable[..., None])
#: Cells by the module of the test that runs them.
CLAIMED: dict[str, set[tuple[str, str]]] = {}


def claims(*given: tuple[str, str] | Iterable[tuple[str, str]]) -> Callable[[T], T]:
    """Register that the decorated test covers these cells, passed one by one or as an iterable."""
    cells = {cell for each in given for cell in ([each] if isinstance(each, tuple) else each)}

    def noted(test: T) -> T:
        CLAIMED.setdefault(test.__module__, set()).update(cells)
        return test

    return noted
