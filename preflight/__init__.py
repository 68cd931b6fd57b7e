"""What must be there before the pipeline can work: asked by `pulumi up` before it makes anything, and by the doctor."""
