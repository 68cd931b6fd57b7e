"""A dynamic resource of the program is created by its own provider, with the stack's settings, when it is deployed."""

import os
from typing import Any

import pytest
from pulumi import dynamic
from pulumi.dynamic.dynamic import serialize_provider

from local.region.dynamic_resource import create_dynamic_resource, is_dynamic
from local.region.ministack import RegionFailure


class Greeter(dynamic.ResourceProvider):
    """Greets in the language of the settings."""

    word = ""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        if news["whom"] == "Nobody":
            return dynamic.CheckResult(news, [dynamic.CheckFailure("whom", "there is nobody to greet")])
        return dynamic.CheckResult({**news, "at": os.environ.get("GREETER_PLACE", "home")}, [])

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        self.word = req.config.require("greeting")

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        return dynamic.CreateResult("greeting-1", {"said": f"{self.word} {props['whom']}"})


def _inputs(**props: str) -> dict[str, str]:
    return {"__provider": serialize_provider(Greeter()), **props}


def test_provider_creates_it_with_the_settings() -> None:
    made = create_dynamic_resource("hello", _inputs(whom="Ada"), {"shop:greeting": "Moin"}, "shop", {})
    assert made == ("greeting-1", {"whom": "Ada", "at": "home", "said": "Moin Ada"})


def test_failure_names_the_resource() -> None:
    with pytest.raises(RegionFailure, match=r"'hello': missing required configuration key: greeting"):
        create_dynamic_resource("hello", _inputs(whom="Ada"), {}, "shop", {})


def test_a_resource_the_provider_refuses_is_not_created() -> None:
    with pytest.raises(RegionFailure, match=r"'hello': there is nobody to greet"):
        create_dynamic_resource("hello", _inputs(whom="Nobody"), {"shop:greeting": "Moin"}, "shop", {})


def test_provider_runs_in_the_deployers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREETER_PLACE", "work")
    settings = {"shop:greeting": "Moin"}
    for environment, place in (({"GREETER_PLACE": "sea"}, "sea"), ({"GREETER_PLACE": None}, "home")):
        _, made = create_dynamic_resource("hello", _inputs(whom="Ada"), settings, "shop", environment)
        assert made["at"] == place
        assert os.environ["GREETER_PLACE"] == "work"


@pytest.mark.parametrize(
    ("token", "dynamic_one"),
    [("pulumi-python:dynamic/kinexus:JiraWebhook", True), ("pulumi-python:dynamic:Resource", True), ("aws:sns/topic:Topic", False)],
)  # fmt: skip
def test_dynamic_types_are_known_by_their_token(token: str, dynamic_one: bool) -> None:
    assert is_dynamic(token) is dynamic_one
