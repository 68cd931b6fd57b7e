"""Rotation of a secret by a function: its permissions, and the schedule of Secrets Manager."""

import hashlib
import re

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, policy_document, statement
from ..arguments.names import suffixed
from ..function.invocation_target import invocation_target
from .args import SecretBundleArgs

_ROTATE = [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
]
_LONGEST_POLICY_NAME = 128


def rotate(
    name: str, secret: aws.secretsmanager.Secret, args: SecretBundleArgs, opts: pulumi.ResourceOptions
) -> None:
    """Configure rotation by a function, and its permissions; only this secret may invoke the function for it."""
    function = invocation_target(
        "SecretBundle", args["rotation_function"], args.get("rotation_alias"), "rotation_alias"
    )
    permission = aws.lambda_.Permission(
        f"{name}-rotation-permission",
        action="lambda:InvokeFunction",
        function=function.name,
        qualifier=function.qualifier,
        principal="secretsmanager.amazonaws.com",
        source_arn=secret.arn,
        opts=opts,
    )
    rotation_name = suffixed(args.get("secret_name"), "-rotation")
    policy = aws.iam.RolePolicy(
        f"{name}-rotation-rights",
        name=None if rotation_name is None else rotation_name.apply(_policy_name),
        role=function.role_name,
        policy=policy_document(_rotation_permissions(secret, args)),
        opts=opts,
    )
    aws.secretsmanager.SecretRotation(
        f"{name}-rotation",
        secret_id=secret.id,
        rotation_lambda_arn=function.arn,
        rotation_rules={"automatically_after_days": args.get("rotation_days", 30)},
        # Secrets Manager invokes the function as soon as rotation is configured.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[permission, policy])),
    )


def _rotation_permissions(
    secret: aws.secretsmanager.Secret, args: SecretBundleArgs
) -> list[pulumi.Output[PolicyStatement]]:
    """Return the permissions to rotate the secret and, with `key_arn`, to use the key for this secret only.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
    """
    permissions = [statement(_ROTATE, secret.arn)]
    if "key_arn" in args:
        only_it = {"StringEquals": {"kms:EncryptionContext:SecretARN": [secret.arn]}}
        permissions.append(
            statement(["kms:Decrypt", "kms:GenerateDataKey"], args["key_arn"], conditions=only_it)
        )
        # Without the condition: DescribeKey has no encryption context and could never meet it.
        permissions.append(statement(["kms:DescribeKey"], args["key_arn"]))
    return permissions


def _policy_name(text: str) -> str:
    """Turn a secret's name into a valid IAM policy name; a name that is too long is cut and ends in a hash."""
    name = re.sub(r"[^\w+=,.@-]", "-", text)
    if len(name) <= _LONGEST_POLICY_NAME:
        return name
    end = f"-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return name[: _LONGEST_POLICY_NAME - len(end)] + end
