"""How many examples a property tries; `make unit` answers quickly and tries fewer, `make test` tries all."""

from __future__ import annotations

import os

#: Part of the examples that are tried: the environment variable `KINEXUS_EXAMPLES_SHARE`, as a number from 0 to 1.
SHARE = float(os.environ.get("KINEXUS_EXAMPLES_SHARE", "1"))


def examples(count: int) -> int:
    """Return the number of examples to try of `count` (at least 5)."""
    return max(5, round(count * SHARE))
