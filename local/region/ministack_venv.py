"""The region's own virtual environment `.region-env/`, created on first use.

MiniStack runs functions with its own interpreter and site-packages, and it pins its own boto3. So it has a separate
virtual environment that contains only local/requirements.txt.
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
    """The virtual environment could not be created; the message contains the output of the failed command."""


def region_python(folder: Path = FOLDER, requirements: Path = REQUIREMENTS) -> Path:
    """Return the Python interpreter of the region's environment; create or update the environment if needed.

    When the stamp in the folder matches the requirements, this takes a millisecond. Concurrent callers wait for the one
    that creates it. Raises EnvironmentFailure.
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
    """Return whether the environment exists and matches the requirements."""
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
    keep.touch()  # venv --clear empties the folder, and the next caller needs the lock file
    if done.returncode:
        output = (done.stdout + done.stderr).strip()[-2000:]
        raise EnvironmentFailure(
            f"The virtual environment for MiniStack (.region-env) could not be created: {' '.join(command[:4])} … "
            f"failed.\n{output}\nOn Debian and Ubuntu, install python3-venv: apt-get install python3-venv"
        )
