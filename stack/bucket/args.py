"""What DocumentBucket wants to know, and what it refuses."""

import re
from typing import Any, NotRequired, TypedDict

import pulumi

from ..arguments.cors import BUCKET_METHODS, CorsRules, check_cors
from ..arguments.validation import check_arn, check_fields, check_range, known_value, reject
from .lifecycle import DocumentExpiry, check_expiry


class DocumentBucketArgs(TypedDict):
    """Name and lifetime of the documents."""

    bucket_name: pulumi.Input[str]
    """Name in AWS, unique in the world."""
    keep_old_versions_days: NotRequired[pulumi.Input[int]]
    """How long overwritten and deleted documents can be restored; 90 days by default."""
    expiry: NotRequired[list[DocumentExpiry]]
    """When documents grow cold or old, by the start of their keys; they stay for good by default."""
    force_destroy: NotRequired[bool]
    """Delete a bucket that still holds documents; false by default, needs `deletion_protection` false."""
    deletion_protection: NotRequired[bool]
    """Make Pulumi refuse to delete the bucket; true by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the documents; S3's own keys (AES-256) by default. Readers then need `kms:Decrypt`
    on it, writers `kms:GenerateDataKey` too."""
    access_log_bucket: NotRequired[pulumi.Input[str]]
    """Bucket that gets a log of all requests, and that lets `logging.s3.amazonaws.com` write; none by default."""
    cors: NotRequired[CorsRules]
    """Requests from web pages of other hosts; refused by default."""
    event_notifications: NotRequired[bool]
    """Tell the account's default bus of each change, where an EventSubscription can listen; false by default."""
    policy_statements: NotRequired[list[dict[str, Any]]]
    """Statements of the bucket's policy, as IAM writes them, besides the one that refuses plain HTTP."""


_IPV4 = r"(\d+\.){3}\d+"


def check_bucket(args: DocumentBucketArgs) -> None:
    """Refuse names that S3 would refuse, and arguments that contradict each other."""
    component = "DocumentBucket"
    check_fields(component, args, DocumentBucketArgs)
    name = known_value(args["bucket_name"])
    if name is not None and (
        not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name)
        or re.fullmatch(_IPV4, name)
        or ".." in name
    ):
        fix = "Use 3 to 63 small letters, digits, `.` and `-`, a letter or digit at both ends."
        reject(component, "bucket_name", f"is {name!r}", fix)
    check_range(component, "keep_old_versions_days", args.get("keep_old_versions_days"), 1, 3650)
    check_expiry(component, args.get("expiry", []))
    if args.get("force_destroy") and args.get("deletion_protection", True):
        fix = "Set `deletion_protection` to false too, if the documents may really go."
        reject(component, "force_destroy", "contradicts `deletion_protection`", fix)
    if name is not None and known_value(args.get("access_log_bucket")) == name:
        fix = "Name another bucket: each line of the log would be a request to log."
        reject(component, "access_log_bucket", "is the bucket itself", fix)
    check_arn(component, "key_arn", args.get("key_arn"), "kms")
    if "cors" in args:
        check_cors(component, "cors", args["cors"], BUCKET_METHODS)
        if args["cors"].get("allow_credentials"):
            reject(
                component,
                "cors.allow_credentials",
                "is nothing that S3 knows",
                "Leave it out: use signed URLs.",
            )
    for one in args.get("policy_statements", []):
        missing = [part for part in ("Effect", "Principal", "Action", "Resource") if part not in one]
        if missing:
            fix = "A bucket's policy needs Effect, Principal, Action and Resource in each statement."
            reject(component, "policy_statements", f"lack {missing[0]}", fix)
