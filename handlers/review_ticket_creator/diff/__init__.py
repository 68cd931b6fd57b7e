"""The visual diff: passages are read, compared and drawn, as a page and as ADF."""
