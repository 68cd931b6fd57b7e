"""The Pulumi program: configuration in, one DocumentationPipeline, outputs out."""

import pulumi

from stack import pipeline_config
from stack.pipeline import DocumentationPipeline

pipeline = DocumentationPipeline("kinexus", pipeline_config.read(pulumi.Config(), pulumi.get_stack()))

for name, value in pipeline.exports().items():
    pulumi.export(name, value)
