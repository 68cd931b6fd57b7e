"""Checks of the Atlassian site and the model: run by `pulumi up` before any change and by `python -m ops doctor`."""
