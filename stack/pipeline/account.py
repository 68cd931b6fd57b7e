"""How the pipeline fits into an account: keys, network, boundary, domain and topic as arguments of its components."""

from typing import Any

import pulumi

from .args import DocumentationPipelineArgs


def given(args: DocumentationPipelineArgs, **settings: str) -> dict[str, Any]:
    """Return arguments of a component, each from an argument of the pipeline; those that are not set are left out.

    `given(args, log_key_arn="key_arn")` gives the pipeline's `key_arn` to the component's `log_key_arn`.
    """
    values: Any = args
    return {name: values[field] for name, field in settings.items() if values[field] != ""}


def function_settings(args: DocumentationPipelineArgs, function: str) -> dict[str, Any]:
    """Return the arguments of one function: its key, boundary, network and reserved concurrency."""
    settings = given(
        args,
        environment_key_arn="key_arn",
        log_key_arn="key_arn",
        permissions_boundary="permissions_boundary",
    )
    if args["vpc_subnet_ids"] != "":
        settings["vpc"] = {
            "subnet_ids": entries(args["vpc_subnet_ids"]),
            "security_group_ids": entries(args["vpc_security_group_ids"]),
        }
    reserved = args.get("reserved_concurrency", {})
    return {**settings, **({"reserved_concurrency": reserved[function]} if function in reserved else {})}


def entries(text: pulumi.Input[str]) -> pulumi.Output[list[str]]:
    """Return the entries of a comma-separated list."""
    return pulumi.Output.from_input(text).apply(
        lambda known: [part.strip() for part in known.split(",") if part.strip()]
    )
