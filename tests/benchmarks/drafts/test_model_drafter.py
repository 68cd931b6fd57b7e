"""`--drafter model --model-url URL` measures a model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.drafts import __main__ as program
from benchmarks.drafts.drafters import model, standin
from benchmarks.drafts.traps import traps
from local.bedrock.model_endpoint import open_endpoint
from tests.local.bedrock.chat_server import MODEL, ChatServer, serving


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(ChatServer()) as running:
        yield running


def test_a_model_behind_an_endpoint_drafts_as_itself(server: ChatServer) -> None:
    """The server drafts by the stand-in's rules, so the drafts must be those of the stand-in."""
    server.ignores_tool_choice = True
    asked = model(open_endpoint(server.url).converse)
    for case in list(traps())[:4]:
        assert program.draft(case, asked, MODEL).storage == program.draft(case, standin()).storage


def test_an_error_of_the_endpoint_fails_its_case_only(server: ChatServer) -> None:
    server.answers.append((500, {"error": {"message": "out of memory"}}))
    asked = model(open_endpoint(server.url).converse)
    first, second, *_ = traps()
    failed, drafted = program.draft(first, asked, MODEL), program.draft(second, asked, MODEL)
    assert "out of memory" in failed.failure
    assert not drafted.failure


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--model-url", "localhost"], "write it as http"), (["--model-url", "http://127.0.0.1:9/v1"], "reached")],
)  # fmt: skip
def test_an_endpoint_that_cannot_be_used_is_said_plainly(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        program.main(["--drafter", "model", *options])
    assert said in capsys.readouterr().err
