"""All of Kinexus, configured by `pulumi config`: what this repository's own program does."""

import pulumi
from kinexus_components import DocumentationPipeline
from kinexus_components.pipeline import stack_config

args = stack_config.read_pipeline_args(pulumi.Config(), pulumi.get_stack())
kinexus = DocumentationPipeline("kinexus", args)
pulumi.export("steps", kinexus.webhook_steps)
