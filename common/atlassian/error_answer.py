"""The messages in an error answer of Jira or Confluence, safe to quote in a ticket."""

from __future__ import annotations

import json

from common.runtime.json_access import as_dict, as_list, as_str
from common.runtime.unicode_safety import make_visible

#: Longest quotation, in characters.
MAX_LENGTH = 300


def quotable_messages(body: str) -> str:
    """Return the messages of a JSON error body as one line of visible characters, at most MAX_LENGTH.

    Empty for anything else, such as a proxy's page, which may name hosts. Jira's bodies have ``errorMessages`` and
    ``errors`` by field; Confluence's have ``message`` (v1) or a list ``errors`` with ``title`` and ``detail`` (v2).
    """
    try:
        answer = as_dict(json.loads(body))
    except (ValueError, RecursionError):
        return ""
    errors = answer.get("errors")
    messages = [*map(as_str, as_list(answer.get("errorMessages"))), as_str(answer.get("message"))]
    for each in map(as_dict, as_list(errors)):
        messages += [as_str(each.get("title")), as_str(each.get("detail"))]
    messages += [f"{name}: {as_str(message)}" for name, message in as_dict(errors).items()]
    line = " ".join(make_visible("; ".join(dict.fromkeys(filter(None, messages)))).split())
    return line if len(line) <= MAX_LENGTH else f"{line[: MAX_LENGTH - 1]}…"
