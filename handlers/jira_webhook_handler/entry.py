"""The module that AWS names: its import, in Lambda's init phase, builds the clients.

Nothing else imports it. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
"""

from handlers.jira_webhook_handler.dependencies import build_dependencies
from handlers.jira_webhook_handler.handler import handle

__all__ = ["handle"]

build_dependencies()
