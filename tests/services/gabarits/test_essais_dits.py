"""What a template on trial must give back, how it is named, and the days of its life, in literal words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, Acteur
from paqte.models import Gabarit
from paqte.reporting.relecture.relecture import WorkbookReread
from paqte.reporting.remplissage.gabarits.gabarit import GabaritRefused
from paqte.services.gabarits.essai import _require_same_figures, check_size, examine_template
from paqte.services.gabarits.installes import install_template, propose_template, withdraw_template
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire
from tests.services.gabarits.gabarits_exemples import sound

# What is said and kept of a workbook, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True

ALIX = Acteur(None, "Alix Roche", ADMIN)
# Half past midnight in Paris, still the 22nd at Greenwich.
NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
SAID = WorkbookReread(
    departement="41", periode="2026-S1", edition=3, genere_le="", gabarit="", catalogue="", sha256="a" * 64,
    champs={"b_entreprises": 5, "b_editeur": "Blois", "b_version_gabarit": "1", "b_meta_tableaux": "e1",
            "b_meta_gabarit": "g1", "b_meta_donnees": "d1"},
    tableaux={"t_actions": ({"Titre": "Forum", "Axe": "Recruter"},), "t_axes": ({"Axe": "Recruter", "Total": 3},)},
)  # fmt: skip


def refusal(expected: WorkbookReread, said: WorkbookReread) -> str:
    try:
        _require_same_figures(expected, said)
    except GabaritRefused as refused:
        return refused.reason
    return ""


@pytest.mark.parametrize("actor", [CAMILLE, ZOE, Acteur(9, "Nadia", NATIONAL)], ids=["Camille", "Zoé", "Nadia"])
def test_who_runs_nothing_is_told_nothing_of_a_template_whatever_is_wrong_with_it(session: Any, actor: Acteur) -> None:
    wrong: dict[str, Any] = {"actor": actor, "now": NIGHT, "nom": "x", "octets": b""}
    for act in (
        lambda: propose_template(**wrong),
        lambda: install_template(**wrong, en_vigueur_le=None),
        lambda: examine_template(**wrong),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_template_on_trial_gives_back_every_value_but_what_it_says_of_itself() -> None:
    def but(**champs: Any) -> WorkbookReread:
        return replace(SAID, champs={**SAID.champs, **champs})

    def holding(**tableaux: Any) -> WorkbookReread:
        return replace(SAID, tableaux={**SAID.tableaux, **tableaux})

    wrong = "rempli, il ne redonne pas les mêmes valeurs ({})".format
    own = {"b_version_gabarit": "2", "b_meta_tableaux": "e2", "b_meta_gabarit": "g2", "b_meta_donnees": "d2"}
    assert refusal(SAID, SAID) == refusal(SAID, but(**own)) == ""
    assert refusal(SAID, but(b_entreprises=6)) == wrong("b_entreprises")
    assert refusal(SAID, but(b_entreprises=6, b_editeur="")) == wrong("b_editeur, b_entreprises")
    assert refusal(SAID, replace(SAID, champs={"b_editeur": "Blois"})) == wrong("b_entreprises")
    assert refusal(SAID, holding(t_axes=({"Axe": "Recruter", "Total": 4},))) == wrong("t_axes")
    assert refusal(SAID, holding(t_axes=())) == wrong("t_axes")
    assert refusal(SAID, replace(SAID, tableaux={"t_axes": SAID.tableaux["t_axes"]})) == wrong("t_actions")
    assert refusal(SAID, replace(but(b_editeur="x"), tableaux={})) == wrong("t_actions, t_axes, b_editeur")


def test_of_two_templates_only_the_columns_that_both_show_are_held_together() -> None:
    fewer = replace(SAID, tableaux={**SAID.tableaux, "t_axes": ({"Axe": "Recruter"},)})
    assert refusal(SAID, fewer) == refusal(fewer, SAID) == ""


def test_a_template_weighs_ten_megabytes_at_most() -> None:
    check_size(bytes(10 * 1024 * 1024))
    with pytest.raises(GabaritRefused) as refused:
        check_size(bytes(10 * 1024 * 1024 + 1))
    assert refused.value.reason == "le fichier pèse plus de 10 Mo"


def test_R12_the_days_of_a_template_are_those_of_paris_and_its_name_is_on_one_line(session: Any) -> None:
    a_convention(a_signataire(), "S2")

    def kept() -> list[tuple[Any, ...]]:
        session.rollback()
        g = Gabarit
        rows = select(g.nom, g.installe_par, g.en_vigueur_le, g.retire_le, g.created_at, g.genre).order_by(g.id)
        return [tuple(row) for row in session.execute(rows)]

    def named(nom: str, version: str) -> None:
        propose_template(actor=ALIX, nom=nom, octets=sound(version), now=NIGHT)

    named(" Bilan\n2027.xlsx ", "1"), named(" ", "2")
    told = {name.rpartition(" (")[0]: rest for name, *rest in kept()}
    monday = date(2026, 11, 23)
    assert told == {name: ["", monday, None, NIGHT, "bilan"] for name in ("Bilan 2027", "gabarit")}
    given: dict[str, Any] = {"actor": ALIX, "nom": "x.xlsx", "octets": sound("1"), "now": NIGHT}
    with pytest.raises(Refused) as refused:
        install_template(en_vigueur_le=date(2026, 11, 22), **given)
    assert refused.value.errors == {
        "en_vigueur_le": "Ce jour est passé : choisissez au plus tôt le 23/11/2026."
    }  # fmt: skip
    key = install_template(en_vigueur_le=monday, **given)
    with pytest.raises(Refused) as again:
        install_template(en_vigueur_le=date(2026, 12, 1), **given)
    assert str(again.value) == (
        f"Ce modèle est déjà installé, n° {key}, en vigueur le 23/11/2026 : retirez-le d’abord pour changer sa date."
    )
    with pytest.raises(Refused) as taken:
        install_template(en_vigueur_le=monday, **{**given, "octets": sound("2")})
    assert taken.value.errors == {
        "en_vigueur_le": f"Le modèle n° {key} entre en vigueur ce jour-là : retirez-le d’abord."
    }
    assert kept()[0][1:4] == ("Alix Roche", monday, None)
    withdraw_template(actor=ALIX, gabarit_id=key, now=NIGHT)
    assert kept()[0][1:4] == ("Alix Roche", monday, monday)
