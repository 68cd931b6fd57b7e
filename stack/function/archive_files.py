"""Chooses the files of a function's archive: what is included, without what never belongs into an archive.

Left out are: the build folder; files and folders whose name begins with a dot; virtual environments; caches and
compiled files; backup and swap files of editors; and Pulumi's project and stack files.
"""

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

CACHES = ("__pycache__", "*.pyc", "*.pyo", "*.pyi")
"""Names of caches, of compiled files and of type stubs, which no program needs at run time."""
_LITTER = ("*~", "#*#", "*.swp", "*.swo", "*.bak", "*.orig", "*.rej", "Thumbs.db", "desktop.ini")
_PULUMI = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.*.yaml", "Pulumi.*.yml")
_NEVER = (".*", "node_modules", *CACHES, *_LITTER, *_PULUMI)


class PackagingError(Exception):
    """An archive cannot be built; the message says which one, why and what to do."""


def leaves_root(name: str) -> bool:
    """Return whether a path of `include` is absolute or leads out of the folder that it is relative to."""
    depth = 0
    for part in re.split(r"[/\\]", name):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return name.startswith(("/", "\\")) or bool(re.match(r"[A-Za-z]:", name))


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Return whether a pattern matches a path or a folder above it.

    A pattern without `/`, such as `tests` or `*.md`, matches a name in any folder; one with `/`, such as `/tests` or
    `app/fixtures`, matches a whole path.
    """
    path = PurePosixPath(name)
    for pattern in patterns:
        plain = pattern.removeprefix("./").rstrip("/")
        candidates = map(str, (path, *path.parents)) if "/" in plain else path.parts
        if any(fnmatchcase(one, plain.removeprefix("/")) for one in candidates):
            return True
    return False


def archive_files(root: Path, include: Sequence[str], exclude: Sequence[str], build: Path) -> list[str]:
    """List the files of an archive relative to `root`, sorted, with forward slashes.

    Raises PackagingError for an included path that does not exist, leaves `root` or never belongs into an archive, for
    a link that leads out of `root`, and if no file is left.
    """
    if build.resolve() == root.resolve():
        raise PackagingError(f"archives would be built in {root} itself: choose another `build_folder`")
    chosen = _Chosen(root, exclude, build)
    files: set[str] = set()
    for name in include:
        if leaves_root(name):
            raise PackagingError(
                f"`include` lists {name}, which leaves {root}: choose a `source_root` that contains it"
            )
        path = root / os.path.normpath(name)
        if not path.exists():
            raise PackagingError(f"{path} does not exist, but `include` lists it: correct the path")
        steps = [one for one in (path, *path.parents) if one != root and one.is_relative_to(root)]
        if any(map(chosen.is_left_out, steps)):
            raise PackagingError(
                f"`include` lists {name}, which is never packaged (it is excluded, hidden, a cache, a virtual "
                "environment, the build folder or a file of Pulumi): remove it from `include`, or rename it"
            )
        files.update(file.relative_to(root).as_posix() for file in chosen.below(path))
    if not files:
        raise PackagingError(f"no file below {root} is left for the archive: correct `include` or `exclude`")
    return sorted(files)


class _Chosen:
    """Walks folders below a root, without what is left out."""

    def __init__(self, root: Path, exclude: Sequence[str], build: Path) -> None:
        self._root = root
        self._real_root = root.resolve()
        self._exclude = exclude
        self._build = build.resolve()

    def is_left_out(self, path: Path) -> bool:
        """Return whether a file or folder stays out of the archive."""
        name = path.relative_to(self._root).as_posix()
        return (
            matches(name, (*_NEVER, *self._exclude))
            or path.resolve() == self._build
            or (path / "pyvenv.cfg").exists()
        )

    def below(self, path: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
        """Yield the files at and below a path; links are followed within the root."""
        real = path.resolve()
        if not real.is_relative_to(self._real_root):
            raise PackagingError(
                f"{path} leads to {real}, which is not below {self._real_root}: copy it there, or `exclude` the link"
            )
        if path.is_file():
            yield path
        elif real in above:
            raise PackagingError(f"{path} leads to a folder that contains it: `exclude` the link")
        elif path.is_dir():
            for child in sorted(path.iterdir()):
                if not self.is_left_out(child):
                    yield from self.below(child, (*above, real))
        elif path.is_symlink():
            raise PackagingError(f"{path} leads to {real}, which does not exist: `exclude` the link")
