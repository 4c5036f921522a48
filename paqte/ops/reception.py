"""A web worker that takes a request to a thread only once it has come whole: a slow client holds no thread.

gunicorn's own threads read what a client sends as slowly as she sends it: a hundred and thirty half-sent requests were
enough to stop everybody. Here the loop of the worker, which waits for all of them at once, gathers each request
(beyond a few kilobytes, in a file), within a time for its heading and a least speed for its body.
"""

from __future__ import annotations

import resource
import socket
import struct
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from tempfile import SpooledTemporaryFile
from typing import Any

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn, ThreadWorker

from paqte.domain.exposition import HTTPS_ALONE

# The heading must be whole by then; nginx, Apache and browsers send it at once.
HEADING_SECONDS = 10.0
# The body: this long, and a second more for each so many bytes come. The slowest telephone sends ten times as fast.
BODY_SECONDS, BODY_RATE = 20.0, 4_096
# How long an answer may wait for its reader to take some more of it.
ANSWER_SECONDS = 20
LONGEST_HEADING = 128 * 1024
IN_MEMORY = 64 * 1024
BLOCK = 64 * 1024
MOST_CONNECTIONS, WANTED_FILES = 2_000, 8_192
END = b"\r\n\r\n"
# Of every answer, those that no page made included: nothing of it may be kept, framed, run or guessed at.
STRICT = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
REFUSED = (
    '<!DOCTYPE html><html lang="fr"><head><title>Demande refusée</title></head><body><h1>Demande refusée</h1>'
    "<p>Le serveur ne peut pas lire cette demande.</p></body></html>"
).encode()
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def refusal(status: str, is_https: bool) -> bytes:
    """What is answered to a request that no page was asked for: "400 Bad Request", in plain French."""
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(REFUSED)), **STRICT}
    if is_https:
        headers["Strict-Transport-Security"] = HTTPS_ALONE
    lines = [f"HTTP/1.1 {status}", "Connection: close", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + REFUSED


class RequestReceived:
    """The bytes of one request, as they come; what follows its end is kept aside in `excess`.

    It only finds where the request ends. Whatever it cannot tell it hands over as it is: the parser is the judge.
    A body larger than `largest` is cut there (`is_cut`), for the application to refuse.
    """

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.excess = b""
        self.is_whole = self.is_cut = self.expects_word = False
        self.size = 0
        self._head = bytearray()
        self._is_body = False
        self._left: int | None = None
        self._chunks: _Ending | None = None
        self._kept = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with its connection

    def feed(self, data: bytes) -> None:
        """Take what just came."""
        if not self._is_body:
            data = self._feed_heading(data)
        if self._is_body and not self.is_whole:
            self._feed_body(data)

    def seconds(self) -> float:
        """How long after its first moment the request must be whole, given what has come."""
        return BODY_SECONDS + HEADING_SECONDS + self.size / BODY_RATE if self._is_body else HEADING_SECONDS

    def is_begun(self) -> bool:
        return self.size > 0

    def recv(self, size: int) -> bytes:
        """What the parser reads instead of the socket: the request and nothing after it."""
        return self._kept.read(size)

    def close(self) -> None:
        self._kept.close()

    def _feed_heading(self, data: bytes) -> bytes:
        """Look for the end of the heading; gives the bytes that follow it."""
        start = max(len(self._head) - len(END) + 1, 0)
        self._head += data
        self.size += len(data)
        # A bare line end is no end of a heading for the parser either.
        end = self._head.find(END, start)
        if end < 0:
            if len(self._head) > LONGEST_HEADING:
                self._finish(bytes(self._head), is_cut=True)
            return b""
        heading, rest = bytes(self._head[: end + len(END)]), bytes(self._head[end + len(END) :])
        self.size -= len(rest)
        self._is_body = True
        self._kept.write(heading)
        self._read_heading(heading)
        return rest

    def _read_heading(self, heading: bytes) -> None:
        fields: dict[bytes, list[bytes]] = {}
        for line in heading.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            fields.setdefault(name.strip().lower(), []).append(value.strip())
        self.expects_word = any(value.lower() == b"100-continue" for value in fields.get(b"expect", []))
        lengths = fields.get(b"content-length", [])
        if b"transfer-encoding" in fields:
            self._chunks = _Ending()
        elif len(lengths) == 1 and lengths[0].isdigit() and len(lengths[0]) < 16:
            self._left = int(lengths[0])
        else:
            self._left = 0
        if (self._left or 0) > self.largest:
            self._finish(b"", is_cut=True)

    def _feed_body(self, data: bytes) -> None:
        self.size += len(data)
        if self._chunks is not None:
            taken = self._chunks.take(data)
            is_over = self._chunks.is_over
        else:
            taken = min(len(data), self._left or 0)
            self._left = (self._left or 0) - taken
            is_over = self._left == 0
        self._kept.write(data[:taken])
        if is_over:
            self.excess = data[taken:]
            self._finish(b"", is_cut=False)
        elif self.size > self.largest + LONGEST_HEADING:
            self._finish(b"", is_cut=True)

    def _finish(self, last: bytes, *, is_cut: bool) -> None:
        self._kept.write(last)
        self._kept.seek(0)
        self.is_whole, self.is_cut = True, is_cut


class _Ending:
    """Where a body sent in chunks ends; one that makes no sense ends at once, for the parser to refuse."""

    def __init__(self) -> None:
        self.is_over = False
        self._line = bytearray()
        self._skip = 0
        self._is_trailer = False

    def take(self, data: bytes) -> int:
        """How many of these bytes belong to the body."""
        at = 0
        while at < len(data) and not self.is_over:
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
                continue
            end = data.find(b"\n", at)
            stop = len(data) if end < 0 else end + 1
            self._line += data[at:stop]
            at = stop
            if end >= 0:
                self._read_line()
            elif len(self._line) > LONGEST_HEADING:
                self.is_over = True
        return at

    def _read_line(self) -> None:
        line = bytes(self._line).strip()
        self._line.clear()
        if self._is_trailer:
            self.is_over = not line
            return
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            self.is_over = True
            return
        self._is_trailer = size == 0
        self._skip = size + 2 if size else 0


class PatientServer(ThreadWorker):  # type: ignore[misc]
    """Threads for whole requests alone; the others wait in the loop, each within its time."""

    largest_body = 12 * 1024 * 1024
    is_https = False  # the public address, by paqte/ops/gunicorn.py

    def init_process(self) -> None:
        self.receiving: dict[TConn, RequestReceived] = {}
        self.worker_connections = _room_for_connections()
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """A connection waits in the loop from the first."""
        try:
            client, address = listener.accept()
        except OSError:
            return  # gone already, or no room for one more: it asks again
        _bound_answers(client)
        self.nr_conns += 1
        self._begin(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """The next request of a kept connection begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._begin(conn)

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """Keep the connection when its request was taken whole, else close it, away from the loop."""
        reception = conn.reception
        reception.close()
        keeps = not fs.cancelled() and fs.exception() is None and fs.result() is True and not reception.is_cut
        if keeps and reception.excess:
            self._begin(conn, reception.excess)
        elif keeps:
            super().finish_request(conn, fs)
        else:
            self.nr_conns -= 1
            self.tpool.submit(conn.close, graceful=True)

    def murder_pending(self) -> None:
        """Close what is too slow; and, when the worker stops, what has not come whole."""
        now = time.monotonic()
        for conn, reception in list(self.receiving.items()):
            if not self.alive or now > conn.timeout + reception.seconds():
                if reception.is_begun():
                    with suppress(OSError):
                        conn.sock.send(refusal("408 Request Timeout", self.is_https))
                self._drop(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Journal the fault as gunicorn does, and answer in our words: its own repeat what it read, without headers."""
        told = _Told()
        super().handle_error(req, told, addr, exc)
        with suppress(OSError):
            client.sendall(refusal(told.status, self.is_https))

    def _begin(self, conn: TConn, first: bytes = b"") -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic()
        conn.reception = self.receiving[conn] = RequestReceived(self.largest_body)
        self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))
        if first:
            self._take(conn, first)

    def _receive(self, conn: TConn, client: socket.socket) -> None:
        try:
            data = client.recv(BLOCK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._take(conn, data)
        else:
            self._drop(conn)

    def _take(self, conn: TConn, data: bytes) -> None:
        reception = self.receiving[conn]
        reception.feed(data)
        if reception.expects_word and not reception.is_cut:
            reception.expects_word = False
            with suppress(OSError):
                conn.sock.send(CONTINUE)
        if reception.is_whole:
            del self.receiving[conn]
            self.poller.unregister(conn.sock)
            conn.data_ready = True
            conn.parser = get_parser(self.cfg, reception, conn.client)
            self.enqueue_req(conn)

    def _drop(self, conn: TConn) -> None:
        self.receiving.pop(conn).close()
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()


class _Told:
    """Stands where gunicorn writes its refusal, of which the status alone is kept."""

    status = "500 Internal Server Error"

    def sendall(self, data: bytes) -> None:
        self.status = data.split(b"\r\n", 1)[0].partition(b" ")[2].decode("latin-1") or self.status

    def gettimeout(self) -> float:
        return 0.0

    def setblocking(self, _flag: bool) -> None:
        """Nothing to wait for."""


def _bound_answers(client: socket.socket) -> None:
    """A reader who takes nothing of her answer for so long is let go (the kernel says so to a blocking write)."""
    with suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", ANSWER_SECONDS, 0))


def _room_for_connections() -> int:
    """How many connections at once: each holds a file of the system, and a second one for a large body."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    files = WANTED_FILES if soft == resource.RLIM_INFINITY else soft
    return max(min(MOST_CONNECTIONS, (files - 256) // 2), 100)
