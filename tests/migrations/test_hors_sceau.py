"""A base of before stored validated answers twice: once migrated they stand under the seal alone, and are the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from paqte.domain.declarations.hors_sceau import put_together
from paqte.domain.declarations.sceau import Scelle, seal
from paqte.ops.base.migration import upgrade_base
from tests.migrations.conftest import insert
from tests.reponses_comptees import answers_as_rows

pytestmark = pytest.mark.lent

TYPED = datetime(2026, 10, 5, 8, 30, 15, 250_000, tzinfo=UTC)
# One answer of each kind: number, zero, nothing, cents, two numbers, a day, texts that JSON must mind.
ANSWERS: list[dict[str, Any]] = [
    {"reponse": "nombre", "valeur": Decimal(12)},
    {"reponse": "neant", "valeur": Decimal(0), "saisie_par": 'Zoé "la" Roux', "is_on_behalf": True},
    {"reponse": "manquante", "commentaire": "Nous l’ignorons : « à voir »\n\\ fin"},
    {"reponse": "nombre", "valeur": Decimal("1234567.89"), "origine": "import"},
    {"reponse": "nombre", "numerateur": Decimal(3), "denominateur": Decimal("7.5")},
    {"reponse": "nombre", "valeur": Decimal(1), "datee_du": date(2026, 9, 12), "commentaire": ",[]]"},
]
EMPTY = dict.fromkeys(("valeur", "numerateur", "denominateur", "datee_du"))
BY = {"saisie_par": "Bruno", "saisie_le": TYPED, "is_on_behalf": False, "origine": "formulaire", "commentaire": ""}
COUNT = (
    "SELECT d.periode, r.indicateur, r.reponse, count(*), sum(r.valeur), sum(r.numerateur) FROM {rows} r "
    "JOIN declaration d ON d.id = r.declaration_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)


def world(base: Connection) -> list[int]:
    """A convention of six promises; gives their keys."""
    insert(base, "departement", code="41", nom="Loir-et-Cher")
    company = insert(base, "entreprise", siren="732829320")
    who = {"entreprise_id": company, "departement_code": "41", "identifiant": "73282932000074", "nature": "entreprise"}
    signatory = insert(base, "signataire", **who, nom="Val", categorie="PME")
    named = {"numero": "41-001", "dispositif": "paqte", "statut": "signee", "rythme": "T"}
    days = {"signee_le": date(2026, 1, 1), "debut": date(2026, 1, 1), "fin": date(2028, 12, 31)}
    insert(base, "convention", signataire_id=signatory, departement_code="41", **named, **days)
    return [insert(base, "engagement", convention_id=1, indicateur="S2", rang=rank) for rank in range(1, 7)]


def declared(base: Connection, promises: list[int], periode: str, etat: str, other: int | None = None) -> None:
    """A declaration with these answers; `other` is what its seal says in place of the first number."""
    rows = [{**EMPTY, **BY, **told, "indicateur": "S2"} for told in ANSWERS]
    told = [(r["reponse"], r["valeur"], r["numerateur"], r["denominateur"]) for r in rows]
    sealed = [Scelle(key, "S2", *one) for key, one in zip(promises, told, strict=True)]
    if other is not None:
        sealed[0] = sealed[0]._replace(valeur=other)
    is_valid = etat == "validee"
    given = {"sceau": seal(sealed) if is_valid else None, "validee_le": TYPED if is_valid else None, "etat": etat}
    key = insert(base, "declaration", convention_id=1, departement_code="41", periode=periode, version=3, **given)
    # Typed in another order than that of the promises.
    for place in (3, 0, 1, 2, 5, 4):
        insert(base, "realisation", declaration_id=key, engagement_id=promises[place], **rows[place])


def rows_of(base: Connection) -> dict[int, list[tuple[Any, ...]]]:
    """The rows of each declaration as texts, in the order of the promises."""
    query = text(
        "SELECT declaration_id, id, engagement_id, indicateur, reponse, valeur, numerateur, denominateur, datee_du, "
        "commentaire, saisie_par, is_on_behalf, origine FROM realisation ORDER BY declaration_id, engagement_id"
    )
    found: dict[int, list[tuple[Any, ...]]] = {}
    for declaration, *row in base.execute(query):
        found.setdefault(declaration, []).append(tuple(map(plain, row)))
    return found


def plain(value: Any) -> str | None:
    if value is None or isinstance(value, str | date):
        return None if value is None else str(value)
    return str(Decimal(str(value)).normalize()) if not isinstance(value, bool) else str(int(value))


def kept_of(base: Connection) -> dict[int, list[tuple[Any, ...]]]:
    """The same of what stands under the seals."""
    found = {}
    for key, sceau, beside in base.execute(text("SELECT id, sceau, hors_sceau FROM declaration ORDER BY id")):
        answers = put_together(sceau, beside) if beside else []
        found[key] = [tuple(map(plain, (*a[:9], a.saisie_par, a.is_on_behalf, a.origine))) for a in answers]
        assert all(a.saisie_le == TYPED for a in answers)
    return {key: answers for key, answers in found.items() if answers}


@pytest.fixture
def before(base_before: Callable[[str], Engine]) -> Engine:
    engine = base_before("0061_hors_sceau")
    with engine.begin() as base:
        promises = world(base)
        declared(base, promises, "2026-T1", "validee")
        declared(base, promises, "2026-T2", "validee")
        declared(base, promises, "2026-T3", "transmise")
        declared(base, promises, "2026-T4", "validee", other=99)
    return engine


def test_R18_what_was_validated_stands_under_its_seal_alone_as_it_stood_in_rows(
    before: Engine, empty_url: str, tmp_path: Path, now: datetime
) -> None:
    seals = text("SELECT id, sceau, version FROM declaration ORDER BY id")
    with before.connect() as base:
        rows, sealed = rows_of(base), base.execute(seals).all()
    upgrade_base(empty_url, backups=tmp_path / "s", now=now)
    with before.connect() as base:
        assert base.execute(seals).all() == sealed, "to the octet"
        assert kept_of(base) == {1: rows[1], 2: rows[2]}
        assert rows_of(base) == {3: rows[3], 4: rows[4]}, "not validated, or told otherwise by the seal"
    before.dispose()


def test_R20_an_independent_count_of_a_migrated_base_is_that_of_before(
    before: Engine, empty_url: str, tmp_path: Path, now: datetime
) -> None:
    with before.connect() as base:
        counted = base.execute(text(COUNT.format(rows="realisation"))).all()
    upgrade_base(empty_url, backups=tmp_path / "s", now=now)
    with before.connect() as base:
        again = base.execute(text(COUNT.format(rows=answers_as_rows(base.dialect.name)))).all()
    before.dispose()
    assert [tuple(map(plain, row)) for row in again] == [tuple(map(plain, row)) for row in counted]
    assert len(counted) == 12


def test_a_number_of_a_row_gone_under_the_seal_is_not_given_again(
    before: Engine, empty_url: str, tmp_path: Path, now: datetime
) -> None:
    with before.connect() as base:
        last = base.scalar(text("SELECT max(id) FROM realisation"))
    with before.begin() as base:
        base.execute(text("DELETE FROM realisation WHERE declaration_id > 2"))
        base.execute(text("DELETE FROM declaration WHERE id > 2"))
    upgrade_base(empty_url, backups=tmp_path / "s", now=now)
    with before.begin() as base:
        given = {**EMPTY, **BY, "reponse": "manquante", "indicateur": "S2", "engagement_id": 1, "declaration_id": 1}
        assert insert(base, "realisation", **given) > last
    before.dispose()
