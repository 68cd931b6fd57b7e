"""The target by which other resources invoke a function: its alias, or the unqualified function."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from ..arguments.stand_ins import AnyFunction
from ..arguments.validation import reject


@dataclass(frozen=True)
class InvocationTarget:
    """A Lambda function, or its alias, that a component invokes.

    ``qualifier`` is the name of the alias, None if none was given; ``arn`` and ``invoke_arn`` (which API Gateway uses)
    include the alias.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    invoke_arn: pulumi.Output[str]
    qualifier: pulumi.Output[str | None] | None
    role_name: pulumi.Output[str]


def invocation_target(
    component: str,
    function: pulumi.Input[AnyFunction],
    alias: pulumi.Input[str] | None,
    field: str = "alias",
) -> InvocationTarget:
    """Return the target by which a component invokes a function; ``field`` is the alias's argument in error messages.

    As soon as the values are known, a function with published versions but no alias raises InvalidArgument: the
    invocation would use neither its SnapStart snapshot nor its provisioned concurrency.
    """
    known = pulumi.Output.from_input(function)

    def checked(given: Sequence[object]) -> str:
        published, name = given
        if published and not name:
            reject(
                component, field, "is missing, but the function has published versions",
                "Give its alias: the output `.alias_name` of a PythonFunction.",
            )  # fmt: skip
        return str(name or "")

    live = pulumi.Output.all(known.apply(lambda it: it.publish), alias).apply(checked)
    return InvocationTarget(
        name=known.apply(lambda it: it.name),
        arn=pulumi.Output.all(known.apply(lambda it: it.arn), live).apply(_qualified_arn),
        invoke_arn=pulumi.Output.all(known.apply(lambda it: it.invoke_arn), live).apply(
            _qualified_invoke_arn
        ),
        qualifier=None if alias is None else live.apply(lambda name: name or None),
        role_name=known.apply(lambda it: it.role).apply(lambda arn: arn.rsplit("/", 1)[-1]),
    )


def _qualified_arn(parts: Sequence[str]) -> str:
    """Append the alias, if there is one, to the ARN of a function."""
    return ":".join(part for part in parts if part)


def _qualified_invoke_arn(parts: Sequence[str]) -> str:
    """Insert the alias, if there is one, into the ARN by which API Gateway invokes a function."""
    invoke_arn, alias = parts
    return invoke_arn.replace("/invocations", f":{alias}/invocations") if alias else invoke_arn
