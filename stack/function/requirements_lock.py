"""Installs the packages of a lock file for a Lambda runtime and architecture, whatever machine runs it, without Docker.

pip evaluates environment markers such as `; sys_platform == "linux"` for the machine that it runs on. Here they are
evaluated for Lambda first: https://packaging.python.org/en/latest/specifications/dependency-specifiers/
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from .archive_files import PackagingError
from .args import ARCHITECTURE, RUNTIME, FunctionArchitecture, FunctionRuntime

_MACHINES = {FunctionArchitecture.ARM: "aarch64", FunctionArchitecture.X86: "x86_64"}
# Lambda runs Python 3.11 on Amazon Linux 2, later ones on Amazon Linux 2023.
_OLD_LIBRARY, _LIBRARY = 26, 34
_ELSEWHERE = ("-r", "-c", "-e", "--requirement", "--constraint", "--editable")


@dataclass(frozen=True)
class LambdaTarget:
    """A Lambda runtime and architecture."""

    runtime: FunctionRuntime = RUNTIME
    architecture: FunctionArchitecture = ARCHITECTURE

    def __str__(self) -> str:
        """Return its name for messages, e.g. `python3.13 on arm64`."""
        return f"{self.runtime.value} on {self.architecture.value}"

    @property
    def python(self) -> str:
        """Version of Python, e.g. `3.13`."""
        return self.runtime.value.removeprefix("python")

    @property
    def machine(self) -> str:
        """Processor as Linux names it."""
        return _MACHINES[self.architecture]

    def pip_options(self) -> tuple[str, ...]:
        """Return the options by which pip selects packages for the target on any machine.

        Platforms: https://peps.python.org/pep-0600/. The manylinux version is that of the runtime's C library or older.
        """
        newest = _OLD_LIBRARY if self.python == "3.11" else _LIBRARY
        first = ["2014", "_2_28"] if newest >= 28 else ["2014"]
        rest = [f"_2_{minor}" for minor in range(newest, 16, -1) if f"_2_{minor}" not in first]
        return (
            *(f"--platform=manylinux{version}_{self.machine}" for version in (*first, *rest)),
            "--platform=any",
            "--implementation=cp",
            f"--python-version={self.python}",
            f"--abi=cp{self.python.replace('.', '')}",
            "--abi=abi3",
            "--abi=none",
        )

    def environment(self) -> dict[str, str]:
        """Return the values of environment markers on the target."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "linux",
            "extra": "",
        }


def install(lock: Path, folder: Path, target: LambdaTarget) -> None:
    """Install a lock file's packages into a folder with pip, without their scripts.

    Raises PackagingError if the lock file is missing, has an entry without version and hash, or cannot be installed.
    """
    wanted = "\n".join(_lines_for(lock, target))
    with tempfile.TemporaryDirectory() as temporary:
        chosen = Path(temporary) / "requirements.lock"
        chosen.write_text(f"{wanted}\n", encoding="utf-8")
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile",
            "--require-hashes", "--no-deps", "--only-binary=:all:", *target.pip_options(),
            "--target", str(folder), "--requirement", str(chosen),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise PackagingError(f"pip cannot install {lock} for {target}:\n{done.stderr.strip()}")
    folder.mkdir(exist_ok=True)
    # let go: few packages have scripts, so the folder may be missing
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for record in [*folder.glob("*.dist-info/RECORD"), *folder.glob("*.dist-info/direct_url.json")]:
        # RECORD lists the removed scripts and compiled files that were never written; imports need neither file.
        record.unlink()


def _lines_for(lock: Path, target: LambdaTarget) -> Iterator[str]:
    """Yield the lines of a lock file that apply to the target, without their markers."""
    if not lock.is_file():
        raise PackagingError(f"{lock} does not exist, but `requirements` names it: correct the path")
    text = re.sub(r"\\\r?\n", " ", lock.read_text(encoding="utf-8"))
    for line in text.splitlines():
        plain = re.sub(r"(^|\s)#.*", "", line).strip()
        if plain.startswith(_ELSEWHERE):
            raise PackagingError(
                f"{lock} has the line {plain!r}: write all packages into the lock file itself"
            )
        if not plain or plain.startswith("-"):
            yield plain
            continue
        entry, *hashes = re.split(r"\s+--hash[= ]", plain)
        yield from _entry_for(lock, entry.strip(), hashes, target)


def _entry_for(lock: Path, entry: str, hashes: list[str], target: LambdaTarget) -> Iterator[str]:
    """Yield one entry of a lock file without its marker, if the marker applies to the target."""
    try:
        package = Requirement(entry)
    except InvalidRequirement as error:
        raise PackagingError(f"{lock} has the entry {entry!r}, which is not valid: {error}") from error
    if not hashes or not (package.url or re.fullmatch(r"===?[^*,]+", str(package.specifier))):
        minor = target.python
        raise PackagingError(
            f"{lock} has the entry {entry!r} without an exact version and a hash: write the lock file with "
            f"`uv pip compile --generate-hashes --only-binary :all: --python-version {minor} "
            f"--python-platform {target.machine}-manylinux2014 requirements.in --output-file {lock.name}`"
        )
    if package.marker is None or package.marker.evaluate(target.environment()):
        package.marker = None
        yield " ".join([str(package), *(f"--hash={one}" for one in hashes)])
