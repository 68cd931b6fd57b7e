"""The Lambda functions of the pipeline, one package each."""
