"""What an enterprise asks of the pipeline: boundary, key, network, domain, topic, tags, concurrency, TLS everywhere.

Not proven: that a key's policy allows what docs/deploy.md lists.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

import stack
from stack.pipeline.functions import FUNCTIONS
from stack.pipeline.stack_config import InvalidConfiguration
from stack.testing import Graph, checks, run_program
from tests.stack.pipeline_run import graph, run
from tests.stack.test_pipeline_arguments import build, later

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:oncall"
QUEUE, BUCKET = "aws:sqs/queue:Queue", "aws:s3/bucket:Bucket"

ENCRYPTED_BY = {
    "aws:cloudwatch/eventArchive:EventArchive": "kmsKeyIdentifier",
    "aws:cloudwatch/eventBus:EventBus": "kmsKeyIdentifier",
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "aws:lambda/function:Function": "kmsKeyArn",
    "aws:secretsmanager/secret:Secret": "kmsKeyId",
    "aws:sns/topic:Topic": "kmsMasterKeyId",
    QUEUE: "kmsMasterKeyId",
}


def of(**changed: Any) -> Graph:
    return run_program(lambda: build(**changed), project="kinexus")


def of_later(**changed: Any) -> Graph:
    """Build with arguments that are known only later."""

    def program() -> None:
        outputs: dict[str, Any] = {name: later(one) for name, one in changed.items()}
        build(**outputs)

    return run_program(program, project="kinexus")


def test_every_role_gets_the_permissions_boundary() -> None:
    roles = run("dev", permissionsBoundary=BOUNDARY).of_type("aws:iam/role:Role")
    assert len(roles) == 7
    assert {role.inputs.get("permissionsBoundary") for role in roles} == {BOUNDARY}


@pytest.mark.parametrize("form", [of, of_later])
def test_one_key_encrypts_everything(form: Callable[..., Graph]) -> None:
    found = form(key_arn=KEY)
    for kind, field in ENCRYPTED_BY.items():
        assert found.of_type(kind)
        assert {one.inputs.get(field) for one in found.of_type(kind)} == {KEY}, kind
    for table in found.of_type("aws:dynamodb/table:Table"):
        assert table.inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY}
    assert KEY in json.dumps(found.named("kinexus-documents-bucket-encryption").inputs)


def test_every_role_that_uses_the_key_may_use_it() -> None:
    found = run("dev", keyArn=KEY)
    for role in found.of_type("aws:iam/role:Role"):
        allowed = checks.role_statements(found, role.inputs["name"])
        uses = [one for one in allowed if KEY in one["Resource"]]
        assert any("kms:Decrypt" in one["Action"] for one in uses), role.name
    assert checks.wildcard_actions(found) == []


@pytest.mark.parametrize("form", [of, of_later])
def test_functions_run_in_the_vpc(form: Callable[..., Graph]) -> None:
    found = form(vpc_subnet_ids="subnet-1a, subnet-2b", vpc_security_group_ids="sg-1a")
    for function in found.of_type("aws:lambda/function:Function"):
        expected = {"subnetIds": ["subnet-1a", "subnet-2b"], "securityGroupIds": ["sg-1a"]}
        assert function.inputs["vpcConfig"] == expected
    assert "ec2:CreateNetworkInterface" in found.named("kinexus-Sweep-policy").inputs["policy"]


def test_webhooks_and_links_use_the_own_domain() -> None:
    found = run("dev", domainName="docs.example.com", zoneId="Z123")
    assert found.outputs["jiraWebhookUrl"] == "https://docs.example.com/webhooks/jira"
    creator = found.named("kinexus-ReviewTicketCreator", "aws:lambda/function:Function").inputs
    assert creator["environment"]["variables"]["REVIEW_BASE_URL"] == "https://docs.example.com"


def test_alarms_go_to_the_topic_of_the_account() -> None:
    found = run("dev", alarmTopicArn=TOPIC)
    assert found.of_type("aws:sns/topic:Topic") == ()
    alarms = found.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert {tuple(one.inputs["alarmActions"]) for one in alarms} == {(TOPIC,)}


def test_tags_reach_everything_that_takes_tags() -> None:
    tags = {"team": "docs", "owner": "ann"}
    found = run_program(lambda: build(tags={**tags, "owner": later("ann")}), project="kinexus")
    tagged = [one.type for one in found.resources if one.inputs.get("tags") == tags]
    assert {"aws:dynamodb/table:Table", BUCKET, QUEUE, "aws:lambda/function:Function"} <= set(tagged)
    from_settings = run("dev", tags='{"team": "docs"}').of_type(QUEUE)
    assert {json.dumps(one.inputs["tags"]) for one in from_settings} == {'{"team": "docs"}'}


def test_reserved_concurrency_is_per_function() -> None:
    found = run("dev", reservedConcurrency='{"DocumentOrchestrator": 3, "ReviewPage": 1}')
    reserved = {
        one.name.removeprefix("kinexus-"): one.inputs.get("reservedConcurrentExecutions")
        for one in found.of_type("aws:lambda/function:Function")
    }
    assert {name: number for name, number in reserved.items() if number} == {
        "DocumentOrchestrator": 3,
        "ReviewPage": 1,
    }
    mapping = found.named("kinexus-DocumentOrchestrator-events-mapping").inputs
    assert mapping["scalingConfig"] == {"maximumConcurrency": 3}


def test_queues_topics_and_bucket_refuse_plain_http() -> None:
    found = graph("prod")
    kinds = {QUEUE: "url", "aws:sns/topic:Topic": "arn", BUCKET: "bucket"}
    policies = {
        one.inputs.get("queueUrl") or one.inputs.get("arn") or one.inputs.get("bucket"): one.inputs["policy"]
        for one in found.resources
        if one.type.endswith(("Policy:QueuePolicy", "Policy:TopicPolicy", "Policy:BucketPolicy"))
    }
    stores = [one for one in found.resources if one.type in kinds]
    assert len(stores) == 9
    for one in stores:
        owner = one.outputs["arn"] if one.type.endswith("Topic") else one.id
        denied = [each for each in json.loads(policies[owner])["Statement"] if each["Effect"] == "Deny"]
        assert [each["Condition"] for each in denied] == [{"Bool": {"aws:SecureTransport": "false"}}], (
            one.name
        )


@pytest.mark.parametrize(("protect", "force"), [("true", False), ("false", True)])
def test_an_unprotected_bucket_is_deleted_with_its_content(protect: str, force: bool) -> None:
    found = run("dev", protectData=protect)
    assert found.named("kinexus-documents-bucket", BUCKET).inputs["forceDestroy"] is force


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"key_arn": "arn:aws:kms:eu-central-1:123456789012:alias/docs"}, "`key_arn` is .*not of an alias"),
    ({"permissions_boundary": "boundary"}, "`permissions_boundary` is 'boundary', but must be the ARN"),
    ({"vpc_subnet_ids": "subnet-1a"}, "`vpc_security_group_ids` is not set, but vpcSubnetIds is"),
    ({"vpc_security_group_ids": "sg-1"}, "`vpc_subnet_ids` is not set, but vpcSecurityGroupIds is"),
    ({"zone_id": "Z1"}, "`domain_name` is not set, but zoneId is"),
    ({"domain_name": "docs.example.com"}, "`certificate_arn` is not set, nor is zoneId, but domainName is"),
    ({"alarm_topic_arn": TOPIC, "alarm_email": "a@b.c"}, "`alarm_email` is set beside alarmTopicArn"),
    ({"reserved_concurrency": {"Sweeper": 1}}, "`reserved_concurrency` contains 'Sweeper', but must contain"),
    ({"reserved_concurrency": {"Sweep": 0}}, "`reserved_concurrency` has an entry 'Sweep' that is '0', but"),
    *(
        (
            {"reserved_concurrency": {shape.name: 1}},
            f"`reserved_concurrency` gives {shape.name} 1, but a function with",
        )
        for shape in FUNCTIONS
        if shape.events
    ),
    ({"tags": {"aws:x": "y"}}, "`tags` has the key 'aws:x'"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_wrong_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(stack.InvalidArgument, match=message):
        of(**given)


@pytest.mark.parametrize(
    ("build_it", "message"),
    [
        (lambda: run("dev", tags="docs"), "kinexus:tags is 'docs', but must be JSON"),
        (lambda: run("dev", tags='["docs"]'), "kinexus:tags is .*, but must be an object"),
        (lambda: run("dev", vpcSubnetIds="mine"), "kinexus:vpcSubnetIds contains 'mine', but the id"),
    ],
)
def test_wrong_settings_are_refused_with_the_command(build_it: Callable[[], Any], message: str) -> None:
    with pytest.raises(InvalidConfiguration, match=message):
        build_it()
