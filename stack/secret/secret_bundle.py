"""SecretBundle: a secret in Secrets Manager, filled from Pulumi's secret configuration, with optional rotation."""

from typing import Any, Unpack, overload

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, key_of, statement, with_key
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from .args import SecretBundleArgs, check_secret
from .rotation import rotate


class SecretBundle(pulumi.ComponentResource):
    """A secret in Secrets Manager, with optional rotation and a statement for its readers."""

    secret_arn: pulumi.Output[str]
    """Its ARN, for the environment of functions that read the secret."""
    read_statement: pulumi.Output[PolicyStatement]
    """Permission to read it."""

    @overload
    def __init__(
        self, name: str, args: SecretBundleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[SecretBundleArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: SecretBundleArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(SecretBundleArgs, args, keywords)
        check_secret(args)
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
            rotate(name, secret, args, child)
        self.secret_arn = secret.arn
        self.read_statement = statement(
            with_key(["secretsmanager:GetSecretValue"], ["kms:Decrypt"], args), secret.arn, *key_of(args)
        )
        self.register_outputs(outputs_of(self))
