"""A document of a year reads what is declared by semester as well as by quarter (R11, R19)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.assemblage.tableaux import reponses, valeurs
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.queries.editions.bilans import read_donnees
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from tests.factories import CAMILLE, a_convention, a_signataire, engagement_of


@pytest.mark.parametrize(
    ("code", "declared"),
    [
        ("2026", ("2026-S1", "2026-S2", "2026-T1", "2026-T2", "2026-T3", "2026-T4")),
        ("2026-S2", ("2026-S2", "2026-T3", "2026-T4")),
        ("2026-T3", ("2026-T3",)),
    ],
)
def test_R11_what_may_be_declared_inside_a_period(code: str, declared: tuple[str, ...]) -> None:
    assert Periode.from_code(code).declared() == declared


def test_R11_what_a_semester_declarant_sent_is_known_to_a_document_of_the_year(session: Any, now: datetime) -> None:
    """Its validated semester was « à saisir », its values never sent, and a correction had lost its reason."""
    convention = a_convention(a_signataire("Semestrielle (fictif)"), "S2", "F1", rythme="S")
    opened = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=Periode.from_code("2025-S1"))
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(7))})
    submit_and_validate(actor=CAMILLE, now=now, declaration_id=opened, version=1, saisie=saisie)
    rows = read_donnees(session, "41", Periode.from_code("2025"))
    told = [(line.periode, line.etat) for line in reponses.lines(rows, catalogue())]
    assert told == [("1er semestre 2025", "Validée"), ("2e semestre 2025", "À saisir")]
    states = {(v.indicateur, v.periode): v.etat for v in valeurs.rows(rows, catalogue())}
    assert states["S2", "2025-S1"] == "nombre" and states["F1", "2025-S1"] == "sans_reponse"
    assert [one.nombre for one in rows.origines] == [1]
