"""What a base of before learns of its periods: campaigns, what was owed, complete conventions (R37, R42, R43)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from paqte.ops.base.migration import upgrade_base
from tests.migrations.conftest import insert

pytestmark = pytest.mark.lent

Base = Callable[[str], Engine]


def a_place(base: Connection, code: str, first: str | None) -> None:
    insert(base, "departement", code=code, nom=f"Département {code}", prefecture="P", premier_semestre=first)


def a_convention(base: Connection, place: str, rank: int, *promised: str, **more: Any) -> int:
    """A signed convention of before, with an engagement for each indicator."""
    firm = insert(base, "entreprise", siren=f"{rank:09}")
    names = {"identifiant": f"{rank:09}", "nom": f"Société {rank} (fictif)", "nature": "entreprise"}
    signatory = insert(base, "signataire", entreprise_id=firm, departement_code=place, version=1, **names)
    told = {"numero": f"{place}-{rank}", "dispositif": "paqte", "statut": "signee", "rythme": "T", "version": 1, **more}
    days = {"debut": date(2025, 1, 1), "fin": date(2027, 12, 31), "signee_le": date(2025, 1, 1)}
    key = insert(base, "convention", signataire_id=signatory, departement_code=place, **told, **days)
    for code in promised:
        insert(base, "engagement", convention_id=key, indicateur=code, rang=1)
    return key


def upgraded(engine: Engine, tmp_path: Path, now: datetime) -> None:
    upgrade_base(engine.url.render_as_string(hide_password=False), backups=tmp_path / "s", now=now)


def read(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as base:
        found = [tuple(row) for row in base.execute(text(query))]
    engine.dispose()
    return found


CAMPAIGNS = (
    "SELECT departement_code, periode, ouverture, echeance, fermeture, publications, is_over FROM campagne_scellee "
    "ORDER BY departement_code, periode"
)


def test_R37_a_base_of_before_seals_what_its_settings_say_of_each_campaign_that_is_over(
    base_before: Base, tmp_path: Path, now: datetime
) -> None:
    engine = base_before("0009_campagnes_scellees")
    with engine.begin() as base:
        a_place(base, "41", "2025-S1")
        a_place(base, "18", "2025-S2")
        a_place(base, "37", None)
        insert(base, "reglage", departement_code=None, cle="bilan_delai_jours", valeur="45")
        insert(base, "reglage", departement_code="41", cle="declaration_delai_jours", valeur="10")
        insert(base, "reglage", departement_code="41", cle="declaration_ouverture_jours", valeur="-5")
        insert(base, "reglage", departement_code="41", cle="fermeture_delai_jours", valeur="60")
        insert(base, "reglage", departement_code="18", cle="fermeture_delai_jours", valeur="jamais")
    upgraded(engine, tmp_path, now)
    found = {row[:2]: tuple(str(day) if day else None for day in row[2:6]) for row in read(engine, CAMPAIGNS)}
    assert found["41", "2025-S1"] == ("2025-06-26", "2025-07-10", "2025-08-29", '{"bilan": "2025-08-14"}')
    assert found["41", "2025-T1"] == ("2025-03-27", "2025-04-10", "2025-05-30", '{"export": "2025-04-30"}')
    assert found["41", "2025-T4"] == ("2025-12-27", "2026-01-10", "2026-03-01", '{"export": "2026-01-30"}')
    assert found["18", "2025-S2"] == ("2026-01-01", "2026-01-20", None, '{"bilan": "2026-02-14"}')
    assert ("18", "2025-T2") not in found and {place for place, _ in found} == {"41", "18"}


def test_R37_a_campaign_that_is_still_due_is_not_sealed(base_before: Base, tmp_path: Path, now: datetime) -> None:
    engine = base_before("0009_campagnes_scellees")
    with engine.begin() as base:
        a_place(base, "41", "2025-S1")
        today = date.fromisoformat(str(base.scalar(text("SELECT CURRENT_DATE"))))
    upgraded(engine, tmp_path, now)
    rows = read(engine, CAMPAIGNS)
    due = {row[1]: date.fromisoformat(str(row[3])) for row in rows}
    out = {row[1]: date.fromisoformat(next(iter(json.loads(row[5]).values()))) for row in rows}
    assert max(due.values()) < today <= max(due.values()) + timedelta(days=93)
    assert {row[1]: bool(row[6]) for row in rows} == {code: day < today for code, day in out.items()}


def test_R42_a_convention_of_before_keeps_what_it_owed(base_before: Base, tmp_path: Path, now: datetime) -> None:
    engine = base_before("0010_anteriorites")
    with engine.begin() as base:
        a_place(base, "41", "2025-S1")
        key = a_convention(base, "41", 1, "S2")
        before = tuple(base.execute(text("SELECT id, statut, debut, fin FROM convention")).one())
    upgraded(engine, tmp_path, now)
    assert read(engine, "SELECT * FROM anteriorite") == []
    assert read(engine, "SELECT id, statut, debut, fin FROM convention") == [before]
    days = {"is_owed": True, "depuis": date(2026, 7, 3)}
    with engine.begin() as base:
        insert(base, "anteriorite", convention_id=key, periode="2026-T1", **days)
    for wrong in ({"convention_id": key, "periode": "2026-T1"}, {"convention_id": key, "periode": "2026"}):
        with pytest.raises(IntegrityError), engine.begin() as base:
            insert(base, "anteriorite", **wrong, **days)
    engine.dispose()


def test_R43_a_departement_with_a_complete_convention_goes_on_producing_from_its_first_followed_day(
    base_before: Base, tmp_path: Path, now: datetime
) -> None:
    engine = base_before("0011_premiere_complete")
    with engine.begin() as base:
        for code, first in {"01": "2025-S2", "02": "2025-S1", "03": "2025-S1", "04": "2025-S1", "05": None}.items():
            a_place(base, code, first)
        a_place(base, "06", "2026-S1")
        a_convention(base, "01", 1, "S2")
        a_convention(base, "02", 2)
        a_convention(base, "03", 3, "S2", statut="projet")
        a_convention(base, "04", 4, "S2", dispositif="charte")
        a_convention(base, "05", 5, "S2")
        a_convention(base, "06", 6, "P05", dispositif="plan_10000")
    upgraded(engine, tmp_path, now)
    rows = read(engine, "SELECT code, premiere_complete_le FROM departement")
    found = {code: str(day) if day else None for code, day in rows if code in {"01", "02", "03", "04", "05", "06"}}
    assert found == {"01": "2025-07-01", "02": None, "03": None, "04": None, "05": None, "06": "2026-01-01"}
