"""From a figure to its declarations, through the base: what is counted, what is not, and why (R13, R32, R38, R45)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.assemblage.grille.traces import CUMUL, PRECEDENT, UN_AN_AVANT
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import NotFound
from paqte.models import Convention, Signataire
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.editions.traces import ChiffreTraced, trace
from paqte.services.declarations.declarations import open_declaration, reopen_declaration, submit_and_validate
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_convention, a_signataire, engagement_of

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
S1, T2 = Periode.from_code("2026-S1"), Periode.from_code("2026-T2")


def answer(convention: int, periode: str, value: int, code: str = "A1") -> int:
    key = open_declaration(actor=CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code(periode))
    saisie = Saisie({engagement_of(convention, code): AnswerTyped(valeur=Decimal(value))})
    submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=key, version=1, saisie=saisie)
    return key


def reopen(declaration: int) -> None:
    page = read_declaration(actor=CAMILLE, declaration_id=declaration)
    version = page.version
    reopen_declaration(actor=CAMILLE, now=NOW, declaration_id=declaration, version=version, motif="Erreur.")


def told(figure: ChiffreTraced) -> list[tuple[str, int | None, str]]:
    return [(t.periode.code, None if t.valeur is None else int(t.valeur), t.ecartee) for t in figure.traces]


def read(code: str = "A1", periode: Periode = S1, **more: Any) -> ChiffreTraced:
    return trace(actor=CAMILLE, departement="41", periode=periode, indicateur=code, **more)


def test_R32_a_stock_shows_the_former_answer_apart(session: Any) -> None:
    key = a_convention(a_signataire(), "A1")
    answer(key, "2026-T1", 30)
    last = answer(key, "2026-T2", 12)
    found = read()
    assert (found.chiffre.valeur, [t.declaration_id for t in found.comptees]) == (12, [last])
    assert told(found) == [("2026-T1", 30, "remplacée par une réponse plus récente"), ("2026-T2", 12, "")]


def test_R18_what_is_reopened_counts_no_more_and_the_former_answer_stands(session: Any) -> None:
    key = a_convention(a_signataire(), "A1")
    first, last = answer(key, "2026-T1", 30), answer(key, "2026-T2", 12)
    reopen(last)
    found = read()
    assert (found.chiffre.valeur, [t.declaration_id for t in found.comptees]) == (30, [first])
    assert told(found) == [("2026-T1", 30, ""), ("2026-T2", 12, "déclaration non validée")]


def test_R32_whoever_is_gone_is_shown_apart(session: Any) -> None:
    key = a_convention(a_signataire(), "A1")
    answer(key, "2026-T1", 40)
    with transaction(actor=CAMILLE, now=NOW) as writing:
        convention = writing.get_one(Convention, key)
        convention.statut, convention.resiliee_le, convention.motif_resiliation = "resiliee", date(2026, 5, 15), "Fin"
    found = read()
    assert (found.chiffre.valeur, found.comptees) == (None, ())
    assert told(found) == [
        ("2026-T1", 40, "aucune convention en vigueur à la fin de la période"),
        ("2026-T2", None, "pas encore de déclaration"),
    ]


def test_R45_each_column_leads_to_its_own_declarations(session: Any) -> None:
    key = a_convention(a_signataire(), "S2")
    made = {p: answer(key, p, n, "S2") for p, n in (("2025-T1", 1), ("2025-T4", 2), ("2026-T1", 4), ("2026-T2", 8))}
    columns = {"periode": 12, PRECEDENT: 2, UN_AN_AVANT: 1, CUMUL: 15}
    for colonne, total in columns.items():
        found = read("S2", colonne=colonne)
        assert found.chiffre.valeur == total == sum(t.valeur or 0 for t in found.comptees)
    assert {t.declaration_id for t in read("S2", colonne=CUMUL).comptees} == set(made.values())
    quarter = read("S2", T2)
    assert (quarter.chiffre.valeur, [t.declaration_id for t in quarter.comptees]) == (8, [made["2026-T2"]])
    assert [t.declaration_id for t in read("S2", T2, colonne=PRECEDENT).comptees] == [made["2026-T1"]]


def test_R38_each_line_leads_to_the_answers_of_its_nature(session: Any) -> None:
    club = a_signataire("Club (fictif)")
    with transaction(actor=CAMILLE, now=NOW) as writing:
        writing.get_one(Signataire, club).nature = "reseau"
    firm, network = a_convention(a_signataire(), "S2"), a_convention(club, "S2")
    mine, theirs = answer(firm, "2026-T1", 7, "S2"), answer(network, "2026-T1", 40, "S2")
    found = {n: read("S2", nature=n) for n in ("entreprise", "reseau", "ensemble")}
    assert {n: (f.chiffre.valeur, {t.declaration_id for t in f.comptees}) for n, f in found.items()} == {
        "entreprise": (7, {mine}),
        "reseau": (40, {theirs}),
        "ensemble": (47, {mine, theirs}),
    }
    assert found["entreprise"].natures == ("entreprise", "reseau", "ensemble")
    with pytest.raises(NotFound):
        read("S2", nature="association")


def test_R7_a_charte_is_behind_no_figure(session: Any) -> None:
    signataire = a_signataire()
    key = a_convention(signataire, "S2")
    answer(key, "2026-T1", 7, "S2")
    answer(key, "2026-T2", 9, "S2")
    with transaction(actor=CAMILLE, now=NOW) as writing:
        writing.get_one(Convention, key).dispositif = "charte"
    assert read("S2").traces == ()


def test_R10_a_measure_of_the_plan_leads_to_its_declarations_too(session: Any) -> None:
    key = a_convention(a_signataire(), "P05", dispositif="plan_10000")
    made = answer(key, "2026-T2", 3, "P05")
    found = read("P05", T2, colonne=CUMUL)
    assert (found.chiffre.valeur, [t.declaration_id for t in found.comptees]) == (3, [made])


def test_R5_a_free_commitment_has_no_figure_since_the_start(session: Any) -> None:
    key = a_convention(a_signataire(), "X1")
    answer(key, "2026-T2", 3, "X1")
    assert told(read("X1", T2)) == [("2026-T2", 3, "")]
    with pytest.raises(NotFound):
        read("X1", T2, colonne=CUMUL)
