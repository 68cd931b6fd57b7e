"""`python -m local.atlassian` prints its addresses, serves the seed, and ends on a signal."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import requests

ROOT = Path(__file__).parents[3]


def test_the_process_announces_itself_and_stops() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "local.atlassian", "--seed", "--search-lag", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            announced = json.loads(process.stdout.readline())
            url = announced["url"]
            me = next(
                each
                for each in requests.get(f"{url}/_control/ready", timeout=60).json()["accounts"]
                if each["name"] == "kinexus"
            )
            found = requests.get(
                f"{url}/rest/api/3/search/jql",
                params={"jql": "labels = needs-docs"},
                auth=(me["email"], me["token"]),
                timeout=60,
            )
            assert len(found.json()["issues"]) == 1
            assert announced["tickets"]["update"] == "PAY2-3"
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
