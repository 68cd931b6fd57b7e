"""The example programs deploy into the local region and work there as described.

Not proven: the schedule's clock, and checks that only AWS makes.
"""

import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from local.region import ministack
from local.region.deployment import deploy
from local.region.ministack import MiniStack
from tests.examples.example_run import EXAMPLES
from tests.secrets_in_use import SECRET_SETTING

pytestmark = pytest.mark.region


@pytest.fixture(scope="module")
def stack() -> Iterator[MiniStack]:
    with ministack.running() as running:
        yield running


@pytest.fixture
def chat() -> Iterator[tuple[str, "queue.Queue[str]"]]:
    """A chat room: its address, and what was posted."""
    heard: queue.Queue[str] = queue.Queue()

    class Room(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put(json.loads(body)["text"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Room)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_push_to_github_is_posted_to_the_chat(
    stack: MiniStack, chat: tuple[str, "queue.Queue[str]"]
) -> None:
    address, heard = chat
    secrets = {
        "githubSecret": json.dumps({"secret": SECRET_SETTING}),
        "chatHook": json.dumps({"url": address}),
    }
    url = deploy(
        EXAMPLES / "github_to_chat", stack, project="relay", name="dev", config=secrets,
        secret_keys=tuple(secrets),
    ).outputs["url"]  # fmt: skip
    told = {"repository": {"full_name": "acme/shop"}, "sender": {"login": "dana"}, "ref": "refs/heads/main"}
    body = json.dumps(told).encode()

    def post(signature: str) -> int:
        headers = {"X-GitHub-Event": "push", "X-Hub-Signature-256": f"sha256={signature}"}
        answer = requests.post(url, body, headers=headers, verify=str(stack.ca_bundle), timeout=20)
        return answer.status_code

    assert post("0" * 64) == 401
    assert post(hmac.new(SECRET_SETTING.encode(), body, hashlib.sha256).hexdigest()) == 202
    assert heard.get(timeout=20) == "push in acme/shop by dana: refs/heads/main"
    assert heard.empty()


def test_orders_are_exported_line_by_line(stack: MiniStack) -> None:
    found = deploy(EXAMPLES / "nightly_export", stack, project="export", name="dev", config={}).outputs
    for number, total in ((1, "9"), (2, "10.5")):
        item = {"order_id": {"S": f"o-{number}"}, "total": {"N": total}, "tags": {"SS": ["b", "a"]}}
        stack.client("dynamodb").put_item(TableName=found["table"], Item=item)

    done = stack.client("lambda").invoke(FunctionName=found["function"], Payload=b"{}")

    answer = json.load(done["Payload"])
    assert answer["records"] == 2
    text = stack.client("s3").get_object(Bucket=found["bucket"], Key=answer["key"])["Body"].read().decode()
    assert sorted(text.splitlines()) == [
        '{"order_id": "o-1", "tags": ["a", "b"], "total": 9}',
        '{"order_id": "o-2", "tags": ["a", "b"], "total": 10.5}',
    ]
