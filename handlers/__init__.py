"""The functions of the pipeline, one package each."""
