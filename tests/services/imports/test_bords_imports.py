"""At the edges of an import: what a blank cell leaves, what a row that says too little is told, what is marked."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.importing.door.cells import decoded, encoded
from paqte.importing.tracker.targets import ENGAGEMENT
from paqte.models import ContactSignataire, Convention, Engagement, Objectif, Realisation, Signataire, db
from paqte.services.imports import apply_tracker, guess_mapping
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, a_siren, a_siret, engagement_of
from tests.services.imports.test_tracker import Rows, a_workbook, kept, refusals, take

pytestmark = pytest.mark.usefixtures("session")
IDENTITY = ["SIRET", "Raison sociale", "Type de structure"]
CONTACT = ["SIRET", "Raison sociale", "Nom du contact", "Fonction du contact", "E-mail", "Téléphone"]


@pytest.fixture(autouse=True)
def departement(session: Any) -> None:
    a_departement("41")


def contacts() -> list[tuple[str, str, str, str]]:
    c = ContactSignataire
    rows = db.session.execute(select(c.nom, c.fonction, c.courriel, c.telephone).order_by(c.id)).all()
    db.session.rollback()
    return [tuple(row) for row in rows]


def test_a_blank_cell_of_a_contact_leaves_what_was_known_of_the_person(now: datetime) -> None:
    whole = ["Marie Roux", "gérante", "marie@exemple.fr", "02 54 00 00 01"]
    take([CONTACT, [a_siret(1), "Élan (fictif)", *whole]], now)
    assert contacts() == [("Marie Roux", "gérante", "marie@exemple.fr", "02 54 00 00 01")]
    assert refusals(take([CONTACT, [a_siret(1), "Élan (fictif)", "", "", "marie@exemple.fr", ""]], now)) == []
    assert refusals(take([CONTACT, [a_siret(1), "Élan (fictif)", "Marie Roux", "directrice", "", ""]], now)) == []
    assert contacts() == [("Marie Roux", "directrice", "marie@exemple.fr", "02 54 00 00 01")]
    take([CONTACT, [a_siret(1), "Élan (fictif)", "Marie Roux", "", "m.roux@exemple.fr", "02 54 00 00 02"]], now)
    assert contacts() == [("Marie Roux", "directrice", "m.roux@exemple.fr", "02 54 00 00 02")]


def test_R2_the_kind_of_a_signatory_is_the_one_its_row_says(now: datetime) -> None:
    kinds = ["entreprise", "association", "employeur public"]
    rows = [[a_siret(rank), f"Structure {rank} (fictif)", kind] for rank, kind in enumerate(kinds, 1)]
    assert refusals(take([IDENTITY, *rows], now)) == []
    found = db.session.scalars(select(Signataire.nature).order_by(Signataire.nom)).all()
    assert found == ["entreprise", "association", "employeur_public"]


def test_a_row_that_may_speak_of_two_conventions_or_of_none_is_refused_by_a_sentence(now: datetime) -> None:
    two, none = a_signataire(siren=a_siren(1)), a_signataire("Seconde (fictif)", siren=a_siren(2))
    a_convention(two, "S2", debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    a_convention(two, "S2")
    assert none
    head = ["SIRET", "Indicateur", "Objectif"]
    told = refusals(take([head, [a_siret(1), "S2", "10"], [a_siret(2), "S2", "10"]], now, is_seen=True))
    assert [(ligne, attendu) for ligne, _, _, attendu in told] == [
        (2, "Ce signataire a plusieurs conventions : indiquez le numéro de celle-ci, ou sa date de début."),
        (3, "Ce signataire n’a pas de convention : importez d’abord ses conventions."),
    ]


def test_a_blank_cell_of_a_promise_leaves_what_was_promised(now: datetime) -> None:
    key = a_convention(a_signataire(siren=a_siren(1)), "S2", cibles={"S2": 10})
    head = ["SIRET", "Indicateur", "Objectif", "Précision"]
    assert refusals(take([head, [a_siret(1), "S2", "", "Au lycée de Blois"]], now)) == []
    promise = (
        select(Engagement.precision, Objectif.cible)
        .join(Objectif, Objectif.engagement_id == Engagement.id)
        .where(Engagement.id == engagement_of(key, "S2"))
    )
    assert db.session.execute(promise).one() == ("Au lycée de Blois", Decimal(10))
    db.session.rollback()
    assert refusals(take([head, [a_siret(1), "S2", "12", ""]], now)) == []
    assert db.session.execute(promise).one() == ("Au lycée de Blois", Decimal(12))


def test_R14_the_two_numbers_of_a_share_are_read_from_a_row_of_values(now: datetime) -> None:
    a_convention(a_signataire(siren=a_siren(1)), "S2p")
    head = ["SIRET", "Indicateur", "Période", "Valeur", "Numérateur", "Dénominateur"]
    assert refusals(take([head, [a_siret(1), "S2p", "2025-T2", None, "3", "8"]], now)) == []
    r = Realisation
    found = db.session.execute(select(r.numerateur, r.denominateur).where(r.indicateur == "S2p")).all()
    assert found == [(Decimal(3), Decimal(8))]


def test_a_row_of_which_a_cell_is_computed_says_so(now: datetime) -> None:
    """Whoever reads « 12 » on her screen may not know that it follows from another sheet."""
    workbook = a_workbook([IDENTITY, [a_siret(1), "Élan (fictif)", "entreprise"], [a_siret(2), "Deux (fictif)", ""]])
    (sheet,) = workbook.sheets
    head, first, *others = sheet.lines
    row = decoded(first)
    cells = [[place, cell.texte, cell.genre, place == 1] for place, cell in row.cells.items()]
    computed = sheet._replace(lines=[head, encoded(row.numero, False, cells), *others])
    given = workbook._replace(sheets=(computed,))
    told: dict[str, Any] = {"actor": CAMILLE, "departement": "41", "nom": "x", "mapping": guess_mapping(given)}
    lines = apply_tracker(workbook=given, now=now, **told)
    assert [line.quoi.endswith("(avec des formules)") for line in lines if line.ligne == 2] == [True]
    assert not any("formules" in line.quoi for line in lines if line.ligne == 3)


HEADS = ["SIRET", "Raison sociale", "Signée le"]


def test_R20_a_year_is_not_added_to_one_of_its_own_periods(now: datetime) -> None:
    """« S1 2025 : 2 » beside « 2025 : 6 » made 8 in the year, where the second semester was left blank."""
    rows: Rows = [[*HEADS, "Alternants S1 2025", "Alternants 2025"], [a_siret(1), "Élan", "03/01/2025", "2", "6"]]
    refused = refusals(take(rows, now))
    assert [(ligne, lu) for ligne, _, lu, _ in refused] == [(2, "6")]
    assert "Le 1er semestre 2025 a déjà sa valeur" in refused[0][3] and "2e semestre 2025 seul" in refused[0][3]
    assert kept() == set()


def test_R20_nor_to_a_period_that_the_base_holds_already(now: datetime) -> None:
    assert refusals(take([[*HEADS, "Alternants S1 2025"], [a_siret(1), "Élan", "03/01/2025", "2"]], now)) == []
    later: Rows = [[*HEADS, "Alternants 2025"], [a_siret(1), "Élan", "03/01/2025", "6"]]
    assert [lu for _, _, lu, _ in refusals(take(later, now))] == ["6"]
    assert {(periode, valeur) for _, _, periode, valeur, *_ in kept()} == {("2025-S1", 2)}


def test_R13_a_year_beside_a_confirmed_zero_or_a_stock_is_what_it_says(now: datetime) -> None:
    heads = [*HEADS, "Alternants S1 2025", "Alternants 2025", "A1 réalisé S1 2025", "A1 réalisé 2025"]
    rows: Rows = [heads, [a_siret(1), "Élan", "03/01/2025", "0", "6", "4", "5"]]
    assert refusals(take(rows, now)) == refusals(take(rows, now)) == []
    assert {(code, periode, valeur) for _, code, periode, valeur, *_ in kept()} == {
        ("F1", "2025-S1", 0), ("F1", "2025-S2", 6), ("A1", "2025-S1", 4), ("A1", "2025-S2", 5),
    }  # fmt: skip


def test_R11_a_total_of_the_year_makes_no_semester_of_a_tracker_by_quarter(now: datetime) -> None:
    """Each of its quarters was refused: « La convention déclare chaque semestre »."""
    heads = [*HEADS, *(f"Alternants T{rank} 2025" for rank in range(1, 5)), "Alternants 2025"]
    told = [a_siret(1), "Élan", "03/01/2025", "2", "3", "1"]
    assert [lu for _, _, lu, _ in refusals(take([heads, [*told, "", "6"]], now))] == ["6"]
    assert refusals(take([heads, [*told, "4", ""]], now)) == []
    assert {periode for _, _, periode, *_ in kept()} == {f"2025-T{rank}" for rank in range(1, 5)}


def test_R32_a_signature_that_moved_makes_no_second_convention_and_a_renewal_is_one(now: datetime) -> None:
    """The date of a known convention mended in the tracker, which has no « Début »: its results counted twice."""
    heads = [*HEADS, "Alternants S1 2025"]
    assert refusals(take([heads, [a_siret(1), "Élan", "03/01/2025", "2"]], now)) == []
    (refused, *_) = refusals(take([heads, [a_siret(1), "Élan", "13/01/2025", "2"]], now))
    assert refused[2] == "13/01/2025" and refused[3].startswith("La convention 41-2025-001 couvre déjà cette période")
    aims: Rows = [[*HEADS, "Objectif alternants"], [a_siret(1), "Élan", "13/01/2025", "9"]]
    (lost,) = [said for *_, said in refusals(take(aims, now, subjects={ENGAGEMENT}))]
    assert lost == "Sa convention 41-2025-001 n’a ni ce dispositif ni cette date : indiquez son numéro."
    assert len(kept()) == db.session.scalar(select(func.count(Convention.id))) == 1
    named: Rows = [[*heads, "N° convention"], [a_siret(1), "Élan", "13/01/2025", "2", "41-2025-001"]]
    assert refusals(take(named, now)) == []
    assert db.session.scalars(select(Convention.signee_le)).all() == [date(2025, 1, 13)]
    told = take([[*HEADS, "Début"], [a_siret(1), "Élan", "13/02/2026", "01/03/2026"]], now)
    assert [
        one.quoi for one in told if "41-2026-001" in one.quoi and "chevauchent la convention 41-2025-001" in one.quoi
    ]
    assert refusals(take([HEADS, [a_siret(2), "Val", "03/01/2020"], [a_siret(2), "Val", "05/01/2023"]], now)) == []
    assert db.session.scalar(select(func.count(Convention.id))) == 4


def test_a_known_convention_begins_when_a_column_of_its_own_says_and_not_when_it_was_signed(now: datetime) -> None:
    def begins(*heads: str, says: list[str]) -> date | None:
        assert refusals(take([["SIRET", "Raison sociale", *heads], [a_siret(1), "Élan", *says]], now)) == []
        found = db.session.scalar(select(Convention.debut))
        db.session.rollback()
        return found

    assert begins("Signée le", "Début", says=["03/01/2025", "01/02/2025"]) == date(2025, 2, 1)
    assert begins("Signée le", says=["03/01/2025"]) == date(2025, 2, 1), "supposed from the signature"
    assert begins("Signée le", "Début", says=["03/01/2025", "01/03/2025"]) == date(2025, 3, 1)
