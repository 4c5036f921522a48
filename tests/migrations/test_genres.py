"""Editions of before say which document they are; a number is given once a document, place and period (R19)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from paqte.ops.base.migration import upgrade_base
from tests.migrations.conftest import insert

STEP = "0018_genre_document"
XLSX_SHA256 = hashlib.sha256(b"xlsx").hexdigest()
ISSUED = (("2026-S1", 1), ("2026-S1", 2), ("2026-T1", 1))


def issued(base: Connection, gabarit: int, periode: str, numero: int) -> None:
    contenu = json.dumps([periode, numero])
    sha256 = hashlib.sha256(contenu.encode()).hexdigest()
    texts = {"contenu": contenu, "sha256": sha256, "fichier_sha256": XLSX_SHA256, "fichier": b"xlsx"}
    insert(base, "edition", departement_code="41", periode=periode, numero=numero, gabarit_id=gabarit, **texts)


@pytest.fixture
def upgraded(base_before: Callable[[str], Engine], tmp_path: Path, now: datetime) -> Engine:
    """A base with three editions and the number of one that was lost, brought to the step."""
    engine = base_before(STEP)
    with engine.begin() as base:
        insert(base, "departement", code="41", nom="Loir-et-Cher", prefecture="Blois")
        gabarit = insert(base, "gabarit", nom="essai", sha256=XLSX_SHA256, genre="bilan", octets=b"xlsx")
        for periode, numero in ISSUED:
            issued(base, gabarit, periode, numero)
        insert(base, "numero_edition", departement_code="41", periode="2026-T1", numero=7)
    upgrade_base(engine.url.render_as_string(hide_password=False), backups=tmp_path / "s", now=now)
    return engine


def test_R19_editions_of_before_take_the_document_of_their_period_and_nothing_else_changes(upgraded: Engine) -> None:
    with upgraded.connect() as base:
        rows = base.execute(text("SELECT genre_document, periode, numero, contenu FROM edition ORDER BY id")).all()
        lost = base.execute(text("SELECT genre_document, periode, numero FROM numero_edition")).all()
    upgraded.dispose()
    assert list(map(tuple, rows)) == [
        ("bilan", "2026-S1", 1, '["2026-S1", 1]'),
        ("bilan", "2026-S1", 2, '["2026-S1", 2]'),
        ("compte_rendu", "2026-T1", 1, '["2026-T1", 1]'),
    ]
    assert list(map(tuple, lost)) == [("compte_rendu", "2026-T1", 7)]


def test_R19_a_number_is_one_edition_of_each_document_of_a_period(upgraded: Engine) -> None:
    again = (
        "INSERT INTO edition (departement_code, genre_document, periode, numero, contenu, faits, sha256, fichier, "
        "fichier_sha256, fichier_nom, gabarit_id, catalogue, produite_par, created_at) SELECT departement_code, '{}', "
        "periode, numero, contenu, faits, sha256, fichier, fichier_sha256, fichier_nom, gabarit_id, catalogue, "
        "produite_par, created_at FROM edition WHERE periode = '2026-T1'"
    )
    with upgraded.begin() as base:
        base.execute(text(again.format("bilan")))
    for genre in ("compte_rendu", "autre"):
        with pytest.raises(IntegrityError), upgraded.begin() as base:
            base.execute(text(again.format(genre)))
    upgraded.dispose()
