"""All of Kinexus, configured by `pulumi config`: what this repository's own program does."""

import pulumi

from stack import DocumentationPipeline
from stack.pipeline import stack_config

args = stack_config.read_pipeline_args(pulumi.Config(), pulumi.get_stack())
kinexus = DocumentationPipeline("kinexus", args)
pulumi.export("steps", kinexus.webhook_steps)
