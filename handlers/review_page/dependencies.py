"""Builds the review page's clients, once per process."""

from __future__ import annotations

import os
import time
from functools import cache

from common.aws.clients import cached_client
from common.aws.review_store import ReviewStore
from common.aws.secrets import MIN_REFRESH_INTERVAL, CachedSecret
from common.lambda_entry import environment
from handlers.review_page.settings import Settings
from handlers.review_page.show_review import ShowReview


@cache
def build_show_review() -> ShowReview:
    """Build all dependencies from the environment variables."""
    env = environment.read_settings(Settings, os.environ)
    link_key = CachedSecret(cached_client("secretsmanager"), env.link_key_secret_arn)
    return ShowReview(
        reviews=ReviewStore(cached_client("s3"), env.documents_bucket),
        link_key=lambda fresh: link_key.get("key", fresh=fresh, pause=MIN_REFRESH_INTERVAL),
        link_days=env.review_link_days,
        now=time.time,
    )
