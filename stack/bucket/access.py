"""Who reaches a bucket: no one from outside of the account, nothing over plain HTTP, and content that is encrypted."""

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import deny_plain_http
from .args import DocumentBucketArgs


def keep_private(
    name: str, args: DocumentBucketArgs, bucket: aws.s3.Bucket, opts: pulumi.ResourceOptions
) -> None:
    """Block public access to a bucket, deny plain HTTP, and encrypt its content."""
    aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.id,
        rule={"object_ownership": "BucketOwnerEnforced"},
        opts=opts,
    )
    block = aws.s3.BucketPublicAccessBlock(
        f"{name}-private",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    key = args.get("key_arn")
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": (
                    {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
                    if key is not None
                    else {"sse_algorithm": "AES256"}
                ),
                "bucket_key_enabled": True if key is not None else None,
            }
        ],
        opts=opts,
    )
    aws.s3.BucketPolicy(
        f"{name}-tls",
        bucket=bucket.id,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    deny_plain_http("s3:*", bucket.arn, pulumi.Output.concat(bucket.arn, "/*")),
                    *args.get("policy_statements", []),
                ],
            }
        ),
        # Change a bucket's access settings one after the other: S3 answers 409 to simultaneous changes.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[block])),
    )
