"""All of Kinexus, configured by `pulumi config`: what this repository's own program does."""

import pulumi

from stack import DocumentationPipeline, pipeline_config

args = pipeline_config.read(pulumi.Config(), pulumi.get_stack())
kinexus = DocumentationPipeline("kinexus", args)
pulumi.export("steps", kinexus.webhook_steps)
