"""A column in another unit, of a part, or of several periods, is not taken for the figure of an indicator (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from paqte.domain.indicateurs.catalogue import catalogue
from paqte.importing.door import WorkbookGiven
from paqte.importing.door.apart import sheets_of
from paqte.importing.tracker.headings import guess, guess_all, names_another_unit
from paqte.importing.tracker.units import never_counted_so
from paqte.services.imports import REFUSED, TrackerRefused, apply_tracker, guess_mapping
from tests.factories import CAMILLE, a_convention, a_signataire
from tests.importing.door.tableurs import Value, a_csv

SIREN = "900000019"


@pytest.mark.parametrize(
    "heading",
    [
        *("Achats QPV (k€)", "Montant achats QPV en milliers d’euros", "Mécénat associations (K€)", "Achats SIAE M€"),
        *("Achats ESAT (kEUR)", "Achats QPV 2025-T1 en K€", "A2 (k€)", "Objectif achats QPV (k€)", "Achats QPV TTC"),
        "Montant d’achats auprès d’entreprises implantées en QPV (k€)",
        *("Heures insertion (jours)", "Heures bénévolat (en jours)", "Alternants (ETP)", "Clauses sociales (€)"),
        *("Coût alternants (€)", "Fournisseurs €", "R3 (%)", "Interventions scolaires (heures)"),
        *("Recrutements hors QPV", "Alternants hommes", "Recrutements CDI", "S2 femmes"),
        *("Cumul recrutements depuis 2024", "Recrutements cumulés", "Stagiaires 3e réalisés depuis le début"),
    ],
)
def test_what_is_not_the_figure_is_proposed_for_none(heading: str) -> None:
    """12 of « Achats (k€) » became 12 €, the men alone all the apprentices, a total since 2024 that of one year."""
    assert guess(heading) == ""


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Achats QPV (€)", "valeur:A2"),
        ("Achats QPV € HT 2025-S1", "valeur:A2@2025-S1"),
        ("Mécénat €", "valeur:S7"),
        ("Heures insertion", "valeur:A6"),
        ("Clauses sociales (heures)", "valeur:A6"),
        ("Recrutements (F/H)", "valeur:R3"),
        ("Recrutements (CDI, CDD)", "valeur:R3"),
        ("Objectif recrutements cumulé", "cible:R3"),
    ],
)
def test_its_own_unit_and_the_whole_of_it_are_still_known(heading: str, target: str) -> None:
    assert guess(heading) == target


@pytest.mark.parametrize(
    ("headings", "targets"),
    [
        (("Total alternants", "Alternants QPV"), ["", "valeur:F1"]),
        (("Alternants QPV", "Total alternants"), ["valeur:F1", ""]),
        (("Alternants", "Alternants des quartiers prioritaires"), ["", "valeur:F1"]),
        (("Total alternants 2025-S1", "Alternants QPV 2025-S1"), ["", "valeur:F1@2025-S1"]),
        (("Objectif alternants", "Objectif alternants QPV", "Alternants"), ["", "cible:F1", "valeur:F1"]),
        (("Alternants", "F1"), ["", "valeur:F1"]),
        (("Stagiaires 3e", "Stagiaires 3e REP+"), ["", "valeur:S2"]),
        (("Total alternants", "Apprentis"), ["", ""]),
        (("Alternants QPV", "Apprentis QPV"), ["", ""]),
        (("Total alternants", "Recrutements"), ["valeur:F1", "valeur:R3"]),
        (("Raison sociale", "Nom"), ["nom", ""]),
    ],
)
def test_of_two_columns_for_one_figure_that_of_the_quartiers_is_proposed_or_none(
    headings: tuple[str, ...], targets: list[str]
) -> None:
    """« Total alternants », read first, gave 40 where 6 live in the quartiers."""
    assert guess_all(headings) == targets


def test_R5_a_free_commitment_has_the_unit_of_its_convention() -> None:
    free, purchases = (catalogue().indicateurs[code] for code in ("X1", "A2"))
    assert [never_counted_so("postes etp", i) != "" for i in (free, purchases, None)] == [False, True, True]
    assert never_counted_so("postes en milliers", free) and not never_counted_so("achats qpv ht", purchases)


def test_no_indicator_is_refused_by_its_own_unit_or_its_own_label() -> None:
    known = catalogue().indicateurs.values()
    assert [i.code for i in known if names_another_unit(f"{i.libelle} {i.unite}", i.code)] == []


def taken(rows: Sequence[Sequence[Value]], now: datetime) -> list[tuple[str, str, str]]:
    """Column, what is read there and what is expected, of each refusal."""
    workbook = WorkbookGiven("csv", tuple(sheets_of("csv", a_csv(rows))))
    given: dict[str, Any] = {"actor": CAMILLE, "departement": "41", "nom": "suivi.csv", "now": now}
    try:
        said = apply_tracker(workbook=workbook, mapping=guess_mapping(workbook), **given)
    except TrackerRefused as refused:
        said = refused.lines
    return [(one.colonne, one.lu, one.attendu) for one in said if one.resultat == REFUSED]


@pytest.mark.parametrize(
    ("indicateur", "unite", "refused"),
    [
        ("A2", "k€", ("E", "k€")),
        ("A2", "milliers d’euros", ("E", "milliers d’euros")),
        ("Achats QPV (k€)", "", ("D", "Achats QPV (k€)")),
        ("A2, achats de 3 jours", "heures", ("E", "heures")),
        ("A2, marché de 12 heures", "", None),
        ("A2", "€ HT", None),
        ("A2", "", None),
    ],
)
def test_a_row_in_another_unit_is_refused_once_at_the_cell_that_says_it(
    session: Any, now: datetime, indicateur: str, unite: str, refused: tuple[str, str] | None
) -> None:
    a_convention(a_signataire("Élan (fictif)", siren=SIREN), "A2")
    titles = ["SIREN", "Signataire", "Période", "Indicateur", "Unité", "Valeur", "Objectif"]
    found = taken([titles, [SIREN, "Élan (fictif)", "2025-T1", indicateur, unite, "12", "30"]], now)
    sentence = "Cet indicateur se compte en € HT : convertissez les nombres de cette ligne."
    assert found == ([(*refused, sentence)] if refused else [])
