"""The ids under which a region offers Amazon Nova Lite. `stack/pipeline/nova_models.py` repeats them; a test compares.

https://docs.aws.amazon.com/bedrock/latest/userguide/models-region-compatibility.html
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
"""

from __future__ import annotations

_NOVA_LITE, _NOVA_2_LITE = "amazon.nova-lite-v1:0", "amazon.nova-2-lite-v1:0"
#: Regions that offer Nova Lite itself; the others offer it only through the profile of their geography.
_IN_REGION = frozenset({"us-east-1", "us-gov-west-1", "ap-northeast-1", "ap-southeast-2", "eu-west-2"})
#: Geography of a region, by the beginning of its name; longer beginnings first.
_NOVA_LITE_PROFILES = {"us-gov-": "us-gov", "us-": "us", "ca-": "ca", "eu-": "eu", "ap-": "apac"}
_NOVA_2_LITE_PROFILES = {
    "us-gov-": "us-gov", "us-": "us", "eu-": "eu", "ap-northeast-1": "jp", "ap-northeast-3": "jp",
}  # fmt: skip


def nova_lite(region: str) -> str | None:
    """Return the model or the geographic inference profile of Nova Lite; None if the region has neither."""
    if region in _IN_REGION:
        return _NOVA_LITE
    geography = _geography(region, _NOVA_LITE_PROFILES)
    return f"{geography}.{_NOVA_LITE}" if geography else None


def nova_2_lite(region: str) -> str:
    """Return the inference profile of Nova 2 Lite: the geographic one, or else the global one."""
    return f"{_geography(region, _NOVA_2_LITE_PROFILES) or 'global'}.{_NOVA_2_LITE}"


def _geography(region: str, profiles: dict[str, str]) -> str | None:
    return next((name for start, name in profiles.items() if region.startswith(start)), None)
