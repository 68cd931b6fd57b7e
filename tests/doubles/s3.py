"""S3's buckets in memory: whole objects, written once or over each other.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.response import StreamingBody

from tests.doubles.refusals import AwsError, NotDoubled, only


@dataclass(frozen=True)
class StoredObject:
    """One object, with its MD5 in quotes as S3 shows it."""

    body: bytes
    content_type: str
    etag: str
    modified: datetime


class S3:
    """The buckets by name, each with its objects by key."""

    def __init__(self) -> None:
        self.buckets: dict[str, dict[str, StoredObject]] = {}

    def CreateBucket(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - S3's name
        """Create a bucket."""
        only(given, ("Bucket", "CreateBucketConfiguration"), "CreateBucket")
        self.buckets.setdefault(given["Bucket"], {})
        return {"Location": f"http://{given['Bucket']}.s3.amazonaws.com/"}

    def PutObject(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Write an object; with ``IfNoneMatch="*"`` only if there is none."""
        only(given, ("Bucket", "Key", "Body", "ContentType", "IfNoneMatch"), "PutObject")
        bucket, condition = self._bucket(given), given.get("IfNoneMatch")
        if condition not in (None, "*"):
            raise NotDoubled(f"IfNoneMatch={condition}")
        if condition and given["Key"] in bucket:
            raise AwsError(
                "PreconditionFailed",
                "At least one of the pre-conditions you specified did not hold",
                412,
            )
        data = given.get("Body", b"")
        body = (
            data.encode()
            if isinstance(data, str)
            else bytes(data if isinstance(data, bytes | bytearray) else data.read())
        )
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        bucket[given["Key"]] = StoredObject(
            body,
            given.get("ContentType", "binary/octet-stream"),
            etag,
            datetime.now(UTC).replace(microsecond=0),
        )
        return {"ETag": etag}

    def GetObject(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return an object."""
        only(given, ("Bucket", "Key"), "GetObject")
        found = self._bucket(given).get(given["Key"])
        if found is None:
            raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
        return {
            "Body": StreamingBody(io.BytesIO(found.body), len(found.body)),
            "ContentLength": len(found.body),
            "ContentType": found.content_type,
            "ETag": found.etag,
            "LastModified": found.modified,
            "Metadata": {},
        }

    def DeleteObject(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Delete an object, if it exists."""
        only(given, ("Bucket", "Key"), "DeleteObject")
        self._bucket(given).pop(given["Key"], None)
        return {}

    def ListObjectsV2(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """List the objects, at most a thousand."""
        only(given, ("Bucket", "Prefix"), "ListObjectsV2")
        bucket, prefix = self._bucket(given), given.get("Prefix", "")
        keys = sorted(key for key in bucket if key.startswith(prefix))
        if len(keys) > 1000:
            raise NotDoubled("a second page of objects")
        answer: dict[str, Any] = {"Name": given["Bucket"], "KeyCount": len(keys), "IsTruncated": False}
        if keys:
            answer["Contents"] = [
                {
                    "Key": key,
                    "Size": len(bucket[key].body),
                    "ETag": bucket[key].etag,
                    "LastModified": bucket[key].modified,
                }
                for key in keys
            ]
        return answer

    def _bucket(self, given: Mapping[str, Any]) -> dict[str, StoredObject]:
        if given["Bucket"] not in self.buckets:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
        return self.buckets[given["Bucket"]]
