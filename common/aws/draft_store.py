"""Store of drafts in the bucket: each is written once and never changed.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from common.domain.draft import Draft, draft_digest


class DraftHashMismatch(Exception):
    """The stored bytes of a draft do not have the SHA-256 of the draft that was decided on."""


class DraftStore:
    """The bucket's ``drafts/``. ``client`` is boto3's ``s3`` client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def store(self, draft: Draft) -> tuple[Draft, str]:
        """Store a draft under its revision, or the next free one; return the stored draft and its SHA-256.

        If its revision holds a draft of the same inputs, an earlier attempt stored that one, and it is returned.
        If that draft has other inputs, it belongs to work that died before recording it; no one has seen it, and it
        is left in place.
        """
        while True:
            data = draft.to_bytes()
            if self._put(draft, data):
                return draft, draft_digest(data)
            data = self._read(draft.document_id, draft.revision)
            kept = Draft.from_bytes(data)
            if kept.inputs == draft.inputs:
                return kept, draft_digest(data)
            draft = replace(draft, revision=draft.revision + 1)

    def get(self, document_id: str, revision: int, sha256: str) -> Draft:
        """Return a draft. Raises DraftHashMismatch unless its bytes have this ``sha256``."""
        data = self._read(document_id, revision)
        if draft_digest(data) != sha256:
            raise DraftHashMismatch(f"{_key(document_id, revision)} is not the draft that was decided on")
        return Draft.from_bytes(data)

    def get_unverified(self, document_id: str, revision: int) -> Draft:
        """Return a draft without checking its hash: to show it, never to publish it."""
        return Draft.from_bytes(self._read(document_id, revision))

    def _put(self, draft: Draft, data: bytes) -> bool:
        """Store a draft; False if its revision exists already."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=_key(draft.document_id, draft.revision),
                Body=data,
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            # 409: two conditional writes collided; by the time we read, one of them has succeeded.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 412):
                raise
            return False
        return True

    def _read(self, document_id: str, revision: int) -> bytes:
        answer = self._client.get_object(Bucket=self._bucket, Key=_key(document_id, revision))
        data: bytes = answer["Body"].read()
        return data


def _key(document_id: str, revision: int) -> str:
    return f"drafts/{document_id}/{revision}.json"
