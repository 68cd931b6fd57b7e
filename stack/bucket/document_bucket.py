"""DocumentBucket: a private, versioned, encrypted S3 bucket that is reached over TLS only."""

from typing import Any, Unpack, overload

import pulumi
import pulumi_aws as aws

from ..arguments.cors import bucket_cors
from ..arguments.granted_actions import granted_actions
from ..arguments.iam_policy import PolicyStatement, key_of, statement
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from ..arguments.validation import reject
from .access import keep_private
from .actions import BUCKET_ACTIONS, OBJECT_ACTIONS, READS_CONTENT, WRITES_CONTENT
from .args import DocumentBucketArgs, check_bucket
from .lifecycle import lifecycle_rules


class DocumentBucket(pulumi.ComponentResource):
    """A private, versioned and encrypted S3 bucket that is reached over TLS only."""

    bucket_name: pulumi.Output[str]
    """Its name."""
    bucket_arn: pulumi.Output[str]
    """Its ARN."""
    read_statement: pulumi.Output[PolicyStatement]
    """Permission to read every document."""
    write_statement: pulumi.Output[PolicyStatement]
    """Permission to write every document."""

    @overload
    def __init__(
        self, name: str, args: DocumentBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[DocumentBucketArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: DocumentBucketArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(DocumentBucketArgs, args, keywords)
        check_bucket(args)
        super().__init__("kinexus:index:DocumentBucket", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        protected = args.get("deletion_protection", True)
        bucket = aws.s3.Bucket(
            name,
            bucket=args.get("bucket_name"),
            force_destroy=args.get("force_destroy", False),
            opts=pulumi.ResourceOptions(parent=self, protect=protected or None),
        )
        keep_private(name, args, bucket, child)
        versioning = aws.s3.BucketVersioning(
            f"{name}-versions",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=child,
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=lifecycle_rules(args.get("keep_old_versions_days", 90), args.get("expiry", [])),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )
        if "access_log_bucket" in args:
            aws.s3.BucketLogging(
                f"{name}-access-log",
                bucket=bucket.id,
                target_bucket=args["access_log_bucket"],
                target_prefix=pulumi.Output.concat(bucket.id, "/"),
                opts=child,
            )

        if "cors" in args:
            aws.s3.BucketCorsConfiguration(
                f"{name}-cors", bucket=bucket.id, cors_rules=[bucket_cors(args["cors"])], opts=child
            )
        if args.get("event_notifications"):
            aws.s3.BucketNotification(f"{name}-events", bucket=bucket.id, eventbridge=True, opts=child)

        self._key = key_of(args)
        self.bucket_name = bucket.bucket
        self.bucket_arn = bucket.arn
        self.read_statement = self.grant("s3:GetObject")
        self.write_statement = self.grant("s3:PutObject")
        self.register_outputs(outputs_of(self))

    def grant(self, *actions: str, prefix: pulumi.Input[str] = "") -> pulumi.Output[PolicyStatement]:
        """Return a statement that allows exactly these actions of S3.

        Actions on objects, such as `s3:GetObject`, are allowed for the documents whose keys start with `prefix`;
        actions on buckets, such as `s3:GetBucketLocation`, for the bucket. With `key_arn`, reading and writing content
        also allow the use of the key. Raises InvalidArgument for other actions, and for an action on the bucket with a
        prefix.
        """
        names = granted_actions("DocumentBucket", "s3", actions, BUCKET_ACTIONS | OBJECT_ACTIONS)
        whole = sorted(names & BUCKET_ACTIONS)
        if whole and prefix != "":
            fix = "Leave `prefix` out, or use `grant_list(prefix)` to allow listing the keys of one prefix."
            reject("DocumentBucket", "grant", f"has s3:{whole[0]}, which has no prefix", fix)
        resources: list[pulumi.Input[str]] = [self.bucket_arn] if whole else []
        if names & OBJECT_ACTIONS:
            resources.append(pulumi.Output.concat(self.bucket_arn, "/", prefix, "*"))
        key_actions = {"kms:Decrypt"} if names & (READS_CONTENT | WRITES_CONTENT) and self._key else set()
        if names & WRITES_CONTENT and self._key:
            key_actions.add("kms:GenerateDataKey")
        return statement([*actions, *key_actions], *resources, *(self._key if key_actions else ()))

    def grant_list(self, prefix: pulumi.Input[str] = "") -> pulumi.Output[PolicyStatement]:
        """Return a statement that allows listing the keys that start with `prefix`; all keys by default."""
        if isinstance(prefix, str) and prefix == "":
            return statement(["s3:ListBucket"], self.bucket_arn)
        only = {"StringLike": {"s3:prefix": [pulumi.Output.concat(prefix, "*")]}}
        return statement(["s3:ListBucket"], self.bucket_arn, conditions=only)
