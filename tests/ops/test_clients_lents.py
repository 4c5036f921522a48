"""Slow clients, by hundreds and through real sockets: none of them keeps anybody else waiting."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.lent

HOST = "127.0.0.2"
# The server as it is started, with shorter patience: two seconds for a heading.
CONFIGURATION = """
from paqte.ops import reception
from paqte.ops.gunicorn import *

reception.HEADING_SECONDS, reception.BODY_SECONDS = 6.0, 2.0
workers = 1
graceful_timeout = 1
"""
HEAD = "POST /connexion HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[int]:
    """The port of a server of one process."""
    folder = tmp_path_factory.mktemp("lents")
    shutil.copy(migrated_file, folder / "paqte.sqlite3")
    (folder / "lents.py").write_text(CONFIGURATION, encoding="utf-8")
    with socket.create_server((HOST, 0)) as free:
        found = free.getsockname()[1]
    given = os.environ | {"PAQTE_INSTANCE": str(folder), "PAQTE_HOST": HOST, "PAQTE_PORT": str(found)}
    command = [sys.executable, "-m", "gunicorn", "-c", str(folder / "lents.py"), "paqte:create_app()"]
    server = subprocess.Popen(command, env=given, cwd=Path(__file__).parents[2])
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection((HOST, found)):
                break
            time.sleep(0.1)
        yield found
    finally:
        server.terminate()
        server.wait(20)


def test_three_hundred_requests_that_never_end_let_everybody_else_in(port: int) -> None:
    """A hundred half headings, a hundred half bodies, a hundred that give one byte after another."""
    with ExitStack() as held:
        clients = [held.enter_context(socket.create_connection((HOST, port))) for _ in range(300)]
        for rank, client in enumerate(clients):
            client.sendall((HEAD, f"{HEAD}Content-Length: 5000000\r\n\r\ncourriel=a", HEAD)[rank % 3].encode())
        over = threading.Event()
        drip = threading.Thread(target=_drip, args=(clients[2::3], over))
        drip.start()
        times = []
        for _ in range(5):
            began = time.monotonic()
            assert asked(port, "GET /sante HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n") in (200, 503)
            times.append(time.monotonic() - began)
        over.set()
        drip.join()
    assert max(times) < 3, times


def test_what_takes_too_long_is_let_go_and_told_so(port: int) -> None:
    with ExitStack() as held:
        heading, drip, body = (held.enter_context(socket.create_connection((HOST, port))) for _ in range(3))
        heading.sendall(b"GET / HTTP/1.1\r\nHost:")
        drip.sendall(b"GET / HTTP/1.1\r\nX:")
        body.sendall(f"{HEAD}Content-Length: 500\r\n\r\ncourriel=a".encode())
        over = threading.Event()
        thread = threading.Thread(target=_drip, args=([drip], over))
        thread.start()
        for client in (heading, drip, body):
            client.settimeout(20)
            assert client.recv(100).startswith(b"HTTP/1.1 408 ")
        over.set()
        thread.join()


def test_a_body_that_comes_in_pieces_or_in_chunks_is_taken_whole(port: int) -> None:
    """The refusal of its missing token is the application's: it has read the form."""
    with socket.create_connection((HOST, port), timeout=20) as client:
        for piece in (HEAD, "Content-Length: 21\r\n", "\r", "\n", "courriel=", "a%40b.fr", "&x=1"):
            client.sendall(piece.encode())
            time.sleep(0.05)
        assert b"Formulaire p\xc3\xa9rim\xc3\xa9" in until_closed(client, b"</html>")
        # The same connection, then a chunked body cut anywhere, with the next request behind it.
        whole = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n9;a=b\r\ncourriel=\r\nC\r\na%40b.fr&x=1\r\n0\r\nX: y\r\n\r\n"
        for at in range(0, len(whole), 7):
            client.sendall(whole[at : at + 7].encode())
        assert b"Formulaire p\xc3\xa9rim\xc3\xa9" in until_closed(client, b"</html>")
        client.sendall(
            b"GET /sante HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /connexion HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        )
        answer = until_closed(client, b"</html>")
        assert b'"etat"' in answer and b"Recevoir mon lien" in answer


@pytest.mark.parametrize(
    "length", ["Content-Length: 20000000", "Transfer-Encoding: chunked", "Content-Length: 5000000"]
)
def test_a_body_too_large_is_refused_at_once(length: str, port: int) -> None:
    """A form carries a million and a half bytes at most, whatever its length is said to be."""
    chunk = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    with socket.create_connection((HOST, port), timeout=20) as client:
        client.sendall(f"{HEAD}{length}\r\n\r\n".encode())
        with suppress(OSError):
            for _ in range(250 if "chunked" in length else 77):
                client.sendall(chunk if "chunked" in length else b"a" * 65_536)
        assert b" 413 " in client.recv(200)


@pytest.mark.parametrize(
    "forged", ["SCRIPT_NAME: /ailleurs", "Script_Name: /x", "X_Forwarded_For: 10.0.0.1", "Path_Info: /", "X_Any: 1"]
)
def test_a_heading_with_an_underscore_is_refused(forged: str, port: int) -> None:
    assert asked(port, f"GET /sante HTTP/1.1\r\nHost: 127.0.0.1\r\n{forged}\r\nConnection: close\r\n\r\n") == 400


def asked(port: int, request: str) -> int:
    with socket.create_connection((HOST, port), timeout=20) as client:
        client.sendall(request.encode())
        return int(client.recv(4096).split()[1])


def until_closed(client: socket.socket, mark: bytes) -> bytes:
    got = b""
    while mark not in got and (more := client.recv(65_536)):
        got += more
    return got


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        ("400 Bad Request", "GET / HTTP/9.9\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nX_A: <b>\r\n\r\n"),
        ("400 Bad Request", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n"),
        ("408 Request Timeout", "GET / HTTP/1.1\r\nHost:"),
    ],
)
def test_what_no_page_answers_has_the_headers_of_a_page_and_says_nothing_of_the_server(
    port: int, status: str, heading: str
) -> None:
    with socket.create_connection((HOST, port), timeout=20) as client:
        client.sendall(heading.encode())
        head, _, body = until_closed(client, b"</html>").partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == f"HTTP/1.1 {status}"
    headers = dict(line.split(": ", 1) for line in lines[1:])
    assert headers["Content-Type"] == "text/html; charset=utf-8" and int(headers["Content-Length"]) == len(body)
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
    assert {"frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"} <= set(
        headers["Content-Security-Policy"].split("; ")
    )
    assert "Server" not in headers and not any(word in body for word in (b"X_A", b"9.9", b"gzip", b"Invalid"))


def _drip(clients: list[socket.socket], over: threading.Event) -> None:
    while not over.wait(0.3):
        for client in clients:
            with suppress(OSError):
                client.send(b"a")
