"""The region's own virtual environment, made on first use.

MiniStack's workers run functions with the interpreter and the site-packages that MiniStack itself has, and it
pins a boto3 of its own. So it lives apart, in `.region-env/`, with nothing but local/requirements.txt.
"""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
REQUIREMENTS = REPOSITORY / "local" / "requirements.txt"
FOLDER = REPOSITORY / ".region-env"


class EnvironmentFailure(RuntimeError):
    """The environment could not be made; the message ends with what the failing command printed."""


def region_python(folder: Path = FOLDER, requirements: Path = REQUIREMENTS) -> Path:
    """Return the interpreter of the region's environment, making or renewing the environment if need be.

    When the stamp in the folder matches, nothing is started, so this costs a millisecond. Several callers at
    once wait for the one that makes it. Raises EnvironmentFailure.
    """
    python = folder / "bin" / "python"
    if is_made(folder, requirements):
        return python
    stamp = folder / "stamp"
    wanted = _fingerprint(requirements)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_made(folder, requirements):
            stamp.unlink(missing_ok=True)
            _run([sys.executable, "-m", "venv", "--clear", str(folder)], keep=folder / "lock")
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*pip, "--no-compile", "--no-input", "-r", str(requirements)], keep=folder / "lock")
            stamp.write_text(wanted)
    return python


def is_made(folder: Path = FOLDER, requirements: Path = REQUIREMENTS) -> bool:
    """Return whether the environment is there and holds what the requirements ask for."""
    return _reads(folder / "stamp") == _fingerprint(requirements) and (folder / "bin" / "python").exists()


def _fingerprint(requirements: Path) -> str:
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    return f"{digest}\n"


def _reads(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _run(command: list[str], keep: Path) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    keep.touch()  # venv --clear empties the folder; the next caller wants to find a lock here
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise EnvironmentFailure(
            f"The region's environment could not be made: {' '.join(command[:4])} … failed.\n{said}\n"
            "(On Debian and Ubuntu, python3-venv must be installed.)"
        )
