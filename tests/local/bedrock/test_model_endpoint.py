"""A model behind an OpenAI-compatible endpoint answers Converse requests; the functions notice no difference."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.aws.bedrock_client import (
    AnswerCutOff,
    BedrockClient,
    ContextExceeded,
    MalformedAnswer,
    ModelAnswer,
    ModelRefused,
    ModelTool,
    NoToolAnswer,
)
from local.bedrock import StandIn, nova, shared_answers
from local.bedrock.model_endpoint import KEY_VARIABLE, ModelEndpoint, NoModel, open_endpoint
from local.bedrock.nova import BedrockError
from local.bedrock.shared_answers import SharedAnswers
from tests.local.bedrock.chat_server import MODEL, NOVA, ChatServer, completion, serving

EDITS = {"summary": "s", "edits": [{"action": "delete", "block": 1}]}
EDIT = ModelTool(
    "edit_page",
    "Propose edits",
    {
        "type": "object",
        "properties": {"summary": {"type": "string"}, "edits": {"type": "array"}},
        "required": ["summary", "edits"],
    },
)
PROMPT = """<ticket>
Key: SHOP-1
Summary: Refunds can be partial

A refund may now be smaller than the payment.
</ticket>

<page title="Refunds">
[1] ## Refunds
[2] A refund returns the whole payment to the customer.
</page>"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with serving(ChatServer()) as running:
        yield running


class DirectClient:
    """Bedrock's client, without the way over HTTP: the stand-in forwards to the endpoint, as in the local region."""

    def __init__(self, endpoint: ModelEndpoint) -> None:
        self.stand_in = StandIn(converse=endpoint.converse)

    def converse(self, **request: Any) -> dict[str, Any]:
        model_id = request.pop("modelId")
        try:
            return self.stand_in.answer("", model_id, request)
        except BedrockError as error:
            told = {"Error": {"Code": error.kind, "Message": error.message}}
            raise ClientError(told, "Converse") from error  # type: ignore[arg-type]


def ask(server: ChatServer, *earlier: tuple[ModelAnswer, str]) -> ModelAnswer:
    client = DirectClient(open_endpoint(server.url, MODEL))
    return BedrockClient(client, NOVA).ask("You edit pages.", PROMPT, EDIT, earlier)


def request(**changes: Any) -> dict[str, Any]:
    message = {"role": "user", "content": [{"text": PROMPT}]}
    return {"messages": [message], **changes}


def error_of(server: ChatServer) -> BedrockError:
    with pytest.raises(BedrockError) as refused:
        open_endpoint(server.url, MODEL).converse(NOVA, request())
    return refused.value


def test_a_tool_call_and_its_usage_are_the_models_answer(server: ChatServer) -> None:
    server.answers.append(completion(("edit_page", json.dumps(EDITS)), usage=(321, 12)))
    answer = ask(server)
    assert (answer.input, answer.input_tokens, answer.output_tokens) == (EDITS, 321, 12)
    assert answer.model_id == MODEL, "records and reviews name the model of the endpoint"
    [asked] = server.asked
    assert asked["model"] == MODEL
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert asked["messages"][1]["content"] == PROMPT
    assert (asked["temperature"], asked["max_tokens"], asked["stream"]) == (0.0, 4_000, False)
    assert asked["tools"][0]["function"]["parameters"] == EDIT.schema
    assert asked["tool_choice"] == "required", "the only tool is required: a name is refused by LM Studio"


def test_one_of_several_tools_is_named(server: ChatServer) -> None:
    specs = [
        {"toolSpec": {"name": name, "inputSchema": {"json": dict(EDIT.schema)}}} for name in ("one", "two")
    ]
    server.answers.append(completion(("two", "{}")))
    config = {"tools": specs, "toolChoice": {"tool": {"name": "two"}}}
    open_endpoint(server.url, MODEL).converse(NOVA, request(toolConfig=config))
    assert server.asked[0]["tool_choice"] == {"type": "function", "function": {"name": "two"}}


def test_an_invalid_answer_is_explained_in_the_same_conversation(server: ChatServer) -> None:
    first = ask(server)
    second = ask(server, (first, "block 2 cannot be replaced"))
    assert [edit["action"] for edit in second.input["edits"]] == ["insert_after"]
    roles = [message["role"] for message in server.asked[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "tool"]
    assert server.asked[-1]["messages"][-1]["content"] == "block 2 cannot be replaced"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"name": "edit_page", "arguments": EDITS}),
        json.dumps({"name": "edit_page", "parameters": json.dumps(EDITS)}),
        "<tool_call>\n" + json.dumps({"name": "edit_page", "arguments": EDITS}) + "\n</tool_call>",
        "```json\n" + json.dumps(EDITS) + "\n```",
        "<think>Block 1 has to go.</think>\n\n" + json.dumps(EDITS),
    ],
)
def test_a_tool_call_written_as_text_is_understood(server: ChatServer, text: str) -> None:
    """Endpoints that ignore `tool_choice` return what the model wrote."""
    server.answers.append(completion(text=text))
    assert ask(server).input == EDITS


@pytest.mark.parametrize(
    "text",
    ["I would delete block 1.", "", '{"name": "other_tool", "arguments": {}}', '{"summary": "no edits"}', "{"],
)  # fmt: skip
def test_text_that_is_no_tool_call_is_no_answer(server: ChatServer, text: str) -> None:
    server.answers.append(completion(text=text))
    with pytest.raises(NoToolAnswer):
        ask(server)


@pytest.mark.parametrize("given", [EDITS, json.dumps(EDITS)])
def test_arguments_may_be_an_object_or_its_text(server: ChatServer, given: Any) -> None:
    server.answers.append(completion(("edit_page", given), reason="stop"))
    assert ask(server).input == EDITS


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (completion(("edit_page", '{"summary": "cut'), reason="length"), AnswerCutOff),
        (completion(text="half a sent", reason="length"), AnswerCutOff),
        (completion(text="no", reason="content_filter"), ModelRefused),
        ((400, {"error": "the request exceeds the available context size"}), ContextExceeded),
        ((500, {"error": {"message": "context length exceeded"}}), ContextExceeded),
    ],
)
def test_unusable_answers_have_their_usual_names(
    server: ChatServer, answer: Any, failure: type[Exception]
) -> None:
    server.answers.append(answer)
    with pytest.raises(failure):
        ask(server)


def test_arguments_that_are_not_json_are_an_error_as_of_nova(server: ChatServer) -> None:
    server.answers.append(completion(("edit_page", "{'summary': ")))
    error = error_of(server)
    assert (error.kind, error.status, error.message) == nova.INVALID_TOOL_USE
    server.answers.append(completion(("edit_page", "{'summary': ")))
    with pytest.raises(MalformedAnswer):
        ask(server)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"error": {"message": "no key"}}, "AccessDeniedException"),
        (408, {"error": "slow"}, "ModelTimeoutException"),
        (422, {"detail": [{"msg": "field required"}]}, "ValidationException"),
        (429, {"error": {"message": "slow down"}}, "ThrottlingException"),
        (500, {"error": {"message": "out of memory"}}, "InternalServerException"),
        (500, {"error": {"message": "Unsupported param: tools"}}, "ValidationException"),
        (502, "bad gateway", "ServiceUnavailableException"),
        (503, {"error": {"message": "Loading model"}}, "ServiceUnavailableException"),
        (302, {"message": "moved"}, "ValidationException"),
        (200, {"choices": []}, "ModelErrorException"),
        (200, "hello", "ModelErrorException"),
    ],
)
def test_errors_become_those_of_bedrock(server: ChatServer, status: int, body: Any, kind: str) -> None:
    server.answers.append((status, body))
    error = error_of(server)
    assert error.kind == kind
    if status != 200:
        assert MODEL in error.message, "the message names the model"


@pytest.mark.parametrize(
    ("refuses", "dropped"),
    [
        ({"tool_choice": "Invalid tool_choice: 'required'"}, "tool_choice"),
        ({"max_tokens": "Unsupported parameter: use 'max_completion_tokens' instead"}, "max_tokens"),
        ({"max_tokens": "you requested 9000 tokens (500 in the messages, 8500 in the completion)"}, "max_tokens"),
    ],
)  # fmt: skip
def test_a_refused_optional_field_is_left_out(
    server: ChatServer, refuses: Mapping[str, str], dropped: str
) -> None:
    server.refuses.update(refuses)
    assert ask(server).input["edits"]
    assert [dropped in asked for asked in server.asked] == [True, False]


def test_key_comes_from_the_environment_and_is_sent_nowhere_else(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.key = "sk-secret"
    with pytest.raises(NoModel, match=f"needs a key: set the environment variable {KEY_VARIABLE}"):
        open_endpoint(server.url, MODEL)
    monkeypatch.setenv(KEY_VARIABLE, "sk-other")
    with pytest.raises(NoModel, match=f"refuses the key in the environment variable {KEY_VARIABLE}") as told:
        open_endpoint(server.url, MODEL)
    assert "sk-other" not in str(told.value)
    monkeypatch.setenv(KEY_VARIABLE, "sk-secret")
    assert ask(server).input["edits"]
    server.key = "sk-changed"
    assert "sk-secret" not in error_of_key(server)


def error_of_key(server: ChatServer) -> str:
    with pytest.raises(BedrockError) as refused:
        ModelEndpoint(server.url, MODEL, "sk-secret").converse(NOVA, request())
    assert refused.value.kind == "AccessDeniedException"
    return refused.value.message


def test_an_endpoint_that_is_not_there_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/v1"
    with pytest.raises(NoModel, match=f"The model endpoint {url} cannot be reached. Check that it runs"):
        open_endpoint(url, MODEL)
    with pytest.raises(BedrockError) as refused:
        ModelEndpoint(url, MODEL).converse(NOVA, request())
    assert refused.value.kind == "ServiceUnavailableException"


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://localhost/v1", "http://"])
def test_what_is_no_url_is_said_plainly(url: str) -> None:
    with pytest.raises(NoModel, match="write it as http://HOST:PORT/v1"):
        open_endpoint(url)


def test_unknown_model_is_refused_with_the_known_ones(server: ChatServer) -> None:
    server.models = [MODEL, "llama3.2:latest"]
    with pytest.raises(NoModel, match=r"has no model mistral\. It has: qwen2.5:7b, llama3.2:latest"):
        open_endpoint(server.url, "mistral")
    with pytest.raises(NoModel, match="choose one with --model ID"):
        open_endpoint(server.url)
    assert open_endpoint(server.url, "llama3.2").model == "llama3.2:latest"


def test_the_only_model_needs_no_name(server: ChatServer) -> None:
    assert open_endpoint(server.url).model == MODEL


def test_an_endpoint_without_a_list_takes_any_name(server: ChatServer) -> None:
    server.models = None
    assert open_endpoint(server.url, "any").model == "any"
    with pytest.raises(NoModel, match="does not tell its models"):
        open_endpoint(server.url)
    with pytest.raises(NoModel, match=r"usually ends in /v1"):
        open_endpoint(server.url.removesuffix("/v1"), "any")


def test_the_whole_url_of_the_endpoint_is_taken_too(server: ChatServer) -> None:
    assert open_endpoint(f"{server.url}/chat/completions/".rstrip("/"), MODEL).url == server.url


def test_an_equal_request_waits_for_the_answer_under_way() -> None:
    """Functions ask again after 75 seconds; a slow model must not begin again."""
    asked, go, answers = threading.Semaphore(0), threading.Event(), list[Any]()

    def slow(model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        asked.release()
        assert go.wait(20)
        return {"answer": request["n"]}

    shared = SharedAnswers(slow)
    askers = [threading.Thread(target=lambda: answers.append(shared(NOVA, {"n": 1}))) for _ in range(3)]
    for asker in askers:
        asker.start()
    assert asked.acquire(timeout=20)
    askers[-1].join(0.1)
    go.set()
    for asker in askers:
        asker.join(20)
    assert answers == [{"answer": 1}] * 3
    assert not asked.acquire(blocking=False), "the model was asked once"


def test_a_slow_answer_is_kept_for_the_next_equal_request(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = SharedAnswers(open_endpoint(server.url, MODEL).converse)
    asked = request(toolConfig=config())
    shared(NOVA, asked)
    shared(NOVA, asked)
    assert len(server.asked) == 2, "a quick answer is not kept"
    monkeypatch.setattr(shared_answers, "LONG_SECONDS", 0.0)
    first = shared(NOVA, asked)
    assert shared(NOVA, asked) == first
    assert len(server.asked) == 3
    shared(NOVA, asked)
    assert len(server.asked) == 4, "a kept answer serves once"


def test_an_error_is_not_kept(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_answers, "LONG_SECONDS", 0.0)
    shared = SharedAnswers(open_endpoint(server.url, MODEL).converse)
    server.answers.append((503, {"error": "Loading model"}))
    with pytest.raises(BedrockError):
        shared(NOVA, request(toolConfig=config()))
    assert shared(NOVA, request(toolConfig=config()))["stopReason"] == "tool_use"


def config() -> dict[str, Any]:
    return {"tools": [{"toolSpec": {"name": EDIT.name, "inputSchema": {"json": dict(EDIT.schema)}}}]}
