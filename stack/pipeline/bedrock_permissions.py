"""The permission to ask one Bedrock model, by model id or through an inference profile."""

import re

import pulumi

from ..arguments.iam_policy import PolicyStatement, statement

INVOKE = "bedrock:InvokeModel"

_GEOGRAPHY = re.compile(r"(us|us-gov|eu|apac|jp|au|ca|sa|me|af|il|mx|global)\.(?P<model>[a-z0-9-]+\..+)")


def model_statements(
    model_id: str, region: pulumi.Input[str], account: pulumi.Input[str]
) -> list[pulumi.Output[PolicyStatement]]:
    """Permit InvokeModel (which the Converse API checks) on what `model_id` names, and on nothing else.

    A model id (`amazon.nova-lite-v1:0`) is one foundation model in this region. An inference profile
    (`us.amazon.nova-lite-v1:0`, or a profile's ARN) is that profile, and the foundation model in each of its
    regions, but only when asked through the profile.
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
        # The ARN of a profile of one's own does not tell its model: the condition below narrows it.
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
        # Any region, since AWS adds regions to a profile; the condition keeps it to this profile.
        statement([INVOKE], *models, conditions={"ArnEquals": {"bedrock:InferenceProfileArn": [profile]}}),
    ]


def _partition(region: str) -> str:
    """Tell which of AWS's partitions a region is in."""
    apart = {"us-gov": "aws-us-gov", "cn": "aws-cn"}
    return next((name for start, name in apart.items() if region.startswith(f"{start}-")), "aws")
