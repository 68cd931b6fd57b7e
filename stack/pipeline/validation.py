"""Validates the arguments of DocumentationPipeline by the rules of `setting_schema`, and fills in the defaults."""

from pathlib import Path
from typing import Any, cast

import pulumi

from ..arguments.tags import check_tags
from ..arguments.validation import check_fields, reject
from ..function.packaging import PackagingError
from .args import DocumentationPipelineArgs
from .setting_schema import (
    BY_FIELD,
    BY_KEY,
    DEFAULTS,
    SETTINGS,
    default_prefix,
    find_conflict,
    suggested_prefix,
)
from .setting_types import InvalidValue, ValueRule

ROOT = Path(__file__).resolve().parents[2]
"""Folder of the checkout, with `handlers` and `common`, wherever the program runs."""

_COMPONENT = "DocumentationPipeline"


def check_pipeline(name: str, args: DocumentationPipelineArgs) -> DocumentationPipelineArgs:
    """Return all arguments in normal form, with defaults for those that are not given.

    Raises InvalidArgument for an invalid argument (during the update, if the value is only known then), and
    PackagingError if the sources of the functions are missing.
    """
    if not (ROOT / "handlers").is_dir():
        raise PackagingError(
            f"{_COMPONENT} needs handlers/ and common/ of a checkout of Kinexus, and {ROOT} has no handlers/. "
            "Run the program from a checkout, or put one on PYTHONPATH instead of installing the package."
        )
    check_fields(_COMPONENT, args, DocumentationPipelineArgs)
    check_tags(_COMPONENT, args.get("tags"))
    stack = pulumi.get_stack()
    given: dict[str, Any] = {"name_prefix": default_prefix(name, stack), **args}
    examples = {"name_prefix": suggested_prefix(name, stack)}
    checked = {
        field: _checked(field, BY_FIELD[field].rule, value, examples.get(field, BY_FIELD[field].rule.example))
        for field, value in given.items()
    }
    conflict = find_conflict(checked, stack)
    if conflict is not None:
        field, problem, right = conflict
        reject(_COMPONENT, field, problem, f"Set it to {right}.")
    for setting in SETTINGS:
        if setting.same_as:
            checked.setdefault(setting.field, checked[BY_KEY[setting.same_as].field])
    return cast(DocumentationPipelineArgs, {**DEFAULTS, **checked})


def _checked(field: str, rule: ValueRule, value: Any, example: str) -> Any:
    """Validate a value, now or as soon as it is known, and return it in normal form; `example` is a valid value."""
    if isinstance(value, pulumi.Output):
        return value.apply(lambda known: _checked(field, rule, known, example))
    try:
        return rule.checked(value)
    except InvalidValue as error:  # let go: reject() raises InvalidArgument
        reject(_COMPONENT, field, str(error), f"For example: {example}")
