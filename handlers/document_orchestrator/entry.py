"""The module that AWS names: its import, in Lambda's init phase, builds the clients.

Nothing else imports it. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
"""

from handlers.document_orchestrator.dependencies import build_use_cases
from handlers.document_orchestrator.handler import handle

__all__ = ["handle"]

build_use_cases()
