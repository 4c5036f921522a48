"""An HTTP proxy of the tests' own, and a service that answers under encryption, as a préfecture's network has them."""

from __future__ import annotations

import base64
import datetime
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "recherche.paqte.test"


class Proxy:
    """The proxy; `asked` is each request line that it received, `account` what it asks for, `status` what it refuses
    with."""

    def __init__(self) -> None:
        self.url, self.asked = "", list[str]()
        self.account, self.status = "", 0
        # Names that it alone knows the way to.
        self.known: dict[str, int] = {}

    def refuses(self, handler: BaseHTTPRequestHandler) -> bool:
        """Whether it sends the asker away, having said so."""
        pair = base64.b64encode(self.account.encode()).decode()
        given = handler.headers.get("Proxy-Authorization", "")
        if self.account and given != f"Basic {pair}":
            self.answer(handler, 407)
            return True
        if self.status:
            self.answer(handler, self.status)
        return bool(self.status)

    def answer(self, handler: BaseHTTPRequestHandler, status: int) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@contextmanager
def proxying() -> Iterator[Proxy]:
    """A proxy on a port of its own."""
    proxy = Proxy()

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            proxy.asked.append(self.requestline)
            if proxy.refuses(self):
                return
            name, _, port = self.path.rpartition(":")
            there = proxy.known.get(name, int(port))
            with socket.create_connection(("127.0.0.1", there), 2) as beyond:
                self.send_response(200, "Connection established")
                self.end_headers()
                self.wfile.flush()
                _carry(self.connection, beyond)
            self.close_connection = True

        def do_GET(self) -> None:
            proxy.asked.append(self.requestline)
            if proxy.refuses(self):
                return
            with build_opener(ProxyHandler({})).open(Request(self.path, headers=dict(self.headers)), timeout=2) as told:
                content = told.read()
                self.send_response(told.status)
                self.send_header("Content-Type", told.headers["Content-Type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_given: object) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        proxy.url = f"http://127.0.0.1:{port}"
        yield proxy


@contextmanager
def encrypted(content: bytes, folder: Path) -> Iterator[tuple[int, Path]]:
    """A service that gives these bytes under a certificate of HOST: its port, and who to trust."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_given: object) -> None:
            pass

    certificate, key = _certificate(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with _serving(server) as port:
        yield port, certificate


@contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _carry(here: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while True:
            for one in select.select([here, there], [], [], 2)[0]:
                piece = one.recv(65_536)
                if not piece:
                    return
                (there if one is here else here).sendall(piece)


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    day = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day)
        .not_valid_after(day.replace(year=2090))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "service.pem", folder / "service.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret
