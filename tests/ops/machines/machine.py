"""A machine as the tests see one: folders of its own, and processes of the product that nothing but the base joins."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.fixtures_acteurs import token_in
from tests.ops.test_serveur import GUNICORN

PUBLIC = "127.0.0.1:5000"
# What every machine is given alike, as docs/exploitation.md asks: production, one key, one public address.
ALIKE = {
    "PAQTE_ENV": "production",
    "PAQTE_SECRET_KEY": "q8ZbXJ4m-7tWvR2yKc0LhN5dGsE9uFpA3iToYxBn",
    "PAQTE_BASE_URL": f"http://{PUBLIC}",
    "PAQTE_ENTREPRISES_URL": "",
}
# The product's own scheduler, with a lease that a test can outlive.
SCHEDULER = """
import runpy
from datetime import timedelta
import paqte.domain.statuts.taches as taches
taches.BAIL = timedelta(seconds=4)
runpy.run_module("paqte.scheduling", run_name="__main__")
"""


@dataclass
class Machine:
    """One machine; `ports` are those of its web servers, a process each, so that a test says which one it asks."""

    folder: Path
    environment: Mapping[str, str]
    ports: list[int] = field(default_factory=list)
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def reports(self) -> Path:
        return Path(self.environment["PAQTE_REPORTS"])

    def start(self, *command: str, **more: str) -> subprocess.Popen[str]:
        """A process of this machine; all of them die with it."""
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "start_new_session": True}
        given = {**self.environment, **more}
        with (self.folder / "erreurs.txt").open("a") as told:
            child = subprocess.Popen(command, env=given, cwd=self.folder, stderr=told, **pipes)
        self.processes.append(child)
        return child

    def serve(self, port: int) -> None:
        self.start(*GUNICORN, "--workers", "1", PAQTE_PORT=str(port))
        self.ports.append(port)

    def schedule(self) -> None:
        self.start(sys.executable, "-c", SCHEDULER)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of this machine, `paqte WORDS…`, to its end."""
        command = [sys.executable, "-m", "paqte.cli", *words]
        given = {"env": dict(self.environment), "cwd": self.folder, "capture_output": True, "text": True}
        return subprocess.run(command, check=False, timeout=120, **given)

    def fall(self) -> None:
        """As when the current is cut: every process at once, the children of its servers too."""
        for child in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
        self.processes.clear()


@contextmanager
def machines(folder: Path, url: str, names: str = "ab", **given: str) -> Iterator[list[Machine]]:
    """So many machines on one base, nothing running on them yet."""
    made = []
    for name in names:
        own = folder / f"machine-{name}"
        own.mkdir()
        told = {"PAQTE_DATABASE_URL": url, "PAQTE_INSTANCE": str(own / "instance")}
        told |= {"PAQTE_REPORTS": str(own / "reports"), "PYTHONPATH": str(Path.cwd()), **ALIKE, **given}
        made.append(Machine(own, {**os.environ, **told}))
    try:
        yield made
    finally:
        for machine in made:
            machine.fall()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """A browser whose requests a balancer sends to whichever process it pleases, its cookies being of one address."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def get(self, port: int, path: str) -> Answer:
        return self._ask(port, "GET", path, None)

    def send(self, shown_by: int, taken_by: int, path: str, **fields: str) -> Answer:
        """A form that one process drew, sent to another."""
        return self.post(taken_by, path, self.get(shown_by, path), **fields)

    def post(self, port: int, path: str, page: Answer, **fields: str) -> Answer:
        """The form of that page, or what else its token allows."""
        return self._ask(port, "POST", path, urlencode({"csrf_token": token_in(page.text), **fields}))

    def _ask(self, port: int, method: str, path: str, body: str | None) -> Answer:
        headers = {"Host": PUBLIC, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
            return Answer(answer.status, answer.getheader("Location") or "", answer.read())
        finally:
            connection.close()


def free_ports(many: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as held:
        return [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(many)]


def wait_until_ready(*ports: int) -> None:
    """Until each of these servers says that it may be sent requests."""
    deadline = time.monotonic() + 120
    for port in ports:
        while True:
            with suppress(OSError):
                if Visitor().get(port, "/pret").status == 200:
                    break
            assert time.monotonic() < deadline, f"le serveur du port {port} ne répond pas"
            time.sleep(0.1)


def link_in(text: str) -> str:
    """The path of the sign-in link of a mail."""
    found = re.search(r"/connexion/[\w-]{40,}", text)
    assert found, text
    return found[0]
