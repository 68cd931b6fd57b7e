"""Which test runs which cell of the tables in docs/faults.md: (fault, column), or (fault, "outcome")."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Callable[..., None])
#: Cells by the module of the test that runs them.
CLAIMED: dict[str, set[tuple[str, str]]] = {}


def claims(*given: tuple[str, str] | Iterable[tuple[str, str]]) -> Callable[[T], T]:
    """Note that the decorated test runs these cells, given one by one or as an iterable of them."""
    cells = {cell for each in given for cell in ([each] if isinstance(each, tuple) else each)}

    def noted(test: T) -> T:
        CLAIMED.setdefault(test.__module__, set()).update(cells)
        return test

    return noted
