"""The pytest plugin runs a program with its stack's configuration, and writes and compares snapshots of its URNs."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PROGRAM = """
import pulumi, pulumi_aws as aws
config = pulumi.Config()
tags = {"size": config.require("size"), "zone": config.require("zone"), "key": config.require_secret("key")}
aws.sqs.Queue(config.require("name"), tags={**tags, **config.require_object("more")})
"""
FILES = {
    "Pulumi.yaml": "name: shop\nruntime: python\nconfig:\n  size: {type: integer, default: 2}\n  name: {value: work}\n",
    "Pulumi.dev.yaml": "config:\n  shop:size: 3\n  shop:zone: a\n  shop:key: {secure: xyz}\n  shop:more: {team: shop}\n",
}
TESTS = """
import pytest

@pytest.fixture(scope="session")
def pulumi_config():
    return {"zone": "b"}

def test_graph(graph):
    [queue] = graph.of_type("aws:sqs/queue:Queue")
    assert queue.inputs["tags"] == {"size": "3", "zone": "b", "key": "secret", "team": "shop"}
    assert queue.secrets == {"tags"}

def test_urns(urn_changes):
    assert urn_changes == []
"""


@pytest.fixture
def program(pytester: pytest.Pytester) -> pytest.Pytester:
    for name, text in FILES.items():
        (pytester.path / name).write_text(text)
    pytester.makepyfile(__main__=PROGRAM, test_shop=TESTS)
    pytester.makeconftest('pytest_plugins = ["stack.testing.pytest_plugin"]')
    return pytester


def test_a_snapshot_is_written_and_compared(program: pytest.Pytester) -> None:
    missing = program.runpytest_inprocess("-p", "no:cacheprovider")
    missing.assert_outcomes(passed=1, failed=1)
    missing.stdout.fnmatch_lines(["*urns.txt does not exist*"])
    program.runpytest_inprocess("-p", "no:cacheprovider", "--urn-snapshot").assert_outcomes(passed=2)
    written = (Path(program.path) / "urns.txt").read_text()
    assert written == "urn:pulumi:dev::shop::aws:sqs/queue:Queue::work\n"
    program.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_a_rename_is_found(program: pytest.Pytester) -> None:
    program.runpytest_inprocess("-p", "no:cacheprovider", "--urn-snapshot")
    program.makepyfile(
        test_shop=TESTS.replace('return {"zone": "b"}', 'return {"zone": "b", "name": "jobs"}')
    )
    renamed = program.runpytest_inprocess("-p", "no:cacheprovider")
    renamed.assert_outcomes(passed=1, failed=1)
    renamed.stdout.fnmatch_lines(["*Pulumi would delete the old one*"])
