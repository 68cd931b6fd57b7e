"""Checks whether a function's role may invoke a Bedrock model, as AWS would. The operator may invoke every model."""

import re

from local.region.iam_evaluator import allows
from local.region.resource_registry import ResourceRegistry

_GEOGRAPHY = re.compile(r"(?P<where>us|us-gov|eu|apac|jp|au|ca|global)\.(?P<model>amazon\..+)")
_REGIONS = {
    "us": ("us-east-1", "us-east-2", "us-west-2"),
    "eu": ("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"),
}
_ACTION = "bedrock:InvokeModel"


def denial(registry: ResourceRegistry, region: str, account: str, function: str, model_id: str) -> str | None:
    """Return AWS's message when the function's role may not invoke the model, or None when it may.

    An empty function name means the operator of this machine, who may do everything in this region.
    A plain model id needs permission for one foundation model. An inference profile needs permission for the profile,
    and for the foundation model in each of its regions with the profile's ARN as condition.
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """
    if not function:
        return None
    known = registry.functions.get(function)
    if known is None:
        return f"The security token of {function!r} belongs to no function of this region."
    role = known.role.rsplit("/", 1)[-1]
    policies = registry.policies_of_role(role)
    for resource, context in _needed(model_id, region, account):
        if not allows(policies, _ACTION, resource, context):
            return (
                f"User: arn:aws:sts::{account}:assumed-role/{role}/{function} is not authorized to perform: {_ACTION} "
                f"on resource: {resource} because no identity-based policy allows the {_ACTION} action"
            )
    return None


def _needed(model_id: str, region: str, account: str) -> list[tuple[str, dict[str, str]]]:
    """Return (resource, condition keys) pairs that must all be allowed."""
    name = model_id.rsplit("/", 1)[-1]
    through = _GEOGRAPHY.fullmatch(name)
    if through is None:
        return [(f"arn:aws:bedrock:{region}::foundation-model/{name}", {})]
    profile = f"arn:aws:bedrock:{region}:{account}:inference-profile/{name}"
    where = _REGIONS.get(through["where"], (region,))
    context = {"bedrock:InferenceProfileArn": profile}
    models = [(f"arn:aws:bedrock:{each}::foundation-model/{through['model']}", context) for each in where]
    return [(profile, {}), *models]
