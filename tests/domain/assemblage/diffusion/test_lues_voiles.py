"""Row by row, what a publishable file keeps and what it withholds: words, warnings, rows of data, places (R23, R46)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.assemblage.diffusion.apports import EditionPubliable
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import ActionLue, DonneesBilan, OrigineLue
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.lignes.lignes import Contact, LigneAvertissement, LignePartenaire
from paqte.domain.documents.lignes.lignes_trimestre import DonneeTrimestre
from paqte.domain.indicateurs.catalogue import SOURCE, catalogue, load_catalogue
from paqte.domain.secret import MASQUE, PETIT
from tests.domain.assemblage.diffusion.test_publiable import WIDER, answered, published, thematique, whole
from tests.domain.assemblage.diffusion.test_publiable_autre_document import rapport
from tests.domain.assemblage.petit_monde import NOMBRES_EXACTS, bilan, export
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

GRID = catalogue()
S2, P09 = engagement(11, "S2"), engagement(12, "P09")
FIRM = convention(1, S2, P09, is_in_plan_10000=True)
SOLE = convention(2, engagement(21, "S2"), is_partial_diffusion=True, nom="Durand (fictif)", is_in_plan_10000=True)
CELL = 'axe = "RECRUTER"\nunite = "personnes"\ngenre = "flux"\nnombre = "compte"\ncompte = "Des personnes."\n'
# R9 is under secret; each of the others is held against it in its own way.
TIED = load_catalogue(
    SOURCE.read_text(encoding="utf-8")
    + f'\n[[indicateur]]\ncode = "R9"\nlibelle = "Réfugiés recrutés"\nthematiques = ["T09"]\n{CELL}'
    + "".join(
        f'\n[[indicateur]]\ncode = "{code}"\nlibelle = "Autres"\n{CELL}{tie}\n'
        for code, tie in (("R9a", 'total_de = ["R9"]'), ("R9b", 'repete = "R9"'), ("R9c", 'dont = "R9"'))
    )
)


def row(code: str, etat: str, valeur: int | str | None = None, libelle: str = "", unite: str = "") -> DonneeTrimestre:
    given = None if valeur is None else Decimal(valeur)
    axe = ("1", "Société 01 (fictif)", "41-2025-001", "PAQTE", "RECRUTER", "", code, libelle, unite, "2026-T1")
    return DonneeTrimestre(*axe, etat, given)


def shown_row(given: DonneeTrimestre, rows: DonneesBilan) -> DonneeTrimestre:
    return publishable(rapport(rows, reponses_lues=(given,)), rows, WIDER).reponses_lues[0]


@pytest.mark.parametrize("code", ["R9a", "R9b", "R9c"])
def test_R46_a_warning_about_a_measure_held_against_one_under_secret_is_left_out(code: str) -> None:
    rows = donnees([FIRM])
    told = tuple(LigneAvertissement("Société 01", "T1", c, "Plus de trois fois.") for c in (code, "S2", "ancien"))
    found = publishable(replace(bilan(rows), avertissements=told), rows, TIED).avertissements
    assert [a.indicateur for a in found] == ["S2", "ancien"]


def test_R46_the_words_of_who_answered_nothing_under_secret_keep_their_numbers() -> None:
    """The grid's own measure, even worded about a public, is judged by the grid."""
    worded = convention(3, engagement(31, "S2", libelle="Réfugiés en stage", unite="personnes"), nom="Martin (fictif)")
    rows = donnees(
        [FIRM, worded],
        [fait(FIRM, P09, "2026-T1", 2), fait(worded, worded.engagements[0], "2026-T1", 12)],
        actions=tuple(
            ActionLue(date(2026, 3, 1), nom, "RECRUTER", "Forum", "12 stages signés.", "", 12)
            for nom in ("Martin (fictif)", FIRM.nom)
        ),
    )
    assert [(a.signataire, a.beneficiaires) for a in publishable(bilan(rows), rows, GRID).actions] == [
        ("Martin (fictif)", Chiffre(Decimal(12)))
    ]


def test_R5_R23_a_row_of_a_commitment_in_free_words_hides_only_the_persons_it_counts() -> None:
    rows = donnees([FIRM])
    persons = row("L", "nombre", 3, "Réfugiés accueillis", "personnes")
    free = next(code for code, i in GRID.indicateurs.items() if i.traits.is_free)
    persons = replace(persons, indicateur=free)
    assert shown_row(persons, rows) == replace(persons, etat="masquee", valeur=None)
    kept = (
        replace(persons, unite="€"),
        replace(persons, valeur=None, etat="sans_reponse"),
        replace(persons, valeur=Decimal(0)),
        replace(persons, indicateur="S2"),
    )
    for one in kept:
        assert shown_row(one, rows) == one


def test_R23_a_row_of_a_share_of_what_is_under_secret_is_hidden_but_for_a_confirmed_zero() -> None:
    rows = donnees([FIRM])
    hidden = replace(row("R9p", "masquee"), numerateur=None, denominateur=None)
    for upper, valeur, etat in ((1, "0.1", "nombre"), (1, "0", "nombre"), (1, None, "infime"), (0, "0.1", "nombre")):
        given = replace(row("R9p", etat, valeur), numerateur=Decimal(upper), denominateur=Decimal(4000))
        assert shown_row(given, rows) == hidden
    zero = replace(row("R9p", "nombre", "0"), numerateur=Decimal(0), denominateur=Decimal(4000))
    assert shown_row(zero, rows) == zero
    silent = row("R9p", "sans_reponse")
    assert shown_row(silent, rows) == silent
    assert shown_row(row("P09", "sans_reponse"), rows) == row("P09", "sans_reponse")


def test_R13_a_missing_figure_keeps_its_own_reason_though_answers_of_its_period_exist() -> None:
    rows = answered("P09", 2, 1)
    lines = tuple(replace(t, realise=Chiffre(None, "n.d.")) for t in whole(rows).thematiques if t.code == "T09")
    shown = publishable(rapport(rows, mesures=lines), rows, GRID).mesures
    assert [(t.realise.motif, t.cumul.motif) for t in shown] == [("n.d.", "< 5")]


def test_R5_a_line_of_what_the_grid_knows_no_more_is_published_as_it_is() -> None:
    """Its document was issued when the grid had it: no measure of it is under secret, and nothing stops."""
    rows = answered("P09", 2, 1)
    own = whole(rows)
    gone = tuple(replace(t, unite="tonnes") for t in own.thematiques if t.code == "T09")
    assert gone and publishable(rapport(rows, mesures=gone), rows, GRID).mesures == gone
    lost = replace(next(i for i in own.indicateurs if i.code == "S2"), code="INCONNU", realise=Chiffre(Decimal(3)))
    shown = publishable(replace(own, indicateurs=(lost,)), rows, GRID).indicateurs
    assert [(i.code, i.realise) for i in shown] == [("INCONNU", Chiffre(Decimal(3)))]


def test_R38_figures_that_are_not_under_secret_stand_as_they_are_beside_each_thematique_and_axis() -> None:
    """A network alone answered; enterprises have nothing to say, all together have nine."""
    both = (engagement(41, "S2", cible=10), engagement(42, "P01"))
    network = convention(4, *both, nature="reseau", is_in_plan_10000=True)
    rows = donnees([FIRM, network], [fait(network, e, "2026-T1", 9) for e in both])
    internal, shown = bilan(rows), publishable(bilan(rows), rows, GRID)
    assert any("S2 : 9" in t.valorise for t in internal.thematiques)
    assert shown.thematiques == internal.thematiques
    without = tuple(replace(line, **dict.fromkeys(NOMBRES_EXACTS)) for line in internal.indicateurs)
    assert any(line.vise for line in internal.indicateurs)
    assert (shown.axes, shown.indicateurs) == (internal.axes, without), "no exact number leaves"


def test_R38_the_bar_of_an_axis_is_the_rate_of_enterprises_whatever_the_others_hide() -> None:
    firms = [convention(n, engagement(n, "R9", cible=10)) for n in (1, 2, 3)]
    network = convention(4, engagement(4, "R9", cible=2), nature="reseau")
    rows = donnees(
        [*firms, network], [fait(c, c.engagements[0], "2026-T1", 6 if c.id < 4 else 1) for c in (*firms, network)]
    )
    shown = publishable(whole(rows, WIDER), rows, WIDER)
    rates = {i.nature: i.taux for i in shown.indicateurs if i.code == "R9"}
    assert rates["entreprise"] == Chiffre(Decimal("60.0"))
    assert rates["reseau"] == Chiffre(None, MASQUE)
    assert next(p for p in shown.axes if p.code == "R9").taux == Chiffre(Decimal("60.0"))


def test_R46_the_notes_of_the_document_come_first_then_what_is_withheld_and_what_it_concerns() -> None:
    rows = donnees([SOLE])
    given = replace(bilan(rows), notes=("Grille reconstruite.",))
    notes = publishable(given, rows, GRID).notes
    assert [note.split(".")[0] for note in notes] == [
        "Grille reconstruite",
        "Version publiable",
        "Les avertissements, commentaires, corrections et changements qui portent sur ces thématiques ne figurent que "
        "dans la version interne",
        "La commune d’un entrepreneur individuel en diffusion partielle n’est pas montrée, ni le lieu de ses actions",
    ]


def test_R46_what_tells_nothing_under_secret_is_published_as_it_is() -> None:
    rows = donnees(
        [FIRM],
        [fait(FIRM, S2, "2026-T1", 3)],
        referents=(Contact("Camille", "référente", "c@41.test", "02"),),
        partenaires=(LignePartenaire("FACE", "Association", "anime"),),
        origines=(OrigineLue(False, "import", True, 4),),
    )
    internal = bilan(rows)
    shown = publishable(internal, rows, GRID)
    for name in ("referents", "partenaires", "provenance", "reponses", "completude", "signataires", "contexte"):
        assert getattr(shown, name) == getattr(internal, name)
    assert shown.referents and shown.partenaires and shown.provenance and shown.completude
    quarter = export(rows)
    assert publishable(quarter, rows, GRID).comptes == quarter.comptes


def test_R30_the_place_of_an_action_published_before_is_told_again_only_of_who_still_shows_it() -> None:
    def rows(*lieux: str, gone: bool = True) -> DonneesBilan:
        acts = zip((SOLE.nom, FIRM.nom, SOLE.nom), ("Forum", "Salon", "Visite"), lieux, strict=True)
        told = tuple(ActionLue(date(2026, 3, 1), nom, "FORMER", titre, "Tenu.", ou, None) for nom, titre, ou in acts)
        return donnees([replace(SOLE, is_partial_diffusion=gone), FIRM], actions=told)

    before, now = rows("Mer", "Mer", "", gone=False), rows("Blois", "Blois", "")
    first = EditionPubliable(1, publishable(bilan(before), before, GRID), ())
    shown = publishable(bilan(now), now, GRID, [first])
    assert sorted((a.titre, a.lieu) for a in shown.actions) == [
        ("Forum", "non diffusée"),
        ("Salon", "Blois"),
        ("Visite", ""),
    ]
    assert [(e.colonne, e.avant, e.apres) for e in shown.ecarts if e.tableau.startswith("Action")] == [
        ("Lieu", "Mer", "Blois")
    ]


def test_R7_R30_the_place_of_who_signed_a_charter_alone_is_in_no_ecart_either() -> None:
    charter = convention(5, dispositif="charte", nom="Petit (fictif)")
    before, now = donnees([FIRM, charter]), donnees([FIRM, replace(charter, is_partial_diffusion=True)])
    first = EditionPubliable(1, publishable(bilan(before), before, GRID), ())
    assert publishable(bilan(now), now, GRID, [first]).ecarts == ()


def test_R23_four_answers_of_one_each_are_hidden_and_what_two_of_them_make_is_less_than_five() -> None:
    held = engagement(11, "P09")
    firm = convention(1, held)
    rows = donnees([firm], [fait(firm, held, quarter, 1) for quarter in ("2025-T3", "2025-T4", "2026-T1", "2026-T2")])
    line = thematique(published(rows), "T09")
    assert (line.realise, line.cumul) == (Chiffre(None, PETIT), Chiffre(None, MASQUE))
