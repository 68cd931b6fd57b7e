"""The body of a CloudWatch dashboard: rows of charts, from plain lists of metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

MetricLine = list[Any]
"""One line of a chart: namespace, metric, dimension names and values, then an object with label and statistic."""

Chart = tuple[str, list[MetricLine]]
"""Title and lines of one chart."""

_WIDTH, _HEIGHT = 24, 6
_DAY = 86_400


def dashboard_body(region: str, rows: Sequence[Sequence[Chart]]) -> Mapping[str, Any]:
    """Return the dashboard body with rows of charts, each row as wide as the dashboard."""
    widgets = []
    for number, row in enumerate(rows):
        width = _WIDTH // len(row)
        for column, (title, lines) in enumerate(row):
            widgets.append(
                {
                    "type": "metric",
                    "x": column * width,
                    "y": number * _HEIGHT,
                    "width": width,
                    "height": _HEIGHT,
                    "properties": {
                        "title": title,
                        "region": region,
                        "view": "timeSeries",
                        "period": 300,
                        "metrics": lines,
                    },
                }
            )
    return {"widgets": widgets}


def line_rows(system: str, lines: Sequence[tuple[str, str, str]]) -> list[list[Chart]]:
    """Return one row with a chart for each line, with a point a day; `lines` are title, metric and statistic."""
    charts: list[Chart] = [
        (title, [[system, metric, {"label": title, "stat": statistic, "period": _DAY}]])
        for title, metric, statistic in lines
    ]
    return [charts] if charts else []


def chart_rows(
    system: str,
    functions: Sequence[tuple[str, str]],
    queues: Sequence[tuple[str, str, str]],
    api: Sequence[str],
) -> list[list[Chart]]:
    """Return the rows of charts for a system; without functions, queues or API their rows are left out.

    `functions` are pairs of label and name; `queues` are label, name, and name of the dead-letter queue; `api` is id
    and stage, or empty.
    """

    def per_function(metric: str, statistic: str) -> list[MetricLine]:
        return [
            ["AWS/Lambda", metric, "FunctionName", name, {"label": label, "stat": statistic}]
            for label, name in functions
        ]

    def per_queue(metric: str, position: int) -> list[MetricLine]:
        return [
            ["AWS/SQS", metric, "QueueName", queue[position], {"label": queue[0], "stat": "Maximum"}]
            for queue in queues
        ]

    def of_api(metric: str, statistic: str) -> MetricLine:
        return [
            "AWS/ApiGateway",
            metric,
            "ApiId",
            api[0],
            "Stage",
            api[1],
            {"label": metric, "stat": statistic},
        ]

    waiting, oldest = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
    failures: list[MetricLine] = [
        [system, f"{label}Failures", {"label": label, "stat": "Sum"}] for label, _ in functions
    ]
    chosen: list[list[Chart]] = []
    if api:
        answers = [of_api(metric, "Sum") for metric in ("Count", "4xx", "5xx")]
        chosen.append([("Requests", answers), ("Answer time (ms)", [of_api("Latency", "p95")])])
    if functions:
        chosen += [
            [
                ("Calls", per_function("Invocations", "Sum")),
                ("Longest call (ms)", per_function("Duration", "Maximum")),
            ],
            [("Errors", per_function("Errors", "Sum")), ("Failures logged", failures)],
        ]
    if queues:
        chosen.append(
            [
                ("Waiting", per_queue(waiting, 1)),
                ("Oldest message (s)", per_queue(oldest, 1)),
                ("Dead letters", per_queue(waiting, 2)),
            ]
        )
    return chosen
