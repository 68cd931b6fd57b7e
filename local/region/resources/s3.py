"""Provisioners for S3: buckets and their settings."""

from typing import Any

from local.region.input_properties import Properties, pascal
from local.region.provisioner import Aws, Created, provisions
from local.region.resources.iam import tags


@provisions("aws:s3/bucket:Bucket")
def bucket(aws: Aws, p: Properties, name: str) -> Created:
    """Create a bucket; its settings are separate resources."""
    name = p.take("bucket", name)
    p.ignore("forceDestroy")
    region = aws.stack.region
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    aws("s3").create_bucket(Bucket=name, **place)
    if tag_set := tags(p):
        aws("s3").put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_set})
    return Created(
        name,
        {
            "bucket": name,
            "arn": f"arn:aws:s3:::{name}",
            "region": region,
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
        },
    )


@provisions("aws:s3/bucketVersioning:BucketVersioning")
def versioning(aws: Aws, p: Properties, name: str) -> Created:
    """Set the bucket's versioning."""
    owner = p.need("bucket")
    settings = p.block("versioningConfiguration").rename(Status="status", MFADelete="mfaDelete")
    aws("s3").put_bucket_versioning(Bucket=owner, VersioningConfiguration=settings)
    return Created(owner)


@provisions("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
def encryption(aws: Aws, p: Properties, name: str) -> Created:
    """Set the default encryption of objects."""
    owner = p.need("bucket")
    rules = []
    for rule in p.blocks("rules"):
        default = rule.block("applyServerSideEncryptionByDefault")
        rules.append(
            {
                "ApplyServerSideEncryptionByDefault": default.rename(
                    SSEAlgorithm="sseAlgorithm", KMSMasterKeyID="kmsMasterKeyId"
                ),
                **rule.rename(BucketKeyEnabled="bucketKeyEnabled"),
            }
        )
    aws("s3").put_bucket_encryption(Bucket=owner, ServerSideEncryptionConfiguration={"Rules": rules})
    return Created(owner)


@provisions("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
def public_access(aws: Aws, p: Properties, name: str) -> Created:
    """Block public access."""
    owner = p.need("bucket")
    p.ignore("skipDestroy")
    settings = p.rename(
        BlockPublicAcls="blockPublicAcls",
        BlockPublicPolicy="blockPublicPolicy",
        IgnorePublicAcls="ignorePublicAcls",
        RestrictPublicBuckets="restrictPublicBuckets",
    )
    aws("s3").put_public_access_block(Bucket=owner, PublicAccessBlockConfiguration=settings)
    return Created(owner)


@provisions("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
def ownership(aws: Aws, p: Properties, name: str) -> Created:
    """Set the ownership of objects."""
    owner = p.need("bucket")
    rule = p.block("rule").rename(ObjectOwnership="objectOwnership")
    aws("s3").put_bucket_ownership_controls(Bucket=owner, OwnershipControls={"Rules": [rule]})
    return Created(owner)


@provisions("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
def lifecycle(aws: Aws, p: Properties, name: str) -> Created:
    """Set the rules that delete old objects and versions."""
    owner = p.need("bucket")
    rules = [_lifecycle_rule(rule) for rule in p.take("rules", [])]
    aws("s3").put_bucket_lifecycle_configuration(Bucket=owner, LifecycleConfiguration={"Rules": rules})
    return Created(owner)


@provisions("aws:s3/bucketPolicy:BucketPolicy")
def policy(aws: Aws, p: Properties, name: str) -> Created:
    """Set the bucket policy."""
    owner = p.need("bucket")
    aws("s3").put_bucket_policy(Bucket=owner, Policy=p.need("policy"))
    return Created(owner)


@provisions("aws:s3/bucketLogging:BucketLogging")
def logging(aws: Aws, p: Properties, name: str) -> Created:
    """Send access logs to another bucket."""
    owner = p.need("bucket")
    target = p.rename(TargetBucket="targetBucket", TargetPrefix="targetPrefix")
    aws("s3").put_bucket_logging(Bucket=owner, BucketLoggingStatus={"LoggingEnabled": target})
    return Created(owner)


@provisions("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")
def cors(aws: Aws, p: Properties, name: str) -> Created:
    """Allow requests from pages of other hosts."""
    owner = p.need("bucket")
    rules = [
        rule.rename(
            AllowedHeaders="allowedHeaders",
            AllowedMethods="allowedMethods",
            AllowedOrigins="allowedOrigins",
            ExposeHeaders="exposeHeaders",
            MaxAgeSeconds="maxAgeSeconds",
            ID="id",
        )
        for rule in p.blocks("corsRules")
    ]
    aws("s3").put_bucket_cors(Bucket=owner, CORSConfiguration={"CORSRules": rules})
    return Created(owner)


@provisions("aws:s3/bucketNotification:BucketNotification")
def notification(aws: Aws, p: Properties, name: str) -> Created:
    """Send the bucket's events to EventBridge."""
    owner = p.need("bucket")
    settings: dict[str, Any] = {"EventBridgeConfiguration": {}} if p.take("eventbridge") else {}
    aws("s3").put_bucket_notification_configuration(Bucket=owner, NotificationConfiguration=settings)
    return Created(owner)


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a lifecycle rule in the API's spelling; botocore refuses unknown keys."""
    translated = pascal(rule)
    if "Id" in translated:
        translated["ID"] = translated.pop("Id")
    translated.setdefault("Filter", {"Prefix": ""})
    return dict(translated)
