"""Finds the paths of repository files that people wrote, such as ``docs/webhooks/retries.md``."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Paths that are read from one ticket.
MAX_PATHS = 30
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_PATH = re.compile(
    r"(?<![\w./@:-])(?:\.{0,2}/)?(?:[A-Za-z0-9_.-]{1,80}/){1,15}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,80}\.[A-Za-z][A-Za-z0-9]{0,7}"
    r"(?![\w/-])"
)


def file_paths(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the paths in texts, in order, each once. Web addresses are none."""
    found = (path for text in texts for path in _PATH.findall(_URL.sub(" ", text)))
    return tuple(dict.fromkeys(path.lstrip("./") for path in found))[:MAX_PATHS]
