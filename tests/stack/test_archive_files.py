"""Archives hold what is included, byte by byte, and never what does not belong into them."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stack
from stack.function.archive_files import PackagingError, archive_files, leaves_root
from stack.function.packaging import function_archive
from stack.testing import run_program

LITTER = (
    ".git/config",
    ".env",
    ".venv/lib/site.py",
    "venv/pyvenv.cfg",
    "venv/lib/site.py",
    ".build/app-0123456789abcdef.zip",
    ".idea/workspace.xml",
    "node_modules/left-pad/index.js",
    "Pulumi.yaml",
    "Pulumi.dev.yaml",
    "app/Pulumi.prod.yaml",
    "app/#handler.py#",
    "app/handler.py~",
    "app/.handler.py.swp",
    "app/handler.py.orig",
    "app/__pycache__/handler.cpython-313.pyc",
    "app/.DS_Store",
)
SOURCES = ("app/__init__.py", "app/handler.py", "app/words.json", "data/dev.yaml")


def project(root: Path) -> Path:
    for name in (*LITTER, *SOURCES):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


def files(root: Path, *include: str, exclude: tuple[str, ...] = (), build: str = ".build") -> list[str]:
    return archive_files(root, include or (".",), exclude, root / build)


def test_a_whole_project_is_packaged_without_litter(tmp_path: Path) -> None:
    assert files(project(tmp_path)) == sorted(SOURCES)


def test_repeated_builds_give_the_same_archive(tmp_path: Path) -> None:
    """Also with a build folder that has no dot."""
    root = project(tmp_path)
    for build in (".build", "out", "app/out"):
        first = function_archive("app", root, ["."], root / build)
        again = [function_archive("app", root, ["."], root / build) for _ in range(3)]
        assert {*again} == {first}
        first.unlink()


@pytest.mark.parametrize("name", LITTER)
def test_litter_is_refused_even_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackagingError, match="never packaged"):
        files(project(tmp_path), "app", name)


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.json", ["app/__init__.py", "app/handler.py", "data/dev.yaml"]),
        ("data", ["app/__init__.py", "app/handler.py", "app/words.json"]),
        ("data/", ["app/__init__.py", "app/handler.py", "app/words.json"]),
        ("/handler.py", [*sorted(SOURCES)]),
        ("./app/handler.py", ["app/__init__.py", "app/words.json", "data/dev.yaml"]),
        ("app/words.*", ["app/__init__.py", "app/handler.py", "data/dev.yaml"]),
    ],
)
def test_exclude_names_files_and_folders(tmp_path: Path, pattern: str, left: list[str]) -> None:
    assert files(project(tmp_path), exclude=(pattern,)) == left


def test_an_archive_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=r"no file below .* is left.*`exclude`"):
        files(project(tmp_path), exclude=("*.py", "*.json", "*.yaml"))


@pytest.mark.parametrize("name", ["../notes/app", "app/../../notes", "/etc", "..", "C:\\notes", "..\\notes"])
def test_paths_that_leave_the_root_are_refused(tmp_path: Path, name: str) -> None:
    root = project(tmp_path / "root")
    with pytest.raises(PackagingError, match=r"leaves .*source_root"):
        files(root, name)
    args: stack.PythonFunctionArgs = {
        "function_name": "x",
        "handler": "app.handler.handle",
        "source_root": str(root),
        "include": [name],
    }
    with pytest.raises(stack.InvalidArgument, match=r"`include` has .*leaves `source_root`"):
        run_program(lambda: stack.PythonFunction("x", args))


def test_a_path_with_dots_inside_the_root_is_normalised(tmp_path: Path) -> None:
    assert files(project(tmp_path), "data/../app/./words.json", "./data/") == [
        "app/words.json",
        "data/dev.yaml",
    ]


def test_links_stay_inside_the_root(tmp_path: Path) -> None:
    root = project(tmp_path / "root")
    (tmp_path / "secret.txt").write_text("hush")
    (root / "data/shared").symlink_to(root / "app")
    assert "data/shared/handler.py" in files(root)
    (root / "app/loop").symlink_to(root / "app")
    with pytest.raises(PackagingError, match="leads to a folder that contains it"):
        files(root, "app")
    (root / "app/loop").unlink()
    (root / "app/secret.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(PackagingError, match=r"secret.txt leads to .*not below"):
        files(root)
    assert "app/secret.txt" not in files(root, exclude=("secret.txt",))
    (root / "app/gone.py").symlink_to(root / "app/nowhere.py")
    with pytest.raises(PackagingError, match="does not exist"):
        files(root, exclude=("secret.txt",))


def test_archives_are_not_built_among_the_sources(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=r"choose another `build_folder`"):
        files(project(tmp_path), build=".")


def test_a_component_with_a_path_for_a_name_is_packaged(tmp_path: Path) -> None:
    assert function_archive("shop/pack", project(tmp_path), ["app"], tmp_path / ".build").name.startswith(
        "shop-pack-"
    )


@settings(deadline=None)  # writes files
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}\.(py|txt|bin)", fullmatch=True),
        st.binary(max_size=200),
        min_size=1,
        max_size=5,
    )
)
def test_bytes_are_never_changed(tmp_path_factory: pytest.TempPathFactory, sources: dict[str, bytes]) -> None:
    root = tmp_path_factory.mktemp("root")
    for name, content in {**sources, "crlf.py": b"# \xff\r\n\x00\r\n"}.items():
        (root / name).write_bytes(content)
    with zipfile.ZipFile(function_archive("x", root, ["."], root / ".build")) as archive:
        for name, content in sources.items():
            assert archive.read(name) == content


@given(st.lists(st.sampled_from(["a", ".", "..", ""]), min_size=1, max_size=6))
def test_a_path_leaves_the_root_if_any_prefix_does(parts: list[str]) -> None:
    path = "/".join(parts)
    depth, lowest = 0, 0
    for part in parts:
        depth += {"a": 1, "..": -1}.get(part, 0)
        lowest = min(lowest, depth)
    assert leaves_root(path) == (lowest < 0 or path.startswith("/"))
