"""The Pulumi program: configuration in, one DocumentationPipeline, outputs out."""

import pulumi

from stack.pipeline import stack_config
from stack.pipeline.pipeline import DocumentationPipeline

pipeline = DocumentationPipeline(
    "kinexus", stack_config.read_pipeline_args(pulumi.Config(), pulumi.get_stack())
)

for name, value in pipeline.exports().items():
    pulumi.export(name, value)
