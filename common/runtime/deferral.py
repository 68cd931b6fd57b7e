"""How long a message is deferred: briefly for work under way elsewhere, ever longer for a service that is down."""

from __future__ import annotations

import random
from dataclasses import dataclass

#: Seconds of the pauses for work that another invocation does: never the same for two that wait for the same work.
SHORTEST, LONGEST = 15, 60
#: Seconds of the first pause for a service, and of the longest. Each is about as long as all before it together.
FIRST_PAUSE, LONGEST_PAUSE = 30, 900
#: Seconds after which people are told that a message is deferred. A pause before that ends shortly after it.
NOTIFY_AFTER_SECONDS = 900


@dataclass(frozen=True)
class Deferral:
    """How a message is deferred: by short pauses, or by pauses that grow and are ``at_least`` so many seconds."""

    grows: bool
    at_least: float = 0

    def pause(self, waited: float) -> float:
        """Return the next pause of a message that has been deferred for ``waited`` seconds; it may exceed SQS's 900."""
        if not self.grows:
            return random.uniform(SHORTEST, LONGEST)  # noqa: S311 - a pause is no secret
        spread = random.uniform(0.75, 1.25)  # noqa: S311
        pause = min(max(waited, FIRST_PAUSE) * spread, LONGEST_PAUSE)
        if waited < NOTIFY_AFTER_SECONDS:
            pause = min(pause, NOTIFY_AFTER_SECONDS - waited)
        asked = self.at_least + min(self.at_least, FIRST_PAUSE) * (spread - 0.75)
        return max(pause, FIRST_PAUSE * spread, asked)
