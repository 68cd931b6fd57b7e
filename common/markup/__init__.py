"""ADF, Jira wiki markup and the HTML page frame. Imports `runtime` only."""
