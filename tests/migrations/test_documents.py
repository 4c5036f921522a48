"""The base lists no document any more: a new one needs no step, a year has editions, what stood is as it was (R19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from paqte.ops.base.migration import upgrade_base
from tests.migrations.conftest import insert
from tests.migrations.test_genres import XLSX_SHA256

EDITION = "SELECT id, genre_document, periode, numero, contenu, sha256, fichier_sha256 FROM edition"


def test_R19_a_document_that_the_base_never_heard_of_has_editions_of_a_year_and_those_that_stood_are_untouched(
    base_before: Callable[[str], Engine], tmp_path: Path, now: datetime
) -> None:
    engine = base_before("0028_documents")
    texts = {"contenu": "{}", "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}
    said = {**texts, "departement_code": "41", "fichier_sha256": XLSX_SHA256, "fichier": b"xlsx", "numero": 1}
    with engine.begin() as base:
        insert(base, "departement", code="41", nom="Loir-et-Cher", prefecture="Blois")
        said["gabarit_id"] = insert(base, "gabarit", nom="essai", sha256=XLSX_SHA256, genre="bilan", octets=b"xlsx")
        insert(base, "edition", genre_document="bilan", periode="2026-S1", **said)
        before = base.execute(text(EDITION)).all()
    for wrong in ({"genre_document": "rapport", "periode": "2026-S1"}, {"genre_document": "bilan", "periode": "2026"}):
        with pytest.raises(IntegrityError), engine.begin() as base:
            insert(base, "edition", **wrong, **said)
    upgrade_base(engine.url.render_as_string(hide_password=False), backups=tmp_path / "s", now=now)
    with engine.begin() as base:
        assert base.execute(text(EDITION)).all() == before
        insert(base, "edition", genre_document="rapport", periode="2026", **said)
        insert(base, "numero_edition", departement_code="41", genre_document="rapport", periode="2026", numero=7)
    for wrong in ({"genre_document": "", "periode": "2026"}, {"genre_document": "bilan", "periode": "2026-M1"}):
        with pytest.raises(IntegrityError), engine.begin() as base:
            insert(base, "edition", **wrong, **said)
    engine.dispose()
