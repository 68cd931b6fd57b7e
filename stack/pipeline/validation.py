"""Checks and completes what a DocumentationPipeline is given, by the rules that the configuration has too."""

from pathlib import Path
from typing import Any, cast

import pulumi

from ..arguments.validation import check_fields, reject
from ..function.packaging import PackagingError
from .args import DocumentationPipelineArgs
from .setting_schema import BY_FIELD, BY_KEY, DEFAULTS, SETTINGS, default_prefix, find_conflict
from .setting_types import InvalidValue, ValueRule

ROOT = Path(__file__).resolve().parents[2]
"""Where `handlers` and `common` are, wherever the program runs."""

_COMPONENT = "DocumentationPipeline"


def check_pipeline(name: str, args: DocumentationPipelineArgs) -> DocumentationPipelineArgs:
    """Return all arguments, those that are not given by their defaults, each in its normal form.

    Raises InvalidArgument, for a value that is only known during the update then, and PackagingError without the
    sources of the functions.
    """
    if not (ROOT / "handlers").is_dir():
        raise PackagingError(
            f"{_COMPONENT} packages handlers/ and common/ of a checkout of Kinexus, and {ROOT} is none. "
            "Run the program from a checkout, or put one on PYTHONPATH instead of installing the package."
        )
    check_fields(_COMPONENT, args, DocumentationPipelineArgs)
    stack = pulumi.get_stack()
    given: dict[str, Any] = {"name_prefix": default_prefix(name, stack), **args}
    checked = {field: _checked(field, BY_FIELD[field].rule, value) for field, value in given.items()}
    odd = find_conflict(checked, stack)
    if odd is not None:
        field, problem, right = odd
        reject(_COMPONENT, field, problem, f"Set it to {right}.")
    for setting in SETTINGS:
        if setting.same_as:
            checked.setdefault(setting.field, checked[BY_KEY[setting.same_as].field])
    return cast(DocumentationPipelineArgs, {**DEFAULTS, **checked})


def _checked(field: str, rule: ValueRule, value: Any) -> Any:
    """Hold a value against its rule, now or as soon as it is known."""
    if isinstance(value, pulumi.Output):
        return value.apply(lambda known: _checked(field, rule, known))
    try:
        return rule.checked(value)
    except InvalidValue as broken:  # let go: refuse() raises InvalidArgument
        reject(_COMPONENT, field, str(broken), f"Give one such as {rule.example}.")
