"""Builds the function archives and the layer archive for Lambda, reproducibly: same sources, same bytes.

The order, times, modes and compression of entries are fixed. Compiled files are left out, or made by one given
interpreter. No Docker is needed, and the result does not depend on the machine's platform.
"""

import base64
import hashlib
import re
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from .archive_files import CACHES, PackagingError, archive_files, matches
from .bytecode import Interpreter, compiled
from .handler_file import check_handler_file
from .requirements_lock import LambdaTarget, install
from .zip_file import zipped

__all__ = ["PackagingError", "function_archive", "layer_archive", "source_code_hash"]

_STILL_READ_SECONDS = 3600
_FORMAT = b"deflated\0"
"""Part of every archive's name: change it when the same sources give other bytes, because archives are reused."""
_MEGABYTE = 1024 * 1024
_OF_INSTALLERS = ("*.dist-info/INSTALLER", "*.dist-info/REQUESTED", "py.typed", ".DS_Store")
"""Files in packages that only installers and type checkers read."""

UPLOAD_LIMIT = 50 * _MEGABYTE
"""Maximum size in bytes of an archive that is uploaded to Lambda directly.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


def function_archive(
    name: str,
    root: Path,
    include: Sequence[str],
    build: Path,
    *,
    exclude: Sequence[str] = (),
    requirements: Path | None = None,
    target: LambdaTarget | None = None,
    handler: str | None = None,
    has_layers: bool = False,
    interpreter: Interpreter | None = None,
) -> Path:
    """Zip folders and files of `root` into an archive in `build`, under their own paths; return the archive's path.

    `include` lists folders and files relative to `root`; `archive_files` says what is left out. The packages of the
    lock file `requirements`, installed for `target`, are at the archive's root. With an `interpreter`, which must have
    the version of the runtime, the archive also holds its bytecode. The archive's name is `name` and the hash of its
    sources, so unchanged sources reuse their archive. Raises PackagingError for sources or packages that
    cannot be packaged, and for a `handler` that is not there.
    """
    entries = {file: (root / file).read_bytes() for file in archive_files(root, include, exclude, build)}
    if requirements is not None:
        for path, content in _installed(requirements, build, target or LambdaTarget()):
            if path in entries:
                raise PackagingError(
                    f"{path} is both below {root} and in a package of {requirements}: rename or exclude the file"
                )
            entries[path] = content
    if handler is not None:
        check_handler_file(handler, entries, may_be_elsewhere=has_layers)
    digest = hashlib.sha256(_FORMAT + _version_of(interpreter))
    for path, content in sorted(entries.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    plain = re.sub(r"[^\w.-]", "-", name)
    archive = build / f"{plain}-{digest.hexdigest()[:16]}.zip"
    if not archive.exists():
        build.mkdir(parents=True, exist_ok=True)
        _write(archive, _with_bytecode(entries, interpreter))
        _drop_outdated(build, plain, archive)
    _check_size(archive, UPLOAD_LIMIT, "exclude files, or move packages into PythonLayers (at most 5)")
    return archive


def layer_archive(
    lock: Path,
    build: Path,
    target: LambdaTarget | None = None,
    limit: int = UPLOAD_LIMIT,
    *,
    exclude: Sequence[str] = (),
    interpreter: Interpreter | None = None,
) -> Path:
    """Install the packages of a lock file for Lambda into a layer archive in `build`; return the archive's path.

    `exclude` says what of the packages stays out, relative to their folder, as `matches` reads it. An archive is built
    once per target, exclusion, interpreter and content of the lock file, then reused. With an `interpreter`, which must
    have the version of the target, the layer also holds its bytecode. Raises PackagingError if pip cannot install
    the lock file, if `exclude` leaves nothing, or if the layer is larger than `limit` bytes.
    """
    target = target or LambdaTarget()
    content = lock.read_bytes() if lock.is_file() else b""
    left_out = (*CACHES, *_OF_INSTALLERS, *exclude)
    options = "\0".join((*target.pip_options(), *left_out))
    key = hashlib.sha256(_FORMAT + content + options.encode() + _version_of(interpreter)).hexdigest()[:16]
    archive = build / f"layer-{key}.zip"
    build.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        with tempfile.TemporaryDirectory(dir=build) as folder:
            install(lock, Path(folder), target)
            files = (
                file.relative_to(folder).as_posix() for file in Path(folder).rglob("*") if file.is_file()
            )
            names = sorted(file for file in files if not matches(file, left_out))
            if not names and exclude:
                raise PackagingError(f"no file of the packages of {lock} is left: correct `exclude`")
            entries = {name: (Path(folder) / name).read_bytes() for name in names}
            _write(archive, ((f"python/{name}", data) for name, data in _with_bytecode(entries, interpreter)))
    _check_size(
        archive, limit, "remove packages that no function imports, or divide them between several layers"
    )
    return archive


def _version_of(interpreter: Interpreter | None) -> bytes:
    """Return what bytecode depends on besides the sources; empty without bytecode."""
    return b"" if interpreter is None else f"\0bytecode of {interpreter.version}\0".encode()


def _with_bytecode(entries: Mapping[str, bytes], interpreter: Interpreter | None) -> list[tuple[str, bytes]]:
    """Return an archive's entries in their order, with the bytecode of an interpreter if one is given."""
    more = {} if interpreter is None else compiled(entries, interpreter)
    return sorted({**entries, **more}.items())


def source_code_hash(archive: Path) -> str:
    """Return Lambda's code hash of an archive: SHA-256 in base64."""
    return base64.b64encode(hashlib.sha256(archive.read_bytes()).digest()).decode()


def _installed(lock: Path, build: Path, target: LambdaTarget) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a lock file's packages: path from the import root, and content."""
    with zipfile.ZipFile(layer_archive(lock, build, target, UPLOAD_LIMIT)) as archive:
        for name in archive.namelist():
            yield name.removeprefix("python/"), archive.read(name)


def _check_size(archive: Path, limit: int, remedy: str) -> None:
    """Raise PackagingError for an archive above a limit, in bytes."""
    size = archive.stat().st_size
    if size > limit:
        raise PackagingError(
            f"{archive.name} has {size / _MEGABYTE:.1f} MB, but at most {limit / _MEGABYTE:g} MB are allowed: {remedy}"
        )


def _drop_outdated(build: Path, name: str, newest: Path) -> None:
    """Delete a function's archives that are older than an hour; another run may still be reading younger ones."""
    for archive in build.glob(f"{name}-{'?' * 16}.zip"):
        if archive != newest and archive.stat().st_mtime < time.time() - _STILL_READ_SECONDS:
            archive.unlink(missing_ok=True)


def _write(archive: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive atomically: other runs find all of it, or none."""
    with tempfile.NamedTemporaryFile(dir=archive.parent, suffix=".zip", delete=False) as draft:
        draft.write(zipped(entries))
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(archive)
