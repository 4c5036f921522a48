"""Companies that keep drafts in a real server, from outside, and a count of what was acknowledged and what is kept."""

from __future__ import annotations

import html
import http.client
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from paqte.domain.personnes.acteurs import ENTREPRISE, REFERENT, Acteur, operator
from paqte.jeux.peuplement import populate
from paqte.models import Convention, Declaration, Journal, Signataire, db
from paqte.ops import clock
from paqte.services.comptes.comptes import invite_user
from paqte.services.declarations.declarations import reopen_declaration
from paqte.services.reglages.territoire import load_territories

DEPARTEMENT = "01"
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "python:paqte.ops.gunicorn", "paqte:create_app()")
_FIELD = re.compile(r'<input[^>]*name="([^"]+)"[^>]*>')
_VALUE = re.compile(r'value="([^"]*)"')


@dataclass
class Writer:
    """A company at its form: what it was told was kept, how long each answer took, what went wrong."""

    declaration: int
    cookie: str
    fields: dict[str, str]
    first_version: int = 0
    sent: int = 0
    acknowledged: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/entreprise/declarations/{self.declaration}/brouillon"

    @property
    def figure(self) -> str:
        """The field of its first figure."""
        return next(name for name in self.fields if name.startswith("valeur_"))

    def words(self) -> str:
        """Words that nobody else sends, nor it itself twice."""
        self.sent += 1
        return f"{self.declaration}-{self.sent}"

    def keep(self, words: str, version: str) -> None:
        """Note what the server acknowledged."""
        self.acknowledged.append(words)
        self.fields["version"] = version


def furnish(app: Flask, companies: int, *, given_back: int) -> list[int]:
    """Fill one département; the last declaration of its first companies is given back to be corrected: their keys."""
    now = clock.now()
    with app.app_context():
        load_territories(actor=operator(), now=now)
        for _ in populate(actor=operator(), now=now, departements=1, entreprises=companies, periodes=2, graine=41):
            pass
        d, last = Declaration, select(Declaration.periode).order_by(Declaration.periode.desc()).limit(1)
        query = select(d.id, d.version).where(d.periode == last.scalar_subquery(), d.etat == "validee").order_by(d.id)
        chosen = list(db.session.execute(query.limit(given_back)))
        referent = Acteur(None, "Mesure", REFERENT, DEPARTEMENT)
        for key, version in chosen:
            reopen_declaration(actor=referent, now=now, declaration_id=key, version=version, motif="À revoir.")
        return [key for key, _ in chosen]


def company_at(app: Flask, declaration: int) -> Writer:
    """The contact of that declaration's company, signed in, with the form open before her."""
    with app.app_context():
        query = select(Signataire.id).join(Convention).join(Declaration).where(Declaration.id == declaration)
        link = invite_user(
            actor=operator(),
            role=ENTREPRISE,
            courriel=f"contact{declaration}@exemple.fr",
            nom=f"Contact {declaration}",
            base_url="",
            now=clock.now(),
            signataires=[db.session.scalars(query).one()],
            by_mail=False,
        )
    client = app.test_client()
    assert client.post(link, data={"csrf_token": _token(client.get(link).text)}).status_code == 302
    page = client.get(f"/entreprise/declarations/{declaration}/saisir")
    assert page.status_code == 200, page.status
    fields = dict(_inputs(page.text))
    return Writer(declaration, _cookies(client), fields, int(fields["version"]))


def _token(page: str) -> str:
    return dict(_inputs(page)).get("csrf_token", "")


def _inputs(page: str) -> Iterator[tuple[str, str]]:
    for found in _FIELD.finditer(page):
        value = _VALUE.search(found[0])
        if 'type="checkbox"' not in found[0] and 'type="radio"' not in found[0]:
            yield found[1], html.unescape(value[1]) if value else ""


def _cookies(client: object) -> str:
    jar = client._cookies  # type: ignore[attr-defined]
    return "; ".join(f"{cookie.decoded_key}={cookie.value}" for cookie in jar.values())


@contextmanager
def served(environment: dict[str, str], *options: str) -> Iterator[int]:
    """The port of a real server on these settings."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = os.environ | environment | {"PAQTE_HOST": "127.0.0.1", "PAQTE_PORT": str(port)}
    server = subprocess.Popen([*GUNICORN, *options], env=given)
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def keep_drafts(port: int, writer: Writer, until: float, pause: Callable[[], float]) -> None:
    """Keep a draft, read the answer, keep the next, as the page's own script does; until that moment."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": writer.cookie,
        "Host": f"127.0.0.1:{port}",
        "Origin": f"http://127.0.0.1:{port}",
    }
    while time.monotonic() < until:
        words = writer.words()
        said = {**writer.fields, "texte_libre": words, writer.figure: str(writer.sent % 90 + 1)}
        start = time.perf_counter()
        connection.request("POST", writer.path, urlencode(said), headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        writer.seconds.append(time.perf_counter() - start)
        if answer.status == 200:
            writer.keep(words, re.findall(r'"version":\s*(\d+)', body)[0])
        else:
            writer.failures.append(answer.status)
        # Left alone for a while, a connection is let go by the server: a browser opens another.
        connection.close()
        time.sleep(pause())


def together(port: int, writers: list[Writer], seconds: float, pause: float = 0.0) -> None:
    """All at once, for so long; each waits between two drafts a time drawn around `pause`."""
    for one in writers:
        one.seconds.clear()
    drawn = random.Random(41)
    until = time.monotonic() + seconds
    wait = partial(drawn.uniform, pause / 2, pause * 3 / 2)
    threads = [threading.Thread(target=keep_drafts, args=(port, one, until, wait)) for one in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lost(app: Flask, writers: list[Writer]) -> list[str]:
    """What was acknowledged and is not in the base, or is there and was not: in a sentence each, none when all is well.

    The journal tells each text that a declaration bore, in order; the declaration bears the last.
    """
    told = []
    with app.app_context():
        for one in writers:
            row = db.session.get_one(Declaration, one.declaration)
            lines = select(Journal.apres).where(
                Journal.objet == "declaration", Journal.objet_id == str(one.declaration), Journal.acte == "modifier"
            )
            kept = re.findall(
                rf'"texte_libre": "({one.declaration}-\d+)"', " ".join(db.session.scalars(lines.order_by(Journal.id)))
            )
            if kept != one.acknowledged:
                told.append(f"{one.declaration} : {len(one.acknowledged)} annoncés, {len(kept)} au journal")
            if one.acknowledged and row.texte_libre != one.acknowledged[-1]:
                told.append(f"{one.declaration} : dernier annoncé {one.acknowledged[-1]}, conservé {row.texte_libre}")
            if row.version != one.first_version + len(one.acknowledged):
                told.append(f"{one.declaration} : version {row.version}")
        db.session.rollback()
    return told


def environment_of(app: Flask, folder: Path) -> dict[str, str]:
    """The settings under which a server serves the base of this application."""
    return {
        "PAQTE_ENV": "demonstration",
        "PAQTE_DATABASE_URL": str(app.config["SQLALCHEMY_DATABASE_URI"]),
        "PAQTE_INSTANCE": str(folder),
        "PAQTE_SECRET_KEY": str(app.config["SECRET_KEY"]),
    }
