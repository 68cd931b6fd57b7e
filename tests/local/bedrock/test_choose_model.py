"""The options that choose the model, and what is said where they cannot be used."""

import argparse

import pytest

from local.bedrock.choose_model import STAND_IN, ModelChoice, add_options, chosen_model
from local.bedrock.model_endpoint import NoModel
from tests.local.bedrock.chat_server import MODEL, ChatServer, serving


def chosen(*given: str) -> ModelChoice:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return chosen_model(parser.parse_args(given), "us-east-1")


def test_stand_in_is_the_default() -> None:
    assert chosen() is STAND_IN
    assert STAND_IN.converse is None


def test_an_endpoint_is_named_with_its_model() -> None:
    with serving(ChatServer()) as server:
        choice = chosen("--model-url", server.url)
    assert choice.name == f"the model {MODEL} at {server.url}"
    assert choice.converse is not None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--bedrock", "--model-url", "http://localhost/v1"), "exclude each other"),
        (("--model", "qwen2.5:7b"), "--model needs --model-url URL"),
    ],
)
def test_options_that_contradict_are_refused(given: tuple[str, ...], said: str) -> None:
    with pytest.raises(NoModel, match=said):
        chosen(*given)
