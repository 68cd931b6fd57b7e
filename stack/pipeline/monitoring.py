"""Alarms and dashboard of the pipeline: its functions, queues and API."""

from collections.abc import Mapping

import pulumi

from ..function.python_function import PythonFunction
from ..http_api.webhook_api import WebhookApi
from ..monitoring.function_alarms import ERROR_LINES, ChartedLine, WatchedLine
from ..monitoring.observability import Observability
from . import functions
from .account import given
from .args import DocumentationPipelineArgs
from .functions import (
    ACCESS_MAY_BE_LOST,
    DEFERRED,
    ENDED_BY_A_PERSON,
    ENDED_IN_TIME,
    LIMIT_REACHED,
    TOKEN_EXPIRES,
    WORK_FAILED,
)

_DEFERRED_SECONDS = 900
_DEFERRAL_PERIOD = 1200
"""Longer than the longest pause between two log lines of one deferred message; otherwise its alarm would flap."""
_LINES: Mapping[str, list[WatchedLine]] = {
    functions.SWEEP.name: [
        {
            "label": "review-access",
            "pattern": ACCESS_MAY_BE_LOST,
            "words": (
                "open reviews cannot be found; the Kinexus account may have lost the permission to see them. "
                "No document was ended. Check the permissions of this account in the review project: python -m ops "
                "doctor, python -m ops status."
            ),
        },
        {
            "label": "token-expires",
            "pattern": TOKEN_EXPIRES,
            "words": (
                "the API token expires within 30 days, or has expired (atlassianTokenExpires). Create a new one, "
                "set jiraApiToken and atlassianTokenExpires, and run pulumi up."
            ),
        },
    ],
    **{
        shape.name: [
            {
                "label": "deferred",
                "pattern": DEFERRED,
                "field": "waited",
                "at_least": _DEFERRED_SECONDS,
                "period_seconds": _DEFERRAL_PERIOD,
                "words": (
                    "a message has been deferred for 15 minutes, usually because a service is down or throttles. "
                    "The log says which service. The message is retried for 12 hours."
                ),
            }
        ]
        for shape in functions.FUNCTIONS
        if shape.events
    },
}
_LINES[functions.DOCUMENT_ORCHESTRATOR.name].append(
    {
        "label": "drafts-limit",
        "pattern": LIMIT_REACHED,
        "words": (
            "the limit of drafts a day (maxDraftsPerDay) is reached; further tickets wait for a sweep of a later day. "
            "If that many are right, raise maxDraftsPerDay, and run pulumi up and python -m ops resume."
        ),
    }
)
_CHARTS: Mapping[str, list[ChartedLine]] = {
    functions.APPROVAL_HANDLER.name: [
        {
            "label": "acceptance",
            "title": "Acceptance rate of drafts (1 = all)",
            "pattern": ENDED_BY_A_PERSON,
            "field": "accepted",
        },
        {
            "label": "hours-to-decision",
            "title": "Time to review (hours, median)",
            "pattern": ENDED_IN_TIME,
            "field": "hours",
            "statistic": "p50",
        },
    ]
}


def watch_pipeline(
    name: str,
    args: DocumentationPipelineArgs,
    created: Mapping[str, PythonFunction],
    api: WebhookApi,
    opts: pulumi.ResourceOptions,
) -> Observability:
    """Create the Observability component for the functions, queues and API."""
    prefix = args["name_prefix"]
    topic = given(args, alarm_topic_arn="alarm_topic_arn") or {
        "alarm_email": args["alarm_email"],
        **given(args, topic_key_arn="key_arn"),
    }
    return Observability(
        f"{name}-observability",
        system_name=prefix,
        functions=[
            {
                "label": shape.name,
                "function_name": created[shape.name].function_name,
                "log_group_name": created[shape.name].log_group_name,
                "timeout_seconds": shape.timeout_seconds,
                "failure_pattern": WORK_FAILED if shape.events else ERROR_LINES,
                "watched_lines": _LINES.get(shape.name, []),
                "charted_lines": _CHARTS.get(shape.name, []),
            }
            for shape in functions.FUNCTIONS
        ],
        queues=[
            {
                "label": shape.name,
                "queue_name": pulumi.Output.concat(prefix, f"-{shape.name}"),
                "dead_letter_queue_name": pulumi.Output.concat(prefix, f"-{shape.name}-dead-letters"),
            }
            for shape in functions.FUNCTIONS
            if shape.events
        ],
        api_id=api,
        opts=opts,
        **topic,
    )
