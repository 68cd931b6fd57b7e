"""The archives of the pipeline's functions and of their layer hold what is imported, with the licences, and little else."""

import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest
import snowballstemmer
from snowballstemmer.english_stemmer import EnglishStemmer

from stack.function.archive_files import matches
from stack.function.bytecode import find_interpreter
from stack.function.packaging import function_archive, layer_archive
from stack.pipeline.functions import ARCHIVE_LIMIT, FUNCTIONS, FunctionShape
from stack.pipeline.layer import EXCLUDE, LIMIT, LOCK, build_layer
from tests.stack.oldest_runtime import oldest_runtime
from tests.stack.pipeline_run import ROOT, lambda_environments
from tests.stack.reached_modules import reached_from

#: Modules that a function may have loaded when it has started. boto3 with one client are 336 to 378 of them.
MOST_MODULES = {
    "JiraWebhookHandler": 400,
    "DocumentOrchestrator": 660,
    "ReviewTicketCreator": 635,
    "ApprovalHandler": 415,
    "ReviewPage": 415,
    "Sweep": 605,
}


@cache
def layer_files() -> dict[str, int]:
    """Return the sizes of the layer's files by their paths below `python/`."""
    with zipfile.ZipFile(build_layer()) as archive:
        return {entry.filename.removeprefix("python/"): entry.file_size for entry in archive.infolist()}


@pytest.fixture(scope="module")
def opt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the unpacked layer, as Lambda has it at /opt."""
    folder = tmp_path_factory.mktemp("opt")
    with zipfile.ZipFile(build_layer()) as archive:
        archive.extractall(folder)
    return folder


def started(shape: FunctionShape, *folders: Path) -> frozenset[str]:
    """Import a function's entry module in a new process, as Lambda does; return the modules that are loaded then."""
    entry = shape.handler.rpartition(".")[0]
    script = (
        f"import sys; sys.path[:0] = {[str(one) for one in folders]!r}; import {entry}; print(*sys.modules)"
    )
    command = [sys.executable, "-I", "-S", "-B", "-c", script]
    done = subprocess.run(
        command, env=lambda_environments()[shape.name], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return frozenset(done.stdout.split())


@pytest.fixture(scope="module")
def modules(opt: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, frozenset[str]]:
    """Return what each function has loaded when Lambda's init phase ends, beside the oldest boto3."""
    found = {}
    for shape in FUNCTIONS:
        task = tmp_path_factory.mktemp(shape.name)
        with zipfile.ZipFile(function_archive(shape.name, ROOT, shape.include, task / "build")) as archive:
            archive.extractall(task)
        layers = [opt / "python"] if shape.needs_layer else []
        found[shape.name] = started(shape, task, *layers, oldest_runtime())
    return found


@pytest.mark.parametrize("shape", FUNCTIONS, ids=lambda shape: shape.name)
def test_a_function_starts_beside_the_oldest_boto3_with_few_modules(
    shape: FunctionShape, modules: dict[str, frozenset[str]]
) -> None:
    """From its own archive and the layer, whose urllib3 botocore then uses, and without a warning."""
    assert len(modules[shape.name]) <= MOST_MODULES[shape.name]


def test_the_webhooks_and_the_review_page_load_nothing_of_pages_and_clients(
    modules: dict[str, frozenset[str]],
) -> None:
    for name in ("JiraWebhookHandler", "ApprovalHandler", "ReviewPage"):
        heavy = ("common.storage_format", "common.atlassian.http_client", "requests", "markdown_it")
        assert [module for module in modules[name] if module.startswith(heavy)] == []


@pytest.mark.parametrize("shape", FUNCTIONS, ids=lambda shape: shape.name)
def test_only_functions_that_import_its_packages_have_the_layer(shape: FunctionShape) -> None:
    """Whether at their start or later, inside a function; urllib3 is in the runtime as well, for botocore."""
    _, others = reached_from(shape.handler.rpartition(".")[0])
    packages = {name.partition("/")[0] for name in layer_files()} - {"urllib3"}
    assert bool(others & packages) == shape.needs_layer


@pytest.mark.parametrize("shape", FUNCTIONS, ids=lambda shape: shape.name)
def test_a_function_has_the_folders_of_common_that_it_reaches(shape: FunctionShape) -> None:
    """Whether at its start or later, inside a function."""
    files, _ = reached_from(shape.handler.rpartition(".")[0])
    paths = [path.relative_to(ROOT).parts for path in files]
    assert set(shape.common) == {parts[1] for parts in paths if parts[0] == "common" and len(parts) > 2}


@pytest.mark.parametrize("shape", FUNCTIONS, ids=lambda shape: shape.name)
def test_a_functions_archive_is_within_its_limit(shape: FunctionShape, tmp_path: Path) -> None:
    archive = function_archive(shape.name, ROOT, shape.include, tmp_path)
    assert archive.stat().st_size <= ARCHIVE_LIMIT == 500 * 1024


def test_the_layer_is_within_its_limit_even_unpacked() -> None:
    assert build_layer().stat().st_size < sum(layer_files().values()) <= LIMIT == 1.5 * 1024 * 1024


def test_only_the_english_stemmer_is_in_the_layer() -> None:
    stemmers = {name for name in layer_files() if name.startswith("snowballstemmer/")}
    assert stemmers == {f"snowballstemmer/{name}.py" for name in ("among", "basestemmer", "english_stemmer")}


@pytest.mark.parametrize("word", ["running", "virtual", "machines", "apis", "generously", "configuration"])
def test_the_english_stemmer_is_the_one_of_the_package(word: str) -> None:
    assert EnglishStemmer().stemWord(word) == snowballstemmer.stemmer("english").stemWord(word)


def test_every_package_in_the_layer_has_its_licence() -> None:
    packages = {name.partition("/")[0] for name in layer_files()}
    described = {name for name in packages if name.endswith(".dist-info")}
    licensed = {
        name.partition("/")[0]
        for name in layer_files()
        if any(word in name.rpartition("/")[2].upper() for word in ("LICENSE", "COPYING"))
    }
    assert described <= licensed
    assert len(described) == len(packages - described)


def test_every_exclusion_leaves_something_out() -> None:
    """One without effect names a file that a newer version of its package no longer has."""
    with zipfile.ZipFile(layer_archive(LOCK, ROOT / ".build")) as archive:
        names = [name.removeprefix("python/") for name in archive.namelist()]
    assert [one for one in EXCLUDE if not any(matches(name, [one]) for name in names)] == []


def test_every_source_of_the_layer_compiles() -> None:
    interpreter = find_interpreter(f"{sys.version_info.major}.{sys.version_info.minor}")
    archive = layer_archive(LOCK, ROOT / ".build", exclude=EXCLUDE, interpreter=interpreter)
    with zipfile.ZipFile(archive) as content:
        names = content.namelist()
    sources = {name for name in names if name.endswith(".py")}
    assert len(sources) > 100
    assert len([name for name in names if name.endswith(".pyc")]) == len(sources)
