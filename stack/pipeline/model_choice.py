"""The Bedrock model of a pipeline: the configured one, or Nova Lite of the region."""

import pulumi

from ..arguments.validation import reject
from .args import DocumentationPipelineArgs
from .nova_models import nova_2_lite, nova_lite


def choose_model(args: DocumentationPipelineArgs, region: pulumi.Input[str]) -> pulumi.Input[str]:
    """Return the id of the model or inference profile.

    Raises InvalidArgument, as soon as the region is known, if none is configured and the region has no Nova Lite.
    """
    configured = args.get("bedrock_model_id")
    return configured if configured else pulumi.Output.from_input(region).apply(_model_of)


def _model_of(region: str) -> str:
    found = nova_lite(region)
    if found is None:
        reject(
            "DocumentationPipeline",
            "bedrock_model_id",
            f"is not set, and Kinexus knows no Nova Lite in the region {region}",
            f"Set it to a model or inference profile of this region. For example: {nova_2_lite(region)}",
        )
    return found
