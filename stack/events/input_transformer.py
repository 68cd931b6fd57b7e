"""Input transformer of an EventBridge rule: builds a custom message from an event."""

import re
from typing import Any, TypedDict

import pulumi

from ..arguments.validation import check_fields, reject, when_known


class InputTransformer(TypedDict):
    """How a custom message is built from an event."""

    paths: dict[str, str]
    """Variables and the JSON paths of their values in the event, e.g. `{"order": "$.detail.order_id"}`."""
    template: pulumi.Input[str]
    """The message, with variables in angle brackets, e.g. `{"order": <order>}`."""


def input_transformer(transformer: InputTransformer | None) -> dict[str, Any] | None:
    """Return a transformer as the argument of an EventTarget; None if there is none."""
    return transformer and {"input_paths": transformer["paths"], "input_template": transformer["template"]}


def check_transformer(component: str, transformer: InputTransformer) -> None:
    """Raise InvalidArgument for paths that EventBridge would reject, or a template with undefined variables."""
    check_fields(f"{component}.transformer", transformer, InputTransformer)
    for name, path in transformer["paths"].items():
        if name.startswith("aws."):
            reject(
                component,
                "transformer.paths",
                f"defines {name!r}",
                "Use a name without `aws.`: EventBridge reserves that prefix.",
            )
        if not path.startswith("$"):
            reject(
                component,
                "transformer.paths",
                f"has {path!r}",
                "Start the path with `$`, e.g. `$.detail.order_id`.",
            )
    if len(transformer["paths"]) > 100:
        fix = "Select whole objects instead, e.g. `$.detail`."
        reject(component, "transformer.paths", "has more than 100 entries", fix)

    def check_template(template: str) -> None:
        used = set(re.findall(r"<([A-Za-z0-9_.-]+)>", template))
        unknown = sorted(name for name in used - set(transformer["paths"]) if not name.startswith("aws."))
        if unknown:
            rule = f"uses <{unknown[0]}>, which is undefined"
            reject(component, "transformer.template", rule, "Define it in `paths`.")

    when_known(transformer["template"], check_template)
