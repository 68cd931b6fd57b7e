"""Drafts in the bucket: written once, never changed.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from common.draft import Draft, digest


class DraftChanged(Exception):
    """The bytes of a draft are not those that were decided on."""


class DraftStore:
    """The bucket's ``drafts/``. ``client`` is boto3's ``s3`` client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def keep(self, draft: Draft) -> tuple[Draft, str]:
        """Store a draft unless its revision is there already; return the one that is, with its SHA-256."""
        data = draft.to_bytes()
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
            data = self._read(draft.document_id, draft.revision)
        return Draft.from_bytes(data), digest(data)

    def get(self, document_id: str, revision: int, sha256: str) -> Draft:
        """Return a draft; DraftChanged unless its bytes are those of ``sha256``."""
        data = self._read(document_id, revision)
        if digest(data) != sha256:
            raise DraftChanged(f"{_key(document_id, revision)} is not the draft that was decided on")
        return Draft.from_bytes(data)

    def earlier(self, document_id: str, revision: int) -> Draft:
        """Return a draft to show it, not to publish it."""
        return Draft.from_bytes(self._read(document_id, revision))

    def _read(self, document_id: str, revision: int) -> bytes:
        answer = self._client.get_object(Bucket=self._bucket, Key=_key(document_id, revision))
        data: bytes = answer["Body"].read()
        return data


def _key(document_id: str, revision: int) -> str:
    return f"drafts/{document_id}/{revision}.json"
