"""Packages of a lock file are selected for the function's runtime and architecture, whatever machine packages them.

Two packages are downloaded from the package index. Not proven: that they run on Lambda.
"""

import zipfile
from pathlib import Path
from typing import Any

import pytest

import stack
from stack.function import packaging
from stack.function.archive_files import PackagingError
from stack.function.args import FunctionArchitecture, FunctionRuntime
from stack.function.packaging import function_archive, layer_archive
from stack.function.requirements_lock import LambdaTarget, _lines_for
from tests.stack.shop import graph_of

ARM = LambdaTarget()
X86 = LambdaTarget(FunctionRuntime.PYTHON_3_12, FunctionArchitecture.X86)
HASHES = (
    "--hash=sha256:e17c96c14e19278594aa4841ec148115f9c7615a47382ecb6b82bd8fea3ab0c8",
    "--hash=sha256:569511d3b58c8791ab4c2e1285575265991e6d8f8700c7be0e88f86cb0672094",
)
COMPILED = " \\\n    ".join(["markupsafe==3.0.2", *HASHES])
ELSEWHERE = f"colorama==0.4.6 ; sys_platform == 'win32' {HASHES[0]}"


def lock_of(folder: Path, *lines: str) -> Path:
    lock = folder / "requirements.lock"
    lock.write_text("\n".join(["# A comment", "", *lines]) + "\n")
    return lock


def compiled_parts(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as content:
        return [name for name in content.namelist() if name.endswith(".so")]


def test_packages_are_those_of_the_target(tmp_path: Path) -> None:
    lock = lock_of(tmp_path, COMPILED, ELSEWHERE)
    arm, x86 = (layer_archive(lock, tmp_path / "build", target) for target in (ARM, X86))
    assert compiled_parts(arm) == ["python/markupsafe/_speedups.cpython-313-aarch64-linux-gnu.so"]
    assert compiled_parts(x86) == ["python/markupsafe/_speedups.cpython-312-x86_64-linux-gnu.so"]
    assert layer_archive(lock, tmp_path / "build", ARM) == arm


def test_a_function_holds_its_packages_beside_its_sources(tmp_path: Path) -> None:
    lock_of(tmp_path, COMPILED)
    (tmp_path / "app.py").write_text("import markupsafe\n\n\ndef handle(event, context): ...\n")

    def build() -> None:
        code: stack.PythonFunctionArgs = {
            "handler": "app.handle",
            "source_root": str(tmp_path),
            "include": ["app.py"],
            "requirements": "requirements.lock",
            "runtime": X86.runtime,
            "architecture": X86.architecture,
        }
        stack.PythonFunction("pack", code)
        lock = str(tmp_path / "requirements.lock")
        stack.PythonLayer("layer", {"requirements": lock, "layer_name": "shop"})
        stack.PythonLayer("other", {"requirements": lock, "exclude": ["*.so", "markupsafe/_native.py"]})

    found = graph_of(build)
    function = found.named("pack", "aws:lambda/function:Function").inputs
    archive = Path(function["code"].path)
    assert compiled_parts(archive) == ["markupsafe/_speedups.cpython-312-x86_64-linux-gnu.so"]
    with zipfile.ZipFile(archive) as content:
        assert {"app.py", "markupsafe/__init__.py"} <= set(content.namelist())
    layer = found.named("layer", "aws:lambda/layerVersion:LayerVersion").inputs
    assert (layer["layerName"], layer["compatibleRuntimes"]) == ("shop", ["python3.13"])
    other = found.named("other", "aws:lambda/layerVersion:LayerVersion").inputs
    assert other["layerName"] == "project-dev-other"
    with zipfile.ZipFile(other["code"].path) as content:
        assert {name for name in content.namelist() if "dist-info" not in name} == {
            "python/markupsafe/__init__.py",
            "python/markupsafe/_speedups.c",
        }
    assert layer["compatibleArchitectures"] == ["arm64"]
    assert compiled_parts(Path(layer["code"].path)) == [
        "python/markupsafe/_speedups.cpython-313-aarch64-linux-gnu.so"
    ]


def test_a_file_of_a_package_never_replaces_a_source(tmp_path: Path) -> None:
    lock = lock_of(tmp_path, COMPILED)
    (tmp_path / "markupsafe").mkdir()
    (tmp_path / "markupsafe/__init__.py").write_text("ours")
    with pytest.raises(PackagingError, match=r"markupsafe/__init__.py is both below .* and in a package"):
        function_archive("x", tmp_path, ["markupsafe"], tmp_path / "build", requirements=lock)


@pytest.mark.parametrize(
    ("marker", "on_arm", "on_x86"),
    [
        ("sys_platform == 'linux'", True, True),
        ("sys_platform == 'win32'", False, False),
        ("platform_system == 'Darwin'", False, False),
        ("platform_machine == 'aarch64'", True, False),
        ("python_version < '3.13'", False, True),
        ("python_full_version >= '3.13'", True, False),
        ("extra == 'more'", False, False),
        ("platform_python_implementation == 'CPython'", True, True),
    ],
)
def test_markers_are_those_of_the_target(tmp_path: Path, marker: str, on_arm: bool, on_x86: bool) -> None:
    lock = lock_of(tmp_path, f"a==1 ; {marker} {HASHES[0]}  # via b")
    for target, wanted in ((ARM, on_arm), (X86, on_x86)):
        assert [line for line in _lines_for(lock, target) if line] == (
            [f"a==1 {HASHES[0]}"] if wanted else []
        )


def test_options_of_the_index_are_kept(tmp_path: Path) -> None:
    lock = lock_of(tmp_path, "--index-url https://packages.example.com/simple", f"a[b]==1 {HASHES[0]}")
    assert [line for line in _lines_for(lock, ARM) if line] == [
        "--index-url https://packages.example.com/simple",
        f"a[b]==1 {HASHES[0]}",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("requests==2.34.2", "'requests==2.34.2' without an exact version and a hash.*--generate-hashes"),
        (f"requests>=2 {HASHES[0]}", "without an exact version"),
        (f"requests==2.* {HASHES[0]}", "without an exact version"),
        (f"not a package {HASHES[0]}", "is not valid"),
        ("-r other.txt", "write all packages into the lock file itself"),
        (f"markupsafe==3.0.2 {HASHES[0][:-1]}0", r"pip cannot install .* for python3.13 on arm64"),
    ],
)
def test_a_lock_that_cannot_be_used_is_refused(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(PackagingError, match=message):
        layer_archive(lock_of(tmp_path, line), tmp_path / "build")


def test_an_exclusion_of_everything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=r"no file of the packages of .*requirements.lock is left"):
        layer_archive(lock_of(tmp_path, COMPILED), tmp_path / "build", exclude=["*"])


def test_a_missing_lock_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=r"nowhere.lock does not exist, but `requirements` names it"):
        layer_archive(tmp_path / "nowhere.lock", tmp_path / "build")


def test_an_archive_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "UPLOAD_LIMIT", 1024 * 1024)
    (tmp_path / "big.bin").write_bytes(b"x" * 1024 * 1025)
    with pytest.raises(PackagingError, match=r"has 1.0 MB, but at most 1 MB .*PythonLayers"):
        function_archive("x", tmp_path, ["big.bin"], tmp_path / "build")


@pytest.mark.parametrize("runtime", list(FunctionRuntime))
@pytest.mark.parametrize("architecture", list(FunctionArchitecture))
def test_no_wheel_needs_a_newer_c_library_than_lambdas(runtime: Any, architecture: Any) -> None:
    """Amazon Linux 2 has glibc 2.26, Amazon Linux 2023 has 2.34."""
    target = LambdaTarget(runtime, architecture)
    newest = 26 if target.python == "3.11" else 34
    platforms = [one for one in target.pip_options() if one.startswith("--platform=manylinux_2_")]
    minors = [int(one.removeprefix("--platform=manylinux_2_").split("_")[0]) for one in platforms]
    assert max(minors) == newest
    assert min(minors) == 17
    assert all(one.endswith(target.machine) for one in platforms)
