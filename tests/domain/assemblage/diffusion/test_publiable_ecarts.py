"""What a publishable file says of the former one: no place of a sole trader (R30)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paqte.domain.assemblage.diffusion.apports import EditionPubliable
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import LigneEcart
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.petit_monde import bilan, export
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

SOLE = convention(1, engagement(11, "S2"), is_partial_diffusion=True, nom="Durand (fictif)")
FIRM = convention(2, engagement(21, "S2"), commune="Vendôme")


def published(rows: DonneesBilan, *former: EditionPubliable) -> Bilan:
    told = [LigneEcart("Signataires", "41-2025-001, Durand (fictif)", "Commune", "Blois", "Romorantin", "Durand, T1")]
    return publishable(replace(bilan(rows), ecarts=tuple(told)), rows, catalogue(), former)


def after(first: ConventionLue, second: ConventionLue) -> Bilan:
    """The second publishable bilan, when the sole trader's convention reads otherwise."""
    return published(donnees([second, FIRM]), EditionPubliable(1, published(donnees([first, FIRM])), ()))


@pytest.mark.parametrize(
    "first",
    [SOLE, replace(SOLE, is_partial_diffusion=False)],
    ids=["already under partial diffusion", "under it since"],
)
def test_R30_the_place_of_a_sole_trader_is_in_no_ecart_whatever_the_former_version_showed(first: ConventionLue) -> None:
    moved = after(first, replace(SOLE, commune="Romorantin", cosignataire="Agglopolys"))
    told = [(e.ligne, e.colonne, e.avant, e.apres) for e in moved.ecarts]
    assert told == [("41-2025-001, Durand (fictif)", "Cosignataire", "", "Agglopolys")]
    renumbered = after(first, replace(SOLE, numero="41-2025-009", id=9))
    assert [e.colonne for e in renumbered.ecarts if e.tableau == "Signataires"] == ["(ligne entière)"] * 2
    for shown in (moved, renumbered):
        assert [e for e in shown.ecarts if "Blois" in f"{e.avant} {e.apres}" or "Romorantin" in e.apres] == []


def test_R30_the_place_of_a_company_that_moved_is_told() -> None:
    before, now = donnees([SOLE, FIRM]), donnees([SOLE, replace(FIRM, commune="Mer")])
    shown = published(now, EditionPubliable(1, published(before), ()))
    assert [(e.colonne, e.avant, e.apres) for e in shown.ecarts] == [("Commune", "Vendôme", "Mer")]


def test_R30_bilan_and_export_hide_the_place_and_say_so_only_where_it_is_hidden() -> None:
    sentence = (
        "La commune d’un entrepreneur individuel en diffusion partielle n’est pas montrée, ni le lieu de ses actions."
    )
    for make, listed in ((bilan, "signataires"), (export, "entreprises")):
        rows = donnees([SOLE, FIRM])
        shown = publishable(make(rows), rows, catalogue())
        assert [one.commune for one in getattr(shown, listed)] == ["non diffusée", "Vendôme"]
        assert shown.notes[-1] == sentence
        alone = donnees([replace(SOLE, commune=""), FIRM])
        shown = publishable(make(alone), alone, catalogue())
        assert [one.commune for one in getattr(shown, listed)] == ["", "Vendôme"]
        assert sentence not in shown.notes


def test_R46_an_ecart_names_declarations_only_where_nothing_under_secret_moved() -> None:
    codes = ("S2", "P09")
    firms = [convention(n, *(engagement(10 * n + k, c) for k, c in enumerate(codes))) for n in range(1, 5)]
    firms = [replace(c, is_in_plan_10000=True) for c in firms]
    before, now = (
        donnees(firms, [fait(c, e, "2026-T1", value + c.id) for c in firms for e in c.engagements])
        for value in (10, 20)
    )
    first = EditionPubliable(1, publishable(bilan(before), before, catalogue()), before.faits)
    behind = "Société 01 (fictif), 1er trimestre 2026"
    told = tuple(
        LigneEcart(table, ligne, "Réalisé au semestre", "50", "90", behind)
        for table, ligne in (
            ("Indicateurs", "S2, Nombre d’élèves de 3e de REP+/REP/QPV effectivement accueillis en stage"),
            ("Thématiques", "T09, Accompagnement et recrutement de réfugiés (programme HOPE, etc.) (personnes)"),
        )
    )
    shown = publishable(replace(bilan(now), ecarts=told), now, catalogue(), [first])
    found = {
        e.ligne[:3]: (e.avant, e.apres, e.declarations) for e in shown.ecarts if e.colonne == "Réalisé au semestre"
    }
    assert found["S2,"] == ("50", "90", behind)
    assert found["T09"][2] == ""
