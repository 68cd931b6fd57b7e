"""Backoff of deferred messages.

Short pauses while a lease is held, growing pauses while a service is down, three fixed pauses after unusable answers
of the model.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

#: Range in seconds of the pause while another invocation holds the lease; random, so two waiting messages differ.
MIN_LEASE_PAUSE, MAX_LEASE_PAUSE = 15, 60
#: Seconds of the first and the longest pause for a service. Each pause is about as long as all before it together.
FIRST_PAUSE, MAX_PAUSE = 30, 900
#: Seconds after which people are notified that a message is deferred. Earlier pauses are cut to end about then.
NOTIFY_AFTER_SECONDS = 900
#: Seconds of the pauses after attempts in which the model gave no usable answer: over most of an hour, each as long as
#: SQS can delay a message.
ANSWER_PAUSES = (900, 900, 900)


@dataclass(frozen=True)
class Deferral:
    """How a message is deferred: by short pauses, or by growing pauses of ``at_least`` that many seconds.

    With ``pauses`` the message is deferred for these seconds instead, each once; after the last pause it has failed.
    """

    grows: bool
    at_least: float = 0
    pauses: tuple[float, ...] = ()

    def pause(self, waited: float) -> float:
        """Return the next pause of a message that has been deferred for ``waited`` seconds; it may exceed SQS's 900."""
        if not self.grows:
            return random.uniform(MIN_LEASE_PAUSE, MAX_LEASE_PAUSE)  # noqa: S311 - a pause is no secret
        spread = random.uniform(0.75, 1.25)  # noqa: S311
        pause = min(max(waited, FIRST_PAUSE) * spread, MAX_PAUSE)
        if waited < NOTIFY_AFTER_SECONDS:
            pause = min(pause, NOTIFY_AFTER_SECONDS - waited)
        asked = self.at_least + min(self.at_least, FIRST_PAUSE) * (spread - 0.75)
        return max(pause, FIRST_PAUSE * spread, asked)
