"""docs/benchmarks.md is what the kept results say, and every benchmark of the folder is on it or named here."""

from pathlib import Path

import benchmarks.__main__ as program

#: Modules that are no benchmark of their own, and the two that have a page elsewhere.
OTHERS = {
    "convert",
    "corpus",
    "drafts",
    "editor_shape",
    "emptied_oracle",
    "generated_changes",
    "load",
    "oracle",
}
OTHERS |= {"storage_invariants", "results"}


def test_the_page_is_rendered_from_the_kept_results() -> None:
    assert program.PAGE.read_text() == program.page()


def test_every_benchmark_is_run() -> None:
    folder = Path(program.__file__).parent
    found = {path.stem for path in folder.iterdir() if not path.name.startswith("__")}
    assert found - OTHERS == {each.name for each in program.BENCHMARKS} - OTHERS
