"""What Lambda's runtime python3.13 brings at least: boto3 and what it needs, in the oldest versions that it may carry.

AWS updates the runtime by itself, documents no versions, and carried 1.38.36 in August 2025:
https://github.com/terricain/aioboto3/issues/381
"""

import fcntl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "boto3==1.38.36",
    "botocore==1.38.36",
    "jmespath==1.0.1",
    "python-dateutil==2.9.0.post0",
    "s3transfer==0.13.0",
    "six==1.17.0",
    "urllib3==1.26.20",
)
_FOLDER = ROOT / ".build" / f"oldest-{PACKAGES[1].replace('==', '-')}"


def oldest_runtime() -> Path:
    """Return a folder with these packages; it is made once per checkout, from the package index."""
    stamp = _FOLDER / "complete"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with _FOLDER.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            options = [
                "--no-deps",
                "--only-binary=:all:",
                "--upgrade",
                "--target",
                str(_FOLDER),
            ]
            subprocess.run([*pip, *options, *PACKAGES], check=True, capture_output=True)
            stamp.touch()
    return _FOLDER
