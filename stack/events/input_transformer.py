"""A message of one's own, made from an event."""

import re
from typing import Any, TypedDict

from ..arguments.validation import check_fields, reject


class InputTransformer(TypedDict):
    """How a message is made from an event."""

    paths: dict[str, str]
    """Names, and where in the event their values are, e.g. `{"order": "$.detail.order_id"}`."""
    template: str
    """The message, with names in angle brackets, e.g. `{"order": <order>}`."""


def input_transformer(transformer: InputTransformer | None) -> dict[str, Any] | None:
    """Write a transformer in EventBridge's spelling."""
    return transformer and {"input_paths": transformer["paths"], "input_template": transformer["template"]}


def check_transformer(component: str, transformer: InputTransformer) -> None:
    """Refuse a template that uses names nobody defined."""
    check_fields(f"{component}.transformer", transformer, InputTransformer)
    for name, path in transformer["paths"].items():
        if name.startswith("aws."):
            reject(
                component,
                "transformer.paths",
                f"defines {name!r}",
                "EventBridge defines all `aws.` names itself.",
            )
        if not path.startswith("$"):
            reject(
                component, "transformer.paths", f"has {path!r}", "Start at the event: `$.detail.order_id`."
            )
    if len(transformer["paths"]) > 100:
        reject(component, "transformer.paths", "are more than 100", "Take whole objects: `$.detail`.")
    used = set(re.findall(r"<([A-Za-z0-9_.-]+)>", transformer["template"]))
    unknown = sorted(name for name in used - set(transformer["paths"]) if not name.startswith("aws."))
    if unknown:
        reject(component, "transformer.template", f"uses <{unknown[0]}>", "Define it in `paths`.")
