"""Provisioners for Secrets Manager: secrets and their values."""

import json

from local.region.input_properties import Properties
from local.region.provisioner import Aws, Created, provisions
from local.region.resources.iam import tags

_ROTATION_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


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


@provisions("aws:secretsmanager/secretRotation:SecretRotation")
def secret_rotation(aws: Aws, p: Properties, name: str) -> Created:
    """Let a function renew a secret, and do so once, as Secrets Manager does when rotation is configured.

    MiniStack keeps the configuration but never invokes the function. A step that fails ends the rotation, not the
    deployment.
    """
    owner = p.need("secretId")
    rules = p.block("rotationRules").rename(
        AutomaticallyAfterDays="automaticallyAfterDays",
        Duration="duration",
        ScheduleExpression="scheduleExpression",
    )
    function, at_once = p.take("rotationLambdaArn"), p.take("rotateImmediately", True)
    made = aws("secretsmanager").rotate_secret(
        SecretId=owner,
        RotationRules=rules,
        RotateImmediately=at_once,
        **({"RotationLambdaARN": function} if function else {}),
    )
    for step in _ROTATION_STEPS if function and at_once else ():
        event = {"Step": step, "SecretId": owner, "ClientRequestToken": made["VersionId"]}
        if "FunctionError" in aws("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode()):
            break
    return Created(owner, {"rotationEnabled": True})
