"""A secret in Secrets Manager, filled from Pulumi's secret configuration."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_fields, known, refuse
from stack.policy import PolicyStatement, statement


class SecretBundleArgs(TypedDict):
    """Name and content of the secret."""

    secret_name: pulumi.Input[str]
    """Name in AWS."""
    secret_json: pulumi.Input[str]
    """Content, a JSON object as text, kept as a secret in Pulumi's state."""
    description: NotRequired[pulumi.Input[str]]
    """What the secret is for, as AWS shows it."""
    recovery_days: NotRequired[pulumi.Input[int]]
    """How long a deleted secret can be restored (7 to 30), or 0 for not at all; 30 by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the secret; Secrets Manager's own by default."""


class SecretBundle(pulumi.ComponentResource):
    """One secret, and the permission to read it."""

    secret_arn: pulumi.Output[str]
    """Its ARN, which functions get instead of the secret."""
    read_statement: pulumi.Output[PolicyStatement]
    """Permission to read it."""

    def __init__(self, name: str, args: SecretBundleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_fields("SecretBundle", args, SecretBundleArgs)
        days = known(args.get("recovery_days"))
        if days is not None and days != 0 and not 7 <= days <= 30:
            refuse("SecretBundle", "recovery_days", f"is {days}", "Choose 7 to 30, or 0 to delete at once.")
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

        self.secret_arn = secret.arn
        self.read_statement = statement(["secretsmanager:GetSecretValue"], secret.arn)
        self.register_outputs({"secretArn": self.secret_arn, "readStatement": self.read_statement})
