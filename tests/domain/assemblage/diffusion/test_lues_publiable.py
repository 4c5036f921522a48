"""A publishable file at its edges: whose place, whose words, which former file (R7, R23, R29, R30, R46)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from paqte.domain.assemblage.diffusion.apports import EditionPubliable
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import ActionLue, DonneesBilan, OrigineLue
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.lignes.lignes import Contact, LigneCorrection, LignePartenaire
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.secret import MASQUE
from tests.domain.assemblage.diffusion.test_publiable import WIDER, whole
from tests.domain.assemblage.petit_monde import bilan, export, told
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

GRID = catalogue()
S2, P09 = engagement(11, "S2"), engagement(12, "P09")
FIRM = convention(1, S2, P09, is_in_plan_10000=True)


def test_the_head_of_a_document_is_what_the_departement_says_in_its_own_time() -> None:
    rows = donnees(
        [],
        departement="972",
        departement_nom="Martinique",
        prefecture="Fort-de-France",
        referents=(Contact("Camille", "référente", "c@41.test", "02"),),
        partenaires=(LignePartenaire("FACE", "Association", "anime"),),
        rubriques={"organisation": "A", "strategie": "B", "obstacles": "C", "efficacite": "D", "propositions": "E"},
        origines=(OrigineLue(False, "import", True, 4),),
    )
    one, two = bilan(rows), export(rows)
    for document in (one, two):
        assert (document.departement, document.departement_nom, document.prefecture) == (
            "972",
            "Martinique",
            "Fort-de-France",
        )
        assert (document.edition, document.genere_le) == (1, "2026-07-31T05:00:00-04:00")
        assert (document.versions.gabarit, document.versions.catalogue) == ("essai", "2019.1")
        assert document.versions.colonnes >= "2026-11" and document.versions.regles
        assert document.corrections == ()
    assert (one.periode, one.periode_libelle, two.periode) == ("2026-S1", "1er semestre 2026", "2026-T2")
    assert (one.organisation, one.strategie, one.obstacles) == ("A", "B", "C")
    assert (two.efficacite, two.propositions, two.periode_libelle) == ("D", "E", "2e trimestre 2026")
    assert [told(r) for r in (*one.referents, *one.partenaires)] == [
        "Camille | référente | c@41.test | 02",
        "FACE | Association | anime",
    ]
    assert told(one.provenance[2]) == "import | importées d’un fichier | 4 | 4 | 100.0"
    bare = replace(rows, rubriques={})
    assert (bilan(bare).organisation, bilan(bare).strategie, bilan(bare).obstacles) == ("", "", "")
    assert (export(bare).efficacite, export(bare).propositions) == ("", "")


def test_R46_actions_left_out_are_counted_in_the_note_one_or_several() -> None:
    def notes(count: int) -> list[str]:
        acts = tuple(
            ActionLue(date(2026, 3, n + 1), "Autre", "PLAN", "Rencontre", "Deux réfugiés recrutés.", "", None)
            for n in range(count)
        )
        rows = donnees([FIRM], actions=acts)
        return [n for n in publishable(bilan(rows), rows, GRID).notes if "non reprise" in n]

    why = "le texte compte des personnes de ces thématiques."
    assert (notes(0), notes(1)) == ([], [f"1 action non reprise : {why}"])
    assert notes(2) == [f"2 actions non reprises : {why}"]


def test_R46_a_title_counts_as_much_as_a_text_and_an_action_without_number_keeps_its_words() -> None:
    acts = (
        ActionLue(date(2026, 3, 1), "Autre", "RECRUTER", "Trois réfugiés", "Recrutés ici.", "Blois", 3),
        ActionLue(date(2026, 3, 2), "Autre", "RECRUTER", "Accueil de réfugiés", "Tenu ici.", "Blois", 3),
        ActionLue(date(2026, 3, 3), "Autre", "RECRUTER", "Forum", "Tenu ici.", "Blois", 3),
        ActionLue(date(2026, 3, 4), "Autre", "PLAN", "Forum", "Tenu ici.", "Blois", 0),
    )
    rows = donnees([FIRM], actions=acts)
    found = publishable(bilan(rows), rows, GRID).actions
    assert [(a.titre, a.beneficiaires, a.lieu) for a in found] == [
        ("Accueil de réfugiés", Chiffre(None, MASQUE), "Blois"),
        ("Forum", Chiffre(Decimal(3)), "Blois"),
        ("Forum", Chiffre(Decimal(0)), "Blois"),
    ]


def test_R7_R30_the_place_of_a_sole_trader_of_a_charter_is_hidden_too() -> None:
    charter = convention(3, dispositif="charte", is_partial_diffusion=True, nom="Durand")
    acts = (ActionLue(date(2026, 3, 1), "Durand", "FORMER", "Forum", "Tenu ici.", "Mer", None),)
    rows = donnees([FIRM, charter], actions=acts)
    found = publishable(bilan(rows), rows, GRID)
    assert {s.nom: s.commune for s in found.signataires} == {"Société 01 (fictif)": "Blois", "Durand": "non diffusée"}
    assert [a.lieu for a in found.actions] == ["non diffusée"]
    assert found.notes[-1].endswith("ni le lieu de ses actions.")


def test_R46_the_last_file_published_of_the_same_document_and_period_is_the_one_compared() -> None:
    def rows(value: int) -> DonneesBilan:
        return donnees([FIRM], [fait(FIRM, S2, "2026-T1", value)])

    def former(key: int, value: int) -> EditionPubliable:
        return EditionPubliable(key, publishable(bilan(rows(value)), rows(value), GRID), rows(value).faits)

    other = former(3, 30)
    other = replace(other, document=replace(other.document, periode="2025-S2"))
    quarter = EditionPubliable(4, publishable(export(rows(40)), rows(40), GRID), rows(40).faits)
    found = publishable(bilan(rows(50)), rows(50), GRID, [former(1, 10), former(2, 20), other, quarter])
    moved = [(e.avant, e.apres) for e in found.ecarts if e.colonne == "Réalisé au semestre"]
    assert moved == [("20", "50")]
    assert publishable(bilan(rows(50)), rows(50), GRID, [other, quarter]).ecarts == ()


def test_R46_the_reason_of_a_correction_is_kept_where_it_counts_nobody_under_secret() -> None:
    rows = donnees([FIRM, convention(2, engagement(21, "S2"))], [fait(FIRM, P09, "2026-T1", 2)])
    given = tuple(
        LigneCorrection(name, "T1", "S2", "3", "4", motif)
        for name in ("Société 01 (fictif)", "Société 02 (fictif)")
        for motif in ("2 de plus", "une faute de frappe", "2 réfugiés")
    )
    found = publishable(replace(bilan(rows), corrections=given), rows, GRID).corrections
    hidden = "non repris dans la version publiable"
    assert [c.motif for c in found] == [
        hidden,
        "une faute de frappe",
        hidden,
        "2 de plus",
        "une faute de frappe",
        hidden,
    ]


def test_R23_a_share_of_what_is_under_secret_shows_zero_and_hides_its_numbers_otherwise() -> None:
    part = engagement(1, "R9p", cible=5)
    firm = convention(1, part)
    for upper, expected in ((0, Chiffre(Decimal("0.0"))), (1, Chiffre(None, MASQUE))):
        rows = donnees([firm], [fait(firm, part, "2026-T1", ratio=(upper, 4000))])
        line = next(i for i in publishable(whole(rows, WIDER), rows, WIDER).indicateurs if i.code == "R9p")
        assert (line.realise, line.cible) == (expected, Chiffre(Decimal(5)))
