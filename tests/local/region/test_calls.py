"""AWS calls are distinguished from everything else in the access log."""

from local.region.access_log import AwsCall, parse_access_log

SIGNED = "AWS4-HMAC-SHA256 Credential={key}/20261122/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"


def test_signed_lines_are_calls_attributed_by_access_key() -> None:
    lines = [
        "\t".join(
            [SIGNED.format(key="ASIA1", service="dynamodb"), "POST", "/", "DynamoDB_20120810.PutItem", "200"]
        ),
        "\t".join([SIGNED.format(key="LOCAL1", service="s3"), "PUT", "/bucket", "-", "403"]) + "\n",
        "\t".join(["-", "POST", "/_aws/execute-api/x/prod/webhooks/jira", "-", "200"]),
        "ministack started",
    ]
    calls = parse_access_log(lines)
    assert calls == [
        AwsCall("ASIA1", "dynamodb", "POST", "/", "PutItem", 200),
        AwsCall("LOCAL1", "s3", "PUT", "/bucket", "", 403),
    ]
    assert [call.is_by_a_function for call in calls] == [True, False]


def test_a_function_is_recognised_by_its_user_agent() -> None:
    agent = (
        "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux lang/python#3.13 cfg/retry-mode#legacy app/shop-pack"
    )
    line = [SIGNED.format(key="ASIA1", service="s3"), "GET", "/bucket/key", "-", "200"]
    assert [
        call.function for call in parse_access_log(["\t".join([*line, agent]), "\t".join([*line, "curl/8"])])
    ] == [
        "shop-pack",
        "",
    ]
