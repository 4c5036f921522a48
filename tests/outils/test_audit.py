"""`make audit` says what a vulnerability service says, and one sentence when none answers; a service stands here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.lent
OUTILS = Path(__file__).resolve().parents[2] / "outils"
LOCK = """\
anyio==4.16.0 \\
    --hash=sha256:{a}
    # via nothing
blinker==1.9.0 \\
    --hash=sha256:{b} \\
    --hash=sha256:{a}
""".format(a="0" * 64, b="1" * 64)


class Service(NamedTuple):
    """Where it is asked, what it was asked about, and the libraries that it knows a vulnerability of."""

    url: str
    asked: list[str]
    faulty: set[str]


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if find_spec("pip_audit") is None:
        pytest.skip("pip-audit n’est pas installé : `make audit` l’installe")
    monkeypatch.syspath_prepend(str(OUTILS))
    return import_module("audit")


@pytest.fixture
def service() -> Iterator[Service]:
    """An OSV of our own."""
    asked: list[str] = []
    faulty: set[str] = set()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
            asked.append(name)
            body = json.dumps(_fault(name) if name in faulty else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Service(f"http://127.0.0.1:{server.server_port}/v1/query", asked, faulty)
        server.shutdown()


def _fault(name: str) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]
    package = {"name": name, "ecosystem": "PyPI"}
    told = {"id": "PYSEC-2026-41", "summary": "essai", "details": "essai", "modified": "2026-01-01T00:00:00Z"}
    return {"vulns": [{**told, "affected": [{"package": package, "ranges": ranges}]}]}


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "run.txt"
    path.write_text(LOCK, encoding="utf-8")
    return path


def test_each_library_is_asked_about_and_none_at_fault_is_good_news(
    audit: ModuleType, service: Service, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.audit(lock, ["--osv-url", service.url], ["osv"]) == 0
    assert set(service.asked) == {"anyio", "blinker"}
    assert capsys.readouterr().out.startswith("0 faille(s) connue(s) dans 2 bibliothèques")


def test_a_vulnerability_is_named_with_what_mends_it(
    audit: ModuleType, service: Service, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.faulty.add("blinker")
    assert audit.audit(lock, ["--osv-url", service.url], ["osv"]) == 1
    assert "blinker 1.9.0 : PYSEC-2026-41, corrigée par 99.1" in capsys.readouterr().out


def test_nobody_there_is_one_sentence_and_no_verdict(
    audit: ModuleType, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = "http://127.0.0.1:9/v1/query"
    assert audit.audit(lock, ["--osv-url", nowhere], ["osv"]) == 2
    assert capsys.readouterr().out == audit.SILENT + "\n"


def test_a_library_that_a_service_does_not_know_is_no_answer(
    audit: ModuleType, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"dependencies": [{"name": "anyio", "skip_reason": "not found"}]}

    class Done:
        stdout = json.dumps(told)

    monkeypatch.setattr("subprocess.run", lambda *_, **__: Done)
    assert audit.ask("pypi", lock) is None


def test_what_is_locked_has_no_known_vulnerability(audit: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    code = audit.audit()
    said = capsys.readouterr().out
    if code == 2:
        pytest.skip(said.strip())
    assert code == 0, said
