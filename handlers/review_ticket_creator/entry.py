"""The module that AWS names: its import, in Lambda's init phase, builds the clients.

Nothing else imports it. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
"""

from handlers.review_ticket_creator.dependencies import build_use_cases
from handlers.review_ticket_creator.handler import handle

__all__ = ["handle"]

build_use_cases()
