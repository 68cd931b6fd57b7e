"""Logging for functions whose log format is JSON: Lambda writes every ``extra`` field of a record.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import logging


def configure_logging() -> None:
    """Log our own lines from INFO up, the libraries' from WARNING up."""
    logging.getLogger().setLevel(logging.WARNING)
    for ours in ("common", "handlers"):
        logging.getLogger(ours).setLevel(logging.INFO)
