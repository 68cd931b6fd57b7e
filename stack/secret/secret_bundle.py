"""SecretBundle: a secret in Secrets Manager, filled from Pulumi's secret configuration, with optional rotation."""

import hashlib
import json
import re
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, policy_document, statement
from ..arguments.validation import (
    check_arn,
    check_fields,
    check_key,
    check_range,
    check_together,
    known_value,
    reject,
)
from ..function.invocation_target import invocation_target

_ROTATE = [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
]
_LONGEST_POLICY_NAME = 128


class SecretBundleArgs(TypedDict):
    """Name, content, encryption and rotation of the secret."""

    secret_name: pulumi.Input[str]
    """Name in AWS."""
    secret_json: pulumi.Input[str]
    """Content, a JSON object as text, kept as a secret in Pulumi's state."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    recovery_days: NotRequired[pulumi.Input[int]]
    """Days for which a deleted secret can be restored, 7 to 30, or 0 to delete at once; 30 by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the secret; Secrets Manager's own key by default. Readers then need `kms:Decrypt` on it;
    the role of `rotation_function` gets permission to use it."""
    rotation_function: NotRequired[pulumi.Input[aws.lambda_.Function]]
    """Function that rotates the secret by Secrets Manager's rotation steps; none by default. Its role gets permission
    to read and replace the secret."""
    rotation_alias: NotRequired[pulumi.Input[str]]
    """Alias of the rotation function to invoke; `$LATEST` by default."""
    rotation_days: NotRequired[int]
    """Days between rotations, 1 to 1000; needs `rotation_function`, 30 by default."""


class SecretBundle(pulumi.ComponentResource):
    """A secret in Secrets Manager, with optional rotation and a statement for its readers."""

    secret_arn: pulumi.Output[str]
    """Its ARN, for the environment of functions that read the secret."""
    read_statement: pulumi.Output[PolicyStatement]
    """Permission to read it."""

    def __init__(self, name: str, args: SecretBundleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(args)
        super().__init__("kinexus:index:SecretBundle", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        secret = aws.secretsmanager.Secret(
            name,
            name=args["secret_name"],
            description=args.get("description"),
            kms_key_id=args.get("key_arn"),
            recovery_window_in_days=args.get("recovery_days", 30),
            opts=child,
        )
        aws.secretsmanager.SecretVersion(
            f"{name}-value",
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(args["secret_json"]),
            opts=child,
        )

        if "rotation_function" in args:
            self._rotate(name, secret, args)
        self.secret_arn = secret.arn
        self.read_statement = statement(["secretsmanager:GetSecretValue"], secret.arn)
        self.register_outputs({"secretArn": self.secret_arn, "readStatement": self.read_statement})

    def _rotate(self, name: str, secret: aws.secretsmanager.Secret, args: SecretBundleArgs) -> None:
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
            opts=pulumi.ResourceOptions(parent=self),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-rotation-rights",
            name=pulumi.Output.concat(args["secret_name"], "-rotation").apply(_policy_name),
            role=function.role_name,
            policy=policy_document(_rotation_permissions(secret, args)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.secretsmanager.SecretRotation(
            f"{name}-rotation",
            secret_id=secret.id,
            rotation_lambda_arn=function.arn,
            rotation_rules={"automatically_after_days": args.get("rotation_days", 30)},
            # Secrets Manager invokes the function as soon as rotation is configured.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission, policy]),
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


def _check(args: SecretBundleArgs) -> None:
    """Raise InvalidArgument for arguments that Secrets Manager would reject, or content that is not a JSON object."""
    component = "SecretBundle"
    check_fields(component, args, SecretBundleArgs)
    name = known_value(args["secret_name"])
    if name is not None and not re.fullmatch(r"[A-Za-z0-9/_+=.@-]{1,512}", name):
        reject(component, "secret_name", f"is {name!r}", "Use 1 to 512 letters, digits and `/_+=.@-`.")
    content = known_value(args["secret_json"])
    if content is not None and not _is_object(content):
        # The message must not show the content, which may be the secret.
        reject(
            component,
            "secret_json",
            "is not a JSON object",
            'Write it as {"key": "…"}, e.g. with Output.json_dumps.',
        )
    days = known_value(args.get("recovery_days"))
    if days is not None and days != 0 and not 7 <= days <= 30:
        reject(component, "recovery_days", f"is {days}", "Choose 7 to 30, or 0 to delete at once.")
    check_range(component, "rotation_days", args.get("rotation_days"), 1, 1000)
    for field in ("rotation_days", "rotation_alias"):
        check_together(component, args, field, "rotation_function")
    check_arn(component, "key_arn", args.get("key_arn"), "kms")
    if "rotation_function" in args:
        check_key(component, "key_arn", args.get("key_arn"))


def _is_object(text: str) -> bool:
    """Return whether a text is a JSON object."""
    try:
        content: Any = json.loads(text)
    except ValueError:
        return False
    return isinstance(content, dict)
