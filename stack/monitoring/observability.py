"""Observability: alarms, an SNS topic for them, and a dashboard for functions, queues and an API."""

import json
from typing import Any, Unpack, cast, overload

import pulumi
import pulumi_aws as aws

from ..arguments.names import name_in_stack
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from . import dashboard
from .alarm import Metric, create_alarm
from .alarm_topic import create_topic
from .args import ObservabilityArgs, check_observability, functions_of, queues_of
from .function_alarms import chart_lines, watch_function
from .queue_alarms import WatchedQueue, watch_queue
from .watched_components import with_entries


class Observability(pulumi.ComponentResource):
    """Alarms on functions, queues and an API, an SNS topic that they notify, and a dashboard.

    Alarms: a function fails, is throttled, runs near its timeout, or logs a failure or a watched line; the API answers
    5xx, or many times 4xx; a dead-letter queue has a message, or a message waits too long.
    """

    topic_arn: pulumi.Output[str]
    """SNS topic that every alarm notifies."""
    dashboard_name: pulumi.Output[str]
    """Name of the dashboard."""

    @overload
    def __init__(
        self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[ObservabilityArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: ObservabilityArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = with_entries(given_args(ObservabilityArgs, args, keywords))
        check_observability(args)
        super().__init__("kinexus:index:Observability", name, None, with_tags(opts, args))
        self._child = pulumi.ResourceOptions(parent=self)
        self._system = args.get("system_name") or name_in_stack(name, 200)
        self.topic_arn = (
            pulumi.Output.from_input(cast(pulumi.Input[str], args["alarm_topic_arn"]))
            if "alarm_topic_arn" in args
            else create_topic(
                name, self._system, args.get("topic_key_arn"), args.get("alarm_email", ""), self._child
            )
        )
        for function in functions_of(args):
            watch_function(self, name, self._system, function, [self.topic_arn])
            chart_lines(self, name, self._system, function)
        for queue in queues_of(args):
            if "alarm_age_seconds" in queue:
                self._watch_queue(name, queue, queue["alarm_age_seconds"])
        if "api_id" in args:
            self._watch_api(name, args)
        board = aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=self._system,
            dashboard_body=self._dashboard(args),
            opts=self._child,
        )
        self.dashboard_name = board.dashboard_name
        self.register_outputs(outputs_of(self))

    def _watch_queue(self, name: str, queue: WatchedQueue, age_seconds: int) -> None:
        """Create the two alarms of a queue."""
        label = queue["label"]
        # No EventSubscription can have this name, so that its alarms never have the names of these.
        own_name = pulumi.Output.concat(self._system, f"/{label}")
        queue_name, dead_letters = queue["queue_name"], queue["dead_letter_queue_name"]
        watch_queue(
            self, f"{name}-{label}-queue", own_name, queue_name, dead_letters, [self.topic_arn], age_seconds
        )

    def _watch_api(self, name: str, args: ObservabilityArgs) -> None:
        """Create the two alarms of the API."""
        own: Any = {"ApiId": args["api_id"], "Stage": args["api_stage"]}
        surge = args.get("surge_of_refusals", 50)
        self._alarm(
            name, "api-5xx", Metric("AWS/ApiGateway", "5xx", own), 1,
            "The API answered with a server error (5xx). Read its access log.",
        )  # fmt: skip
        self._alarm(
            name, "api-4xx", Metric("AWS/ApiGateway", "4xx", own), surge,
            "The API rejected many requests (4xx): a webhook secret may be wrong, or someone may be probing the API. "
            "Read its access log.",
        )  # fmt: skip

    def _alarm(self, name: str, suffix: str, metric: Metric, at_least: int, description: str) -> None:
        """Create one alarm that notifies the topic."""
        full = pulumi.Output.concat(self._system, f"-{suffix}")
        create_alarm(self, f"{name}-{suffix}-alarm", full, metric, at_least, description, [self.topic_arn])

    def _dashboard(self, args: ObservabilityArgs) -> pulumi.Output[str]:
        """Return the dashboard body with charts for the API, the functions and the queues."""
        known = pulumi.Output.all(
            topic=self.topic_arn,
            system=self._system,
            functions=[(one["label"], one["function_name"]) for one in functions_of(args)],
            queues=[
                (one["label"], one["queue_name"], one["dead_letter_queue_name"]) for one in queues_of(args)
            ],
            api=[args["api_id"], args["api_stage"]] if "api_id" in args else [],
            lines=[
                (line["title"], f"{one['label']}-{line['label']}", line.get("statistic", "Average"))
                for one in functions_of(args)
                for line in one.get("charted_lines", [])
            ],
        )
        return known.apply(_dashboard_text)


def _dashboard_text(known: dict[str, Any]) -> str:
    """Return the dashboard body as JSON, from the known names."""
    region = known["topic"].split(":")[3]
    rows = dashboard.chart_rows(known["system"], known["functions"], known["queues"], known["api"])
    rows += dashboard.line_rows(known["system"], known["lines"])
    return json.dumps(dashboard.dashboard_body(region, rows))
