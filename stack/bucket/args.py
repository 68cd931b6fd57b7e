"""The arguments of DocumentBucket and their validation."""

import re
from typing import Any, NotRequired, TypedDict

import pulumi

from ..arguments.cors import BUCKET_METHODS, CorsRules, check_cors
from ..arguments.known_later import check_json
from ..arguments.stand_ins import BucketName
from ..arguments.tags import check_tags
from ..arguments.validation import check_fields, check_key, check_range, known_value, reject, when_known
from .lifecycle import DocumentExpiry, check_expiry


class DocumentBucketArgs(TypedDict):
    """Name, encryption, lifetime and access of the bucket."""

    bucket_name: NotRequired[pulumi.Input[str]]
    """Name in AWS, globally unique; Pulumi chooses one by default."""
    keep_old_versions_days: NotRequired[pulumi.Input[int]]
    """How long overwritten and deleted documents can be restored; 90 days by default."""
    expiry: NotRequired[list[DocumentExpiry]]
    """When documents are archived or deleted, by key prefix; by default they are kept."""
    force_destroy: NotRequired[bool]
    """Allow deletion of a bucket that still holds documents; false by default, needs `deletion_protection` false."""
    deletion_protection: NotRequired[bool]
    """Prevent deletion of the bucket by Pulumi; true by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts the documents; S3's own keys (AES-256) by default. The statements of this
    component allow the use of the key."""
    access_log_bucket: NotRequired[pulumi.Input[BucketName]]
    """Bucket for the access log; its policy must allow `logging.s3.amazonaws.com` to write. None by default."""
    cors: NotRequired[CorsRules]
    """CORS rules for requests from web pages on other hosts; no such requests are allowed by default."""
    event_notifications: NotRequired[bool]
    """Send an event for each change to the account's default bus, for an EventSubscription; false by default."""
    policy_statements: NotRequired[list[dict[str, Any]]]
    """Additional statements of the bucket policy, in IAM's format; the one that denies plain HTTP is always there."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


_IPV4 = r"(\d+\.){3}\d+"


def _check_name(name: str) -> None:
    """Raise InvalidArgument for a name that S3 would reject."""
    if (
        not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name)
        or re.fullmatch(_IPV4, name)
        or ".." in name
    ):
        fix = "Use 3 to 63 lower-case letters, digits, `.` and `-`, with a letter or digit at both ends."
        reject("DocumentBucket", "bucket_name", f"is {name!r}, which S3 does not accept", fix)


def check_bucket(args: DocumentBucketArgs) -> None:
    """Raise InvalidArgument for a name that S3 would reject, or arguments that contradict each other."""
    component = "DocumentBucket"
    check_fields(component, args, DocumentBucketArgs)
    check_tags(component, args.get("tags"))
    name = known_value(args.get("bucket_name"))
    when_known(args.get("bucket_name"), _check_name)
    check_range(component, "keep_old_versions_days", args.get("keep_old_versions_days"), 1, 3650)
    check_expiry(component, args.get("expiry", []))
    if args.get("force_destroy") and args.get("deletion_protection", True):
        fix = "Set `deletion_protection` to false too, if the documents may be deleted."
        reject(component, "force_destroy", "contradicts `deletion_protection`", fix)
    if name is not None and known_value(args.get("access_log_bucket")) == name:
        fix = "Use another bucket: each log line written would create another log line."
        reject(component, "access_log_bucket", "is the bucket itself", fix)
    check_key(component, "key_arn", args.get("key_arn"))
    if "cors" in args:
        check_cors(component, "cors", args["cors"], BUCKET_METHODS)
        if args["cors"].get("allow_credentials"):
            reject(
                component,
                "cors.allow_credentials",
                "is not supported by S3",
                "Leave it out, and use presigned URLs instead.",
            )
    check_json(component, "policy_statements", args.get("policy_statements", []))
    for one in args.get("policy_statements", []):
        missing = [part for part in ("Effect", "Principal", "Action", "Resource") if part not in one]
        if missing:
            fix = "A bucket's policy needs Effect, Principal, Action and Resource in each statement."
            reject(component, "policy_statements", f"lack {missing[0]}", fix)
