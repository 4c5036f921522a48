"""The antivirus that looks at each file handed in: clamd, by its socket (INSTREAM). Off when none is named.

Nothing is kept unless it answers, in time and in so many words, that the file is clean.
"""

from __future__ import annotations

import re
import socket
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from paqte.domain.systeme import reason_of

EXAMPLE = "unix:/run/clamav/clamd.ctl ou tcp://127.0.0.1:3310"
SECONDS = 20.0
_CHUNK = 256 * 1024
_LONGEST_ANSWER = 4_096
_FOUND = re.compile(r"stream: (.{1,200}) FOUND")
INFECTED = (
    "L’antivirus a reconnu un logiciel malveillant dans ce fichier : il n’est pas enregistré. "
    "Prévenez votre service informatique."
)
UNSURE = "Le contrôle antivirus ne répond pas : ce fichier n’est pas enregistré. Réessayez dans quelques minutes."


class AntivirusRefused(Exception):
    """The file may not be kept; the message is the sentence to show. `cause` is for whoever runs PAQTE."""

    def __init__(self, sentence: str, cause: str) -> None:
        super().__init__(sentence)
        self.cause = cause


class Server(NamedTuple):
    """Where clamd listens: the path of a socket, or a host and a port."""

    path: str = ""
    host: str = ""
    port: int = 0


def read_antivirus(url: str) -> Server | None:
    """Where the antivirus listens, None when no address is given; ValueError for what is none."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"ne se lit pas : écrivez {EXAMPLE}") from None
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return Server(path=parts.path)
    if parts.scheme == "tcp" and parts.hostname and port and not parts.path.strip("/"):
        return Server(host=parts.hostname, port=port)
    raise ValueError(f"n’est pas l’adresse d’un antivirus : écrivez {EXAMPLE}")


def scan(url: str, octets: bytes, *, seconds: float = SECONDS) -> None:
    """Return when the antivirus says that these bytes are clean, or when there is none; AntivirusRefused otherwise."""
    where = read_antivirus(url)
    if where is None:
        return
    try:
        answer = _clamd_says(where, b"zINSTREAM\0", octets, time.monotonic() + seconds)
    except OSError as error:
        raise AntivirusRefused(UNSURE, reason_of(error)) from error
    if found := _FOUND.fullmatch(answer):
        raise AntivirusRefused(INFECTED, found[1])
    if answer != "stream: OK":
        raise AntivirusRefused(UNSURE, f"réponse inattendue ({answer[:80]!r})")


def check_answers(url: str) -> str:
    """« answers » in a sentence, for `paqte verifier`; AntivirusRefused or ValueError otherwise."""
    where = read_antivirus(url)
    if where is None:
        return "aucun antivirus (PAQTE_ANTIVIRUS_URL)."
    try:
        answer = _clamd_says(where, b"zPING\0", None, time.monotonic() + 5)
    except OSError as error:
        raise AntivirusRefused(f"l’antivirus ne répond pas : {reason_of(error)}.", "") from error
    if answer != "PONG":
        raise AntivirusRefused("l’antivirus ne répond pas comme clamd : vérifiez PAQTE_ANTIVIRUS_URL.", "")
    return "l’antivirus répond."


def _clamd_says(where: Server, command: bytes, octets: bytes | None, deadline: float) -> str:
    """What it answers, in whole, before the deadline; OSError when it does not."""
    with _connected(where, deadline) as connection:
        _send(connection, command, deadline)
        if octets is not None:
            for start in range(0, len(octets), _CHUNK):
                piece = octets[start : start + _CHUNK]
                _send(connection, len(piece).to_bytes(4, "big") + piece, deadline)
            _send(connection, (0).to_bytes(4, "big"), deadline)
        return _answer(connection, deadline)


def _connected(where: Server, deadline: float) -> socket.socket:
    if not where.path:
        return socket.create_connection((where.host, where.port), timeout=_left(deadline))
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_left(deadline))
        connection.connect(where.path)
    except OSError:
        connection.close()
        raise
    return connection


def _send(connection: socket.socket, data: bytes, deadline: float) -> None:
    connection.settimeout(_left(deadline))
    connection.sendall(data)


def _answer(connection: socket.socket, deadline: float) -> str:
    """Up to the NUL that ends it: one cut short is no answer."""
    held = b""
    while b"\0" not in held:
        connection.settimeout(_left(deadline))
        piece = connection.recv(_LONGEST_ANSWER)
        held += piece
        if not piece or len(held) > _LONGEST_ANSWER:
            raise ConnectionResetError(104, "answer cut short or without end")
    return held.partition(b"\0")[0].decode("utf-8", "replace")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
