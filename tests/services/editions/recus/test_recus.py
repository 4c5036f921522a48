"""Bilans received as workbooks add up to what one base holding them all would say, or each odd one is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import openpyxl
import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.nation import EditionScellee, Nation, merge_parts, part_of
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.bilan import Bilan
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.reporting.relecture.relecture import RelectureRefused, WorkbookReread
from paqte.services.editions import recus_lus
from paqte.services.editions.recus import SommeMade, consolidate_files
from paqte.services.editions.recus_lus import WorkbookReceived
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait
from tests.reporting.mondes.bilans import fill, read_back, read_template
from tests.reporting.mondes.classeurs_exemples import quarter
from tests.reporting.tiers.lecteurs import saved_by_openpyxl

pytestmark = pytest.mark.lent

S1 = Periode.from_code("2026-S1")
FIVE = ("18", "28", "36", "37", "41")
GRID = catalogue()


def world(rank: int) -> DonneesBilan:
    """A company, a hospital and a network: a flow, a share, a stock, a yes; the third of them answers nothing."""
    own = [engagement(1, "S2", 9), engagement(2, "S2p", 40 + rank), engagement(3, "A1"), engagement(4, "R1")]
    places = engagement(7, "P01", 5 * rank)
    firm = convention(1, *own, places, is_in_plan_10000=True)
    public = convention(2, engagement(5, "A4"), nature="employeur_public")
    club = convention(3, engagement(6, "S2"), nature="reseau")
    share = fait(firm, own[1], "2026-T1", 1)._replace(valeur=None, numerateur=Decimal(rank), denominateur=Decimal(7))
    said = [fait(firm, own[0], "2026-T1", 3 * rank), share, fait(firm, own[2], "2026-T2", rank)]
    said += [fait(firm, places, "2026-T1", rank)]
    said += [fait(firm, own[3], "2026-T2", 1), fait(public, public.engagements[0], "2026-T2", 100 * rank)]
    said += [fait(club, club.engagements[0], "2026-T1", 40)]
    return donnees([firm, public, club], [] if rank == 3 else said)


@cache
def issued(rank: int) -> tuple[Bilan, DonneesBilan]:
    made = assemble(world(rank), GRID, edition=rank, now=NOW, gabarit="essai")
    return replace(made, departement=FIVE[rank - 1]), world(rank)


@cache
def workbook(rank: int) -> bytes:
    return fill(issued(rank)[0], read_template())


def workbook_of(departement: str, rank: int = 1) -> bytes:
    """The workbook of any département, under a hash that is right."""
    return fill(replace(issued(rank)[0], departement=departement), read_template())


def received(*ranks: int) -> list[WorkbookReceived]:
    return [WorkbookReceived(f"bilan {FIVE[rank - 1]}.xlsx", workbook(rank)) for rank in ranks]


def of_one_base(*ranks: int) -> Nation:
    """What the product says of editions of its own, from the answers behind them."""
    return merge_parts((part_of(EditionScellee(issued(r)[0], tuple(issued(r)[1].faits)), GRID) for r in ranks), GRID)


def added(files: list[WorkbookReceived], region: str | None = None) -> SommeMade:
    return consolidate_files(fichiers=files, periode=S1, region=region)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process: what the one apart adds has its own tests."""
    monkeypatch.setattr(recus_lus, "read_back_series", lambda contents, genre: map(_read, contents))


@cache
def _read(content: bytes) -> WorkbookReread | RelectureRefused:
    try:
        return read_back(content)
    except RelectureRefused as refused:
        return refused


def test_R20_five_workbooks_alone_add_up_to_what_one_base_holding_the_five_says() -> None:
    """Shares too, those of all natures together, and a département that answered nothing; in another order."""
    found, base = added(received(4, 1, 5, 3, 2)).nation, of_one_base(1, 2, 3, 4, 5)
    assert found.lignes == base.lignes
    assert found.editions == base.editions
    assert found.thematiques == base.thematiques
    assert [(p.entreprises, p.autres, p.dus, p.repondus, p.sommes, p.beside) for p in found.parts] == [
        (p.entreprises, p.autres, p.dus, p.repondus, p.sommes, p.beside) for p in base.parts
    ]
    aims = {(line.code, line.nature): (line.cible.valeur, line.taux.valeur) for line in found.lignes}
    assert aims["S2", "entreprise"] == (45, 80)
    assert aims["S2p", "entreprise"] == (Decimal(43), Decimal("99.7"))  # 12 of 28, for 41, 42, 44 and 45 % of 7 each
    assert next(t.somme[:3] for t in found.thematiques if t.code == "T01") == (5, 75, 12)
    told = {(line.code, line.nature): line.valeur for line in found.lignes}
    assert told["S2", "entreprise"] == 3 * (1 + 2 + 4 + 5)
    assert told["S2", "ensemble"] == 36 + 160
    assert told["S2p", "entreprise"] == Decimal("42.9")  # 12 of 28
    assert told["A4", "employeur_public"] == 1200


def _rows(content: bytes, sheet: str) -> list[dict[str, Any]]:
    first, *rows = openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, first), row, strict=True)) for row in rows]


def test_R20_the_workbook_of_the_sum_tells_each_total_its_parts_and_their_files(here: None) -> None:
    content = added(received(1, 2, 3)).octets
    share = next(row for row in _rows(content, "Indicateurs") if row["Code"] == "S2p")
    assert (share["Réalisé au semestre"], share["Numérateur"], share["Dénominateur"]) == (0.214, 3, 14)
    parts = [row for row in _rows(content, "Détail") if row["Code"] == "S2p"]
    assert [(p["Département"], p["Réalisé au semestre"], p["Numérateur"]) for p in parts] == [
        ("18", 0.143, 1),
        ("28", 0.286, 2),
        ("36", None, None),
    ]
    assert parts[2]["Observations"]
    sources = _rows(content, "Départements")
    assert [(s["Département"], s["Nom"], s["Fichier"], s["Édition"]) for s in sources] == [
        ("18", "Cher", "bilan 18.xlsx", 1),
        ("28", "Eure-et-Loir", "bilan 28.xlsx", 2),
        ("36", "Indre", "bilan 36.xlsx", 3),
    ]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(len(sheet.tables) == 1 for sheet in book.worksheets)


def test_twice_the_same_files_give_the_same_cells(here: None) -> None:
    one, two = added(received(1, 2)).octets, added(received(2, 1)).octets
    for sheet in ("Ensemble", "Indicateurs", "Détail", "Départements"):
        assert _rows(one, sheet) == _rows(two, sheet)


def test_a_region_takes_its_departements_and_no_other(here: None) -> None:
    assert [p.departement for p in added(received(1, 5), "24").nation.parts] == ["18", "41"]
    with pytest.raises(Refused, match=r"bilan 18\.xlsx : le département 18 \(Cher\) n’est pas de la région 11"):
        added(received(1), "11")
    with pytest.raises(Refused, match="« 99 » n’est pas le code d’une région"):
        added(received(1), "99")


def test_a_name_of_file_is_never_a_formula(here: None) -> None:
    book = openpyxl.load_workbook(io.BytesIO(added([WorkbookReceived("=1+1.xlsx", workbook(1))]).octets))
    heads, first = book["Départements"].iter_rows(min_row=1, max_row=2)
    (cell,) = (told for head, told in zip(heads, first, strict=True) if head.value == "Fichier")
    assert (cell.value, cell.data_type) == ("=1+1.xlsx", "s")


def _with(change: Callable[[Any], None]) -> bytes:
    return saved_by_openpyxl(workbook(1), change)


def _edited(book: Any) -> None:
    sheet = book["Indicateurs"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == 3)
    cell.value = 4


def _of(**changes: Any) -> bytes:
    return fill(replace(issued(1)[0], **changes), read_template())


def _contradicting() -> bytes:
    """A share that its two numbers do not give, under a hash that is right."""
    lines = issued(1)[0].indicateurs
    return _of(indicateurs=tuple(replace(i, numerateur=Decimal(5)) if i.code == "S2p" else i for i in lines))


def _total_apart() -> bytes:
    lines = issued(1)[0].indicateurs
    told = [replace(i, realise=replace(i.realise, valeur=Decimal(99))) if i.nature == "reseau" else i for i in lines]
    return _of(indicateurs=tuple(told))


def _public() -> bytes:
    return fill(publishable(issued(1)[0], issued(1)[1], GRID), read_template())


def _before() -> bytes:
    from tests.reporting.test_modeles_anciens import template

    return fill(issued(1)[0], template("bilan"))


def _foreign() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


def _export() -> bytes:
    from paqte.reporting.classeurs.compte_rendu import FORMAT

    return fill(quarter(donnees([])), FORMAT.gabarit.read_bytes(), FORMAT)


ODD: dict[str, tuple[Callable[[], bytes], str]] = {
    "edited": (lambda: _with(_edited), "il a été modifié après sa production."),
    "foreign": (_foreign, "ce n’est pas un bilan du PAQTE"),
    "damaged": (lambda: workbook(1)[:9_000], "le fichier est abîmé ou incomplet."),
    "period": (
        lambda: _of(periode="2025-S2"),
        "c’est le bilan du 2e semestre 2025, et non celui du 1er semestre 2026.",
    ),
    "publishable": (
        _public,
        "c’est la version publiable, où les petits nombres sont masqués : demandez la version interne.",
    ),
    "unknown": (lambda: _of(departement="20"), "« 20 » n’est pas le code d’un département."),
    "by hand": (
        read_template,
        "ce n’est pas un bilan du PAQTE tel que l’application les produit, mais son modèle, vide ou rempli à la main.",
    ),
    "before": (_before, "il vient d’une version ou d’un modèle d’avant les colonnes « Numérateur »"),
    "share": (_contradicting, "ses chiffres se contredisent : S2p, "),
    "total": (_total_apart, "ses chiffres se contredisent : S2 : le total n’est pas la somme de ses lignes"),
    "export": (_export, "ce n’est pas un bilan du PAQTE"),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_file_is_refused_by_its_name_and_a_sentence_and_nothing_is_made(here: None, kind: str) -> None:
    make, sentence = ODD[kind]
    with pytest.raises(Refused) as refused:
        added([*received(2), WorkbookReceived("reçu.xlsx", make())])
    first, *_, last = str(refused.value).splitlines()
    assert first.startswith(f"reçu.xlsx : {sentence}")
    assert last == "Rien n’est écrit."


def test_a_workbook_whose_name_says_another_kind_is_refused_as_by_every_other_door(here: None) -> None:
    """Seen red: taken under « bilan.csv », which every other door refuses."""
    with pytest.raises(Refused) as refused:
        added([WorkbookReceived("bilan.csv", workbook(1)), WorkbookReceived("bilan.ods", workbook(2))])
    assert str(refused.value).splitlines()[:2] == [
        f"bilan.{told} : Le nom de ce fichier dit .{told}, son contenu est un classeur Excel : enregistrez-le en .xlsx."
        for told in ("csv", "ods")
    ]


def test_two_files_of_one_departement_are_never_both_counted(here: None) -> None:
    with pytest.raises(Refused, match=r"copie\.xlsx : le département 18 est déjà donné par bilan 18\.xlsx"):
        added([*received(1), WorkbookReceived("copie.xlsx", workbook(1))])


def test_every_odd_file_is_told_at_once(here: None) -> None:
    with pytest.raises(Refused) as refused:
        added([WorkbookReceived("a.xlsx", _with(_edited)), *received(2), WorkbookReceived("b.xlsx", _foreign())])
    assert [line[:8] for line in str(refused.value).splitlines()] == ["a.xlsx :", "b.xlsx :", "Rien n’e"]


def test_a_copy_saved_by_another_program_is_read_the_same(here: None) -> None:
    again = WorkbookReceived("copie.xlsx", saved_by_openpyxl(workbook(1)))
    assert added([again]).nation.lignes == added(received(1)).nation.lignes


def test_another_period_than_a_semester_is_refused() -> None:
    with pytest.raises(Refused, match="portent sur un semestre"):
        consolidate_files(fichiers=received(1), periode=Periode.from_code("2026-T1"), region=None)
