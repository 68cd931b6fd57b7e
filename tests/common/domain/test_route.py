"""The route of a ticket: the first that matches, else the default; a record's route follows the configuration."""

from __future__ import annotations

import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st

from common.aws.dynamodb_codec import from_item, to_attribute
from common.domain.route import KEYS, PAGE_LABELS, Route, Routes, read_routes, route_from_json, route_of
from common.domain.ticket import Ticket
from stack.pipeline import route_rule
from stack.pipeline.setting_schema import BY_KEY
from stack.pipeline.setting_types import InvalidValue

DEFAULT = Route(
    spaces=("SD",), review_project="DOCS", issue_type="Task", reviewers=("rita",), approver_group="group-1"
)
PROJECTS, COMPONENTS, LABELS = (("PAY", "OPS", "WEB"), ("Ledger", "API"), ("needs-docs", "runbook", "Public"))


def ticket(project: str = "PAY", components: tuple[str, ...] = (), labels: tuple[str, ...] = ()) -> Ticket:
    return Ticket("1", f"{project}-1", project, "", "", "", "", "", labels, components, "")


def some(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), max_size=2, unique=True)


TICKETS = st.builds(
    lambda project, components, labels: ticket(project, tuple(components), tuple(labels)),
    st.sampled_from(PROJECTS), some(COMPONENTS), some(LABELS),
)  # fmt: skip
OPTIONAL = {
    "spaces": some(("SD", "OPS")),
    "parentPage": st.sampled_from(["1", "123"]),
    "reviewProject": st.sampled_from(PROJECTS),
    "issueType": st.sampled_from(["Task", "Doc review"]),
    "reviewFields": st.just({"customfield_1": {"value": "Docs"}}),
    "reviewers": some(("anna", "bert")),
    "approvers": some(("anna", "carl")),
    "pageLabels": some(("made", "by-us")),
}
GIVEN = st.builds(
    lambda projects, components, labels, more: {
        key: value
        for key, value in {"projects": projects, "components": components, "labels": labels, **more}.items()
        if value
    },
    some(PROJECTS), some(COMPONENTS), some(LABELS), st.fixed_dictionaries({}, optional=OPTIONAL),
).filter(lambda route: any(route.get(key) for key in route_rule.CRITERIA))  # fmt: skip
SETTINGS = st.lists(
    GIVEN, max_size=4, unique_by=lambda route: json.dumps([route.get(key) for key in route_rule.CRITERIA])
)


@given(SETTINGS, TICKETS)
def test_the_first_route_that_matches_is_taken(given_routes: list[dict[str, object]], asked: Ticket) -> None:
    routes = read_routes(json.dumps(given_routes), DEFAULT)
    matching = [
        place
        for place, route in enumerate(given_routes)
        if all(
            not route.get(key) or {str(each).casefold() for each in route[key]} & {x.casefold() for x in have}  # type: ignore[attr-defined]
            for key, have in (
                ("projects", (asked.project_key,)),
                ("components", asked.components),
                ("labels", asked.labels),
            )
        )
    ]
    found = route_of(asked, routes)
    assert found == (routes.others[matching[0]] if matching else DEFAULT)
    assert found.is_default is not bool(matching)


@given(SETTINGS)
def test_what_the_stack_allows_is_read_whole(given_routes: list[dict[str, object]]) -> None:
    """The stack's rule and the functions' parser read one format; what a route leaves out is the default's."""
    setting = BY_KEY["routes"].rule.checked(json.dumps(given_routes))
    assert len(setting.encode()) <= route_rule.MAX_BYTES
    for named, route in zip(given_routes, read_routes(setting, DEFAULT).others, strict=True):
        for key, field in KEYS.items():
            value = getattr(route, field)
            if key not in named:
                assert value == getattr(DEFAULT, field)
            elif key == "reviewFields":
                assert json.loads(value) == named[key]
            else:
                assert value == (tuple(named[key]) if isinstance(named[key], list) else named[key])  # type: ignore[arg-type]
        assert route.approver_group == ("" if "approvers" in named else "group-1")


def test_rule_and_parser_know_the_same_keys() -> None:
    assert set(route_rule.KEYS) == set(KEYS)


@given(SETTINGS)
def test_a_route_is_stored_and_read_again(given_routes: list[dict[str, object]]) -> None:
    for route in read_routes(json.dumps(given_routes), DEFAULT).others:
        assert route_from_json(json.loads(json.dumps(dataclasses.asdict(route)))) == route
        assert from_item(Route, to_attribute(route)) == route


@given(st.text(max_size=60) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_any_other_text_is_refused(text: str) -> None:
    try:
        setting = BY_KEY["routes"].rule.checked(text)
    except InvalidValue:
        return
    assert setting == ""


def test_a_record_without_a_route_has_the_default_one() -> None:
    assert Routes(DEFAULT).current(None) is DEFAULT


def test_a_records_route_follows_its_setting() -> None:
    stored = Route(projects=("PAY",), spaces=("OLD",), approvers=("anna",))
    now = Route(projects=("PAY",), spaces=("NEW",), approvers=("carl",))
    assert Routes(DEFAULT, (now,)).current(stored) is now


def test_a_removed_route_keeps_its_approvers() -> None:
    """Anyone else would decide on what these people were to decide; the rest is the default route's."""
    stored = Route(projects=("PAY",), spaces=("OLD",), approvers=("anna",), issue_type="Gone")
    current = Routes(DEFAULT).current(stored)
    assert (current.approvers, current.approver_group) == (("anna",), "")
    assert (current.issue_type, current.review_project) == ("Task", "DOCS")
    assert current.spaces == ("OLD",)
    assert not current.is_default


def test_approvers_are_compared_without_their_order() -> None:
    one, other = Route(approvers=("anna", "bert")), Route(approvers=("bert", "anna"))
    assert one.has_same_approvers(other)
    assert not one.has_same_approvers(Route(approvers=("anna",)))
    assert not one.has_same_approvers(Route(approvers=("anna", "bert"), approver_group="group-1"))
    assert not one.has_same_approvers(Route())


def test_created_pages_have_a_label_by_default() -> None:
    [route] = read_routes('[{"labels":["runbook"]}]', DEFAULT).others
    assert route.page_labels == PAGE_LABELS == ("generated-by-kinexus",)
