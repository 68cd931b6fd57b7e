"""The drawing shows every component of the flow, every arrow, and nothing else; docs/stack.md is up to date.

Not proven: that it looks good.
"""

from stack.drawing import Arrow, Drawing, Node, flow, mermaid
from stack.testing import run_program
from tests.stack.pipeline_run import FUNCTIONS, graph
from tests.stack.shop import function, graph_of, table
from tests.stack.test_pipeline_arguments import build
from tests.stack.write_drawing import PAGE, page


def test_every_component_is_drawn() -> None:
    drawing = flow(graph("dev"))
    assert [node.name for node in drawing.of_kind("function")] == sorted(FUNCTIONS)
    assert [node.name for node in drawing.of_kind("api", "schedule", "bus")] == [
        "api", "Sweep-by-the-clock", "events",
    ]  # fmt: skip
    assert len(drawing.of_kind("queue")) == 3
    assert len(drawing.of_kind("table", "bucket", "secret")) == 6


def test_arrows_show_calls_and_permissions() -> None:
    arrows = flow(graph("dev")).arrows
    assert [a for a in arrows if "JiraWebhookHandler" in (a.source, a.target)] == [
        Arrow("JiraWebhookHandler", "changes-table"),
        Arrow("JiraWebhookHandler", "events"),
        Arrow("JiraWebhookHandler", "webhook-secret"),
        Arrow("api", "JiraWebhookHandler", "POST /webhooks/jira"),
    ]
    assert [a for a in arrows if "DocumentOrchestrator-events" in (a.source, a.target)] == [
        Arrow("DocumentOrchestrator-events", "DocumentOrchestrator"),
        Arrow("events", "DocumentOrchestrator-events", "ChangeDetected, RevisionRequested, RevertRequested"),
    ]
    assert Arrow("Sweep-by-the-clock", "Sweep", "rate(1 day)") in arrows


def test_with_several_pipelines_full_names_are_drawn() -> None:
    def program() -> None:
        build("orders")
        build("billing")

    [first, second] = flow(run_program(program)).of_kind("bus")
    assert (first.name, second.name) == ("billing-events", "orders-events")


def test_the_page_shows_this_stack() -> None:
    """If it does not: `make graph`."""
    assert PAGE.read_text() == page()


def test_a_foreign_policy_draws_no_arrow() -> None:
    def program() -> None:
        managed = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
        function(statements=[table().read_statement], managed_policy_arns=[managed])

    assert flow(graph_of(program)).arrows == (Arrow("orders", "orders"),)


def test_odd_names_stay_text() -> None:
    odd = Drawing((Node('a"<b>&', "function"), Node("t", "table")), (Arrow('a"<b>&', "t", '"x" <y>'),))
    assert 'n0["a&quot;&lt;b>&amp;"]' in mermaid(odd)
    assert 'n0 -.->|"&quot;x&quot; &lt;y>"| n1' in mermaid(odd)
