"""Where this function's clients are built, once a process."""

from __future__ import annotations

import os
from functools import cache

from common.aws.clients import client
from common.aws.review_store import ReviewStore
from common.aws.secrets import PAUSE, Secret
from common.lambda_entry import environment
from handlers.review_page.settings import Settings
from handlers.review_page.show_review import Viewing


@cache
def viewing() -> Viewing:
    """Build everything from the environment."""
    env = environment.read(Settings, os.environ)
    link_key = Secret(client("secretsmanager"), env.link_key_secret_arn)
    return Viewing(
        reviews=ReviewStore(client("s3"), env.documents_bucket),
        link_key=lambda fresh: link_key.get("key", fresh=fresh, pause=PAUSE),
    )
