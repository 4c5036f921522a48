"""Where the lines of a département stop: their place in the list, one figure a date, whose they are (R13, R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from paqte.queries.pilotage.pilotage import read_chiffre, read_pilotage
from paqte.services.pilotage.contexte import ChiffreTyped, add_chiffre, change_chiffre
from paqte.services.pilotage.pilotage import PartenaireTyped, add_partenaire, change_partenaire
from paqte.services.pilotage.protocole import ProtocoleTyped, add_protocole
from tests.factories import CAMILLE, ZOE, a_departement
from tests.services.refus import refusals

JUNE = date(2026, 6, 30)
DEFM = ChiffreTyped("defm_qpv", Decimal(1610), JUNE, source="France Travail")
AIDES = ProtocoleTyped("Contrats aidés pour les habitants des QPV", "Accès à l’emploi", "PAQTE")


@pytest.fixture(autouse=True)
def _places(session: Any) -> None:
    a_departement("41")
    a_departement("972")


def partner(now: datetime, nom: str, rang: int | None = None, actor: Any = CAMILLE) -> int:
    place = actor.departement
    return add_partenaire(actor=actor, now=now, departement=place, partenaire=PartenaireTyped(nom, rang=rang))


def listed(actor: Any = CAMILLE) -> list[tuple[str, int]]:
    return [(p.nom, p.rang) for p in read_pilotage(actor=actor, departement=actor.departement).partenaires]


def test_a_line_comes_last_of_its_own_departement_and_from_1_to_999(now: datetime) -> None:
    partner(now, "Rhum solidaire", 7, ZOE)
    partner(now, "Agglopolys"), partner(now, "Cap Emploi"), partner(now, "Mission locale", 1)
    assert listed() == [("Agglopolys", 1), ("Mission locale", 1), ("Cap Emploi", 2)]
    partner(now, "CCI", 999), partner(now, "CMA")
    assert listed()[-2:] == [("CCI", 999), ("CMA", 999)], "the last place there is"
    assert listed(ZOE) == [("Rhum solidaire", 7)]
    for rang in (0, 1_000):
        assert refusals(partial(partner, now, "Autre", rang)) == {"rang": "Écrivez une place de 1 à 999."}


def test_a_line_corrected_without_a_place_keeps_its_own(now: datetime) -> None:
    key = partner(now, "Agglopolys", 4)
    partner(now, "Cap Emploi", 9)
    change = partial(change_partenaire, actor=CAMILLE, now=now, partenaire_id=key)
    change(version=1, partenaire=PartenaireTyped("Agglopolys de Blois"))
    assert listed() == [("Agglopolys de Blois", 4), ("Cap Emploi", 9)]
    change(version=2, partenaire=PartenaireTyped("Agglopolys", rang=10))
    assert listed() == [("Cap Emploi", 9), ("Agglopolys", 10)]


def test_one_figure_a_date_is_one_of_a_kind_and_of_a_departement(now: datetime) -> None:
    add = partial(add_chiffre, actor=CAMILLE, now=now, departement="41")
    key = add(chiffre=DEFM)
    add(chiffre=replace(DEFM, code="defm"))
    add(chiffre=replace(DEFM, date=date(2026, 5, 31)))
    add_chiffre(actor=ZOE, now=now, departement="972", chiffre=DEFM)
    told = {"date": "Ce chiffre est déjà saisi à cette date : modifiez-le plutôt."}
    assert refusals(partial(add, chiffre=replace(DEFM, valeur=Decimal(2)))) == told
    change_chiffre(actor=CAMILLE, now=now, chiffre_id=key, version=1, chiffre=replace(DEFM, source=" ANCT "))
    assert (read_chiffre(CAMILLE, key).source, read_chiffre(CAMILLE, key).valeur) == ("ANCT", 1610)


FIGURES = (
    ({"code": "meteo"}, {"code": "Choisissez un chiffre dans la liste."}),
    ({"valeur": Decimal("-0.01")}, {"valeur": "Ce nombre ne peut pas être négatif."}),
    ({"date": date(2026, 11, 23)},
     {"date": "Cette date est à venir : donnez la date à laquelle le chiffre a été constaté."}),
)  # fmt: skip


def test_R13_a_figure_is_of_today_at_the_latest_and_may_be_zero(now: datetime) -> None:
    add = partial(add_chiffre, actor=CAMILLE, now=now, departement="41")
    for changes, told in FIGURES:
        assert refusals(partial(add, chiffre=replace(DEFM, **changes))) == told
    assert add(chiffre=replace(DEFM, valeur=Decimal(0), date=date(2026, 11, 22)))


@pytest.mark.parametrize("name", ["cible", "realise"])
def test_R31_a_percentage_goes_from_0_to_100_both_included(now: datetime, name: str) -> None:
    add = partial(add_protocole, actor=CAMILLE, now=now, departement="41")
    for figure in (0, 100):
        assert add(engagement=replace(AIDES, **{name: Decimal(figure)}))
    for figure in ("-0.1", "100.1"):
        asked = partial(add, engagement=replace(AIDES, **{name: Decimal(figure)}))
        assert refusals(asked) == {name: "Un pourcentage va de 0 à 100."}
