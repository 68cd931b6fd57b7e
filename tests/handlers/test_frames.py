"""From the entry of a function to a client's method there are at most eight calls of our own code, for an update."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]

ROOT = Path(__file__).resolve().parents[2]
OURS = (str(ROOT / "handlers"), str(ROOT / "common"))
#: The classes whose methods call a service.
CLIENTS = ("Client.", "Repository.", "Store.", "EventBus.", "DynamoDbTable.", "NewPageRegister.")
MOST = 8


def path_to_client(frame: FrameType) -> list[str]:
    """Return the calls of our own code that lead to the first method of a client; empty if there is none."""
    path: list[str] = []
    above: FrameType | None = frame
    while above:
        code = above.f_code
        if code.co_filename.startswith(OURS):
            path.insert(0, f"{code.co_filename.removeprefix(str(ROOT))}:{code.co_qualname}")
        above = above.f_back
    for number, call in enumerate(path, 1):
        if any(name in call for name in CLIENTS):
            return path[:number]
    return []


def test_an_update_takes_at_most_eight_calls_to_a_client(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths: set[tuple[str, ...]] = set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            paths.add(tuple(path_to_client(frame)))

    def watched(handle: Callable[[dict[str, Any], Any], Any]) -> Callable[[dict[str, Any], Any], Any]:
        def watching(event: dict[str, Any], context: Any) -> Any:
            sys.setprofile(profile)
            threading.setprofile(profile)
            try:
                return handle(event, context)
            finally:
                sys.setprofile(None)
                threading.setprofile(None)

        return watching

    for name, handle in list(QUEUE_HANDLERS.items()):
        monkeypatch.setitem(QUEUE_HANDLERS, name, watched(handle))
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2
    longest = max(paths, key=len)
    assert len(longest) <= MOST, longest
    assert len(paths) > 20, "it is watched"
