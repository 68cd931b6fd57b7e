"""Provisioners for Secrets Manager: secrets and their values."""

from local.region.input_properties import Properties
from local.region.provisioner import Aws, Created, provisions
from local.region.resources.iam import tags


@provisions("aws:secretsmanager/secret:Secret")
def secret(aws: Aws, p: Properties, name: str) -> Created:
    """Create a secret without a value."""
    name = p.take("name", name)
    p.ignore("recoveryWindowInDays", "forceOverwriteReplicaSecret")
    made = aws("secretsmanager").create_secret(
        Name=name, **p.rename(Description="description", KmsKeyId="kmsKeyId"), Tags=tags(p)
    )
    if document := p.take("policy"):
        aws("secretsmanager").put_resource_policy(SecretId=made["ARN"], ResourcePolicy=document)
    return Created(made["ARN"], {"name": name, "arn": made["ARN"]})


@provisions("aws:secretsmanager/secretVersion:SecretVersion")
def secret_version(aws: Aws, p: Properties, name: str) -> Created:
    """Put a value into a secret."""
    owner = p.need("secretId")
    made = aws("secretsmanager").put_secret_value(
        SecretId=owner,
        **p.rename(SecretString="secretString", SecretBinary="secretBinary", VersionStages="versionStages"),
    )
    return Created(f"{owner}|{made['VersionId']}", {"arn": made["ARN"], "versionId": made["VersionId"]})
