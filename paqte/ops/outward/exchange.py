"""One question to another machine and its answer, bounded in time and size, name of the machine and headers included.

It is asked in a thread of its own that the caller leaves behind when the time is over; no redirection is followed.
"""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

AGENT = {"User-Agent": "PAQTE (suivi des conventions du PAQTE)"}
Kind = Literal["lent", "muet", "mandataire", "étrange"]
# The cause when nothing was even asked.
NO_SLOT = "no slot"
Judge = Callable[[http.client.HTTPResponse], None]


class ExchangeFailed(Exception):
    """Nothing could be learnt: too slow, no answer, a proxy that refuses, or an answer that cannot be used."""

    def __init__(self, kind: Kind, cause: str = "") -> None:
        super().__init__(cause or kind)
        self.kind, self.cause = kind, cause


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `end` is on the monotonic clock; `most` is in bytes; `proxy` is an HTTP proxy, "" for none.

    `patience`: seconds that one of `slots` may be waited for.
    """

    url: str
    end: float
    most: int
    slots: threading.BoundedSemaphore
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    proxy: str = ""
    patience: float = 0.0


class AnswerReceived(NamedTuple):
    """The answer, whole."""

    status: int
    headers: Message
    body: bytes


def exchange(asked: Request, judge: Judge = lambda _answer: None) -> AnswerReceived:
    """Ask, and read the answer whole; ExchangeFailed otherwise, in time.

    `judge` sees the answer before its body is read, and raises what the caller is to see.
    """
    left = asked.end - time.monotonic()
    if left <= 0 or not asked.slots.acquire(timeout=min(left, asked.patience)):
        raise ExchangeFailed("lent", NO_SLOT)
    left = asked.end - time.monotonic()
    running = _Running(asked, judge)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    thread.join(left)
    if thread.is_alive():
        running.close()
        raise ExchangeFailed("lent")
    if running.answer is None:
        raise running.failure
    return running.answer


class _Running:
    """An exchange under way, in a thread that is left to itself when the time is over."""

    def __init__(self, asked: Request, judge: Judge) -> None:
        self.asked, self.judge = asked, judge
        self.connection: http.client.HTTPConnection | None = None
        self.answer: AnswerReceived | None = None
        self.failure: Exception = ExchangeFailed("lent")

    def run(self) -> None:
        try:
            self.answer = self._exchanged()
        except TimeoutError:
            self.failure = ExchangeFailed("lent")
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            # AttributeError: the connection was closed under the reading, time being over.
            is_tunnel = self.asked.proxy and str(error).startswith("Tunnel connection failed")
            said = f"{type(error).__name__}: {error}"[:200]
            self.failure = ExchangeFailed("mandataire" if is_tunnel else "muet", said)
        except Exception as error:
            self.failure = error
        finally:
            self.close()
            self.asked.slots.release()

    def close(self) -> None:
        connection = self.connection
        if connection is None:
            return
        if connection.sock is not None:
            # Closing alone would leave the thread reading what drips.
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()

    def _exchanged(self) -> AnswerReceived:
        asked, parts = self.asked, urlsplit(self.asked.url)
        headers = {**AGENT, "Accept-Encoding": "identity", **asked.headers}
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        self.connection = self._opened()
        if asked.proxy and parts.scheme == "http":
            # Without encryption the proxy asks in our place: it is told the whole address.
            target = f"http://{parts.netloc}{target}"
            headers |= _credentials(asked.proxy)
        self.connection.request(asked.method, target, body=asked.body, headers=headers)
        answer = self.connection.getresponse()
        if asked.proxy and answer.status in (407, 502, 504):
            raise ExchangeFailed("mandataire", str(answer.status))
        self.judge(answer)
        return AnswerReceived(answer.status, answer.headers, self._whole(answer))

    def _opened(self) -> http.client.HTTPConnection:
        """A connection to the machine, or to the proxy; encrypted, the proxy only carries what it cannot read."""
        asked = self.asked
        parts, by = urlsplit(asked.url), urlsplit(asked.proxy or asked.url)
        left = max(0.1, asked.end - time.monotonic())
        if parts.scheme != "https":
            return http.client.HTTPConnection(by.hostname or "", by.port, timeout=left)
        context = ssl.create_default_context()
        made = http.client.HTTPSConnection(by.hostname or "", by.port, timeout=left, context=context)
        if asked.proxy:
            told = {**AGENT, **_credentials(asked.proxy)}
            made.set_tunnel(parts.hostname or "", parts.port or 443, headers=told)
        return made

    def _whole(self, answer: http.client.HTTPResponse) -> bytes:
        held = bytearray()
        while piece := answer.read1(65_536):
            held += piece
            if len(held) > self.asked.most:
                raise ExchangeFailed("étrange", f"more than {self.asked.most} bytes")
            if time.monotonic() > self.asked.end:
                raise ExchangeFailed("lent")
        if answer.length:
            raise ExchangeFailed("muet", "answer cut short")
        return bytes(held)


def _credentials(proxy: str) -> dict[str, str]:
    """What a proxy asks of whoever has an account there; nothing when its address bears none."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
