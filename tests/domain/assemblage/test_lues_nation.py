"""The nation of two départements read whole, by hand: its lines, parts and gaps (R2, R13, R20, R32, R38)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from paqte.domain.assemblage.nation import EditionScellee, Nation, PartRecue, merge_parts, part_of
from paqte.domain.assemblage.territoire import SommeThematique, ThematiqueNation
from paqte.domain.documents.bilan import Bilan
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.petit_monde import bilan, monde, told
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

GRID = catalogue()
LABEL = "Nombre d’élèves de 3e de REP+/REP/QPV effectivement accueillis en stage"
INTERNAL = (
    "Usage interne : somme d’éditions internes, où le secret statistique n’est pas appliqué. "
    "Seules les versions publiables des départements peuvent être diffusées."
)


def editions() -> list[EditionScellee]:
    """The Loir-et-Cher of the small world, third edition; the Cher of one company alone, that bought and said no."""
    rows = monde()
    share, amount = engagement(11, "F1p"), engagement(12, "A1")
    firm = convention(1, share, amount, engagement(13, "S2"))
    cher = donnees(
        [firm],
        [
            fait(firm, share, "2026-T1", ratio=(1, 8)),
            fait(firm, amount, "2026-T2", 6),
            fait(firm, firm.engagements[2], "2026-T1", reponse="neant"),
            fait(firm, firm.engagements[2], "2026-T2", reponse="neant"),
        ],
    )
    here = replace(bilan(rows), edition=3)
    there = replace(bilan(cher), departement="18", departement_nom="Cher")
    return [EditionScellee(here, rows.faits, 7), EditionScellee(there, cher.faits, 9)]


def nation() -> Nation:
    return merge_parts([part_of(e, GRID) for e in editions()], GRID)


def test_R13_R20_R38_each_line_of_the_nation_says_its_figure_who_answered_and_what_each_brings() -> None:
    head = f"SENSIBILISER | S2 | {LABEL} | personnes | flux"
    found = [
        told(line, "departements", "objectif", "sans_objectif_dit") for line in nation().lignes if line.code == "S2"
    ]
    assert found == [
        f"{head} | 7 | 2 | 3 | 1 | entreprise | — | interne | 7 | ()",
        f"{head} | 9 | 1 | 1 | 0 | reseau | — | interne | 9 | ()",
        f"{head} | 16 | 3 | 4 | 1 | ensemble | — | interne | 16 | ()",
    ]
    of_each = {(n.code, n.nature): n.departements for n in nation().lignes}
    assert of_each["S2", "entreprise"] == (("18", 0), ("41", 7))
    assert of_each["S2", "reseau"] == (("41", 9),)
    assert of_each["S2", "ensemble"] == (("18", 0), ("41", 16)), "the enterprises', where nobody else stands"
    rest = [(n.code, n.valeur, n.repondu, n.du, n.mention, n.chiffre.valeur) for n in nation().lignes]
    assert ("F1p", Decimal("12.5"), 0, 1, "", Decimal("12.5")) in rest
    assert ("A1", 6, 0, 1, "doublons possibles", 6) in rest
    assert ("R3", None, 0, 0, "", None) in rest


def test_R20_each_part_says_its_edition_its_signatories_and_its_answers() -> None:
    cher, loir = nation().parts
    here, there = (e.bilan for e in editions())
    assert told(loir, "sommes", "sha256", "beside") == "41 | Loir-et-Cher | 7 | 3 | 2 | 1 | 9 | 6 | () | —"
    assert told(cher, "sommes", "sha256", "beside") == "18 | Cher | 9 | 1 | 1 | 0 | 6 | 4 | () | —"
    assert nation().editions == (("18", 1, there.sha256), ("41", 3, here.sha256))
    assert (nation().entreprises, nation().autres, nation().dus, nation().repondus) == (3, 1, 15, 10)
    assert (nation().ecarts, nation().mention) == ((), INTERNAL)
    assert loir.valeur("S2", "flux") == 7 and loir.valeur("S2", "flux", "reseau") == 9
    assert loir.chiffre("S2", "flux").valeur == 7 and loir.chiffre("S2", "flux", "ensemble").valeur == 16
    assert cher.chiffre("F1p", "ratio").valeur == Decimal("12.5")
    assert cher.valeur("R9", "flux") is None
    turned = replace(here, completude=here.completude[::-1])
    assert part_of(EditionScellee(turned, editions()[0].faits), GRID).dus == 9, "the line of all, wherever it stands"


def test_R2_the_others_of_a_part_are_the_networks_the_public_employers_and_the_associations() -> None:
    kinds = ["reseau"] * 1 + ["employeur_public"] * 2 + ["association"] * 4
    rows = donnees([convention(k, nature=n) for k, n in enumerate(kinds, 1)])
    part = part_of(EditionScellee(bilan(rows), ()), GRID)
    assert (part.entreprises, part.autres, part.dus, part.repondus, part.edition_id) == (0, 7, 0, 0, 0)


def test_R20_a_part_received_that_nothing_proves_is_marked_wherever_its_figures_are_added() -> None:
    loir, cher = (part_of(e, GRID) for e in editions())
    intact, altered = PartRecue(4), PartRecue(5, "modifie", "décision du 3 mars")
    assert (intact.is_marked, intact.phrase) == (False, "reçu, intact")
    assert (altered.is_marked, altered.phrase) == (
        True,
        "modifié après sa production, gardé par décision : décision du 3 mars",
    )
    given = merge_parts([replace(loir, recue=intact), replace(cher, recue=altered)], GRID)
    assert [p.departement for p in given.recues] == ["18", "41"]
    assert [p.departement for p in given.marquees] == ["18"]
    marks = {(n.code, n.nature): n.marque for n in given.lignes if n.code == "S2"}
    assert marks == {
        ("S2", "entreprise"): "dont chiffres non vérifiés : Cher (18)",
        ("S2", "reseau"): "",
        ("S2", "ensemble"): "dont chiffres non vérifiés : Cher (18)",
    }
    assert (nation().recues, nation().marquees) == ((), ())


def test_R38_the_title_of_a_line_says_whose_figures_it_adds_up() -> None:
    lines = [n for n in nation().lignes if n.code == "S2"]
    assert [n.titre for n in lines] == [LABEL, f"{LABEL} — réseaux", f"{LABEL} — Total, toutes natures"]
    assert replace(lines[0], nature="").titre == f"{LABEL} — éditions antérieures, toutes natures mêlées"
    measure = ThematiqueNation("T01", "Places offertes", "places", "reseau", SommeThematique())
    assert measure.titre == "Places offertes — réseaux"
    assert replace(measure, nature="").titre == "Places offertes — éditions antérieures, toutes natures mêlées"


def stocks(*told_of: tuple[str, str, int]) -> tuple[Bilan, EditionScellee]:
    """Signatories 1, 2… each with the last day and the dispositif its edition says; 30 in T1 by another, then this."""
    firms = [convention(n, engagement(10 * n, "A1"), engagement(10 * n + 1, "A1")) for n in range(1, len(told_of) + 1)]
    faits = []
    for c, (_, _, value) in zip(firms, told_of, strict=True):
        faits += [fait(c, c.engagements[0], "2026-T1", 30), fait(c, c.engagements[1], "2026-T2", value)]
    made = bilan(donnees(firms, faits))
    listed = tuple(
        replace(s, fin=fin, dispositifs=of) for s, (fin, of, _) in zip(made.signataires, told_of, strict=True)
    )
    made = replace(made, signataires=listed)
    return made, EditionScellee(made, tuple(faits))


def printed(made: Bilan, value: int, edition: EditionScellee) -> tuple[str, ...]:
    lines = tuple(
        replace(i, realise=replace(i.realise, valeur=Decimal(value))) if i.code == "A1" else i for i in made.indicateurs
    )
    return part_of(edition._replace(bilan=replace(made, indicateurs=lines)), GRID).ecarts


def test_R7_R32_a_stock_of_an_edition_counts_who_is_bound_on_its_last_day_and_no_charter() -> None:
    gap = ("41, A1 : ses réponses ne donnent plus le chiffre de l’édition.",)
    made, edition = stocks(("2026-06-30", "PAQTE", 12), ("2027-12-31", "Charte E&Q", 5), ("2026-06-29", "PAQTE", 7))
    assert printed(made, 12, edition) == (), "bound until the very last day, charter and gone left out"
    assert printed(made, 17, edition) == printed(made, 19, edition) == printed(made, 24, edition) == gap
    assert printed(made, 114, edition) == (), "before that rule, every engagement was added"
