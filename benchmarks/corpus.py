"""Reads corpora of real changes: files of JSON lines, with the fields of a ticket in each case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.domain.ticket import Ticket


def read_json_lines(path: Path | None) -> list[dict[str, Any]]:
    """Read a file of JSON lines; no file holds no lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()] if path else []


def ticket_of(case: Mapping[str, Any], key: str = "CASE-1") -> Ticket:
    """Return the ticket that a case describes: its summary, description, labels and components."""
    return Ticket(
        issue_id="1",
        key=key,
        project_key=key.partition("-")[0],
        summary=case["summary"],
        description=case.get("description") or "",
        issue_type="",
        status="",
        status_category="done",
        labels=tuple(case.get("labels") or ()),
        components=tuple(case.get("components") or ()),
        url="",
    )
