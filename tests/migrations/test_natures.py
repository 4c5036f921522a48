"""A base of before may say two natures of one SIREN: they are aligned, and the journal says so (R35)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

from sqlalchemy import select, update

from paqte.models import Signataire
from paqte.services.conventions.signataires import add_signataire
from tests.factories import CAMILLE, a_convention, a_departement, a_siret, an_identite

align = import_module("paqte.migrations.versions.0012_natures").align
NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)


def a_record(siren: int, establishment: int) -> int:
    identite = an_identite(identifiant=a_siret(siren, establishment))
    return add_signataire(actor=CAMILLE, departement="41", identite=identite, now=NOW)


def aligned(session: Any) -> list[Any]:
    """Align beside a journal as it was at that version, and give its lines."""
    connection = session.connection()
    columns = ", ".join(f"{name} TEXT" for name in ("qui", "acte", "objet", "objet_id", "departement_code"))
    connection.exec_driver_sql(f"CREATE TEMP TABLE journal (quand TIMESTAMP, {columns}, avant TEXT, apres TEXT)")
    align(connection)
    lines = connection.exec_driver_sql("SELECT * FROM journal ORDER BY objet_id").all()
    schema = "temp" if connection.dialect.name == "sqlite" else "pg_temp"
    connection.exec_driver_sql(f"DROP TABLE {schema}.journal")
    session.commit()
    return list(lines)


def test_R35_the_nature_of_the_latest_signed_convention_stands(session: Any) -> None:
    a_departement("41")
    recent, old, other = a_record(1, 1), a_record(1, 2), a_record(2, 1)
    a_convention(recent, "S2", debut=date(2026, 1, 1), fin=date(2028, 12, 31))
    a_convention(old, "S2", debut=date(2023, 1, 1), fin=date(2025, 12, 31))
    session.execute(update(Signataire).where(Signataire.id == recent).values(nature="reseau"))
    session.commit()
    lines = aligned(session)
    found = dict(session.execute(select(Signataire.id, Signataire.nature)).all())
    assert found == {old: "reseau", recent: "reseau", other: "entreprise"}
    assert {line.qui for line in lines} == {"mise à jour de PAQTE"}
    told = [(line.objet_id, line.departement_code, json.loads(line.avant), json.loads(line.apres)) for line in lines]
    assert told == [(str(old), "41", {"nature": "entreprise"}, {"nature": "reseau"})]
    assert lines[0].quand is not None


def test_R35_without_a_signed_convention_the_latest_record_stands(session: Any) -> None:
    a_departement("41")
    first, last = a_record(1, 1), a_record(1, 2)
    session.execute(update(Signataire).where(Signataire.id == last).values(nature="association"))
    session.commit()
    aligned(session)
    assert dict(session.execute(select(Signataire.id, Signataire.nature)).all()) == dict.fromkeys(
        (first, last), "association"
    )
