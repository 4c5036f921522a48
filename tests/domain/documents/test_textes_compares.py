"""How a cell that differs is told, and whom it names, at the edges (R13, R19, R33)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Fait
from paqte.domain.documents.bilan import TABLES
from paqte.domain.documents.commun.comparaison import Correction, Ecart, changed_answers, compare, lines, names_of
from paqte.domain.documents.lignes.libelles import declaration_state
from paqte.domain.indicateurs.genres import PERCENTAGE
from paqte.domain.statuts.declarations import ETATS_GARDES
from tests.domain.documents.tableaux_compares import BILAN


def answer(convention: int, periode: str, engagement: int, valeur: int) -> Fait:
    key = convention * 100 + engagement
    return Fait("41", convention, convention, engagement, "S2", key, periode, "nombre", valeur, None, None)


def told(table: str, **cells: Any) -> list[tuple[str, str, str]]:
    """The écarts when the first row of a table reads otherwise."""
    rows = getattr(BILAN, table)
    after = replace(BILAN, **{table: (replace(rows[0], **cells), *rows[1:])})
    return [(e.colonne, e.avant, e.apres) for e in compare(BILAN, after, TABLES)]


@pytest.mark.parametrize(
    ("table", "cells", "expected"),
    [
        ("contexte", {"valeur": Chiffre()}, ("Valeur", "1", "(non renseigné)")),
        ("contexte", {"valeur": Chiffre(None, "à dire")}, ("Valeur", "1", "(à dire)")),
        ("contexte", {"date": "2026-12-31"}, ("Date", "01/01/2026", "31/12/2026")),
        ("contexte", {"date": ""}, ("Date", "01/01/2026", "")),
        ("contexte", {"date": "2026-12"}, ("Date", "01/01/2026", "2026-12")),
        (
            "completude",
            {"completude": Chiffre(None, PERCENTAGE.infime)},
            ("Taux de réponse", "1\u00a0%", PERCENTAGE.infime),
        ),
        ("completude", {"dus": 1200}, ("Attendues", "2", "1\u202f200")),
        ("indicateurs", {"unite": "%"}, ("Unité", "u", "%")),
        ("reponses", {"etat": "À compléter"}, ("État", BILAN.reponses[0].etat, "À corriger")),
        ("thematiques", {"transversale": True}, ("Transversale", "non", "oui")),
        ("provenance", {"pourcent": Decimal("12.5")}, ("Part", "50\u00a0%", "12,5\u00a0%")),
    ],
)
def test_R13_R33_each_kind_of_cell_is_told_as_people_read_it(
    table: str, cells: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert told(table, **cells) == [expected]


def test_R14_a_figure_in_percent_bears_its_sign_by_its_unit_or_by_its_column() -> None:
    before = replace(BILAN, indicateurs=(replace(BILAN.indicateurs[0], unite="%"),))
    line = replace(before.indicateurs[0], realise=Chiffre(Decimal("2.5")), neants=3)
    found = compare(before, replace(before, indicateurs=(line,)), TABLES)
    assert [(e.colonne, e.avant, e.apres) for e in found] == [
        ("Réalisé au semestre", "1\u00a0%", "2,5\u00a0%"),
        ("Zéros confirmés", "1", "3"),
    ]


def test_R19_answers_that_changed_stand_by_convention_period_and_engagement() -> None:
    same = answer(1, "2026-T1", 9, 5)
    went, came = answer(2, "2026-T1", 1, 3), answer(1, "2026-T2", 4, 6)
    before = [went, same, answer(1, "2026-T2", 3, 1)]
    found = changed_answers(before, [came, same, answer(1, "2026-T2", 3, 2)])
    assert [(c.avant and c.avant.valeur, c.apres and c.apres.valeur) for c in found] == [(1, 2), (None, 6), (3, None)]
    assert [c.fait.valeur for c in found] == [2, 6, 3]
    assert names_of(found, {1: "Alpha"}) == {
        103: "Alpha, 2e trimestre 2026",
        104: "Alpha, 2e trimestre 2026",
        201: ", 1er trimestre 2026",
    }


@pytest.mark.parametrize(
    ("count", "end"),
    [(2, "Société 2"), (8, "Société 8"), (9, "Société 8 ; et 1 autre"), (10, "Société 8 ; et 2 autres")],
)
def test_R19_up_to_eight_declarations_are_named_in_order_and_the_others_counted(count: int, end: str) -> None:
    ecart = Ecart("Indicateurs", "S2", "Objectif", "1", "2", tuple(range(count, -1, -1)))
    names = {key: f"Société {key % 10 or 'x'}" for key in range(1, count + 1)}
    if count == 10:
        names[10] = "Société 99"
    (line,) = lines([ecart], names)
    assert (line.tableau, line.ligne, line.colonne, line.avant, line.apres) == (
        "Indicateurs",
        "S2",
        "Objectif",
        "1",
        "2",
    )
    assert line.declarations.startswith("Société 1 ; Société 2") and line.declarations.endswith(end)


def test_R19_a_correction_that_names_no_known_convention_or_indicator_accuses_what_it_can() -> None:
    fait = answer(1, "2026-T1", 1, 3)._replace(indicateur="INCONNU")
    line = replace(BILAN.completude[0], dus=9)
    after = replace(BILAN, completude=(line, *BILAN.completude[1:]))
    assert [e.declarations for e in compare(BILAN, after, TABLES, [Correction(fait, None)])] == [(101,)]
    row = replace(BILAN.reponses[0], repondus=9)
    found = compare(BILAN, replace(BILAN, reponses=(row,)), TABLES, [Correction(None, fait)])
    assert [e.declarations for e in found] == [()]


def test_R19_what_documents_keep_of_a_state_stays_whatever_the_pages_call_it() -> None:
    kept = {
        "a_saisir": "À saisir",
        "brouillon": "Brouillon",
        "transmise": "Transmise",
        "a_completer": "À compléter",
        "validee": "Validée",
    }
    assert kept == ETATS_GARDES
    told = {**{word: word for word in kept.values()}, "À compléter": "À corriger", "a_completer": "À corriger"}
    assert {word: declaration_state(word) for word in told} == told


def test_a_row_that_names_its_indicator_alone_is_of_the_axis_of_that_indicator() -> None:
    """Kept apart by axis, a warning would be under none."""
    (row,) = BILAN.avertissements
    for code, axe in (("S2", "SENSIBILISER"), ("R3", "RECRUTER"), ("DISPARU", "")):
        after = replace(BILAN, avertissements=(replace(row, indicateur=code),))
        found = compare(replace(BILAN, avertissements=()), after, TABLES)
        assert [e.axe for e in found if e.tableau == "Avertissements"] == [axe], code
