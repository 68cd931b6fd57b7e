"""Builds the function archives and the layer archive for Lambda, reproducibly: same sources, same bytes.

The order, times and modes of entries are fixed, and compiled files are left out. No Docker is needed, and the result
does not depend on the machine's platform.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_STILL_READ_SECONDS = 3600
_LEFT_OUT = (
    "__pycache__",
    ".pyc",
    ".pyo",
    ".pyi",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".DS_Store",
)

LAMBDA_PLATFORM = (
    "--platform=manylinux2014_aarch64",
    "--platform=manylinux_2_28_aarch64",
    "--platform=any",
    "--implementation=cp",
    "--python-version=3.13",
    "--abi=cp313",
    "--abi=abi3",
    "--abi=none",
)
"""pip options that select packages for Lambda's runtime (arm64, python3.13) on any machine."""

LAYER_LIMIT = 5 * 1024 * 1024
"""Maximum size of the layer in bytes: a larger one slows cold starts and probably holds something unneeded."""


class PackagingError(Exception):
    """An archive cannot be built; the message says which one, why and what to do."""


def function_archive(name: str, root: Path, include: Sequence[str], build: Path) -> Path:
    """Zip folders and files of `root` into an archive in `build`, under their own paths; return the archive's path.

    `include` lists folders (packaged whole, without caches) and files, relative to `root`. The archive's name is
    `name` and the hash of its content, so unchanged sources reuse their archive. Raises PackagingError if something in
    `include` does not exist.
    """
    entries = [(file, (root / file).read_bytes()) for file in _files(root, include)]
    digest = hashlib.sha256()
    for file, content in entries:
        digest.update(f"{file}\0{len(content)}\0".encode() + content)
    archive = build / f"{name}-{digest.hexdigest()[:16]}.zip"
    if not archive.exists():
        build.mkdir(parents=True, exist_ok=True)
        _zip(archive, entries)
        _drop_outdated(build, name, archive)
    return archive


def layer_archive(lock: Path, build: Path) -> Path:
    """Install the packages of a lock file for Lambda into a layer archive in `build`; return the archive's path.

    An archive is built once per content of the lock file, then reused. Raises PackagingError if pip cannot install the
    lock file, or if the layer is larger than LAYER_LIMIT.
    """
    key = hashlib.sha256(lock.read_bytes() + " ".join(LAMBDA_PLATFORM).encode()).hexdigest()[:16]
    archive = build / f"layer-{key}.zip"
    build.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        with tempfile.TemporaryDirectory(dir=build) as folder:
            _install(lock, Path(folder) / "python")
            names = _files(Path(folder), ["python"])
            _zip(archive, ((name, (Path(folder) / name).read_bytes()) for name in names))
    if archive.stat().st_size > LAYER_LIMIT:
        size = archive.stat().st_size / 1024 / 1024
        raise PackagingError(
            f"the layer built from {lock} has {size:.1f} MB, but at most 5 MB are allowed: "
            "remove packages that no handler imports"
        )
    return archive


def source_code_hash(archive: Path) -> str:
    """Return Lambda's code hash of an archive: SHA-256 in base64."""
    return base64.b64encode(hashlib.sha256(archive.read_bytes()).digest()).decode()


def _install(lock: Path, target: Path) -> None:
    """Install a lock file's packages into a folder with pip, without their scripts."""
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile",
        "--require-hashes", "--no-deps", "--only-binary=:all:", *LAMBDA_PLATFORM,
        "--target", str(target), "--requirement", str(lock),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise PackagingError(f"pip cannot install {lock} for Lambda:\n{done.stderr.strip()}")
    # let go: few packages have scripts, so the folder may be missing
    shutil.rmtree(target / "bin", ignore_errors=True)
    for record in [*target.glob("*.dist-info/RECORD"), *target.glob("*.dist-info/direct_url.json")]:
        # RECORD lists the removed scripts and compiled files that were never written; imports need neither file.
        record.unlink()


def _files(root: Path, include: Sequence[str]) -> list[str]:
    """List the files below the included names, relative to root, sorted, with forward slashes."""
    files: set[str] = set()
    for name in include:
        path = root / name
        if not path.exists():
            raise PackagingError(f"{path} does not exist, but `include` lists it: correct the path")
        candidates: Iterable[Path] = path.rglob("*") if path.is_dir() else [path]
        files.update(
            file.relative_to(root).as_posix() for file in candidates if file.is_file() and not _left_out(file)
        )
    return sorted(files)


def _left_out(file: Path) -> bool:
    """Return whether a file is a cache or compiled, and stays out of archives."""
    return file.suffix in _LEFT_OUT or any(part in _LEFT_OUT for part in file.parts)


def _drop_outdated(build: Path, name: str, newest: Path) -> None:
    """Delete a function's archives that are older than an hour; another run may still be reading younger ones."""
    for archive in build.glob(f"{name}-{'?' * 16}.zip"):
        if archive != newest and archive.stat().st_mtime < time.time() - _STILL_READ_SECONDS:
            archive.unlink(missing_ok=True)


def _zip(archive: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive atomically, with no content that depends on the machine or the time."""
    with (
        tempfile.NamedTemporaryFile(dir=archive.parent, suffix=".zip", delete=False) as draft,
        zipfile.ZipFile(draft, "w") as out,
    ):
        for name, content in entries:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = _MODE
            # Stored uncompressed, because compressed bytes differ between builds of zlib.
            out.writestr(entry, content, compress_type=zipfile.ZIP_STORED)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(archive)
