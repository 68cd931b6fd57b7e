"""The component pages match the sources, and their examples run.

Not proven: that an example does on AWS what its first line says.
"""

import re
from pathlib import Path

import pytest

import stack
from stack import docs_generator
from stack.testing import run_program
from tests.stack.pipeline_run import ROOT, SECRETS, settings_of, some_layer

WRITTEN = docs_generator.pages()
EXAMPLES = sorted(docs_generator.EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_the_committed_page_is_the_latest(name: str) -> None:
    """If it is not: `python -m stack.docs_generator`."""
    assert (docs_generator.FOLDER / name).read_text() == WRITTEN[name]


def test_no_page_describes_a_removed_component() -> None:
    assert {path.name for path in docs_generator.FOLDER.iterdir()} == {*WRITTEN, *docs_generator.BY_HAND}


def test_everything_named_in_the_comparison_exists() -> None:
    parts = re.split(r"^## (.+)$", (docs_generator.FOLDER / "coverage.md").read_text(), flags=re.MULTILINE)[
        1:
    ]
    for title, table in zip(parts[::2], parts[1::2], strict=True):
        documented = "".join(
            WRITTEN[f"{docs_generator.snake_case(name)}.md"] for name in title.split(" and ")
        )
        for row in table.strip().splitlines()[2:]:
            for name in re.findall(r"`([a-z_]+)`", row.split("|")[3]):
                assert f"| `{name}` |" in documented, (title, name)


def test_every_argument_and_output_is_on_its_page() -> None:
    for component in stack.COMPONENTS:
        page = WRITTEN[docs_generator.snake_case(component.__name__) + ".md"]
        args = getattr(stack, f"{component.__name__}Args")
        outputs = [name for name, kind in component.__annotations__.items() if "Output" in str(kind)]
        assert outputs
        for name in [*args.__annotations__, *outputs]:
            assert re.search(rf"^\| `{name}` \| `.+\w.* \|$", page, re.MULTILINE), (component, name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_runs_and_is_short(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples" / "nightly_export")
    config = {**settings_of("dev"), **{f"kinexus:{key}": value for key, value in SECRETS.items()}}
    config["kinexus:layerArchive"] = some_layer()
    if path.stem == "secret_bundle":
        config["kinexus:paymentKey"] = "x"
    graph = run_program(path, project="kinexus", config=config, secret_keys=(*SECRETS, "paymentKey"))

    title = "".join(word.capitalize() for word in path.stem.split("_"))
    assert [each for each in graph.resources if each.type.endswith(f":{title}")]
    assert len([line for line in path.read_text().splitlines()[2:] if line]) <= 12
