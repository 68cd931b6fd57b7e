"""A dynamic resource of the program is created by its own provider, with the stack's settings, when it is deployed."""

from typing import Any

import pytest
from pulumi import dynamic
from pulumi.dynamic.dynamic import serialize_provider

from local.region.dynamic_resource import create, is_dynamic
from local.region.ministack import RegionFailure


class Greeter(dynamic.ResourceProvider):
    """Greets in the language of the settings."""

    word = ""

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        self.word = req.config.require("greeting")

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        return dynamic.CreateResult("greeting-1", {"said": f"{self.word} {props['whom']}"})


def _inputs(**props: str) -> dict[str, str]:
    return {"__provider": serialize_provider(Greeter()), **props}


def test_provider_creates_it_with_the_settings() -> None:
    made = create("hello", _inputs(whom="Ada"), {"shop:greeting": "Moin"}, "shop")
    assert made == ("greeting-1", {"whom": "Ada", "said": "Moin Ada"})


def test_failure_names_the_resource() -> None:
    with pytest.raises(RegionFailure, match=r"'hello': missing required configuration key: greeting"):
        create("hello", _inputs(whom="Ada"), {}, "shop")


@pytest.mark.parametrize(
    ("token", "dynamic_one"),
    [("pulumi-python:dynamic/kinexus:JiraWebhook", True), ("pulumi-python:dynamic:Resource", True), ("aws:sns/topic:Topic", False)],
)  # fmt: skip
def test_dynamic_types_are_known_by_their_token(token: str, dynamic_one: bool) -> None:
    assert is_dynamic(token) is dynamic_one
