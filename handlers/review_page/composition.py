"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
from functools import cache

from common import settings
from common.aws_clients import client
from common.review_store import ReviewStore
from common.secret import PAUSE, Secret
from handlers.review_page.settings import Settings
from handlers.review_page.viewing import Viewing


@cache
def viewing() -> Viewing:
    """Build everything from the environment."""
    env = settings.read(Settings, os.environ)
    link_key = Secret(client("secretsmanager"), env.link_key_secret_arn)
    return Viewing(
        reviews=ReviewStore(client("s3"), env.documents_bucket),
        link_key=lambda fresh: link_key.get("key", fresh=fresh, pause=PAUSE),
    )
