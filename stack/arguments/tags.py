"""Tags: on everything that one component creates, or on everything in the stack.

https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from .validation import reject, when_known

Tags = Mapping[str, pulumi.Input[str]]
"""Tags by key."""

_LONGEST_KEY, _LONGEST_VALUE, _MOST = 128, 256, 50
_ALLOWED = r"[\w\s.:/=+@-]*"


def tag_stack(tags: pulumi.Input[Tags]) -> None:
    """Tag every AWS resource that the program creates from now on; call it first in the program.

    Tags of a component, and those of a resource itself, win over these. Raises InvalidArgument for tags that AWS
    rejects.
    """
    check_tags("tag_stack", tags)
    pulumi.runtime.register_stack_transformation(_tagging(tags))


def with_tags(opts: pulumi.ResourceOptions | None, args: Any) -> pulumi.ResourceOptions | None:
    """Return a component's options, with its argument `tags` applied to every resource below it."""
    if "tags" not in args:
        return opts
    return pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(transformations=[_tagging(args["tags"])])
    )


def check_tags(component: str, tags: Any) -> None:
    """Raise InvalidArgument for tags that AWS would reject."""
    when_known(tags, lambda known: _check(component, known))


def _check(component: str, tags: Mapping[str, Any]) -> None:
    if len(tags) > _MOST:
        reject(component, "tags", f"has {len(tags)} entries", f"AWS accepts at most {_MOST}.")
    for key, value in tags.items():
        if (
            not re.fullmatch(_ALLOWED, key)
            or not 1 <= len(key) <= _LONGEST_KEY
            or key.lower().startswith("aws:")
        ):
            fix = (
                f"Use 1 to {_LONGEST_KEY} letters, digits, blanks and `.:/=+@_-`, not beginning with `aws:`."
            )
            reject(component, "tags", f"has the key {key!r}", fix)

        def check(text: Any, key: str = key) -> None:
            if not isinstance(text, str) or len(text) > _LONGEST_VALUE or not re.fullmatch(_ALLOWED, text):
                fix = f"Use at most {_LONGEST_VALUE} letters, digits, blanks and `.:/=+@_-`."
                reject(component, f"tags.{key}", f"is {text!r}", fix)

        when_known(value, check)


def _tagging(
    tags: pulumi.Input[Tags],
) -> Callable[[pulumi.ResourceTransformationArgs], pulumi.ResourceTransformationResult | None]:
    """Return a transformation that adds tags to resources that have them; existing tags win."""

    def transformation(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        props: Any = args.props
        # Resources of pulumi_aws pass every argument that they have, also those without a value.
        if not args.type_.startswith("aws:") or "tags" not in props:
            return None
        own = props["tags"]
        if own is not None and not isinstance(own, Mapping | pulumi.Output):
            return None  # a few resources have lists with a shape of their own
        merged: Any = (
            {**tags, **(own or {})}
            if isinstance(tags, Mapping) and not isinstance(own, pulumi.Output)
            else pulumi.Output.all(tags, own).apply(lambda both: {**both[0], **(both[1] or {})})
        )
        return pulumi.ResourceTransformationResult({**props, "tags": merged}, args.opts)

    return transformation
