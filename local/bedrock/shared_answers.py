"""Answers a request that comes again with the answer to the first: Bedrock's clients ask again after a time-out.

A small model may take longer than the functions wait. Without this, each attempt would begin the same work once more,
and none would end in time.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

#: Seconds after which the function that asked may no longer wait; the functions wait for 75.
LONG_SECONDS = 60.0


class SharedAnswers:
    """Passes equal requests that come at the same time on once.

    An answer that took long is kept until the same request comes again, because its first asker may have left.
    """

    def __init__(self, converse: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> None:
        self._converse = converse
        self._answers: dict[str, Future[dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def __call__(self, model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a request. Raises what the model raised."""
        asked = json.dumps([model_id, request], sort_keys=True)
        key = hashlib.sha256(asked.encode()).hexdigest()
        with self._lock:
            answer = self._answers.get(key)
            if is_first := answer is None:
                answer = self._answers[key] = Future()
            elif answer.done():
                del self._answers[key]
        if is_first:
            self._make(key, answer, model_id, request)
        return answer.result()

    def _make(
        self, key: str, answer: "Future[dict[str, Any]]", model_id: str, request: Mapping[str, Any]
    ) -> None:
        began = time.monotonic()
        try:
            made = self._converse(model_id, request)
        except BaseException as error:
            self._forget(key)
            answer.set_exception(error)
            raise
        if time.monotonic() - began < LONG_SECONDS:
            self._forget(key)
        answer.set_result(made)

    def _forget(self, key: str) -> None:
        with self._lock:
            self._answers.pop(key, None)
