"""Markup of the services around us: ADF, wiki markup, HTML pages. Imports `runtime` only."""
