"""Builds boto3 clients with time-outs and retries that fit into one invocation.

https://docs.aws.amazon.com/boto3/latest/guide/retries.html (standard mode)
"""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

#: Attempts per call, the first included. The pauses between are random, up to 1, 2 and 4 seconds.
MAX_ATTEMPTS = 4
#: Upper bound of all pauses of one call together, in seconds.
MAX_SECONDS = 7


def cached_client(service: str, read_timeout: float = 10) -> Any:
    """Return a client of a service; ``read_timeout`` is the time-out between bytes, in seconds."""
    config = Config(
        connect_timeout=3,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
    )
    build: Any = boto3.client
    return build(service, config=config)
