"""Store of review pages in the bucket's ``reviews/``: the diff page of each revision, and the review's status.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (without s3:ListBucket a missing key is a 403)
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class ReviewStatus:
    """The status of a document's review: its newest ``revision`` and ticket, and the decision once ``closed``.

    ``verdict`` is a word for people ("approved", "rejected", …); ``decided_at`` Jira's ISO 8601 time. ``announced_at``
    is when the newest revision was announced or its link was renewed, in seconds since 1970; 0 if unknown.
    ``compare_url`` is Confluence's comparison of the published version with the one before.
    """

    revision: int
    review_key: str
    review_url: str
    closed: bool = False
    verdict: str = ""
    decided_by: str = ""
    decided_at: str = ""
    page_url: str = ""
    announced_at: float = 0
    compare_url: str = ""


class ReviewStore:
    """The bucket's ``reviews/``. ``client`` is boto3's ``s3`` client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def store_page(self, document_id: str, revision: int, html: str) -> None:
        """Store the diff page of a revision; storing it again writes the same bytes."""
        self._put(f"reviews/{document_id}/{revision}.html", html.encode(), "text/html; charset=utf-8")

    def store_status(self, document_id: str, status: ReviewStatus) -> None:
        """Store the review's status."""
        body = json.dumps(asdict(status), ensure_ascii=False).encode()
        self._put(f"reviews/{document_id}/status.json", body, "application/json")

    def page(self, document_id: str, revision: int) -> str | None:
        """Return the diff page of a revision, or None."""
        body = self._get(f"reviews/{document_id}/{revision}.html")
        return None if body is None else body.decode()

    def status(self, document_id: str) -> ReviewStatus | None:
        """Return the review's status, or None if there is no review."""
        body = self._get(f"reviews/{document_id}/status.json")
        if body is None:
            return None
        known = {field.name for field in fields(ReviewStatus)}  # a newer version may have stored more
        return ReviewStatus(**{name: value for name, value in json.loads(body).items() if name in known})

    def _put(self, key: str, body: bytes, content_type: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def _get(self, key: str) -> bytes | None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (403, 404):
                raise
            return None
        body: bytes = answer["Body"].read()
        return body
