"""An edition says which rules counted it, and the next one says why a cell moved when only they changed (R19)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.revision import EditionTexts, revise
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import inside
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes.lignes import Versions
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.editions.editions import write_facts
from paqte.domain.editions.regles import EN_VIGUEUR, REGLES, changed_since
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.reporting.classeurs.bilan_detail import TABLEAUX_DETAIL
from paqte.reporting.classeurs.compte_rendu import TABLEAUX
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

PROMISED = engagement(11, "F1", cible=100)
SIGNED = convention(1, PROMISED)
TOLD = (fait(SIGNED, PROMISED, "2026-T1", 20),)
BEGINNING = "Règles de calcul 2026-11 : une charte n’entre plus dans les objectifs"


def given(periode: str) -> DonneesBilan:
    return donnees([SIGNED], TOLD, periode=Periode.from_code(periode))


def of_before(document: Any, **other: Any) -> Any:
    """The same document as the application issued it before rules had a name."""
    return replace(document, versions=Versions(document.versions.catalogue, document.versions.gabarit), **other)


def sealed(document: Any, rows: DonneesBilan) -> EditionTexts:
    return EditionTexts(document.as_json(), write_facts(inside(rows.faits, rows.periode)))


def bilan() -> Bilan:
    return assemble(given("2026-S1"), catalogue(), edition=1, now=NOW, gabarit="essai")


def export() -> CompteRendu:
    return assemble_trimestre(given("2026-T1"), catalogue(), edition=1, now=NOW, gabarit="essai")


def other_figures(document: Any) -> Any:
    """A document whose first indicator was counted otherwise."""
    first, *rest = document.indicateurs
    return of_before(document, indicateurs=(replace(first, cumul=Chiffre(None, "autrement")), *rest))


def notes(tableaux: Any, document: Any) -> list[str]:
    return list(next(t for t in tableaux if t.nom == "t_notes").lignes(document))


def test_R19_an_edition_says_by_which_rules_it_was_counted() -> None:
    assert (bilan().versions.regles, export().versions.regles) == (EN_VIGUEUR, EN_VIGUEUR)
    assert max(REGLES) == EN_VIGUEUR
    assert notes(TABLEAUX_DETAIL, bilan())[0] == f"Règles de calcul {EN_VIGUEUR}."
    assert notes(TABLEAUX, export())[0] == f"Règles de calcul {EN_VIGUEUR}."
    public = publishable(bilan(), given("2026-S1"), catalogue())
    assert notes(TABLEAUX_DETAIL, public)[0] == f"Règles de calcul {EN_VIGUEUR}."


def test_R19_the_next_edition_says_which_rules_moved_its_cells() -> None:
    for document, tableaux, genre, periode in (
        (bilan(), TABLEAUX_DETAIL, BILAN, "2026-S1"),
        (export(), TABLEAUX, COMPTE_RENDU, "2026-T1"),
    ):
        rows = given(periode)
        found = revise(DOCUMENTS[genre], rows, sealed(other_figures(document), rows), numero=2, now=NOW)
        assert [(e.colonne, e.declarations) for e in found.ecarts] == [("Depuis le début", ())]
        told = found.document.regles
        assert len(told) == len(REGLES) and told[0].startswith(BEGINNING)
        assert notes(tableaux, found.document)[: 1 + len(told)] == [f"Règles de calcul {EN_VIGUEUR}.", *told]


def test_R19_a_name_given_to_the_rules_changes_no_cell_and_proposes_nothing() -> None:
    rows = given("2026-S1")
    found = revise(DOCUMENTS[BILAN], rows, sealed(of_before(bilan()), rows), numero=2, now=NOW)
    assert (found.ecarts, found.document.regles) == ((), ())


def test_R19_under_the_same_rules_no_rule_is_accused() -> None:
    rows = given("2026-S1")
    same_rules = replace(other_figures(bilan()), versions=bilan().versions)
    found = revise(DOCUMENTS[BILAN], rows, sealed(same_rules, rows), numero=2, now=NOW)
    assert (len(found.ecarts), found.document.regles) == (1, ())


def test_R19_an_edition_of_before_keeps_its_bytes_and_says_nothing_of_its_rules() -> None:
    before = of_before(bilan())
    assert "regles" not in before.as_json()
    assert Bilan.from_json(before.as_json()) == before
    assert notes(TABLEAUX_DETAIL, before) == list(before.notes)


def test_R19_what_changed_between_two_versions_is_told_in_either_order_and_an_unknown_one_tells_nothing() -> None:
    (sentence,) = changed_since("", "2026-11")
    assert sentence.startswith(BEGINNING)
    assert changed_since("2026-11", "") == (sentence,)
    assert changed_since("2026-11", "2026-11") == changed_since("2099-01", "2026-11") == ()


def test_R23_between_two_publishable_editions_the_rule_of_what_is_masked_is_told_apart_from_the_sums() -> None:
    (sentence,) = changed_since("2026-11", "2026-12")
    assert sentence.startswith("Règles de calcul 2026-12 : ce qui se masque se décide d’après qui a répondu")
    assert changed_since("", "2026-12") == (*changed_since("", "2026-11"), sentence)
