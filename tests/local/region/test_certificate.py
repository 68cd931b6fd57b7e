"""Strict TLS clients accept the region's certificate, and only for loopback."""

import socket
import ssl
import threading
from pathlib import Path

import pytest

from local.region.certificate import write_certificate


def _handshake(folder: Path, hostname: str) -> None:
    files = write_certificate(folder)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cafile=str(files.authority))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with (
                connection,
                server.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as s,
            ):
                try:
                    s.do_handshake()
                    s.sendall(b"hello")
                except OSError:
                    pass  # the client refused the certificate, as one test expects

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with (
                socket.create_connection(listener.getsockname()) as plain,
                client.wrap_socket(plain, server_hostname=hostname) as secure,
            ):
                assert secure.recv(5) == b"hello"
        finally:
            thread.join()


@pytest.mark.parametrize("hostname", ["127.0.0.1", "localhost"])
def test_strict_client_accepts_it_for_loopback(tmp_path: Path, hostname: str) -> None:
    _handshake(tmp_path, hostname)


def test_other_hosts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        _handshake(tmp_path, "example.com")
