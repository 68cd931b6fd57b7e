"""Writes the state diagrams and flags of docs/architecture.md from the tables: `python -m tests.common.domain.write_lifecycle`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from common.domain.change import ChangeStatus
from common.domain.change_states import CHANGE_FLAGS, CHANGE_TRANSITIONS
from common.domain.document import FINAL_STATUSES, DocumentStatus
from common.domain.document_states import DOCUMENT_TRANSITIONS, FLAGS
from common.domain.transitions import Flag, Transition

PAGE = Path(__file__).resolve().parents[3] / "docs" / "architecture.md"
_BEGIN = "<!-- Written by `make docs` from common/domain/{name}.py. -->\n"
_END = "<!-- End of what `make docs` writes. -->\n"


def page(text: str) -> str:
    """Return the page with both parts replaced."""
    documents = _diagram(DocumentStatus.DRAFTING, "a change starts it", DOCUMENT_TRANSITIONS)
    documents += "".join(f"    {state} --> [*]\n" for state in DocumentStatus if state in FINAL_STATUSES)
    changes = _diagram(ChangeStatus.DETECTED, "a ticket worth documenting is closed", CHANGE_TRANSITIONS)
    changes += "    [*] --> ignored: the ticket is not eligible\n"
    text = _replaced(text, "document_states", _fenced(documents) + _table(FLAGS, DOCUMENT_TRANSITIONS))
    return _replaced(text, "change_states", _fenced(changes) + _table(CHANGE_FLAGS, CHANGE_TRANSITIONS))


def _replaced(text: str, name: str, written: str) -> str:
    begin = _BEGIN.format(name=name)
    found = re.compile(re.escape(begin) + ".*?" + re.escape(_END), re.DOTALL)
    assert found.search(text), f"{PAGE} has no part {name}"
    return found.sub(lambda _: begin + written + _END, text)


def _diagram(first: StrEnum, begins: str, transitions: Iterable[Transition[Any, Any]]) -> str:
    arrows: dict[tuple[str, str], list[str]] = {}
    for transition in transitions:
        if transition.target:
            for source, flags in transition.sources.items():
                needs = f" ({', '.join(flag.name for flag in flags)})" if flags else ""
                arrows.setdefault((source, transition.target), []).append(transition.when + needs)
    ordered = sorted(arrows.items(), key=lambda each: [_place(type(first)(state)) for state in each[0]])
    lines = [f"[*] --> {first}: {begins}"]
    lines += [f"{source} --> {target}: {', or '.join(whens)}" for (source, target), whens in ordered]
    return "".join(f"    {line}\n" for line in lines)


def _place(state: StrEnum) -> int:
    return [str(each) for each in type(state)].index(str(state))


def _fenced(diagram: str) -> str:
    return f"\n```mermaid\nstateDiagram-v2\n{diagram}```\n\n"


def _table(flags: Sequence[Flag[Any]], transitions: Iterable[Transition[Any, Any]]) -> str:
    rows = [("flag", "means"), ("---", "---")]
    rows += [(flag.name, flag.meaning) for flag in flags]
    notes = [("note, which keeps the state", "in", "when"), ("---", "---", "---")]
    notes += [
        (
            f"`{each.name}`",
            ", ".join(sorted(each.sources, key=lambda state: _place(cast(StrEnum, state)))),
            each.when,
        )
        for each in transitions
        if each.target is None
    ]
    return _rows(rows) + "\n" + _rows(notes) + "\n"


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
