"""Checks of the Atlassian site and the Bedrock model, run by `pulumi up` before any change and by `python -m ops doctor`."""
