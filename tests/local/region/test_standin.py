"""The stand-in implements Converse: boto3 and our model client work with it, and it refuses what Nova refuses.

Not proven: what Nova would write. Tested are the protocol, the checks, the permissions and the counts.
"""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from common.aws.bedrock_client import AnswerCutOff, BedrockClient, ModelRefused, ModelTool, NoToolAnswer
from local.bedrock import RunningStandIn, StandIn, serve

MODEL = "amazon.nova-lite-v1:0"
EDIT = ModelTool(
    "edit_page",
    "Propose edits",
    {
        "type": "object",
        "properties": {"summary": {"type": "string"}, "edits": {"type": "array"}},
        "required": ["edits"],
    },
)
PROMPT = """<ticket>
Key: SHOP-1
Summary: Refunds can be partial
Type: Story
Labels: needs-docs
Components: payments

A refund may now be smaller than the payment. The rest stays with the shop.
</ticket>

<page title="Refunds">
[1] ## Refunds
[2] A refund returns the whole payment to the customer.
</page>"""


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def running(stand_in: StandIn) -> Iterator[RunningStandIn]:
    server = serve(stand_in)
    yield server
    server.stop()


def _client(running: RunningStandIn, function: str = "writer") -> Any:
    return boto3.client(
        "bedrock-runtime", endpoint_url=f"{running.url}/function/{function}", region_name="us-east-1",
        aws_access_key_id="ASIATEST", aws_secret_access_key="x", aws_session_token="y",
        config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip


def _request(**changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "modelId": MODEL,
        "messages": [{"role": "user", "content": [{"text": PROMPT}]}],
        "toolConfig": {
            "tools": [{"toolSpec": {"name": EDIT.name, "inputSchema": {"json": dict(EDIT.schema)}}}],
            "toolChoice": {"tool": {"name": EDIT.name}},
        },
    }
    return {**request, **changes}


def _schema(**more: Any) -> dict[str, Any]:
    spec = {"name": "edit_page", "inputSchema": {"json": {**EDIT.schema, **more}}}
    return {"tools": [{"toolSpec": spec}]}


def test_our_model_client_gets_edits_and_calls_are_counted(
    running: RunningStandIn, stand_in: StandIn
) -> None:
    answer = BedrockClient(_client(running), MODEL).ask("You edit.", PROMPT, EDIT)
    [edit] = answer.input["edits"]
    assert (edit["action"], edit["block"]) == ("replace", 2)
    assert edit["markdown"].startswith("A refund returns the whole payment to the customer. ")
    assert "(drafted without a model)" in answer.input["summary"]
    [call] = stand_in.calls()
    assert (call.function, call.tool, call.tickets) == ("writer", "edit_page", ("SHOP-1",))
    assert (call.input_tokens, call.output_tokens) == (answer.input_tokens, answer.output_tokens)
    assert call.input_tokens > call.output_tokens > 0


def test_same_request_gets_the_same_answer(running: RunningStandIn) -> None:
    first, second = (_client(running).converse(**_request()) for _ in range(2))
    assert first["output"] == second["output"]


def test_second_try_after_an_invalid_answer_differs(running: RunningStandIn) -> None:
    model = BedrockClient(_client(running), MODEL)
    first = model.ask("You edit.", PROMPT, EDIT)
    second = model.ask("You edit.", PROMPT, EDIT, earlier=[(first, "block 2 cannot be replaced")])
    assert [edit["action"] for edit in second.input["edits"]] == ["insert_after"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"modelId": "amazon.nova-tiny-v9:0"}, "model identifier is invalid"),
        ({"toolConfig": _schema(additionalProperties=False)}, "additionalProperties at its top level"),
        ({"toolConfig": _schema(type="array")}, "must be object"),
        ({"toolConfig": {**_schema(), "toolChoice": {"tool": {"name": "other"}}}}, "names the tool 'other'"),
        ({"messages": [{"role": "assistant", "content": [{"text": "hi"}]}]}, "start with a user message"),
        (
            {"messages": [{"role": "user", "content": [{"text": "hi"}]}] * 2},
            "alternate between user and assistant",
        ),
        ({"messages": [{"role": "user", "content": [{"text": " "}]}]}, "is blank"),
        ({"inferenceConfig": {"maxTokens": 20_000}}, "exceeds the model limit"),
    ],
)
def test_what_nova_refuses_is_refused(running: RunningStandIn, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message) as refused:
        _client(running).converse(**_request(**changes))
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_caller_without_permission_is_denied_and_not_counted(
    running: RunningStandIn, stand_in: StandIn
) -> None:
    stand_in.may_invoke = lambda function, model: (
        None if function == "writer" else f"{function} may not use {model}"
    )
    with pytest.raises(ClientError, match=f"reader may not use {MODEL}") as denied:
        _client(running, "reader").converse(**_request())
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    assert stand_in.calls() == ()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("throttling", "ThrottlingException"),
        ("unavailable", "ServiceUnavailableException"),
        ("timeout", "ModelTimeoutException"),
    ],
)
def test_fault_is_answered_as_often_as_asked(
    running: RunningStandIn, stand_in: StandIn, fault: str, code: str
) -> None:
    stand_in.fail_next(fault, times=2)
    for _ in range(2):
        with pytest.raises(ClientError) as failed:
            _client(running).converse(**_request())
        assert failed.value.response["Error"]["Code"] == code
    assert _client(running).converse(**_request())["stopReason"] == "tool_use"


def test_a_fault_can_hit_a_share_of_the_calls(running: RunningStandIn, stand_in: StandIn) -> None:
    stand_in.fail_share("throttling", 1.0)
    with pytest.raises(ClientError):
        _client(running).converse(**_request())
    stand_in.fail_share("throttling", 0.0)
    assert _client(running).converse(**_request())["stopReason"] == "tool_use"
    assert stand_in.injected["throttling"] >= 1
    with pytest.raises(ValueError, match="unknown fault 'boredom'"):
        stand_in.fail_share("boredom", 1.0)


@pytest.mark.parametrize(
    ("fault", "error"), [("refusal", ModelRefused), ("cut-off", AnswerCutOff), ("no-tool", NoToolAnswer)]
)
def test_our_client_distinguishes_unusable_answers(
    running: RunningStandIn, stand_in: StandIn, fault: str, error: type[Exception]
) -> None:
    stand_in.fail_next(fault)
    with pytest.raises(error):
        BedrockClient(_client(running), MODEL).ask("You edit.", PROMPT, EDIT)
