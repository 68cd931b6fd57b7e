"""IAM permissions to invoke one Bedrock model, by id or through an inference profile, and to apply a guardrail."""

import re

import pulumi

from ..arguments.iam_policy import PolicyStatement

INVOKE = "bedrock:InvokeModel"
APPLY_GUARDRAIL = "bedrock:ApplyGuardrail"

_GEOGRAPHY = re.compile(r"(us|us-gov|eu|apac|jp|au|ca|sa|me|af|il|mx|global)\.(?P<model>[a-z0-9-]+\..+)")


def model_statements(
    model_id: pulumi.Input[str], region: pulumi.Input[str], account: pulumi.Input[str]
) -> pulumi.Output[list[PolicyStatement]]:
    """Return statements that allow InvokeModel (which the Converse API checks) only on what `model_id` names.

    For a model id (`amazon.nova-lite-v1:0`) that is one foundation model in this region. For an inference profile
    (`us.amazon.nova-lite-v1:0`, or a profile's ARN) it is the profile, and the foundation model in each of its regions,
    but only through the profile.
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """
    return pulumi.Output.all(model_id, region, account).apply(lambda known: _statements(*known))


def guardrail_statements(
    guardrail: str, region: pulumi.Input[str], account: pulumi.Input[str]
) -> pulumi.Output[list[PolicyStatement]]:
    """Return the statement that allows to use a guardrail, given as `ID:VERSION` or `ARN:VERSION`; none if it is "".

    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-invoke.html
    """
    name = guardrail.rpartition(":")[0]

    def statements(known: list[str]) -> list[PolicyStatement]:
        if not name:
            return []
        here, mine = known
        arn = (
            name
            if name.startswith("arn:")
            else f"arn:{_partition(here)}:bedrock:{here}:{mine}:guardrail/{name}"
        )
        return [{"actions": [APPLY_GUARDRAIL], "resources": [arn]}]

    return pulumi.Output.all(region, account).apply(statements)


def _statements(model_id: str, region: str, account: str) -> list[PolicyStatement]:
    if model_id.startswith("arn:") and "inference-profile/" not in model_id:
        return [_invoke(model_id)]
    partition = _partition(region)
    match = _GEOGRAPHY.fullmatch(model_id.rsplit("/", 1)[-1] if model_id.startswith("arn:") else model_id)
    if model_id.startswith("arn:"):
        profile, partition = model_id, model_id.split(":")[1]
    elif match:
        profile = f"arn:{partition}:bedrock:{region}:{account}:inference-profile/{model_id}"
    else:
        return [_invoke(f"arn:{partition}:bedrock:{region}::foundation-model/{model_id}")]
    # The ARN of an application inference profile does not name its model: the condition below limits access.
    model = match["model"] if match else "*"
    models = [f"arn:{partition}:bedrock:*::foundation-model/{model}"]
    if model_id.startswith("global."):
        # A global profile also checks the model without a region.
        models.append(f"arn:{partition}:bedrock:::foundation-model/{model}")
    # Any region, because AWS may add regions to a profile; the condition limits access to this profile.
    through = {"ArnEquals": {"bedrock:InferenceProfileArn": [profile]}}
    return [_invoke(profile), {**_invoke(*models), "conditions": through}]


def _invoke(*resources: str) -> PolicyStatement:
    return {"actions": [INVOKE], "resources": list(resources)}


def _partition(region: str) -> str:
    """Return the AWS partition of a region."""
    apart = {"us-gov": "aws-us-gov", "cn": "aws-cn"}
    return next((name for start, name in apart.items() if region.startswith(f"{start}-")), "aws")
