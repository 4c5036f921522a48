"""Enterprises' results stand apart; the others have their lines, and the total says that it is one (R2, R38)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.grille.natures import REPETITION
from paqte.domain.assemblage.nation import EditionScellee, merge_parts, part_of
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.bilan import TABLES as BILAN
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.commun.comparaison import compare
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.secret import VOILES
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

GRID = catalogue()


def world(*, with_others: bool = True) -> DonneesBilan:
    """Two enterprises and a hospital buy from ESAT; a network says the internships of its members again."""
    a, b = engagement(1, "A4", 10000), engagement(2, "A4", 5000)
    hospital, club = engagement(3, "A4", 20000), engagement(4, "S2", 50)
    own = engagement(5, "S2")
    firm, other = convention(1, a, own), convention(2, b)
    public, network = convention(3, hospital, nature="employeur_public"), convention(4, club, nature="reseau")
    faits = [fait(firm, a, "2026-T1", 3000), fait(other, b, "2026-T2", 1000), fait(firm, own, "2026-T1", 7)]
    if not with_others:
        return donnees([firm, other], faits)
    faits += [fait(public, hospital, "2026-T2", 8100), fait(network, club, "2026-T1", 40)]
    return donnees([firm, other, public, network], faits)


def bilan(rows: DonneesBilan, edition: int = 1) -> Bilan:
    return assemble(rows, GRID, edition=edition, now=NOW, gabarit="essai")


def of(found: Bilan, code: str) -> dict[str, LigneIndicateur]:
    return {line.nature: line for line in found.indicateurs if line.code == code}


def told(line: LigneIndicateur) -> tuple[Decimal | None, ...]:
    return tuple(c.valeur for c in (line.realise, line.cumul, line.cible, line.taux))


def test_R38_the_hospital_s_purchases_are_not_the_enterprises() -> None:
    lines = of(bilan(world()), "A4")
    assert list(lines) == ["entreprise", "employeur_public", "ensemble"]
    assert told(lines["entreprise"])[:3] == (4000, 4000, 15000)
    assert told(lines["employeur_public"])[:3] == (8100, 8100, 20000)
    assert told(lines["ensemble"])[:3] == (12100, 12100, 35000)
    assert round(lines["entreprise"].taux.valeur or 0, 1) == Decimal("26.7")
    assert [(line.repondu, line.du) for line in lines.values()] == [(0, 2), (0, 1), (0, 3)]


def test_R38_enterprises_alone_are_counted_as_covered_by_a_national_convention() -> None:
    covered = [
        convention(rank, engagement(rank, "S2"), nature=nature, siren=f"{rank:09}", is_covered_nationally=True)
        for rank, nature in enumerate(("entreprise", "reseau", "employeur_public", "association"), start=1)
    ]
    apart = convention(9, engagement(9, "S2"), siren="000000009")
    comptes = bilan(donnees([*covered, apart], [])).comptes
    assert (comptes.couvertes_au_national, comptes.entreprises, comptes.reseaux) == (1, 2, 1)


def test_R38_each_line_says_whose_it_is() -> None:
    titles = [line.titre for line in of(bilan(world()), "A4").values()]
    label = "Montant d’achats auprès du STPA (EA, ESAT)"
    assert titles == [label, f"{label} — employeurs publics", f"{label} — Total, toutes natures"]


def test_R38_an_indicator_where_enterprises_alone_stand_has_one_line() -> None:
    lines = of(bilan(world()), "R3")
    assert list(lines) == ["entreprise"]
    assert list(of(bilan(world(with_others=False)), "A4")) == ["entreprise"]


def test_R38_a_network_can_repeat_its_members_and_the_bilan_says_so() -> None:
    found = bilan(world())
    lines = of(found, "S2")
    assert {n: line.realise.valeur for n, line in lines.items()} == {"entreprise": 7, "reseau": 40, "ensemble": 47}
    assert REPETITION in found.notes
    assert REPETITION not in bilan(world(with_others=False)).notes


def test_R38_the_chart_of_an_axis_shows_the_enterprises() -> None:
    found = bilan(world())
    assert [p.taux for p in found.axes if p.code == "A4"] == [of(found, "A4")["entreprise"].taux]
    assert [p.code for p in found.axes] == [p.code for p in bilan(world(with_others=False)).axes]


def test_R38_what_the_enterprises_did_is_the_same_whoever_else_signed() -> None:
    alone, together = bilan(world(with_others=False)), bilan(world())
    assert of(alone, "A4")["entreprise"] == of(together, "A4")["entreprise"]


def test_R38_a_thematique_of_the_plan_is_split_the_same_way() -> None:
    mine, theirs = engagement(1, "P11", 4), engagement(2, "P11", 6)
    firm, association = convention(1, mine), convention(2, theirs, nature="association")
    rows = donnees([firm, association], [fait(firm, mine, "2026-T1", 1), fait(association, theirs, "2026-T2", 5)])
    lines = {t.nature: t for t in bilan(rows).thematiques if t.code == "T11"}
    assert {n: (t.realise.valeur, t.prevision.valeur) for n, t in lines.items()} == {
        "entreprise": (1, 4),
        "association": (5, 6),
        "ensemble": (6, 10),
    }
    assert lines["ensemble"].titre.endswith("— Total, toutes natures")


def test_R38_the_quarter_is_split_as_the_semester() -> None:
    rows = replace(world(), periode=Periode.from_code("2026-T2"))
    found: CompteRendu = assemble_trimestre(rows, GRID, edition=1, now=NOW, gabarit="essai")
    lines = {i.nature: i.realise.valeur for i in found.indicateurs if i.code == "A4"}
    assert lines == {"entreprise": 1000, "employeur_public": 8100, "ensemble": 9100}
    assert CompteRendu.from_json(found.as_json()) == found
    assert len({(p.mesure, p.nature) for p in found.progres}) == len(found.progres)


# --- editions of before ------------------------------------------------------------------------------------


def mixed(found: Bilan) -> Bilan:
    """The bilan as it was issued before: one line an indicator, all natures together."""
    kept = {line.code: replace(line, nature="") for line in found.indicateurs}
    themes = {(t.code, t.unite): replace(t, nature="") for t in found.thematiques}
    return replace(found, indicateurs=tuple(kept.values()), thematiques=tuple(themes.values()))


def test_R19_an_edition_of_before_keeps_its_bytes() -> None:
    old = mixed(bilan(world()))
    assert '"nature":""' not in old.as_json()
    assert Bilan.from_json(old.as_json()) == old


def test_R19_a_line_of_before_is_compared_with_the_total_and_nothing_is_said_absent() -> None:
    new = bilan(world(), edition=2)
    found = [e for e in compare(mixed(new), new, BILAN) if e.tableau == "Indicateurs"]
    assert {e.ligne for e in found} == {line.code + ", " + line.titre for code in ("A4", "S2") for line in
                                        of(new, code).values() if line.nature != "ensemble"}  # fmt: skip
    assert all(e.avant == "absente" for e in found)
    alone = bilan(world(with_others=False))
    assert compare(mixed(alone), alone, BILAN) == []
    assert compare(alone, mixed(alone), BILAN) == []


def test_R19_a_figure_that_changed_since_an_edition_of_before_is_told_on_its_line() -> None:
    new = bilan(world(), edition=2)
    old = mixed(new)
    rows = tuple(
        replace(line, realise=replace(line.realise, valeur=Decimal(12000))) if line.code == "A4" else line
        for line in old.indicateurs
    )
    found = compare(replace(old, indicateurs=rows), new, BILAN)
    assert [(e.colonne, e.avant) for e in found if e.ligne.endswith("Total, toutes natures") and e.colonne != ""] == [
        ("Réalisé au semestre", "12\u202f000")
    ]


# --- the nation --------------------------------------------------------------------------------------------


def issued(rows: DonneesBilan, *, departement: str = "41", is_mixed: bool = False) -> EditionScellee:
    found = replace(bilan(rows), departement=departement)
    return EditionScellee(mixed(found) if is_mixed else found, rows.faits)


def test_R20_the_nation_adds_up_line_by_line_and_keeps_editions_of_before_apart() -> None:
    editions = [
        issued(world()),
        issued(world(with_others=False), departement="18"),
        issued(world(), departement="37", is_mixed=True),
    ]
    nation = merge_parts([part_of(e, GRID) for e in editions], GRID)
    found = {line.nature: line for line in nation.lignes if line.code == "A4"}
    assert {n: line.valeur for n, line in found.items()} == {
        "entreprise": 8000,
        "employeur_public": 8100,
        "ensemble": 16100,
        "": 12100,
    }
    assert found["ensemble"].departements == (("18", 4000), ("41", 12100))
    assert found[""].titre.endswith("éditions antérieures, toutes natures mêlées")
    assert nation.ecarts == ()


# --- what is published -------------------------------------------------------------------------------------


def test_R23_a_nature_hidden_is_not_given_by_the_total_less_the_others() -> None:
    """Three companies could be shown; the association's two persons are the difference with the total."""
    keys = [engagement(rank, "P09") for rank in range(1, 5)]
    firms = [convention(rank, e) for rank, e in enumerate(keys[:3], start=1)]
    association = convention(4, keys[3], nature="association")
    faits = [fait(c, c.engagements[0], "2026-T1", v) for c, v in zip(firms, (7, 8, 9), strict=True)]
    rows = donnees([*firms, association], [*faits, fait(association, keys[3], "2026-T1", 2)])
    shown = publishable(bilan(rows), rows, GRID)
    lines = {t.nature: t.realise for t in shown.thematiques if t.code == "T09"}
    assert lines["association"].motif in VOILES
    assert sum(c.valeur is not None for c in lines.values()) <= 1


NO_ENTERPRISE, NOBODY = "aucune entreprise ne s’y est engagée", "aucun signataire ne s’y est engagé"


def _motifs(found: LigneIndicateur) -> set[str]:
    figures = (found.reference, found.cible, found.realise, found.precedent, found.un_an_avant, found.cumul)
    return {figure.motif for figure in (*figures, found.taux, found.sans_cible)}


def test_R38_what_others_alone_engaged_in_is_not_said_to_be_nobody_s() -> None:
    firm, public = convention(1, engagement(1, "S2")), convention(3, engagement(3, "A4"), nature="employeur_public")
    rows = donnees([firm, public], [fait(public, public.engagements[0], "2026-T2", 8100)])
    found, quarter = bilan(rows), assemble_trimestre(_of_quarter(rows), GRID, edition=1, now=NOW, gabarit="essai")
    assert _motifs(of(found, "A4")["entreprise"]) == {NO_ENTERPRISE}
    assert {line.realise.motif for line in quarter.indicateurs if (line.code, line.nature) == ("A4", "entreprise")} == {
        NO_ENTERPRISE
    }
    assert _motifs(of(found, "R3")["entreprise"]) == {NOBODY}
    alone = bilan(donnees([firm]))
    assert _motifs(of(alone, "A4")["entreprise"]) == {NOBODY}


def _of_quarter(rows: DonneesBilan) -> DonneesBilan:
    return replace(rows, periode=Periode.from_code("2026-T2"))


@pytest.mark.parametrize(
    ("nature", "one", "several"),
    [
        ("reseau", "1 réseau engagé", "2 réseaux engagés"),
        ("employeur_public", "1 employeur public engagé", "2 employeurs publics engagés"),
        ("association", "1 association engagée", "2 associations engagées"),
    ],
)
def test_R2_R38_those_who_engaged_are_named_after_what_they_are(nature: str, one: str, several: str) -> None:
    given = [convention(k, engagement(k, "P01", 5), nature=nature, is_in_plan_10000=True) for k in (1, 2)]
    for count, told in ((1, one), (2, several)):
        lines = bilan(donnees(given[:count])).thematiques
        assert [t.mention for t in lines if (t.code, t.nature) == ("T01", nature)] == [told]


def test_R14_a_share_of_nobody_says_that_its_denominator_is_zero_or_missing() -> None:
    firm = convention(1, engagement(1, "F1p"))
    told = fait(firm, firm.engagements[0], "2026-T2", ratio=(0, 0))
    (line,) = [i for i in bilan(donnees([firm], [told])).indicateurs if (i.code, i.nature) == ("F1p", "entreprise")]
    assert (line.realise.valeur, line.realise.motif) == (None, "n.d. : dénominateur nul ou absent")


def test_R2_R38_a_forecast_of_others_says_how_many_of_them_engaged_beside_the_enterprises_alone() -> None:
    plan = {"is_in_plan_10000": True}
    firm = convention(1, engagement(1, "P01", 9), **plan)
    first, second = (convention(k, engagement(k, "P01", 5), nature="reseau", **plan) for k in (2, 3))
    asso = convention(4, engagement(4, "P01"), nature="association", **plan)
    rows = donnees([firm, first, second, asso])
    told = {t.nature: (t.entreprises, t.mention) for t in bilan(rows).thematiques if t.code == "T01"}
    held = "prévision connue pour 3 conventions sur 4"
    assert told == {
        "entreprise": (1, ""),
        "reseau": (0, "2 réseaux engagés"),
        "association": (0, "1 association engagée"),
        "ensemble": (1, f"3 autres signataires engagés ; {held}"),
    }
    quarter = assemble_trimestre(_of_quarter(rows), GRID, edition=1, now=NOW, gabarit="essai").thematiques
    said = {t.nature: (t.entreprises, t.mention.split(" ; ")[0]) for t in quarter if t.code == "T01"}
    assert said["reseau"] == (0, "2 réseaux engagés") and said["ensemble"] == (1, "3 autres signataires engagés")
