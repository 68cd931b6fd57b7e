"""The module that AWS names: its import, in Lambda's init phase, builds the webhook's clients.

Nothing else imports it. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
"""

from handlers.approval_handler.answer_webhook import build_webhook
from handlers.approval_handler.handler import handle

__all__ = ["handle"]

build_webhook()
