"""A stand-in for Amazon Bedrock: speaks the Converse protocol with tools, and drafts without a model."""

from local.bedrock.server import Running, serve
from local.bedrock.standin import Call, StandIn

__all__ = ["Call", "Running", "StandIn", "serve"]
