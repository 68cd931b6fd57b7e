"""A function as others call it: by its alias where it has published versions, and as it is now otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..arguments.validation import reject


@dataclass(frozen=True)
class InvocationTarget:
    """A function of AWS Lambda, given to a component that has it called.

    ``qualifier`` is the name of its alias, None where none was given; ``arn`` and ``invoke_arn`` (by which API Gateway
    calls it) name the alias too.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    invoke_arn: pulumi.Output[str]
    qualifier: pulumi.Output[str | None] | None
    role_name: pulumi.Output[str]


def invocation_target(
    component: str,
    function: pulumi.Input[aws.lambda_.Function],
    alias: pulumi.Input[str] | None,
    field: str = "alias",
) -> InvocationTarget:
    """Say how a component has a function called; ``field`` names the alias in its arguments.

    Where both are known, a function with published versions and without an alias raises InvalidArgument: the
    call would reach neither its snapshot nor its warm instances.
    """
    known = pulumi.Output.from_input(function)

    def checked(given: Sequence[object]) -> str:
        published, name = given
        if published and not name:
            reject(
                component, field, "is missing, and the function is called by its published versions",
                "Give its alias: what a PythonFunction has in `.alias_name`.",
            )  # fmt: skip
        return str(name or "")

    live = pulumi.Output.all(known.apply(lambda found: found.publish), alias).apply(checked)
    return InvocationTarget(
        name=known.apply(lambda found: found.name),
        arn=pulumi.Output.all(known.apply(lambda found: found.arn), live).apply(_through),
        invoke_arn=pulumi.Output.all(known.apply(lambda found: found.invoke_arn), live).apply(
            _invoked_through
        ),
        qualifier=None if alias is None else live.apply(lambda name: name or None),
        role_name=known.apply(lambda found: found.role).apply(lambda arn: arn.rsplit("/", 1)[-1]),
    )


def _through(parts: Sequence[str]) -> str:
    """Join the ARN of a function and an alias, if there is one."""
    return ":".join(part for part in parts if part)


def _invoked_through(parts: Sequence[str]) -> str:
    """Turn the ARN by which API Gateway invokes a function into that of an alias, if there is one."""
    invoke_arn, alias = parts
    return invoke_arn.replace("/invocations", f":{alias}/invocations") if alias else invoke_arn
