"""Nothing is computed from a rounded number, and what is not zero never reads 0 (R33)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import OrigineLue
from paqte.domain.assemblage.nation import EditionScellee, merge_parts, part_of
from paqte.domain.assemblage.tableaux import completude
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre, share
from paqte.domain.documents.bilan import TABLES as BILAN
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.commun.comparaison import compare
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.documents.lignes.lignes_trimestre import DonneeTrimestre
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.sommes import Answers
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

INFIME = "< 0,1\u00a0%"
A4P = "A2p"


def a_ratio(cible: str, upper: str, lower: str, key: int = 1) -> tuple[object, object]:
    promised = replace(engagement(key * 10 + 1, A4P), cible=Decimal(cible))
    signed = convention(key, promised)
    told = fait(signed, promised, "2026-T1", ratio=(1, 1))._replace(
        numerateur=Decimal(upper), denominateur=Decimal(lower)
    )
    return signed, told


def bilan(*given: tuple[object, object]) -> Bilan:
    rows = donnees([c for c, _ in given], [f for _, f in given])  # type: ignore[misc]
    return assemble(rows, catalogue(), edition=1, now=NOW, gabarit="essai")


def line(found: Bilan, code: str = A4P) -> LigneIndicateur:
    return next(one for one in found.indicateurs if one.code == code)


@pytest.mark.parametrize(
    ("cible", "upper", "lower", "part", "taux"),
    [
        ("3", "170550.90", "7525200", Chiffre(Decimal("2.3")), "75.5"),
        ("0.2", "14", "10000", Chiffre(Decimal("0.1")), "70.0"),
        ("0.05", "40000", "100000000", Chiffre(None, INFIME), "80.0"),
        ("12.25", "49", "400", Chiffre(Decimal("12.3")), "100.0"),
    ],
)
def test_R33_a_rate_comes_from_exact_numbers(cible: str, upper: str, lower: str, part: Chiffre, taux: str) -> None:
    found = line(bilan(a_ratio(cible, upper, lower)))
    assert (found.realise, found.cumul) == (part, part)
    assert (found.cible.valeur, found.taux.valeur) == (Decimal(cible), Decimal(taux))


def test_R33_a_weighted_target_is_not_rounded_before_the_rate() -> None:
    """0.12 of 1000 and 0.2 of 3000 aim at 7.2 of 4000, which reads 0.2 %; 5 achieved is 69.4 % of it, not 62.5."""
    found = line(bilan(a_ratio("0.12", "2", "1000"), a_ratio("0.2", "3", "3000", key=2)))
    assert (found.cible.valeur, found.taux.valeur) == (Decimal("0.2"), Decimal("69.4"))


def test_R33_the_same_target_typed_by_all_reads_as_it_was_typed() -> None:
    assert line(bilan(a_ratio("12.25", "1", "10"), a_ratio("12.25", "1", "30", key=2))).cible.valeur == Decimal("12.25")


@pytest.mark.parametrize(
    ("upper", "lower", "told"),
    [
        (0, 3000, Chiffre(Decimal("0.0"))),
        (1, 3000, Chiffre(None, INFIME)),
        (1, 2000, Chiffre(Decimal("0.1"))),
        (Decimal("0.01"), 10**12, Chiffre(None, INFIME)),
        (1, 0, Chiffre(None, "rien")),
        (None, 5, Chiffre(None, "rien")),
        (2999, 3000, Chiffre(Decimal("100.0"))),
        (1, 16, Chiffre(Decimal("6.3"))),
    ],
)
def test_R33_a_share_is_rounded_half_up_and_never_to_nothing(upper: object, lower: int, told: Chiffre) -> None:
    assert share(upper, lower, "rien") == told  # type: ignore[arg-type]


def test_R14_R33_a_share_of_the_period_keeps_its_two_exact_numbers_and_a_count_has_none() -> None:
    found = bilan(a_ratio("3", "1.50", "3", key=1), a_ratio("3", "2", "9", key=2))
    whole = line(found)
    assert (whole.numerateur, whole.denominateur) == (Decimal("3.50"), Decimal(12))
    many = convention(3, engagement(31, "S2"))
    count = line(bilan((many, fait(many, many.engagements[0], "2026-T1", 4))), "S2")
    assert (count.numerateur, count.denominateur) == (None, None)


def test_R23_R33_no_number_behind_a_share_is_published_even_of_what_is_under_no_secret() -> None:
    signed, told = a_ratio("3", "1", "3")
    rows = donnees([signed], [told])  # type: ignore[list-item]
    grid = catalogue()
    whole = assemble(rows, grid, edition=1, now=NOW, gabarit="essai")
    assert line(whole).numerateur == 1
    shown = line(publishable(whole, rows, grid))
    assert (shown.realise.valeur, shown.numerateur, shown.denominateur) == (Decimal("33.3"), None, None)


def test_R19_an_edition_of_before_keeps_its_text_and_so_its_hash() -> None:
    """It told no number of a share: read and written again, not a byte is added, and no cell differs for it."""
    former = bilan(a_ratio("3", "1", "3"))
    former = replace(
        former,
        versions=replace(former.versions, colonnes="2026-11"),
        indicateurs=tuple(replace(i, numerateur=None, denominateur=None) for i in former.indicateurs),
    )
    text = former.as_json()
    assert "numerateur" not in text
    assert Bilan.from_json(text).as_json() == text
    assert compare(former, bilan(a_ratio("3", "1", "3")), BILAN) == []


def test_R33_a_rate_without_target_and_completeness_never_read_zero_either() -> None:
    one = convention(1, replace(engagement(11, "S2"), cible=Decimal(5_000)))
    found = line(bilan((one, fait(one, one.engagements[0], "2026-T1", 1))), "S2")
    assert (found.taux.motif, found.taux.is_missing) == (INFIME, False)
    many = convention(2, *(engagement(100 + n, "F1") for n in range(2_500)))
    rows = completude.lines(
        completude.over([many], Answers.of([fait(many, many.engagements[0], "2026-T1", 1)]),
                        Periode.from_code("2026-T1"), frozenset(), catalogue()), {2: "Société"}, catalogue(),
    )  # fmt: skip
    assert (rows[0].completude, rows[0].ponctualite) == (Chiffre(None, INFIME), Chiffre(Decimal("0.0")))


def test_R33_a_row_of_data_whose_share_is_too_small_says_so_and_keeps_its_two_numbers() -> None:
    signed, told = a_ratio("0.05", "40000", "100000000")
    rows = donnees([signed], [told], periode=Periode.from_code("2026-T1"))  # type: ignore[list-item]
    row = assemble_trimestre(rows, catalogue(), edition=1, now=NOW, gabarit="essai").donnees[0]
    assert (row.valeur, row.etat_lu, row.numerateur) == (None, f"Renseigné, {INFIME}", 40_000)


def test_R33_the_comparison_reads_a_small_share_as_every_page_does() -> None:
    before, after = bilan(a_ratio("1", "1", "100")), bilan(a_ratio("1", "1", "10000"))
    read = {(e.colonne, e.avant, e.apres) for e in compare(before, after, BILAN) if e.ligne.startswith(A4P)}
    assert ("Réalisé au semestre", "1\u00a0%", INFIME) in read


def test_R33_the_nation_says_no_zero_of_a_small_share_and_finds_its_edition_faultless() -> None:
    given = a_ratio("0.05", "40000", "100000000")
    part = part_of(EditionScellee(bilan(given), (given[1],)), catalogue())  # type: ignore[arg-type]
    nation = merge_parts([part], catalogue())
    ratio = next(one for one in nation.lignes if one.code == A4P)
    assert (ratio.chiffre, part.chiffre(A4P, "ratio"), nation.ecarts) == (Chiffre(None, INFIME),) * 2 + ((),)


def test_R23_R33_no_share_of_what_is_under_secret_is_published_because_it_rounds_to_nothing() -> None:
    known = catalogue()
    secret = replace(known.indicateurs["F1p"], petits_nombres=True)
    grid = replace(known, indicateurs={**known.indicateurs, "F1p": secret})
    assert "F1p" in grid.secrets
    signed = convention(1, engagement(11, secret.code))
    told = fait(signed, signed.engagements[0], "2026-T1", ratio=(1, 100_000))
    rows = donnees([signed], [told])
    shown = line(publishable(assemble(rows, grid, edition=1, now=NOW, gabarit="e"), rows, grid), secret.code)
    assert {shown.realise.motif, shown.cumul.motif} == {"masqué (secret statistique)"}
    quarter = replace(rows, periode=Periode.from_code("2026-T1"))
    export = publishable(assemble_trimestre(quarter, grid, edition=1, now=NOW, gabarit="e"), quarter, grid)
    row: DonneeTrimestre = export.donnees[0]
    assert (row.etat, row.valeur, row.numerateur, row.denominateur) == ("masquee", None, None, None)
    assert "100000" not in export.as_json()


def test_R33_provenance_keeps_its_two_numbers() -> None:
    origins = (OrigineLue(False, "formulaire", False, 2_999), OrigineLue(False, "import", False, 1))
    given = assemble(donnees([], origines=origins), catalogue(), edition=1, now=NOW, gabarit="essai").provenance
    assert [(p.nombre, p.total) for p in given if p.code == "import"] == [(1, 3_000)]
