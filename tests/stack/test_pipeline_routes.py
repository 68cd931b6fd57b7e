"""The setting `routes`: checked in the preview, by its form and against the site, with what to correct."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from stack.pipeline.route_rule import MAX_BYTES
from stack.pipeline.setting_schema import BY_KEY
from stack.pipeline.setting_types import InvalidValue
from tests.stack.pipeline_run import run
from tests.stack.test_pipeline_preflight import Around, around

__all__ = ["around"]

RULE = BY_KEY["routes"].rule
ROUTE: dict[str, Any] = {"labels": ["team-b"], "spaces": ["SD"], "approvers": ["anna"]}


def test_a_valid_setting_reaches_the_functions_without_blanks() -> None:
    variables = {
        function.inputs["name"]: function.inputs["environment"]["variables"]
        for function in run("dev", routes=json.dumps([ROUTE], indent=2)).of_type(
            "aws:lambda/function:Function"
        )
    }
    with_routes = {name for name, values in variables.items() if "ROUTES" in values}
    assert with_routes == {
        "kinexus-DocumentOrchestrator",
        "kinexus-ReviewTicketCreator",
        "kinexus-ApprovalHandler",
    }
    for name in with_routes:
        assert variables[name]["ROUTES"] == json.dumps([ROUTE], separators=(",", ":"))


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ("{", "must be JSON"),
        ('{"labels": ["a"]}', "must be a JSON list of routes"),
        ("[1]", "route 1 that is 1, but a route must be an object"),
        (
            '[{"labels": ["a"]}, {"label": ["b"]}]',
            "route 2 with the key 'label', but it may have only projects,",
        ),
        ('[{"spaces": ["SD"]}]', "route 1 without projects, components, labels"),
        ('[{"labels": []}]', "route 1 whose labels is [], but it must be a list of texts that is not empty"),
        ('[{"labels": "a"}]', "route 1 whose labels is 'a', but it must be a list"),
        ('[{"labels": ["a b"]}]', "with 'a b', but a label has no blanks"),
        ('[{"projects": ["pay"]}]', "with 'pay', but a project key holds only upper-case"),
        ('[{"labels": ["a"], "spaces": ["S D"]}]', "with 'S D', but a space key holds only"),
        ('[{"labels": ["a"], "parentPage": 12}]', "whose parentPage is 12, but must be the id of a page"),
        ('[{"labels": ["a"], "reviewProject": "docs"}]', "whose reviewProject is 'docs', but a project key"),
        ('[{"labels": ["a"], "issueType": ""}]', "whose issueType is '', but must be the name"),
        ('[{"labels": ["a"], "reviewFields": []}]', "whose reviewFields is [], but it must be an object"),
        (
            '[{"labels": ["a"], "reviewFields": {"summary": "x"}}]',
            "reviewFields contains summary, but Kinexus sets",
        ),
        ('[{"labels": ["a"], "approvers": ["a b"]}]', "with 'a b', but an account id holds only"),
        ('[{"labels": ["a"], "pageLabels": ["A:b"]}]', "with 'A:b', but a page's label has only"),
        (
            '[{"labels": ["a"]}, {"labels": ["a"], "spaces": ["SD"]}]',
            "two routes for the same tickets, 1 and 2",
        ),
        (json.dumps([{"labels": ["x" * MAX_BYTES]}]), f"may have at most {MAX_BYTES:,}"),
    ],
)
def test_each_fault_names_field_value_rule_and_remedy(routes: str, words: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        RULE.checked(routes)
    assert words in str(refused.value)


def test_the_preview_refuses_a_faulty_setting_with_the_command() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        run("dev", routes='[{"spaces": ["SD"]}]')
    assert str(refused.value).startswith("The setting kinexus:routes has a route 1 without projects")
    assert "pulumi config set routes '[{" in str(refused.value)


def test_bytes_are_counted_and_not_characters() -> None:
    route = [{"labels": ["é" * (MAX_BYTES // 2)]}]
    with pytest.raises(InvalidValue, match="bytes as JSON"):
        RULE.checked(json.dumps(route))


def test_a_list_is_read_like_its_text() -> None:
    assert RULE.checked([ROUTE]) == RULE.checked(json.dumps([ROUTE]))
    assert RULE.checked([]) == RULE.checked("") == RULE.checked("[]") == ""


def looked(around: Around, **route: Any) -> tuple[list[str], list[str]]:
    return around.look(routes=json.dumps([{"labels": ["team-b"], **route}]))


def test_the_site_is_checked_for_each_route(around: Around) -> None:
    reviewer = around.jira.site.account("reviewer").account_id
    page = next(iter(around.jira.site.confluence.pages))
    failures, _ = looked(
        around, parentPage=page, approvers=[reviewer], reviewers=[reviewer], issueType="Story"
    )
    assert failures == []


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ({"spaces": ["SD", "NONE"]}, "hidden from the Kinexus account: NONE"),
        ({"parentPage": "999999"}, "route 1: there is no page 999999"),
        ({"spaces": ["HAND"], "parentPage": "home"}, "is not a current page of the space HAND"),
        ({"reviewProject": "NONE"}, "there is no project NONE"),
        ({"issueType": "Nothing"}, "route 1: review tickets: there is no issue type Nothing"),
        ({"reviewFields": {"customfield_99999": 1}}, "route 1: review fields: customfield_99999"),
        ({"approvers": ["nobody"]}, "route 1: there is no active account nobody in Jira"),
    ],
)
def test_what_the_site_lacks_is_named_with_the_route(
    around: Around, route: dict[str, Any], words: str
) -> None:
    if route.get("parentPage") == "home":
        space = next(each for each in around.jira.site.confluence.spaces.values() if each.key == "SD")
        route = {**route, "parentPage": space.homepage_id}
    failures, _ = looked(around, **route)
    assert words in "\n".join(failures)


def test_the_longest_setting_leaves_room_in_each_environment() -> None:
    """Lambda allows 4 KB for all variables of a function; what else is long are the people of the plain settings."""
    routes = json.dumps([{"labels": ["x" * (MAX_BYTES - 20)]}])
    for function in run("prod", routes=routes).of_type("aws:lambda/function:Function"):
        variables = function.inputs["environment"]["variables"]
        assert sum(len(name) + len(str(value).encode()) for name, value in variables.items()) < 4096 - 600
