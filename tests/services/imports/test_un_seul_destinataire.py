"""What a file tells goes to the one convention, engagement or signatory that it can mean: of two, it says which."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Convention, Declaration, Engagement, Realisation, Signataire, db
from paqte.services.transaction import transaction
from tests.factories import LONG_AGO, a_convention, a_departement, a_signataire, a_siren, a_siret
from tests.importing.door.tableurs import Value
from tests.services.imports.test_tracker import refusals, take

pytestmark = pytest.mark.usefixtures("session")
HEADS = ["SIRET", "Convention", "Début", "Indicateur", "Libellé", "Période", "Valeur"]
FORMER = {"debut": date(2022, 2, 15), "fin": date(2025, 2, 14)}
LATER = {"debut": date(2025, 2, 15), "fin": date(2028, 2, 14)}
Kept = list[tuple[Any, ...]]


@pytest.fixture(autouse=True)
def departement(session: Any) -> None:
    a_departement("41")


def told(now: datetime, *rows: tuple[Value, ...]) -> list[str]:
    """The refusals of rows of results: number of the convention, its start, indicator, its name, period, value."""
    lines = take([HEADS, *([a_siret(1), *row] for row in rows)], now, subjects={"realisation"})
    return [expected for *_, expected in refusals(lines)]


def kept() -> Kept:
    """Last digit of the convention, indicator, rank of the engagement, value."""
    r, d, c, e = Realisation, Declaration, Convention, Engagement
    query = (
        select(c.numero, e.indicateur, e.rang, r.valeur).join(e, e.convention_id == c.id)
        .join(r, r.engagement_id == e.id).join(d, d.id == r.declaration_id)
    )  # fmt: skip
    found = [(int(row[0][-1]), *row[1:]) for row in db.session.execute(query.order_by(c.numero, e.indicateur, e.rang))]
    db.session.rollback()
    return found


def two_conventions(*codes: str, of_former: str = "paqte") -> None:
    company = a_signataire(siren=a_siren(1))
    a_convention(company, *codes, **FORMER, dispositif=of_former)
    a_convention(company, *codes, **LATER)


def test_a_quarter_that_two_conventions_share_is_refused_in_the_name_of_both(now: datetime) -> None:
    """Seen red: the former one took the result, and nothing said it."""
    two_conventions("S2")
    assert told(now, ("", "", "S2", "", "2025-T1", "5")) == [
        "Les conventions 41-2025-001 et 41-2025-002 promettent S2 pour le 1er trimestre 2025 : écrivez dans "
        "« Numéro de convention » celle de cette valeur."
    ]
    assert kept() == []


@pytest.mark.parametrize(
    ("number", "debut", "holder"),
    [("41-2025-001", "", 1), ("41-2025-002", "", 2), ("", "15/02/2022", 1), ("", "15/02/2025", 2),
     ("41-2025-001", "15/02/2025", 1)],
)  # fmt: skip
def test_its_number_or_its_first_day_says_which_of_two_conventions_bears_a_quarter(
    number: str, debut: str, holder: int, now: datetime
) -> None:
    two_conventions("S2")
    assert told(now, (number, debut, "S2", "", "2025-T1", "5")) == []
    assert kept() == [(holder, "S2", 1, Decimal(5))]


def test_R32_what_is_said_once_of_a_signatory_goes_to_the_convention_that_goes_on(now: datetime) -> None:
    two_conventions("A1")
    assert told(now, ("", "", "A1", "", "2025-T1", "7")) == []
    assert kept() == [(2, "A1", 1, Decimal(7))]


def test_R7_a_charter_bears_no_result_where_a_convention_covers_the_same_quarter(now: datetime) -> None:
    """Seen red: « Cette convention ne doit pas de déclaration », of the charter, and the file could not go in."""
    two_conventions("S2", of_former="charte")
    assert told(now, ("", "", "S2", "", "2025-T1", "5")) == []
    assert kept() == [(2, "S2", 1, Decimal(5))]


def test_R8_a_measure_promised_by_a_convention_and_by_an_adhesion_is_neither_s_by_itself(now: datetime) -> None:
    company = a_signataire(siren=a_siren(1))
    a_convention(company, "P01", is_in_plan_10000=True)
    a_convention(company, "P01", dispositif="plan_10000")
    assert len(told(now, ("", "", "P01", "", "2025-T1", "5"))) == 1
    assert told(now, ("41-2025-002", "", "P01", "", "2025-T1", "5")) == []
    assert kept() == [(2, "P01", 1, Decimal(5))]


def test_R5_each_free_engagement_takes_the_results_of_its_own_name(now: datetime) -> None:
    """Seen red: the first of them took them all, or two good rows were refused as one told twice."""
    a_convention(a_signataire(siren=a_siren(1)), "X1", "X1")
    rows = [("", "", "X1", f"ENGAGEMENT libre {rank}", "2025-T1", value) for rank, value in ((2, "6"), (1, "5"))]
    assert told(now, *rows) == []
    assert kept() == [(1, "X1", 1, Decimal(5)), (1, "X1", 2, Decimal(6))]


@pytest.mark.parametrize("libelle", ["", "Autre engagement spécifique", "Plantations"])
def test_R5_a_result_that_names_none_of_several_free_engagements_is_refused_with_their_names(
    libelle: str, now: datetime
) -> None:
    a_convention(a_signataire(siren=a_siren(1)), "X1", "X1")
    assert told(now, ("", "", "X1", libelle, "2025-T1", "5")) == [
        "La convention 41-2025-001 promet « Engagement libre 1 » ; « Engagement libre 2 » : écrivez dans « Libellé » "
        "celui de cette valeur."
    ]
    assert kept() == []


def test_R5_the_only_free_engagement_needs_no_name_and_takes_no_result_of_another(now: datetime) -> None:
    a_convention(a_signataire(siren=a_siren(1)), "X1")
    assert len(told(now, ("", "", "X1", "Plantations", "2025-T1", "5"))) == 1
    assert told(now, ("", "", "X1", "", "2025-T1", "5"), ("", "", "X1", "Engagement libre 1", "2025-T2", "6")) == []
    assert kept() == [(1, "X1", 1, Decimal(5)), (1, "X1", 1, Decimal(6))]


def ends() -> list[date]:
    found = list(db.session.scalars(select(Convention.fin).order_by(Convention.numero)))
    db.session.rollback()
    return found


def test_two_conventions_of_one_first_day_are_told_apart_or_refused(now: datetime) -> None:
    """Seen red: the adhesion, typed first, took the end that the row gave the convention."""
    company = a_signataire(siren=a_siren(1))
    a_convention(company, "P01", dispositif="plan_10000")
    a_convention(company, "S2")
    row = [a_siret(1), "01/01/2025", "31/12/2026"]
    assert refusals(take([["SIRET", "Début", "Fin"], row], now)) == []
    assert ends() == [date(2027, 12, 31), date(2026, 12, 31)], "what a row says nothing of is PAQTE"
    a_convention(company, "S2")
    ((_, _, _, expected),) = refusals(take([["SIRET", "Début", "Fin"], row], now))
    assert "41-2025-002 et 41-2025-003 ont toutes cette date" in expected


def renumbered(was: str, rank: int = 1, nom: str = "Élan (fictif)") -> int:
    """A signatory that bore another number."""
    key = a_signataire(nom, siren=a_siren(rank))
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        signataire = writing.get_one(Signataire, key)
        signataire.anciens_identifiants, signataire.identifiant = was, a_siret(rank)
    return key


def companies() -> list[tuple[str, str]]:
    found = [tuple(row) for row in db.session.execute(select(Signataire.identifiant, Signataire.nom))]
    db.session.rollback()
    return sorted(found)


@pytest.mark.parametrize(
    ("was", "given"), [(a_siren(5), a_siret(5)), (a_siret(5), a_siren(5)), (a_siren(1), a_siret(1, 2))]
)
def test_R3_a_number_that_a_signatory_no_longer_bears_draws_no_other_number_of_that_siren(
    was: str, given: str, now: datetime
) -> None:
    """Seen red: the signatory whose SIREN had been mended took the name of the company that bears it."""
    renumbered(was)
    assert refusals(take([["SIRET", "Nom"], [given, "Rue (fictif)"]], now)) == []
    assert companies() == sorted([(a_siret(1), "Élan (fictif)"), (given, "Rue (fictif)")])


def test_R3_a_former_number_of_another_siren_beside_another_name_is_asked_about(now: datetime) -> None:
    """Seen red: the signatory took the other's name, and its results."""
    a_convention(renumbered(a_siret(5)), "S2")
    said = "« Élan (fictif) » a porté ce numéro : indiquez l’actuel, ou ajoutez d’abord l’autre signataire."
    heads = ["SIRET", "Nom", "Indicateur", "Période", "Valeur"]
    row = [a_siret(5), "Rue (fictif)", "S2", "2025-T1", "5"]
    for subject in ("entreprise", "realisation"):
        assert refusals(take([heads, row], now, subjects={subject})) == [(2, "A", a_siret(5), said)]
    for nom in ("", "ELAN (fictif)"):
        assert refusals(take([heads, [a_siret(5), nom, *row[2:]]], now, subjects={"realisation"})) == []
    assert kept() == [(1, "S2", 1, Decimal(5))] and companies() == [(a_siret(1), "Élan (fictif)")]


def test_R3_a_former_number_that_two_signatories_bore_is_neither_s(now: datetime) -> None:
    renumbered(a_siret(5)), renumbered(a_siret(5), 2, "Rue (fictif)")
    ((*_, expected),) = refusals(take([["SIRET", "Indicateur"], [a_siret(5), "S2"]], now, subjects={"engagement"}))
    assert expected == "Aucun signataire de votre département ne porte ce numéro : ajoutez-le d’abord."
