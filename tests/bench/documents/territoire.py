"""Opening the nation and taking its workbook away, once 101 départements have issued their bilans."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from paqte.domain.assemblage.territoires.somme import TerritoireNamed
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, somme_of
from paqte.domain.documents.somme import SommeTerritoire
from paqte.domain.editions.territoires import NATION
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR, operator
from paqte.models import Edition, db
from paqte.ops import clock
from paqte.reporting.dessin.sommes import draw_somme
from paqte.services.comptes.comptes import invite_user
from paqte.services.editions import national
from paqte.services.editions.sommes.composition import compose_somme
from paqte.services.planificateur.mouvements import keep_sums
from tests.bench.bases import NOW, app_on
from tests.bench.liste import open_page
from tests.bench.mesure import ROUNDS, Figure, interleaved
from tests.bench.pages import drawn_from_memory

PERIODE = Periode.from_code("2026-S1")
PAGE = f"/national/bilans/{PERIODE.code}"
MEGABYTES = 16


def figures_of(base: Path) -> Iterator[Figure]:
    """On a base whose bilans of the semester are issued; nothing is kept of them yet."""
    with patch.object(clock, "now", lambda: NOW):
        app = app_on(base)
        with app.app_context():
            keep_sums(actor=PLANIFICATEUR, now=NOW)
            db.session.remove()
        yield from opened(app, _signed_in(app))
        yield from workbook(app)


def opened(app: Flask, client: FlaskClient) -> Iterator[Figure]:
    """The page of the semester, in three states of the process, against the totals it needs and its own drawing."""
    asked, drawn = partial(open_page, client, PAGE), drawn_from_memory(client, PAGE)
    compared = (PERIODE, PERIODE.precedente, PERIODE.un_an_avant)
    every, read, begun, followed, later, static = interleaved(
        partial(_frozen_totals, app, *compared),
        partial(_frozen_totals, app, PERIODE),
        partial(_begun, asked),
        partial(_followed, app, asked),
        asked,
        drawn,
    )
    yield Figure("nation, processus qui débute / lire les totaux figés comparés", begun / every, 1.5, ROUNDS)
    yield Figure("nation, après une édition / lire les totaux figés", followed / read, 1.5, ROUNDS)
    yield Figure("nation, ouverture suivante / même page en mémoire", later / static, 2, ROUNDS)


def _frozen_totals(app: Flask, *periodes: Periode) -> None:
    codes = [one.code for one in periodes]
    with app.app_context():
        keys = select(Edition.id).where(Edition.periode.in_(codes), Edition.genre_document == BILAN)
        for key in db.session.scalars(keys).all():
            json.loads(db.session.scalar(select(Edition.contenu).where(Edition.id == key)) or "{}")
        db.session.remove()


def _begun(asked: Callable[[], None]) -> None:
    national._part.cache_clear()
    national._merged.cache_clear()
    asked()


def _followed(app: Flask, asked: Callable[[], None]) -> None:
    """One edition is new to the process and not kept: it is added up from its answers."""
    national._merged.cache_clear()
    with app.app_context():
        query = select(Edition.id).where(Edition.periode == PERIODE.code, Edition.genre_document == BILAN).limit(1)
        key = db.session.scalars(query.order_by(Edition.id)).one()
        national.part_of_edition(BILAN, key, "")
        db.session.remove()
    asked()


def workbook(app: Flask) -> Iterator[Figure]:
    """Against the same parts joined and deflated; openpyxl's fastest way beside."""
    with app.app_context():
        named = TerritoireNamed(NATION)
        asked = {"actor": operator(), "periode": PERIODE, "territoire": named, "now": NOW, "edition": 1}
        document = compose_somme(somme_of(PERIODE.genre), **asked).document
        db.session.remove()
    pieces, rows = _taken_apart(draw_somme(document))
    ours, floor, theirs = interleaved(
        partial(draw_somme, document), partial(_deflated, pieces), partial(_with_openpyxl, rows)
    )
    yield Figure("classeur national / mêmes cellules jointes et compressées", ours / floor, 1.5, ROUNDS)
    yield Figure("openpyxl, en écriture seule / le même plancher", theirs / floor, None, ROUNDS)
    yield Figure(f"mémoire du classeur national / {MEGABYTES} Mo", _added(document) / 1024 / MEGABYTES, 1, 1)


def _taken_apart(content: bytes) -> tuple[list[list[str]], list[tuple[str, list[list[Any]]]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        pieces = [re.split("(?=<)", archive.read(name).decode()) for name in archive.namelist()]
    book = openpyxl.load_workbook(io.BytesIO(content))
    return pieces, [(s.title, [list(row) for row in s.iter_rows(values_only=True)]) for s in book.worksheets]


def _deflated(pieces: list[list[str]]) -> None:
    for part in pieces:
        zlib.compress("".join(part).encode(), 6)


def _with_openpyxl(rows: list[tuple[str, list[list[Any]]]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    for title, lines in rows:
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(io.BytesIO())


def _added(document: SommeTerritoire) -> int:
    """Kilobytes that drawing adds to the process at its highest (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _kilobytes("VmRSS")
    draw_somme(document)
    return max(0, _kilobytes("VmHWM") - before)


def _kilobytes(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)[0])


def _signed_in(app: Flask) -> FlaskClient:
    with app.app_context():
        address = {"courriel": "nation@exemple.fr", "nom": "Mesure", "base_url": "", "by_mail": False}
        link = invite_user(actor=operator(), role=NATIONAL, now=NOW, **address)
    client = app.test_client()
    assert client.post(link).status_code == 302
    return client
