"""Atlassian documents (ADF) in the simulator: validation, HTML, wiki markup."""
