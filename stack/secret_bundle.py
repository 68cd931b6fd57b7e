"""A secret in Secrets Manager, filled from Pulumi's secret configuration."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_fields, check_range, known, refuse
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
    rotation_function: NotRequired[pulumi.Input[aws.lambda_.Function]]
    """Function that replaces the secret, step by step, as Secrets Manager asks it to; none by default."""
    rotation_days: NotRequired[int]
    """How often it is asked, 1 to 1000; needs `rotation_function`, 30 by default."""


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
        check_range("SecretBundle", "rotation_days", args.get("rotation_days"), 1, 1000)
        if "rotation_days" in args and "rotation_function" not in args:
            refuse(
                "SecretBundle",
                "rotation_days",
                "needs `rotation_function`",
                "Give the function that rotates.",
            )
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
        """Let a function replace the secret, and nobody but this secret call it."""
        function = pulumi.Output.from_input(args["rotation_function"])
        permission = aws.lambda_.Permission(
            f"{name}-rotation-permission",
            action="lambda:InvokeFunction",
            function=function.apply(lambda known: known.name),
            principal="secretsmanager.amazonaws.com",
            source_arn=secret.arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.secretsmanager.SecretRotation(
            f"{name}-rotation",
            secret_id=secret.id,
            rotation_lambda_arn=function.apply(lambda known: known.arn),
            rotation_rules={"automatically_after_days": args.get("rotation_days", 30)},
            # Secrets Manager tries the function at once.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
