"""Tells a chat channel that a review waits. Best effort: no error or delay of the channel reaches the work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import requests

from common.markup.chat_message import chat_format, chat_host, chat_message

log = logging.getLogger(__name__)

#: Time-outs in seconds: to connect, and between bytes.
TIMEOUT = (2.0, 3.0)
#: Seconds that the work waits for the message to be sent, whatever the channel's host does.
MAX_SECONDS = 4.0


@dataclass(frozen=True)
class ChatNotification:
    """Sends messages to one incoming webhook. ``read_url`` reads its URL, which is a secret; None without one."""

    read_url: Callable[[], str] | None

    def send(self, review_key: str, review_url: str) -> None:
        """Send the key and the link of a review. Never raises; may send twice if its caller is redelivered."""
        if self.read_url is None:
            return
        # A daemon thread, because no time-out of a request limits a host that answers byte by byte, or a resolver.
        sending = threading.Thread(target=self._try, args=(review_key, review_url), daemon=True)
        sending.start()
        sending.join(MAX_SECONDS)
        if sending.is_alive():
            log.warning("chat.slow", extra={"issue_key": review_key})

    def _try(self, review_key: str, review_url: str) -> None:
        try:
            status = self._post(review_key, review_url)
        except Exception as error:
            # let go: best effort; the text of an error may contain the URL, which is a secret
            log.warning("chat.failed", extra={"issue_key": review_key, "detail": type(error).__name__})
            return
        if status >= 300:
            log.warning("chat.refused", extra={"issue_key": review_key, "status": status})

    def _post(self, review_key: str, review_url: str) -> int:
        """Post the message and return the status of the answer, whose body is not read. Redirects are not followed."""
        url = self.read_url() if self.read_url else ""
        message = chat_message(chat_format(chat_host(url)), review_key, review_url)
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(url, json=message, timeout=TIMEOUT, allow_redirects=False, stream=True)
            return answer.status_code
