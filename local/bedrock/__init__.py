"""A stand-in for Amazon Bedrock: implements the Converse API with tools, and drafts by rules without a model."""

from local.bedrock.server import RunningStandIn, application, serve
from local.bedrock.standin import ModelCall, StandIn

__all__ = ["ModelCall", "RunningStandIn", "StandIn", "application", "serve"]
