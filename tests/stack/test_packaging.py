"""Archives are the same for the same sources: in any folder, at any time, under any umask and locale.

The layer too, which pip downloads from the package index. Not proven: that an index always returns the same files for a
lock; the lock has their hashes.
"""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from stack.function.packaging import PackagingError, function_archive, layer_archive, source_code_hash
from tests.stack.pipeline_run import FUNCTIONS, ROOT, graph

INCLUDE = ["handlers/__init__.py", "handlers/shop", "common"]


def write_sources(root: Path) -> Path:
    """Write a small source tree with files that must stay out of the archive."""
    for name, text in {
        "handlers/__init__.py": "",
        "handlers/shop/__init__.py": "",
        "handlers/shop/handler.py": "def handle(): ...\n",
        "handlers/shop/__pycache__/handler.cpython-311.pyc": "compiled",
        "handlers/shop/stale.pyc": "compiled",
        "handlers/other/handler.py": "not ours\n",
        "common/words.json": '{"ä": 1}\n',
        "common/.DS_Store": "junk",
        "README.md": "not ours\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def build(root: Path) -> Path:
    return function_archive("shop", root, INCLUDE, root / ".build")


def elsewhere(script: str) -> str:
    """Run a script under another locale, which is not UTF-8, in another time zone; return what it prints."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "PYTHONUTF8"))
    }
    environ |= {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "TZ": "Pacific/Apia", "PYTHONHASHSEED": "7"}
    started = [sys.executable, "-X", "utf8=0", "-c", script]
    done = subprocess.run(started, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_archive_holds_the_included_sources_and_no_caches(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(write_sources(tmp_path))) as archive:
        assert archive.namelist() == [
            "common/words.json",
            "handlers/__init__.py",
            "handlers/shop/__init__.py",
            "handlers/shop/handler.py",
        ]
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_archive_is_the_same_in_any_environment(tmp_path: Path) -> None:
    """In any folder, at any time, under any umask and locale, with or without compiled files."""
    first = build(write_sources(tmp_path / "here"))
    there = tmp_path / "a" / "folder" / "elsewhere"
    script = (
        f"import os, sys; os.umask(0o077); sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from tests.stack.test_packaging import build, write_sources\n"
        f"root = write_sources(Path({str(there)!r}))\n"
        "for path in root.rglob('*'): os.utime(path, (1, 86400))\n"
        "(root / 'common' / '__pycache__').mkdir(); (root / 'common' / '__pycache__' / 'x.pyc').write_text('x')\n"
        "print(build(root))"
    )
    second = Path(elsewhere(script))
    assert second.name == first.name
    assert second.read_bytes() == first.read_bytes()
    assert source_code_hash(second) == source_code_hash(first)
    assert first.stat().st_mode & 0o777 == second.stat().st_mode & 0o777 == 0o644


def test_the_layer_is_the_same_in_any_environment(tmp_path: Path) -> None:
    """In any folder, under any umask and locale."""
    lock = ROOT / "handlers" / "requirements.lock"
    first = layer_archive(lock, tmp_path / "here")
    moved = tmp_path / "a" / "lock" / "elsewhere.lock"
    moved.parent.mkdir(parents=True)
    moved.write_bytes(lock.read_bytes())
    script = (
        f"import os, sys; os.umask(0o077); sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from stack.function.packaging import layer_archive\n"
        f"print(layer_archive(Path({str(moved)!r}), Path({str(tmp_path / 'there')!r})))"
    )
    second = Path(elsewhere(script))
    assert second != first
    assert second.name == first.name
    assert source_code_hash(second) == source_code_hash(first)
    with zipfile.ZipFile(first) as archive:
        assert "python/requests/__init__.py" in archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_only_a_changed_archive_is_written_under_another_name(tmp_path: Path) -> None:
    root = write_sources(tmp_path)
    first = build(root)
    written = first.stat().st_mtime_ns
    time.sleep(0.01)
    assert build(root) == first
    assert first.stat().st_mtime_ns == written
    (root / "handlers/shop/handler.py").write_text("def handle(): return 1\n")
    changed = build(root)
    assert changed != first
    assert source_code_hash(changed) != source_code_hash(first)


def test_old_archives_are_removed_when_a_new_one_is_written(tmp_path: Path) -> None:
    root = write_sources(tmp_path)
    old = build(root)
    (root / "common/words.json").write_text("{}")
    recent = build(root)
    os.utime(old, (1, 1))
    (root / "common/words.json").write_text("[]")
    newest = build(root)
    assert sorted((root / ".build").iterdir()) == sorted([recent, newest])


def test_a_change_of_one_handler_changes_one_function(tmp_path: Path) -> None:
    root = write_sources(tmp_path)
    other = ["handlers/__init__.py", "handlers/other", "common"]
    before = function_archive("other", root, other, root / ".build"), build(root)
    (root / "handlers/other/handler.py").write_text("changed\n")
    after = function_archive("other", root, other, root / ".build"), build(root)
    assert (before[0] == after[0], before[1] == after[1]) == (False, True)


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="handlers/missing"):
        function_archive("x", tmp_path, ["handlers/missing"], tmp_path / ".build")


def test_every_function_has_its_own_archive_and_hash() -> None:
    functions = graph("dev").of_type("aws:lambda/function:Function")
    paths = {function.inputs["code"].path for function in functions}
    assert len(paths) == len(functions) == len(FUNCTIONS)
    for function in functions:
        assert function.inputs["sourceCodeHash"] == source_code_hash(Path(function.inputs["code"].path))


def test_the_lock_pins_everything_with_hashes_and_names_no_host() -> None:
    wanted = re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "handlers/requirements.in").read_text(), re.MULTILINE)
    lock = (ROOT / "handlers/requirements.lock").read_text()
    pinned = r"^([\w.-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$"
    entries = [(name, version) for name, version, _ in re.findall(pinned, lock, re.MULTILINE)]
    rest = re.sub(r"\s*#.*", "", re.sub(pinned, "", lock, flags=re.MULTILINE))
    assert rest.split() == [], "not pinned, or without a hash"
    assert {(name.lower(), version) for name, version in wanted} <= set(entries)
    assert len(wanted) == 4
    assert "://" not in lock
    assert [name for name, _ in entries] == sorted(name for name, _ in entries)


def test_the_lock_matches_the_versions_in_tests_and_region() -> None:
    pins = dict(
        re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements-run.txt").read_text().lower(), re.MULTILINE)
    )
    for name, version in re.findall(
        r"^([\w-]+)==(\S+)$", (ROOT / "handlers/requirements.in").read_text().lower(), re.MULTILINE
    ):
        assert pins[name] == version, f"{name}: requirements-run.txt and handlers/requirements.in differ"


def test_the_layer_holds_exactly_the_handlers_missing_imports() -> None:
    lambda_brings = {"boto3", "botocore"}
    lock = (ROOT / "handlers/requirements.lock").read_text()
    locked = set(re.findall(r"^([\w-]+)==", lock, re.MULTILINE))
    imported = set()
    for path in [*(ROOT / "handlers").rglob("*.py"), *(ROOT / "common").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"common", "handlers"} - lambda_brings
    distributions = importlib.metadata.packages_distributions()
    packages = {
        name.lower().replace("_", "-") for module in foreign for name in distributions.get(module, [module])
    }
    assert packages <= locked, "the layer lacks it: add it to handlers/requirements.in"
    wanted = set(
        re.findall(r"^([\w-]+)==", (ROOT / "handlers/requirements.in").read_text().lower(), re.MULTILINE)
    )
    assert wanted <= packages, (
        "the layer holds what no handler imports: remove it from handlers/requirements.in"
    )
