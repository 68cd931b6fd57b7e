"""The visual diff: read two versions of a page into passages, compare them, and show the changes as HTML or ADF."""
