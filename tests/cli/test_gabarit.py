"""`paqte gabarit`: a template extracted, restyled, tried, put in force, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from paqte.domain.calendrier.periodes import last_closed, local_date
from tests.reporting.mondes.bilans import read_template
from tests.services.gabarits.gabarits_exemples import ALTERED, sound, version_in

pytestmark = pytest.mark.lent

Paqte = Callable[..., Any]
# The template that made the demonstration's editions.
SHIPPED = ["1", "Livré avec PAQTE"]


@pytest.fixture
def modele(demonstration: Path) -> Path:
    path = demonstration / "modele.xlsx"
    path.write_bytes(sound())
    return path


def day(today: datetime, days: int = 0) -> str:
    return f"{local_date(today, '41') + timedelta(days=days):%d/%m/%Y}"


def produced(paqte: Paqte, today: datetime) -> Path:
    periode = last_closed(local_date(today, "41"), "S").code
    return Path(paqte("bilan", "produire", "--departement", "41", "--periode", periode).lignes[0])


def test_from_trial_to_force_and_back(modele: Path, paqte: Paqte, today: datetime) -> None:
    tried = paqte("gabarit", "verifier", str(modele))
    assert (tried.code, tried.erreur) == (0, "")
    assert "Bon : version 2027.1" in tried.lignes[0]
    assert "Mise en forme (polices, couleurs, formats)\tcelle d’avant\tchangée" in tried.lignes
    assert [told.split("\t")[:2] for told in paqte("gabarit", "lister").lignes] == [SHIPPED]
    put = paqte("gabarit", "installer", str(modele), "--en-vigueur-le", day(today))
    assert put.lignes == [f"Modèle n° 2 installé : il sert à partir du {day(today)}."]
    assert version_in(produced(paqte, today).read_bytes()) == "2027.1"
    assert paqte("gabarit", "lister").lignes[0].split("\t")[:3] == ["2", "En vigueur", day(today)]
    assert paqte("gabarit", "retirer", "2").lignes == ["Modèle n° 2 retiré."]
    assert paqte("gabarit", "lister").lignes[0].split("\t")[1] == "Retiré"


def test_a_template_is_extracted_to_be_restyled(modele: Path, paqte: Paqte, today: datetime) -> None:
    copy = modele.with_name("copie.xlsx")
    assert paqte("gabarit", "extraire", "0", str(copy)).code == 0
    assert copy.read_bytes() == read_template()
    paqte("gabarit", "installer", str(modele), "--en-vigueur-le", day(today, 1))
    assert paqte("gabarit", "extraire", "2", str(copy)).code == 0
    assert copy.read_bytes() == modele.read_bytes()


@pytest.mark.parametrize("case", list(ALTERED))
def test_an_altered_one_is_refused_in_a_sentence_and_nothing_is_kept(
    case: str, modele: Path, paqte: Paqte, today: datetime
) -> None:
    make, said = ALTERED[case]
    modele.write_bytes(make())
    for arguments in (("verifier",), ("installer", "--en-vigueur-le", day(today))):
        refused = paqte("gabarit", arguments[0], str(modele), *arguments[1:])
        assert (refused.code, refused.erreur.count("\n"), said in refused.erreur) == (1, 1, True)
    assert [told.split("\t")[:2] for told in paqte("gabarit", "lister").lignes] == [SHIPPED]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("installer", "{modele}", "--en-vigueur-le", "31/12/2020"), 1, "Ce jour est passé"),
        (("installer", "{modele}", "--en-vigueur-le", "demain"), 2, "n’est pas une date"),
        (("verifier", "{modele}", "--departement", "00"), 2, "« 00 » n’est pas le code"),
        (("retirer", "9"), 1, "n’existe pas"),
        (("extraire", "9", "{modele}"), 1, "n’existe pas"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], code: int, said: str, modele: Path, paqte: Paqte
) -> None:
    before = modele.read_bytes()
    refused = paqte("gabarit", *(a.format(modele=modele) for a in arguments))
    assert (refused.code, said in refused.erreur) == (code, True), refused.erreur
    assert modele.read_bytes() == before


def test_the_compte_rendu_has_its_own_template_and_neither_serves_for_the_other(
    modele: Path, paqte: Paqte, today: datetime
) -> None:
    quarterly = ("--genre", "trimestre")
    wrong = paqte("gabarit", "installer", str(modele), "--en-vigueur-le", day(today), *quarterly)
    assert (wrong.code, "Modèle refusé" in wrong.erreur) == (1, True)
    assert paqte("gabarit", "extraire", "0", str(modele), *quarterly).code == 0
    assert "Modèle refusé" in paqte("gabarit", "verifier", str(modele)).erreur
    tried = paqte("gabarit", "verifier", str(modele), *quarterly)
    assert (tried.code, "trimestre" in tried.lignes[0]) == (0, True), tried.erreur
    put = paqte("gabarit", "installer", str(modele), "--en-vigueur-le", day(today), *quarterly)
    assert put.lignes == [f"Modèle n° 2 installé : il sert à partir du {day(today)}."]
    assert version_in(produced(paqte, today).read_bytes()) != "2027.1"
