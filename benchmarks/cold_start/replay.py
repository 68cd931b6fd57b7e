"""Answers a function's calls over TLS with what was recorded, one answer for each call."""

from __future__ import annotations

import base64
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from benchmarks.cold_start.record import Answer
from local.region.certificate import CertificateFiles

_S3 = {"GET": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject", "HEAD": "HeadObject"}


class Replay(ThreadingHTTPServer):
    """A server for one function at a time. `unexpected` are calls that were not recorded, or not so often."""

    daemon_threads = True

    def __init__(self, bucket: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bucket = bucket
        self.unexpected: list[str] = []
        self._waiting: dict[str, deque[Answer]] = {}
        self._lock = threading.Lock()

    def prepare(self, answers: Sequence[Answer]) -> None:
        """Answer with these from now on; answers to calls of the same name are given in their order."""
        waiting: dict[str, deque[Answer]] = defaultdict(deque)
        for answer in answers:
            waiting[answer.call].append(answer)
        self._waiting, self.unexpected = dict(waiting), []

    @property
    def missing(self) -> list[str]:
        """The recorded calls that were not made."""
        return [call for call, answers in self._waiting.items() for _ in answers]

    def take(self, call: str) -> Answer | None:
        """Return the next answer to a call; None, and remember it, if there is none."""
        with self._lock:
            answers = self._waiting.get(call)
            if answers:
                return answers.popleft()
            self.unexpected.append(call)
            return None

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about a connection that a process closed when it ended."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Replay

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.take(self._call())
        body = base64.b64decode(answer.body) if answer else b'{"message": "not recorded"}'
        self.send_response(answer.status if answer else 400)
        for name, value in (answer.headers if answer else {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _call(self) -> str:
        target = self.headers.get("X-Amz-Target")
        path = unquote(urlsplit(self.path).path)
        if target:
            return target.rpartition(".")[2]
        if path.endswith("/converse"):
            return "Converse"
        if path.startswith(f"/{self.server.bucket}/"):
            return _S3[self.command]
        return f"{self.command} {path}"

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer  # noqa: N815 (named by http.server)

    def log_message(self, format: str, *values: object) -> None:
        """Log nothing."""


@contextmanager
def replaying(files: CertificateFiles, bucket: str) -> Iterator[Replay]:
    """Run the server while the block runs."""
    server = Replay(bucket)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def trust(authority: Path, bundle: Path) -> None:
    """Add a certificate authority to a bundle of them."""
    bundle.write_text(bundle.read_text() + authority.read_text())
