"""The antivirus, played by a server of the test's own: nothing passes unless it says so, in time, in so many words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from paqte.config import ConfigurationRefused, read_settings
from paqte.ops.antivirus import AntivirusRefused, check_answers, scan

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CLEAN, VIRUS = b"stream: OK\0", b"stream: Eicar-Signature FOUND\0"
Answer = Callable[[bytes], Iterator[bytes]]


class Clamd:
    """A stand-in for clamd that speaks INSTREAM, reads all and answers what it is told to."""

    def __init__(self, bound: socket.socket, answer: Answer) -> None:
        self.bound, self.answer, self.seen = bound, answer, list[bytes]()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                asked, _ = self.bound.accept()
            except OSError:
                return
            with asked, asked.makefile("rb") as stream:
                self._speak(asked, stream)

    def _speak(self, asked: socket.socket, stream: object) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        held = b""
        while command == b"zINSTREAM\0" and (length := int.from_bytes(stream.read(4), "big")):
            held += stream.read(length)
        self.seen.append(held)
        try:
            for piece in [b"PONG\0"] if command == b"zPING\0" else self.answer(held):
                asked.sendall(piece)
        except OSError:
            pass


def judging(held: bytes) -> Iterator[bytes]:
    yield VIRUS if EICAR in held else CLEAN


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Callable[[Answer], tuple[str, Clamd]]]:
    """`clamd(answer)` starts one on a socket of its own, and gives its address."""
    opened = []

    def start(answer: Answer = judging, *, by_port: bool = False) -> tuple[str, Clamd]:
        path = tmp_path / f"clamd-{len(opened)}"
        bound = socket.create_server(("127.0.0.1", 0)) if by_port else socket.socket(socket.AF_UNIX)
        if not by_port:
            bound.bind(str(path))
            bound.listen()
        opened.append(bound)
        url = f"tcp://127.0.0.1:{bound.getsockname()[1]}" if by_port else f"unix:{path}"
        return url, Clamd(bound, answer)

    yield start
    for bound in opened:
        bound.close()


@pytest.mark.parametrize("by_port", [False, True])
def test_what_it_finds_clean_passes_whole_and_what_it_knows_does_not(
    clamd: Callable[..., tuple[str, Clamd]], by_port: bool
) -> None:
    url, server = clamd(by_port=by_port)
    scan(url, b"a" * 700_000)
    assert server.seen == [b"a" * 700_000]
    with pytest.raises(AntivirusRefused, match="logiciel malveillant") as refused:
        scan(url, b"%PDF" + EICAR)
    assert refused.value.cause == "Eicar-Signature" and "Eicar" not in str(refused.value)
    assert check_answers(url) == "l’antivirus répond."


def without_end(_: bytes) -> Iterator[bytes]:
    while True:
        yield b"stream: OK " * 100


def drop_by_drop(_: bytes) -> Iterator[bytes]:
    for letter in CLEAN:
        time.sleep(0.1)
        yield bytes([letter])


def silence(_: bytes) -> Iterator[bytes]:
    time.sleep(2)
    yield CLEAN


LIES: dict[str, Answer] = {
    "nothing": lambda _: iter([]),
    "cut short": lambda _: iter([b"stream: OK"]),
    "another word": lambda _: iter([b"OK\0"]),
    "clean and found": lambda _: iter([b"stream: OK FOUND\0"]),
    "a line before": lambda _: iter([b"stream: OK\nstream: Eicar FOUND\0"]),
    "too large": lambda _: iter([b"INSTREAM size limit exceeded. ERROR\0"]),
    "lower case": lambda _: iter([b"stream: ok\0"]),
    "without end": without_end,
    "drop by drop": drop_by_drop,
    "silence": silence,
}


@pytest.mark.parametrize("lie", LIES)
def test_whatever_is_not_said_clean_in_time_is_refused(clamd: Callable[..., tuple[str, Clamd]], lie: str) -> None:
    url, _ = clamd(LIES[lie])
    start = time.monotonic()
    with pytest.raises(AntivirusRefused, match=r"Réessayez|malveillant"):
        scan(url, b"%PDF-1.7", seconds=0.5)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("url", ["unix:/nulle/part/clamd.ctl", "tcp://127.0.0.1:1"])
def test_an_antivirus_that_is_down_lets_nothing_through_and_verifier_says_so(url: str) -> None:
    with pytest.raises(AntivirusRefused, match=r"n’est pas enregistré\. Réessayez"):
        scan(url, b"a")
    with pytest.raises(AntivirusRefused, match="l’antivirus ne répond pas"):
        check_answers(url)


def test_without_an_address_nothing_is_asked() -> None:
    scan("", EICAR)
    assert check_answers("") == "aucun antivirus (PAQTE_ANTIVIRUS_URL)."


@pytest.mark.parametrize(
    "url", ["clamd", "http://127.0.0.1:3310", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "unix:clamd.ctl", "unix:/"]
)
def test_an_address_that_is_none_is_refused_at_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match="PAQTE_ANTIVIRUS_URL vaut"):
        read_settings({"PAQTE_INSTANCE": str(tmp_path), "PAQTE_ANTIVIRUS_URL": url})
