"""A small Pulumi program runs on MiniStack as on AWS, and errors that AWS would raise are raised.

One MiniStack serves the whole file; each test deploys into it after a reset. Not proven: the provider's own checks,
naming rules, quotas.
"""

import json
import time
from collections.abc import Iterator

import pulumi_aws as aws
import pytest
import requests

from local.region import ministack
from local.region.deployment import LocalDeployment, deploy
from local.region.ministack import MiniStack
from local.region.provisioner import ProvisioningFailure
from tests.local.region.small_program import program

pytestmark = pytest.mark.region


@pytest.fixture(scope="module")
def running() -> Iterator[MiniStack]:
    with ministack.running() as stack:
        yield stack


@pytest.fixture
def stack(running: MiniStack) -> MiniStack:
    requests.post(
        f"{running.endpoint}/_ministack/reset", verify=str(running.ca_bundle), timeout=10
    ).raise_for_status()
    return running


def _deploy(stack: MiniStack, **variation: object) -> LocalDeployment:
    return deploy(program(**variation), stack, project="small", name="test", config={})  # type: ignore[arg-type]


def test_request_travels_through_function_bus_rule_queue_and_layer(stack: MiniStack) -> None:
    url = _deploy(stack).outputs["url"]
    answer = requests.post(f"{url}/seen", json={"id": "one"}, verify=str(stack.ca_bundle), timeout=20)
    assert (answer.status_code, answer.json()) == (202, {"route": "POST /seen"})
    deadline = time.monotonic() + 15
    item = None
    while item is None and time.monotonic() < deadline:
        item = stack.client("dynamodb").get_item(TableName="seen", Key={"id": {"S": "one"}}).get("Item")
        time.sleep(0.05)
    assert item == {"id": {"S": "one"}, "from": {"S": "the layer"}}


def test_call_that_the_role_does_not_allow_is_denied(stack: MiniStack) -> None:
    _deploy(stack)
    answer = stack.client("lambda").invoke(FunctionName="small-forbidden", Payload=b"{}")
    failure = json.load(answer["Payload"])
    assert answer["FunctionError"]
    assert "AccessDenied" in failure["errorMessage"]
    assert "dynamodb:DeleteItem" in failure["errorMessage"]


@pytest.mark.parametrize(
    ("without", "statement"),
    [
        ("route", "source ARN arn:aws:execute-api:us-east-1:123456789012:"),
        (
            "queue",
            '"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:small-queue"',
        ),
        ("source", '"Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]'),
    ],
)
def test_missing_permission_is_refused_with_the_statement_to_add(
    stack: MiniStack, without: str, statement: str
) -> None:
    with pytest.raises(ProvisioningFailure) as refused:
        _deploy(stack, without=without)
    assert str(refused.value).count("\n- ") == 1
    assert statement in str(refused.value)


def _schedule(allowed: str, sends: bool = True) -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:small-web"
    given_up = aws.sqs.Queue("given-up", name="given-up")
    role = aws.iam.Role("clock", name="clock", assume_role_policy=_trust("scheduler.amazonaws.com"))
    rights = [{"Effect": "Allow", "Action": [allowed], "Resource": function}]
    if sends:
        queue = "arn:aws:sqs:us-east-1:123456789012:given-up"
        rights.append({"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": queue})
    policy = json.dumps({"Version": "2012-10-17", "Statement": rights})
    aws.iam.RolePolicy("clock", role=role.name, policy=policy)
    aws.scheduler.Schedule(
        "daily",
        name="daily",
        schedule_expression="rate(1 day)",
        flexible_time_window={"mode": "OFF"},
        target={"arn": function, "role_arn": role.arn, "dead_letter_config": {"arn": given_up.arn}},
    )


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_schedule_needs_a_role_that_may_call_its_target(stack: MiniStack) -> None:
    with pytest.raises(ProvisioningFailure, match=r'schedule daily.*role clock .*"lambda:InvokeFunction"'):
        _deploy(stack, extra=lambda: _schedule("lambda:GetFunction"))


def test_a_schedules_role_must_be_able_to_send_dead_letters(stack: MiniStack) -> None:
    with pytest.raises(
        ProvisioningFailure, match=r'dead letters of schedule daily.*role clock .*"sqs:SendMessage".*given-up'
    ):
        _deploy(stack, extra=lambda: _schedule("lambda:InvokeFunction", sends=False))


def test_a_schedule_whose_role_may_call_its_target_is_created(stack: MiniStack) -> None:
    _deploy(stack, extra=lambda: _schedule("lambda:InvokeFunction"))
    created = stack.client("scheduler").get_schedule(Name="daily")
    assert created["State"] == "ENABLED"
    assert created["Target"]["DeadLetterConfig"]["Arn"].endswith(":given-up")


def test_unknown_type_is_refused_by_name(stack: MiniStack) -> None:
    with pytest.raises(ProvisioningFailure, match=r"aws:ec2/vpc:Vpc 'net': .* no provisioner"):
        _deploy(stack, extra=lambda: aws.ec2.Vpc("net", cidr_block="10.0.0.0/16"))


def test_unknown_property_is_refused_by_name(stack: MiniStack) -> None:
    with pytest.raises(ProvisioningFailure, match=r"Topic 'news': .* property contentBasedDeduplication"):
        _deploy(stack, extra=lambda: aws.sns.Topic("news", content_based_deduplication=True))


def test_argument_that_botocore_refuses_names_the_resource(stack: MiniStack) -> None:
    with pytest.raises(ProvisioningFailure, match=r"Queue 'odd': Parameter validation failed"):
        _deploy(stack, extra=lambda: aws.sqs.Queue("odd", tags={"cost-centre": 7}))
