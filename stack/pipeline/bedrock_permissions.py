"""IAM permission to invoke one Bedrock model, by model id or through an inference profile."""

import re

import pulumi

from ..arguments.iam_policy import PolicyStatement, statement

INVOKE = "bedrock:InvokeModel"

_GEOGRAPHY = re.compile(r"(us|us-gov|eu|apac|jp|au|ca|sa|me|af|il|mx|global)\.(?P<model>[a-z0-9-]+\..+)")


def model_statements(
    model_id: str, region: pulumi.Input[str], account: pulumi.Input[str]
) -> list[pulumi.Output[PolicyStatement]]:
    """Return statements that allow InvokeModel (which the Converse API checks) only on what `model_id` names.

    For a model id (`amazon.nova-lite-v1:0`) that is one foundation model in this region. For an inference profile
    (`us.amazon.nova-lite-v1:0`, or a profile's ARN) it is the profile, and the foundation model in each of its regions,
    but only through the profile.
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    """
    if model_id.startswith("arn:") and "inference-profile/" not in model_id:
        return [statement([INVOKE], model_id)]
    profile: pulumi.Input[str]
    partition = pulumi.Output.from_input(region).apply(_partition)
    if model_id.startswith("arn:"):
        profile, partition = model_id, pulumi.Output.from_input(model_id.split(":")[1])
        name = model_id.rsplit("/", 1)[-1]
        match = _GEOGRAPHY.fullmatch(name)
        # The ARN of an application inference profile does not name its model: the condition below limits access.
        model = match["model"] if match else "*"
    elif match := _GEOGRAPHY.fullmatch(model_id):
        profile = pulumi.Output.concat(
            "arn:", partition, ":bedrock:", region, ":", account, f":inference-profile/{model_id}"
        )
        model = match["model"]
    else:
        own = pulumi.Output.concat("arn:", partition, ":bedrock:", region, f"::foundation-model/{model_id}")
        return [statement([INVOKE], own)]
    models = [pulumi.Output.concat("arn:", partition, f":bedrock:*::foundation-model/{model}")]
    if model_id.startswith("global."):
        # A global profile also checks the model without a region.
        models.append(pulumi.Output.concat("arn:", partition, f":bedrock:::foundation-model/{model}"))
    return [
        statement([INVOKE], profile),
        # Any region, because AWS may add regions to a profile; the condition limits access to this profile.
        statement([INVOKE], *models, conditions={"ArnEquals": {"bedrock:InferenceProfileArn": [profile]}}),
    ]


def _partition(region: str) -> str:
    """Return the AWS partition of a region."""
    apart = {"us-gov": "aws-us-gov", "cn": "aws-cn"}
    return next((name for start, name in apart.items() if region.startswith(f"{start}-")), "aws")
