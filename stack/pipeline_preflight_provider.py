"""The path that the state of deployed stacks names; the code is in `pipeline/preflight_provider.py`."""

from .pipeline.preflight_provider import PreflightProvider

__all__ = ["PreflightProvider"]
