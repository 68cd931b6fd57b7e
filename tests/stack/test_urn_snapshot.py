"""A snapshot of URNs distinguishes additions, renames and moves, and takes aliases into account."""

from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from stack import EventBus, EventSubscription
from stack.testing import Graph, checks, run_program
from tests.stack.shop import PATTERN, function

HEAD = "urn:pulumi:dev::project::"
QUEUE = "aws:sqs/queue:Queue"


def graph_of(name: str = "work", kind: str = "", **options: object) -> Graph:
    def program() -> None:
        parent = pulumi.ComponentResource(f"test:index:{kind}", "parent") if kind else None
        aws.sqs.Queue(name, opts=pulumi.ResourceOptions(parent=parent, **options))  # type: ignore[arg-type]

    return run_program(program)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    path = tmp_path / "urns.txt"
    checks.write_urns(graph_of(), path)
    return path


def test_a_snapshot_is_one_urn_a_line_and_compares_equal(held: Path) -> None:
    assert held.read_text() == f"{HEAD}{QUEUE}::work\n"
    assert checks.urn_changes(graph_of(), held) == []


def test_a_missing_file_is_reported_with_the_command(tmp_path: Path) -> None:
    assert checks.urn_changes(graph_of(), tmp_path / "new.txt") == [
        "new.txt does not exist: write it with `checks.write_urns(graph, path)` or `pytest --urn-snapshot`, and commit it"
    ]
    assert not (tmp_path / "new.txt").exists()


def test_additions_and_removals_are_reported(held: Path) -> None:
    def program() -> None:
        aws.sns.Topic("told")

    assert checks.urn_changes(run_program(program), held) == [
        f"added: {HEAD}aws:sns/topic:Topic::told",
        f"removed: {HEAD}{QUEUE}::work",
    ]


def test_a_rename_is_reported_with_its_alias(held: Path) -> None:
    (change,) = checks.urn_changes(graph_of("jobs"), held)
    assert change == (
        f"renamed: {HEAD}{QUEUE}::work is now {HEAD}{QUEUE}::jobs; Pulumi would delete the old one and create the new "
        'one. Keep it as it was, or give it `aliases=[pulumi.Alias(name="work")]`'
    )


def test_a_move_is_reported_with_its_alias(held: Path) -> None:
    changes = checks.urn_changes(graph_of(kind="Box"), held)
    assert [change.split(":")[0] for change in changes] == ["added", "moved"]
    assert f'aliases=["{HEAD}{QUEUE}::work"]' in changes[1]


@pytest.mark.parametrize(
    "alias", [pulumi.Alias(name="work"), f"{HEAD}{QUEUE}::work", pulumi.Alias(name="work", parent=None)]
)
def test_a_rename_with_an_alias_is_distinguished(held: Path, alias: pulumi.Alias | str) -> None:
    assert checks.urn_changes(graph_of("jobs", aliases=[alias]), held) == [
        f"renamed, and covered by an alias: {HEAD}{QUEUE}::work is now {HEAD}{QUEUE}::jobs"
    ]


def test_an_alias_without_parent_covers_a_move_into_components(held: Path) -> None:
    changes = checks.urn_changes(graph_of(kind="Box", aliases=[pulumi.Alias(parent=None)]), held)
    assert changes[1].startswith("renamed, and covered by an alias")


def test_an_alias_of_a_component_covers_its_children(tmp_path: Path) -> None:
    path = tmp_path / "urns.txt"
    checks.write_urns(graph_of(kind="Box"), path)

    def renamed(aliased: bool) -> Graph:
        def program() -> None:
            aliases = [pulumi.Alias(type_="test:index:Box")] if aliased else []
            options = pulumi.ResourceOptions(aliases=aliases)
            parent = pulumi.ComponentResource("test:index:Crate", "parent", None, options)
            aws.sqs.Queue("work", opts=pulumi.ResourceOptions(parent=parent))

        return run_program(program)

    assert all("covered by an alias" in change for change in checks.urn_changes(renamed(True), path))
    moved = checks.urn_changes(renamed(False), path)
    assert any(change.startswith(f"moved: {HEAD}test:index:Box${QUEUE}::work") for change in moved)


def test_one_alias_covers_all_children_of_a_renamed_component(tmp_path: Path) -> None:
    """As in the engine, also where their names begin with the component's name."""
    path = tmp_path / "urns.txt"

    def built(name: str, *aliases: pulumi.Alias) -> Graph:
        def program() -> None:
            events = EventBus("events")
            options = pulumi.ResourceOptions(aliases=list(aliases))
            made = function()
            EventSubscription(name, bus_name=events, pattern=PATTERN, function=made, opts=options)

        return run_program(program)

    checks.write_urns(built("old"), path)
    covered = checks.urn_changes(built("new", pulumi.Alias(name="old")), path)
    assert len(covered) == 13
    assert all(change.startswith("renamed, and covered by an alias: ") for change in covered)
    assert not any("covered" in change for change in checks.urn_changes(built("new"), path))


def test_writing_reports_changes_and_replaces_the_snapshot(held: Path) -> None:
    assert len(checks.write_urns(graph_of("jobs"), held)) == 1
    assert checks.urn_changes(graph_of("jobs"), held) == []
