"""boto3's clients with time-outs and retries that fit into an invocation: few, with growing pauses and jitter.

https://docs.aws.amazon.com/boto3/latest/guide/retries.html (standard mode)
"""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

#: How often a call is made at most. The pauses between are random, up to 1, 2 and 4 seconds.
MAX_ATTEMPTS = 4
#: All pauses of one call together are not longer than this, in seconds.
MAX_SECONDS = 7


def cached_client(service: str, read_timeout: float = 10) -> Any:
    """Return a client; ``read_timeout`` is how many seconds to wait for bytes."""
    config = Config(
        connect_timeout=3,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
    )
    build: Any = boto3.client
    return build(service, config=config)
