"""Drafts in the bucket: written once, never changed.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from common.domain.draft import Draft, draft_digest


class DraftHashMismatch(Exception):
    """The bytes of a draft are not those that were decided on."""


class DraftStore:
    """The bucket's ``drafts/``. ``client`` is boto3's ``s3`` client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def store(self, draft: Draft) -> tuple[Draft, str]:
        """Store a draft under its revision, or the next that is free; return the one that counts, with its SHA-256.

        A draft of the same inputs that is there already counts: an earlier try kept it. One of other inputs was kept by
        work that died before it went on record; nobody saw it, and it stays where it is.
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
        """Return a draft; DraftChanged unless its bytes are those of ``sha256``."""
        data = self._read(document_id, revision)
        if draft_digest(data) != sha256:
            raise DraftHashMismatch(f"{_key(document_id, revision)} is not the draft that was decided on")
        return Draft.from_bytes(data)

    def get_unverified(self, document_id: str, revision: int) -> Draft:
        """Return a draft to show it, not to publish it."""
        return Draft.from_bytes(self._read(document_id, revision))

    def _put(self, draft: Draft, data: bytes) -> bool:
        """Store a draft; False when its revision is there already."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=_key(draft.document_id, draft.revision),
                Body=data,
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            # 409: two conditional writes met; one of them has won by the time we read.
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
