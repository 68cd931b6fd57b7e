"""Posts GitHub's pushes and pull requests to a chat room, with retries when the chat is down for an hour."""

from pathlib import Path

import pulumi
from kinexus_components import (
    EventBus,
    EventSubscription,
    Observability,
    PythonFunction,
    SecretBundle,
    WebhookApi,
)

config = pulumi.Config()
here = Path(__file__).resolve().parent

bus = EventBus("events", {"bus_name": "relay-events"})
github = SecretBundle(
    "github", {"secret_name": "relay/github", "secret_json": config.require_secret("githubSecret")}
)
chat = SecretBundle("chat", {"secret_name": "relay/chat", "secret_json": config.require_secret("chatHook")})

receive = PythonFunction(
    "receive",
    function_name="relay-receive",
    handler="relay.receive.handle",
    source_root=str(here),
    include=["relay"],
    timeout_seconds=10,
    environment={"EVENT_BUS": bus.bus_name, "SECRET_ARN": github.secret_arn},
    statements=[bus.publish_statement, github.read_statement],
)
post = PythonFunction(
    "post",
    function_name="relay-post",
    handler="relay.post.handle",
    source_root=str(here),
    include=["relay"],
    environment={"SECRET_ARN": chat.secret_arn},
    statements=[chat.read_statement],
)
api = WebhookApi(
    "api",
    api_name="relay",
    routes=[{"method": "POST", "path": "/github", "function": receive, "rate_per_second": 5}],
)
watch = Observability("watch", system_name="relay", functions=[receive, post], api_id=api)
EventSubscription(
    "to-chat",
    subscription_name="relay-to-chat",
    bus_name=bus,
    pattern={"source": ["github"], "detail-type": ["push", "pull_request"]},
    function=post,
    alarm_topic_arns=[watch],
)

pulumi.export("url", pulumi.Output.concat(api.url, "/github"))
