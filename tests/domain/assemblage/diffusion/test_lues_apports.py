"""What each answer brings to each figure under secret, counted by hand, and what a published file says of it (R23)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

from paqte.domain.assemblage.diffusion.apports import (
    CHIFFREES,
    COLONNES,
    EditionPubliable,
    _said,
    cells,
    former_cells,
    measure_of,
    unsaid_cells,
)
from paqte.domain.assemblage.diffusion.publiable import _valued, publishable
from paqte.domain.assemblage.donnees import AvertissementLu, DonneesBilan
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.lignes.lignes import LigneCorrection, LigneIndicateur, LigneThematique
from paqte.domain.indicateurs.catalogue import SOURCE, load_catalogue
from paqte.domain.indicateurs.genres import PERCENTAGE
from paqte.domain.secret import MASQUE, PETIT, Cellule
from tests.domain.assemblage.diffusion.test_publiable import WIDER, published, whole
from tests.domain.assemblage.petit_monde import export
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

# With a stock under secret beside what adds up.
R9S = """[[indicateur]]
code = "R9s"
axe = "RECRUTER"
libelle = "Réfugiés présents"
unite = "personnes"
genre = "stock"
nombre = "compte"
thematiques = ["T09"]
compte = "Les réfugiés présents le dernier jour."
"""
STOCKED = load_catalogue(
    f"{SOURCE.read_text(encoding='utf-8')}\n{R9S}\n{R9S.replace('R9s', 'R9').replace('stock', 'flux')}"
)
AIMED, FREE, NETWORK = engagement(11, "R9", cible=12), engagement(21, "R9"), engagement(31, "R9")
FIRM, OTHER, CLUB = convention(1, AIMED), convention(2, FREE), convention(3, NETWORK, nature="reseau")
MINE = {"2025-T1": 8, "2025-T4": 6, "2026-T1": 2, "2026-T2": 3}


def world() -> DonneesBilan:
    faits = [fait(FIRM, AIMED, quarter, value) for quarter, value in MINE.items()]
    faits += [fait(OTHER, FREE, "2026-T1", 5), fait(CLUB, NETWORK, "2026-T2", 4)]
    return donnees([FIRM, OTHER, CLUB], faits)


def read(cellule: Cellule) -> str:
    """ "1/T1 2025: 8": whose, of which engagement or period, how many."""
    return ", ".join(
        f"{int(siren)}/{periode or key}: {value}" for (siren, key, periode), value in cellule.apports.items()
    )


def columns(found: Iterable[Cellule], nature: str, rows: DonneesBilan) -> dict[str, tuple[str, str]]:
    ranks = [n for n, i in enumerate(whole(rows, WIDER).indicateurs) if (i.code, i.nature) == ("R9", nature)]
    return {c.cle[3]: (c.mesure, read(c)) for c in found if c.cle[1:3] == ("indicateurs", ranks[0])}  # type: ignore[index]


def test_R22_R23_each_column_is_the_sum_of_these_answers_and_a_rate_of_those_with_a_target() -> None:
    found = cells(whole(world(), WIDER), world(), WIDER)
    assert {c.cle[0] for c in found} == {0} and all(c.is_total for c in found)  # type: ignore[index]
    told = columns(found, "entreprise", world())
    assert list(told) == ["realise", "cumul", "precedent", "un_an_avant", "taux", "cible", "reference"]
    assert told == {
        "realise": ("R9", "1/2026-T1: 2, 1/2026-T2: 3, 2/2026-T1: 5"),
        "cumul": ("R9", "1/2025-T1: 8, 1/2025-T4: 6, 1/2026-T1: 2, 1/2026-T2: 3, 2/2026-T1: 5"),
        "precedent": ("R9", "1/2025-T4: 6"),
        "un_an_avant": ("R9", "1/2025-T1: 8"),
        "taux": ("R9", "1/2025-T1: 8, 1/2025-T4: 6, 1/2026-T1: 2, 1/2026-T2: 3"),
        "cible": ("R9 cible", "1/11: 12"),
        "reference": ("R9 reference", ""),
    }
    assert columns(found, "reseau", world())["cumul"] == ("R9", "3/2026-T2: 4")
    assert columns(found, "ensemble", world())["realise"] == (
        "R9",
        "1/2026-T1: 2, 1/2026-T2: 3, 2/2026-T1: 5, 3/2026-T2: 4",
    )


def test_R23_what_a_published_file_says_is_its_figure_its_mask_or_the_numerator_of_its_rate() -> None:
    shown = {
        "realise": Chiffre(Decimal(10)),
        "cumul": Chiffre(None, PETIT),
        "precedent": Chiffre(None, MASQUE),
        "un_an_avant": Chiffre(None, "aucune réponse"),
        "taux": Chiffre(None, PERCENTAGE.infime),
        "cible": Chiffre(Decimal(12)),
    }
    document = whole(world(), WIDER)
    lines = tuple(replace(i, **shown) if i.nature == "entreprise" else i for i in document.indicateurs)
    known = donnees([FIRM, OTHER, CLUB], ())
    former = EditionPubliable(5, replace(document, indicateurs=lines), world().faits)
    found = [c for c in former_cells(former, known, WIDER) if c.mesure.startswith("R9")]
    ranks = {n: i.nature for n, i in enumerate(lines) if i.code == "R9"}
    said = {c.cle[3]: c.dite for c in found if ranks.get(c.cle[2]) == "entreprise" and c.cle[1] == "indicateurs"}  # type: ignore[index]
    assert said == {"realise": 10, "cumul": PETIT, "precedent": MASQUE, "taux": 19, "cible": 12}
    assert {c.cle[0] for c in found} == {5}  # type: ignore[index]
    rated = tuple(replace(i, taux=Chiffre(Decimal("158.3"))) if i.nature == "entreprise" else i for i in lines)
    again = former_cells(replace(former, document=replace(document, indicateurs=rated)), known, WIDER)
    assert [c.dite for c in again if c.cle[3] == "taux" and ranks.get(c.cle[2]) == "entreprise"] == [19]  # type: ignore[index]


def test_R23_totals_never_said_are_those_of_each_period_nature_and_since_the_start() -> None:
    rows = donnees([FIRM, CLUB], [fait(FIRM, AIMED, "2025-T4", 6), fait(CLUB, NETWORK, "2026-T1", 4)])
    found = {c.cle[2:]: read(c) for c in unsaid_cells(rows, WIDER)}  # type: ignore[index]
    mine, theirs = "1/2025-T4: 6", "3/2026-T1: 4"
    both = f"{mine}, {theirs}"
    assert found == {
        **{("", code): mine for code in ("2025", "2025-S2", "2025-T4", "… 2025", "… 2025-S2", "… 2025-T4")},
        **{("", code): theirs for code in ("2026", "2026-S1", "2026-T1")},
        **{("", f"… {code}"): both for code in ("2026", "2026-S1", "2026-T1")},
        **{("entreprise", code): mine for code in ("2025", "2025-S2", "2025-T4")},
        **{("entreprise", f"… {code}"): mine for code in ("2025", "2025-S2", "2025-T4", "2026", "2026-S1", "2026-T1")},
        **{("entreprise", code): "" for code in ("2026", "2026-S1", "2026-T1")},
        **{("reseau", code): theirs for code in ("2026", "2026-S1", "2026-T1")},
        **{("reseau", f"… {code}"): theirs for code in ("2026", "2026-S1", "2026-T1")},
        **{("reseau", code): "" for code in ("2025", "2025-S2", "2025-T4", "… 2025", "… 2025-S2", "… 2025-T4")},
    }
    alone = donnees([FIRM], [fait(FIRM, AIMED, "2025-T4", 6)])
    assert {c.cle[2] for c in unsaid_cells(alone, WIDER)} == {""}  # type: ignore[index]


def test_R23_a_row_of_data_brings_the_answer_it_tells_and_says_whether_it_is_hidden() -> None:
    theme = engagement(41, "P09")
    plan = convention(4, theme, dispositif="plan_10000")
    known = donnees([plan], [fait(plan, theme, "2026-T2", 3), fait(plan, theme, "2026-T1", 2)])
    given = export(known, "2026-T2")
    (cellule,) = [c for c in cells(given, known, WIDER) if not c.is_total]
    assert (cellule.cle, cellule.mesure, read(cellule)) == ((0, "donnees", 0, "valeur"), "P09", "4/2026-T2: 3")
    for etat, dite in (("moins_de_5", PETIT), ("masquee", MASQUE), ("nombre", 3)):
        valeur = Decimal(3) if etat == "nombre" else None
        shown = replace(given, donnees=(replace(given.donnees[0], etat=etat, valeur=valeur),))
        found = former_cells(EditionPubliable(2, shown, known.faits), known, WIDER)
        assert [(c.cle, c.dite) for c in found if not c.is_total] == [((2, "donnees", 0, "valeur"), dite)]


def test_R23_of_an_edition_of_another_period_the_tables_that_are_read_bear_all_its_figures_under_secret() -> None:
    firm = convention(1, engagement(11, "P09"), is_in_plan_10000=True)
    rows = donnees([firm], [fait(firm, firm.engagements[0], "2026-T1", 9)])
    semester, quarter = whole(rows, WIDER), export(replace(rows, periode=Periode.from_code("2026-T1")), "2026-T1")
    for document in (semester, quarter):
        read = type(document).from_json(document.as_json(), CHIFFREES)
        told = [former_cells(EditionPubliable(1, one, rows.faits), rows, WIDER) for one in (document, read)]
        assert told[0] == told[1]
    assert any(not cellule.is_total for cellule in told[0]), "a figure of one company, in the data of the quarter"


def test_R23_R38_what_is_valued_on_the_line_of_all_natures_is_hidden_where_enterprises_alone_answered() -> None:
    network = convention(3, engagement(31, "P09"), nature="reseau", is_in_plan_10000=True)
    firm = convention(1, engagement(11, "R9"), engagement(12, "P09"), is_in_plan_10000=True)
    rows = donnees([firm, network], [fait(firm, firm.engagements[0], "2026-T1", 3)])
    told = {t.nature: t.valorise for t in published(rows, WIDER).thematiques if t.code == "T09"}
    assert told == {"entreprise": "R9 : < 5", "reseau": "", "ensemble": "R9 : < 5"}


def test_R38_the_veil_of_enterprises_hides_what_they_are_valued_for_and_nobody_else_s() -> None:
    hidden = {("R9", "entreprise"): "< 5"}
    told = {nature: _valued("R9 : 12 personnes", nature, hidden) for nature in ("entreprise", "ensemble", "reseau")}
    assert told == {"entreprise": "R9 : < 5", "ensemble": "R9 : < 5", "reseau": "R9 : 12 personnes"}
    assert _valued("R9 : 12 personnes", "ensemble", hidden | {("R9", "ensemble"): "masqué"}) == "R9 : masqué"


def test_R23_what_is_valued_and_under_no_secret_stays_part_by_part() -> None:
    codes = ("A3", "A4", "P12")
    firm = convention(1, *(engagement(n, code) for n, code in enumerate(codes)), is_in_plan_10000=True)
    rows = donnees([firm], [fait(firm, e, "2026-T1", 1000 * (n + 1)) for n, e in enumerate(firm.engagements)])
    told = {t.unite: t.valorise for t in published(rows).thematiques if t.code == "T12"}
    assert told["€ HT"] == "A3 : 1\u202f000 € HT ; A4 : 2\u202f000 € HT"


def test_R46_what_a_company_that_words_a_secret_says_of_another_measure_stays() -> None:
    free = engagement(1, "X1", 7, "Personnes réfugiées recrutées", "personnes")
    firm = convention(1, free, engagement(2, "S2"))
    rows = donnees([firm], [fait(firm, free, "2026-T1", 2), fait(firm, firm.engagements[1], "2026-T1", 9)])
    told = tuple(AvertissementLu(1, "2026-T1", code, "C’est beaucoup plus.", "Oui.") for code in ("X1", "S2"))
    rows = replace(rows, avertissements=told)
    made = replace(
        whole(rows),
        corrections=tuple(LigneCorrection(firm.nom, "T1", code, "1", "2", "un oubli") for code in ("X1", "S2")),
    )
    shown = publishable(made, rows, WIDER)
    assert [a.indicateur for a in shown.avertissements] == ["S2"]
    assert [c.indicateur for c in shown.corrections] == ["S2"]


# The share of engagements without a target: it counts engagements, and nobody.
COUNTS_NOBODY = {"sans_cible"}


def test_R23_every_column_of_figures_of_a_line_is_under_the_rule_of_small_numbers() -> None:
    found = {f.name for row in (LigneIndicateur, LigneThematique) for f in fields(row) if f.type == "Chiffre"}
    assert found - COUNTS_NOBODY == set(COLONNES)


def test_R8b_a_thematique_counts_the_measure_it_names_else_the_one_of_its_unit() -> None:
    line = next(t for t in whole(world(), WIDER).thematiques if t.code == "T12")
    found = [
        measure_of(replace(line, code=code, mesure=mesure, unite=unite), WIDER)
        for code, mesure, unite in (("T09", "R9", "€"), ("T09", "", "personnes"), ("T09", "", "heures"))
    ]
    assert [m and m.code for m in found] == ["R9", "P09", None]


def test_R32_of_a_stock_under_secret_each_window_counts_who_was_bound_on_its_own_last_day() -> None:
    """The first signatory left in March; its last answer stands for the semester before, no more for this one."""
    stock = [engagement(n, "R9s") for n in (1, 2)]
    over = convention(1, stock[0], engagement(3, "R9"), debut=date(2023, 4, 1), fin=date(2026, 3, 31))
    bound = convention(2, stock[1])
    faits = [
        fait(over, stock[0], "2025-T4", 6),
        fait(over, stock[0], "2026-T1", 7),
        fait(bound, stock[1], "2025-T4", 9),
    ]
    faits += [fait(over, over.engagements[1], "2026-T1", 4), fait(bound, stock[1], "2026-T1", 2)]
    rows = donnees([over, bound], faits)
    ranks = [n for n, i in enumerate(whole(rows, STOCKED).indicateurs) if i.code == "R9s"]
    found = {c.cle[3]: read(c) for c in cells(whole(rows, STOCKED), rows, STOCKED) if c.cle[2] == ranks[0]}  # type: ignore[index]
    assert (found["precedent"], found["realise"], found["cumul"]) == (
        "1/2025-T4: 6, 2/2025-T4: 9",
        "2/2026-T1: 2",
        "2/2026-T1: 2",
    )


def test_R23_R33_a_published_figure_tells_itself_and_a_rate_or_one_too_small_to_be_read_what_it_is_made_of() -> None:
    def said(chiffre: Chiffre, column: str) -> Decimal | str:
        return _said(chiffre, Cellule((3, "indicateurs", 0, column), "R9", {(1, 11, ""): Decimal(4)}))

    assert [said(Chiffre(Decimal(6)), column) for column in ("valeur", "taux")] == [6, 4]
    small = Chiffre(None, PERCENTAGE.infime)
    assert [said(small, column) for column in ("valeur", "taux")] == [4, 4]
    assert [said(Chiffre(None, MASQUE), column) for column in ("valeur", "taux")] == [MASQUE, MASQUE]
