"""The arguments of SecretBundle and their validation."""

import json
from typing import Any, NotRequired, TypedDict

import pulumi

from ..arguments.stand_ins import AnyFunction
from ..arguments.tags import check_tags
from ..arguments.validation import (
    check_fields,
    check_key,
    check_range,
    check_text,
    check_together,
    reject,
    when_known,
)


class SecretBundleArgs(TypedDict):
    """Name, content, encryption and rotation of the secret."""

    secret_json: pulumi.Input[str]
    """Content, a JSON object as text, kept as a secret in Pulumi's state."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Name in AWS; Pulumi chooses one by default."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    recovery_days: NotRequired[pulumi.Input[int]]
    """Days for which a deleted secret can be restored, 7 to 30, or 0 to delete at once; 30 by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts the secret; Secrets Manager's own key by default. The statement for reading, and
    the role of `rotation_function`, get permission to use the key."""
    rotation_function: NotRequired[pulumi.Input[AnyFunction]]
    """Function that rotates the secret by Secrets Manager's rotation steps; none by default. Its role gets permission
    to read and replace the secret."""
    rotation_alias: NotRequired[pulumi.Input[str]]
    """Alias of the rotation function to invoke; `$LATEST` by default."""
    rotation_days: NotRequired[int]
    """Days between rotations, 1 to 1000; needs `rotation_function`, 30 by default."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


def check_secret(args: SecretBundleArgs) -> None:
    """Raise InvalidArgument for arguments that Secrets Manager would reject, or content that is not a JSON object."""
    component = "SecretBundle"
    check_fields(component, args, SecretBundleArgs)
    check_tags(component, args.get("tags"))
    fix = "Use 1 to 512 letters, digits and `/_+=.@-`."
    check_text(component, "secret_name", args.get("secret_name"), r"[A-Za-z0-9/_+=.@-]{1,512}", fix)
    when_known(args["secret_json"], _check_content)
    when_known(args.get("recovery_days"), _check_recovery)
    check_range(component, "rotation_days", args.get("rotation_days"), 1, 1000)
    for field in ("rotation_days", "rotation_alias"):
        check_together(component, args, field, "rotation_function")
    check_key(component, "key_arn", args.get("key_arn"))


def _check_content(content: str) -> None:
    """Raise InvalidArgument for content that is not a JSON object; the message does not show the content."""
    if not _is_object(content):
        fix = 'Write it as {"key": "…"}, e.g. with Output.json_dumps.'
        reject("SecretBundle", "secret_json", "is not a JSON object", fix)


def _check_recovery(days: float) -> None:
    """Raise InvalidArgument for a number of days that Secrets Manager would reject."""
    if days != 0 and not 7 <= days <= 30:
        reject("SecretBundle", "recovery_days", f"is {days}", "Choose 7 to 30, or 0 to delete at once.")


def _is_object(text: str) -> bool:
    """Return whether a text is a JSON object."""
    try:
        content: Any = json.loads(text)
    except ValueError:
        return False
    return isinstance(content, dict)
