"""The page that thanks: what moved since the period before, its own figures, and its part where R23 lets it be told."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import ANIMATEUR, PLANIFICATEUR, Acteur
from paqte.queries.editions.parts import parts_told
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    submit_and_validate,
    submit_declaration,
)
from tests import factories
from tests.editions import produce_bilan
from tests.factories import a_convention, a_signataire, engagement_of
from tests.web.entreprise.conftest import NOW, Maison

ABOUT_PAGES = True
S1 = Periode.from_code("2026-S1")
HEADING = "Votre part dans le bilan du département"


def answered(convention: int, periode: str, code: str, valeur: int, *, is_validated: bool = True) -> int:
    """An answer of a convention for a period, validated or only sent; gives its declaration."""
    key = open_declaration(
        actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code(periode)
    )
    answer = AnswerTyped(valeur=Decimal(valeur)) if valeur else AnswerTyped(is_neant=True)
    typed = Saisie({engagement_of(convention, code): answer})
    send = submit_and_validate if is_validated else submit_declaration
    send(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=1, saisie=typed)
    return key


def others(*values: int, code: str = "S2") -> list[tuple[int, int]]:
    """Companies of the same département with one validated answer each: their signatory and their declaration."""
    made = []
    for rank, valeur in enumerate(values):
        signataire = a_signataire(f"Voisine {rank} (fictif)")
        made.append((signataire, answered(a_convention(signataire, code), "2026-T1", code, valeur)))
    return made


def issue(reports: Path) -> None:
    produce_bilan(actor=PLANIFICATEUR, departement="41", periode=S1, reports=reports, now=NOW)


def thanked(maison: Maison) -> str:
    """The words of the page of what was sent."""
    return " ".join(re.sub(r"<[^>]+>", " ", maison.html(maison.path)).split())


def test_each_figure_stands_beside_that_of_the_period_before_with_what_moved(maison: Maison) -> None:
    with maison.app.app_context():
        answered(maison.convention, "2026-T2", "S2", 6, is_validated=False)
    maison.send(S2="4", R3="3", S7="0")
    told = thanked(maison)
    assert "Merci pour votre déclaration" in told
    assert "−2 par rapport au 2e trimestre 2026" in told and "10 sur 30 sur la durée" in told
    assert re.findall(r"(\d+|zéro confirmé) soit ([^ ]+)", told) == [("4", "−2")], "missing before is not zero (R13)"


def test_what_has_not_moved_is_said_so_and_is_no_difference(maison: Maison) -> None:
    with maison.app.app_context():
        answered(maison.convention, "2026-T2", "S2", 4, is_validated=False)
    maison.send(S2="4", R3="3", S7="0")
    told = thanked(maison)
    assert "inchangé par rapport au 2e trimestre 2026" in told
    assert "4 inchangé" in told and "soit inchangé" not in told


def test_R13_a_confirmed_zero_is_compared_and_a_missing_answer_is_not(maison: Maison) -> None:
    with maison.app.app_context():
        answered(maison.convention, "2026-T2", "S2", 0, is_validated=False)
    maison.send(S2="4")
    assert "+4 par rapport au 2e trimestre 2026" in thanked(maison)


def test_R33_two_shares_are_compared_by_their_exact_numbers(maison: Maison) -> None:
    with maison.app.app_context():
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=maison.convention, periode=Periode.from_code("2026-T2")
        )
        part = AnswerTyped(numerateur=Decimal(1), denominateur=Decimal(3))
        saisie = Saisie({maison.keys["S2p"]: part})
        submit_declaration(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=1, saisie=saisie)
    maison.send(S2="2", S2p="2", S2p_sur="3")
    assert "+33,3 points" in thanked(maison)


def test_a_declaration_of_zeros_is_thanked_too(maison: Maison) -> None:
    maison.send(S2="0", R3="0")
    assert "Un zéro confirmé est une réponse : il est compté." in thanked(maison)


def test_nothing_is_thanked_before_it_is_sent(maison: Maison) -> None:
    maison.type(S2="4")
    assert "Merci pour votre déclaration" not in maison.html(maison.path)


def test_what_its_answers_weigh_in_the_last_bilan_is_told(maison: Maison, tmp_path: Path) -> None:
    with maison.app.app_context():
        answered(maison.convention, "2026-T1", "S2", 10)
        others(20, 30, 40)
        issue(tmp_path)
    maison.send(S2="4")
    told = thanked(maison)
    assert HEADING in told and "Bilan du 1er semestre 2026" in told
    assert "10 sur 100 personnes, soit 10 %" in told


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ((), "nobody else answered: the total is its own"),
        ((40,), "what is left is one company's figure"),
        ((20, 40), "two are left, and each reads the other"),
        ((20, 40, 0), "a zero brings nothing"),
        ((1, 1, 2), "what is left is a small number"),
        ((96, 2, 2), "one of them makes more than 85 % of what is left"),
    ],
)
def test_R23_a_total_that_would_tell_another_s_figure_is_not_shown(
    maison: Maison, tmp_path: Path, values: tuple[int, ...], why: str
) -> None:
    with maison.app.app_context():
        answered(maison.convention, "2026-T1", "S2", 50)
        others(*values)
        issue(tmp_path)
    maison.send(S2="4")
    assert HEADING not in thanked(maison), why


def test_R23_a_count_of_persons_under_secret_is_never_part_of_it(maison: Maison, tmp_path: Path) -> None:
    with maison.app.app_context():
        mine = a_convention(maison.signataire, "P09")
        answered(mine, "2026-T1", "P09", 50)
        others(60, 70, 80, code="P09")
        issue(tmp_path)
        bruno = factories.bruno(maison.signataire)
        assert parts_told(actor=bruno, departement="41", convention_id=mine, codes={"P09"}) is None


def test_R23_two_editions_whose_total_differs_tell_none(maison: Maison, tmp_path: Path) -> None:
    """Their difference would be the answer of whoever came late."""
    with maison.app.app_context():
        answered(maison.convention, "2026-T1", "S2", 10)
        others(20, 30, 40)
        issue(tmp_path)
        others(7)
        issue(tmp_path)
    maison.send(S2="4")
    assert HEADING not in thanked(maison)


def test_R23_whoever_animates_several_learns_nothing_of_the_last_one(maison: Maison, tmp_path: Path) -> None:
    """He knows what those given to him answered: the rest of the total must tell nothing by itself."""
    with maison.app.app_context():
        answered(maison.convention, "2026-T1", "S2", 10)
        made = others(20, 30, 40)
        issue(tmp_path)
        asked = {"departement": "41", "convention_id": maison.convention, "codes": {"S2"}}
        bruno = factories.bruno(maison.signataire)
        animateur = Acteur(4, "Anna", ANIMATEUR, None, frozenset({maison.signataire, made[0][0]}))
        told = parts_told(actor=bruno, **asked)
        assert told is not None and told.parts["S2"].total == 100
        assert parts_told(actor=animateur, **asked) is None


def test_an_answer_opened_again_after_the_edition_moves_nothing_of_what_was_published(
    maison: Maison, tmp_path: Path
) -> None:
    with maison.app.app_context():
        answered(maison.convention, "2026-T1", "S2", 10)
        made = others(20, 30, 40)
        issue(tmp_path)
        reopen_declaration(actor=factories.CAMILLE, now=NOW, declaration_id=made[0][1], version=3, motif="Erreur.")
    maison.send(S2="4")
    assert "10 sur 100 personnes, soit 10 %" in thanked(maison)
