"""SecretBundle: a secret in Secrets Manager, filled from Pulumi's secret configuration, with optional rotation."""

import hashlib
import json
import re
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, key_of, policy_document, statement, with_key
from ..arguments.names import suffixed
from ..arguments.tags import check_tags, with_tags
from ..arguments.validation import (
    check_fields,
    check_key,
    check_range,
    check_text,
    check_together,
    reject,
    when_known,
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

    secret_json: pulumi.Input[str]
    """Content, a JSON object as text, kept as a secret in Pulumi's state."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Name in AWS; Pulumi chooses one by default."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    recovery_days: NotRequired[pulumi.Input[int]]
    """Days for which a deleted secret can be restored, 7 to 30, or 0 to delete at once; 30 by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts the secret; Secrets Manager's own key by default. The statement for reading, and
    the role of `rotation_function`, get permission to use the key."""
    rotation_function: NotRequired[pulumi.Input[aws.lambda_.Function]]
    """Function that rotates the secret by Secrets Manager's rotation steps; none by default. Its role gets permission
    to read and replace the secret."""
    rotation_alias: NotRequired[pulumi.Input[str]]
    """Alias of the rotation function to invoke; `$LATEST` by default."""
    rotation_days: NotRequired[int]
    """Days between rotations, 1 to 1000; needs `rotation_function`, 30 by default."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


class SecretBundle(pulumi.ComponentResource):
    """A secret in Secrets Manager, with optional rotation and a statement for its readers."""

    secret_arn: pulumi.Output[str]
    """Its ARN, for the environment of functions that read the secret."""
    read_statement: pulumi.Output[PolicyStatement]
    """Permission to read it."""

    def __init__(self, name: str, args: SecretBundleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(args)
        super().__init__("kinexus:index:SecretBundle", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        secret = aws.secretsmanager.Secret(
            name,
            name=args.get("secret_name"),
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
        self.read_statement = statement(
            with_key(["secretsmanager:GetSecretValue"], ["kms:Decrypt"], args), secret.arn, *key_of(args)
        )
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
        rotation_name = suffixed(args.get("secret_name"), "-rotation")
        policy = aws.iam.RolePolicy(
            f"{name}-rotation-rights",
            name=None if rotation_name is None else rotation_name.apply(_policy_name),
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
    check_tags(component, args.get("tags"))
    fix = "Use 1 to 512 letters, digits and `/_+=.@-`."
    check_text(component, "secret_name", args.get("secret_name"), r"[A-Za-z0-9/_+=.@-]{1,512}", fix)
    when_known(args["secret_json"], _check_content)
    when_known(args.get("recovery_days"), _check_recovery)
    check_range(component, "rotation_days", args.get("rotation_days"), 1, 1000)
    for field in ("rotation_days", "rotation_alias"):
        check_together(component, args, field, "rotation_function")
    check_key(component, "key_arn", args.get("key_arn"))


def _check_content(content: str) -> None:
    """Raise InvalidArgument for content that is not a JSON object; the message does not show the content."""
    if not _is_object(content):
        fix = 'Write it as {"key": "…"}, e.g. with Output.json_dumps.'
        reject("SecretBundle", "secret_json", "is not a JSON object", fix)


def _check_recovery(days: float) -> None:
    """Raise InvalidArgument for a number of days that Secrets Manager would reject."""
    if days != 0 and not 7 <= days <= 30:
        reject("SecretBundle", "recovery_days", f"is {days}", "Choose 7 to 30, or 0 to delete at once.")


def _is_object(text: str) -> bool:
    """Return whether a text is a JSON object."""
    try:
        content: Any = json.loads(text)
    except ValueError:
        return False
    return isinstance(content, dict)
