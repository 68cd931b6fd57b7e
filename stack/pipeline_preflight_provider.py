"""The import path that the state of deployed stacks refers to; the code is in `pipeline/preflight_provider.py`."""

from .pipeline.preflight_provider import PreflightProvider

__all__ = ["PreflightProvider"]
