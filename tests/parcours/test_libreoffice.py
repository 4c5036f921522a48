"""What leaves the product and comes back saved by LibreOffice is the same document: figures, looks, names, charts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from paqte import create_app
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.editions.editions import GABARIT_BILAN, GABARIT_TRIMESTRE, XLSX
from paqte.domain.personnes.acteurs import ADMIN, PLANIFICATEUR, Acteur
from paqte.domain.secret import PUBLIABLE
from paqte.models import db
from paqte.ops import clock
from paqte.queries.editions.editions import read_edition_file, read_edition_piece
from paqte.reporting.classeurs.formats import FORMATS
from paqte.reporting.relecture.relecture_a_part import compare_apart
from paqte.services.editions.authenticite import INTACT, REENREGISTRE, verify_file
from paqte.services.editions.gabarit import read_template
from paqte.services.gabarits.installes import install_template
from tests.editions import compute_bilan, compute_compte_rendu, freeze_bilan, freeze_compte_rendu
from tests.fixtures_libreoffice import Bureau
from tests.parcours.demonstration import SEMESTRE, TRIMESTRE
from tests.reporting.mondes.bilans import fill, read_back
from tests.reporting.tiers.lecteurs import opened, part, parts, with_part

pytestmark = pytest.mark.lent

ALIX = Acteur(None, "Alix Roche", ADMIN)
WORKBOOKS = ("bilan", "bilan_publiable", "export", "export_publiable")
TEMPLATES = ("gabarit_bilan", "gabarit_export")
KINDS: dict[str, tuple[Periode, str, Any, Any]] = {
    "bilan": (Periode.from_code(SEMESTRE), GABARIT_BILAN, freeze_bilan, compute_bilan),
    "export": (Periode.from_code(TRIMESTRE), GABARIT_TRIMESTRE, freeze_compte_rendu, compute_compte_rendu),
}
FILES = (*WORKBOOKS, *TEMPLATES)
FRENCH, ENGLISH = "fr-FR", "en-US"
LOCALES = (FRENCH, ENGLISH)
CHART = re.compile(r"xl/charts/chart\d+\.xml")
ESCAPED = "[$-40C]0.0#\\\u00a0%"
# The label of a rate beyond the end of its axis, as it is drawn, and as it once was: beside a language, LibreOffice in
# English drops the condition, and every rate has its arrow.
LABEL, FORMER_LABEL = "[&gt;1.5]#,##0\\ %", "[&gt;1.5][$-40C]#,##0\\ %"
SAID_OF_AXES = re.compile(
    r'<(orientation|max|min|delete|crosses|crossesAt|tickLblPos|majorUnit|barDir|grouping) val="([^"]*)"'
)
BY_DEFAULT = (("crosses", "autoZero"), ("tickLblPos", "nextTo"))
WRITTEN_BESIDE = re.compile(r'<(showVal|showSerName|showCatName|showPercent|showLegendKey) val="([^"]*)"')


@pytest.fixture(scope="module")
def demonstration(demonstration_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("demonstration-libreoffice")
    shutil.copy(demonstration_file, folder / "paqte.sqlite3")
    app = create_app({"PAQTE_INSTANCE": str(folder), "PAQTE_DATABASE_URL": f"sqlite:///{folder / 'paqte.sqlite3'}"})
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def files(demonstration: None) -> dict[str, bytes]:
    """Every workbook of the demonstration and every template, by its name."""
    given = {f"gabarit_{kind}": read_template(genre).octets for kind, (_, genre, _, _) in KINDS.items()}
    for kind, (periode, _, freeze, _) in KINDS.items():
        key = freeze(actor=PLANIFICATEUR, departement="41", periode=periode, now=clock.now()).id
        piece = read_edition_piece(actor=PLANIFICATEUR, edition_id=key, format=XLSX, diffusion=PUBLIABLE)
        given[kind] = read_edition_file(actor=PLANIFICATEUR, edition_id=key).octets
        given[f"{kind}_publiable"] = piece.octets
    return given


@pytest.fixture(scope="module")
def former(files: dict[str, bytes]) -> dict[str, bytes]:
    """The bilan as it was once drawn: by what a save by LibreOffice spoilt in it."""
    bilan = files["bilan"]
    charts = [name for name in parts(bilan) if CHART.fullmatch(name) and LABEL in part(bilan, name)]
    bare = with_part(bilan, "xl/styles.xml", lambda xml: xml.replace(ESCAPED, ESCAPED.replace("\\", "")))
    labelled = bilan
    for name in charts:
        labelled = with_part(labelled, name, lambda xml: xml.replace(LABEL, FORMER_LABEL))
    assert bare != bilan and len(charts) >= 3
    return {"ancienne_espace": bare, "ancienne_etiquette": labelled}


@pytest.fixture(scope="module")
def resaved(bureau: Bureau, files: dict[str, bytes], former: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """By language of LibreOffice, the same as it saves them, and what was once drawn."""
    return {locale: bureau.saved(files | former, locale) for locale in LOCALES}


@pytest.fixture(scope="module")
def saved(resaved: dict[str, dict[str, bytes]]) -> dict[str, bytes]:
    """The same, saved by LibreOffice in French."""
    return resaved[FRENCH]


@pytest.fixture(scope="module")
def shown(bureau: Bureau, files: dict[str, bytes], resaved: dict[str, dict[str, bytes]]) -> dict[str, Any]:
    """What each cell shows to LibreOffice in French, before, after, and after a save in English."""
    after = {f"apres_{name}": resaved[FRENCH][name] for name in files}
    return bureau.shown({**files, **after, **{f"anglais_{name}": resaved[ENGLISH][name] for name in files}})


def values(content: bytes) -> dict[tuple[str, str], Any]:
    """What each cell keeps; numbers to fifteen digits, since LibreOffice writes 0.853 as 0.85299999999999998."""
    return {
        (sheet.title, cell.coordinate): f"{cell.value:.15g}" if isinstance(cell.value, int | float) else cell.value
        for sheet in opened(content).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def formats(content: bytes) -> dict[tuple[str, str], str]:
    """The number format of each cell that keeps a number, written in one way."""
    return {
        (sheet.title, cell.coordinate): plain_format(cell.number_format)
        for sheet in opened(content).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }


def spaced(shown: Mapping[str, list[list[str]]]) -> dict[str, list[list[str]]]:
    """LibreOffice in French writes an ordinary space where a format bears a no-break one."""
    return {sheet: [[c.replace("\u00a0", " ") for c in row] for row in rows] for sheet, rows in shown.items()}


def plain_format(code: str) -> str:
    """LibreOffice keeps one language a format, where it stands first; a no-break space becomes an ordinary one."""
    one = code.replace("\u00a0", " ").replace('" "', "\\ ")
    first, *others = one.split("[$-40C]")
    return "[$-40C]".join([first, "".join(others)]) if others else first


def names(content: bytes) -> dict[tuple[str, str], str]:
    """Where each defined name points; the lists that filters keep for themselves are no names."""
    book = opened(content)
    found = {("", name): target.attr_text for name, target in book.defined_names.items()}
    for sheet in book.worksheets:
        found[sheet.title, "titres"] = f"{sheet.print_title_cols} {sheet.print_title_rows}"
        found[sheet.title, "zone"] = str(sheet.print_area)
        found[sheet.title, "filtre"] = str(sheet.auto_filter.ref)
    return {key: str(target).replace("'", "") for key, target in found.items()}


def charts(content: bytes) -> dict[str, dict[str, list[str]]]:
    """By its title, what each chart shows and where its figures are."""
    read = (re.sub(r"<(/?)c:", r"<\1", part(content, n)) for n in parts(content) if CHART.fullmatch(n))
    titles = {"".join(re.findall(r"<a:t>([^<]+)</a:t>", xml.split("<plotArea>")[0])): xml for xml in read}
    return {title: _chart(content, xml) for title, xml in titles.items()}


def _chart(content: bytes, xml: str) -> dict[str, list[str]]:
    series = re.findall(r"<ser>.*?<tx>(.*?)</tx>(.*?)</ser>", xml, re.DOTALL)
    figures = "".join(rest for _, rest in series)
    return {
        "series": [_name_of(content, tx) for tx, _ in series],
        "plages": [re.sub(r"['$()]", "", f) for f in re.findall(r"<f>([^<]*)</f>", figures)],
        "points": re.findall(r'<pt idx="(\d+)"', "".join(re.findall(r"<val>.*?</val>", figures, re.DOTALL))),
        "valeurs": [_value(v) for v in re.findall(r"<v>([^<]*)</v>", figures)],
        "axes": [f"{what} {said}" for what, said in SAID_OF_AXES.findall(xml) if (what, said) not in BY_DEFAULT],
        "etiquettes": [f"{what} {said}" for what, said in WRITTEN_BESIDE.findall(xml)],
        "formats": [plain_format(c) for c in re.findall(r'formatCode="([^"]*)"', xml) if c != "General"],
    }


def _name_of(content: bytes, tx: str) -> str:
    """The name of a series: its own words, or those of the cell it is tied to."""
    kept = re.findall(r"<v>([^<]*)</v>", tx)
    if kept:
        return str(kept[0])
    sheet, cell = re.findall(r"<f>'?([^<'!]*)'?!([^<]*)</f>", tx)[0]
    return str(opened(content)[sheet][cell.replace("$", "")].value)


def without_words(name: str, told: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    """Charts of templates keep no value: a program that saves them puts in the words of the model rows."""
    kept: dict[str, list[str]] = {"points": [], "valeurs": []} if name in TEMPLATES else {}
    return {title: chart | kept for title, chart in told.items()}


def _value(text: str) -> str:
    return f"{float(text):.15g}" if re.fullmatch(r"-?[\d.]+(E-?\d+)?", text) else text


@pytest.mark.parametrize("name", FILES)
def test_what_each_cell_shows_is_the_same(shown: Mapping[str, Any], name: str) -> None:
    before, after = spaced(shown[name]), spaced(shown[f"apres_{name}"])
    assert before.keys() == after.keys() and len(before) >= 7
    for sheet, rows in before.items():
        assert after[sheet] == rows, sheet


@pytest.mark.parametrize("name", FILES)
def test_figures_formats_and_names_are_the_same_cell_for_cell(
    files: Mapping[str, bytes], saved: Mapping[str, bytes], name: str
) -> None:
    before, after = files[name], saved[name]
    assert values(after) == values(before)
    assert formats(after) == formats(before)
    assert names(after) == names(before)
    assert len(re.findall(r"Print_Titles", part(after, "xl/workbook.xml"))) == len(
        re.findall(r"Print_Titles", part(before, "xl/workbook.xml"))
    )


@pytest.mark.parametrize("name", FILES)
def test_charts_show_the_same_figures_from_the_same_cells(
    files: Mapping[str, bytes], saved: Mapping[str, bytes], name: str
) -> None:
    before, after = (without_words(name, charts(side[name])) for side in (files, saved))
    assert after == before and before


def test_a_share_reads_as_a_share_wherever_libreoffice_speaks_french(shown: Mapping[str, Any]) -> None:
    """The demonstration has rates above 10 %: divided by a thousand, all would read "0,1 %" or less."""
    texts = [c for rows in shown["apres_bilan"].values() for row in rows for c in row]
    shares = [c for c in texts if re.fullmatch(r"\d+,\d[ \u00a0]%", c)]
    assert len(shares) > 20 and sum(float(c[:-2].replace(",", ".")) > 10 for c in shares) > 10


@pytest.mark.parametrize("locale", LOCALES)
def test_the_trap_bites_a_workbook_that_does_not_escape_its_space(
    files: Mapping[str, bytes], resaved: Mapping[str, Mapping[str, bytes]], locale: str
) -> None:
    """Shows that the tests above would have seen it; and what is drawn now is safe in both languages."""
    done = resaved[locale]
    assert "[$-40C]0.0#,%" in set(formats(done["ancienne_espace"]).values())
    assert formats(done["bilan"]) == formats(files["bilan"])


@pytest.mark.parametrize("name", FILES)
def test_a_save_by_an_english_libreoffice_keeps_figures_formats_names_and_charts(
    files: Mapping[str, bytes], resaved: Mapping[str, Mapping[str, bytes]], shown: Mapping[str, Any], name: str
) -> None:
    before, after = files[name], resaved[ENGLISH][name]
    assert (values(after), formats(after), names(after)) == (values(before), formats(before), names(before))
    assert without_words(name, charts(after)) == without_words(name, charts(before))
    assert spaced(shown[f"anglais_{name}"]) == spaced(shown[name])


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_check_knows_an_edition_saved_again_by_an_english_libreoffice(
    resaved: Mapping[str, Mapping[str, bytes]], name: str
) -> None:
    verdict = verify_file(actor=PLANIFICATEUR, octets=resaved[ENGLISH][name])
    assert (verdict.code, verdict.ecarts) == (REENREGISTRE, ())


def test_the_trap_bites_a_chart_whose_labels_bear_a_condition_beside_a_language(
    former: Mapping[str, bytes], resaved: Mapping[str, Mapping[str, bytes]]
) -> None:
    """Saved in English, the label of every rate ends with an arrow: the two tests above would have seen it."""
    before, after = (side["ancienne_etiquette"] for side in (former, resaved[ENGLISH]))
    told = {code for chart in charts(after).values() for code in chart["formats"]}
    assert "[$-40C]#,##0\\ %&quot; →&quot;;0\\ %" in told and charts(after) != charts(before)
    assert any("format" in d.quoi or "→" in f"{d.avant}{d.apres}" for d in compare_apart(before, after))


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_check_knows_an_edition_that_was_only_saved_again(
    files: Mapping[str, bytes], saved: Mapping[str, bytes], name: str
) -> None:
    assert verify_file(actor=PLANIFICATEUR, octets=files[name]).code == INTACT
    verdict = verify_file(actor=PLANIFICATEUR, octets=saved[name])
    assert (verdict.code, verdict.ecarts) == (REENREGISTRE, ())


def once(rows: list[list[str]]) -> list[list[str]]:
    """The rows that say something, less the headings written again where a page cuts a table.

    LibreOffice rounds heights and margins in its own way: a page may end a row earlier.
    """
    said = [row for row in rows if any(row)]
    return [row for rank, row in enumerate(said) if row not in said[:rank]]


def told_of(content: bytes, format: Any) -> Mapping[str, Any]:
    return read_back(content, format).tableaux


def unplaced(content: bytes) -> dict[str, dict[str, list[str]]]:
    """What charts show, wherever the rows of their tables are."""
    return {title: chart | {"plages": []} for title, chart in charts(content).items()}


@pytest.mark.parametrize("kind", KINDS)
def test_an_edition_made_from_a_template_saved_by_libreoffice_is_right(
    bureau: Bureau, saved: Mapping[str, bytes], kind: str
) -> None:
    (periode, genre, freeze, compute), now = KINDS[kind], clock.now()
    asked = {"actor": PLANIFICATEUR, "departement": "41", "periode": periode.precedente, "now": now}
    expected = fill(compute(**asked), read_template(genre).octets, FORMATS[genre])
    octets, day = saved[f"gabarit_{kind}"], local_date(now, "41")
    install_template(actor=ALIX, nom="restylé.xlsx", octets=octets, en_vigueur_le=day, now=now, genre=genre)
    made = read_edition_file(actor=PLANIFICATEUR, edition_id=freeze(**asked).id).octets
    after = bureau.shown({"attendu": expected, "produit": made})
    wanted, found = spaced(after["attendu"]), spaced(after["produit"])
    for sheet, rows in wanted.items():
        assert sheet == "_meta" or once(found[sheet]) == once(rows), sheet
    assert told_of(made, FORMATS[genre]) == told_of(expected, FORMATS[genre])
    assert unplaced(made) == unplaced(expected)
    assert "&amp;quot;" not in "".join(part(made, n) for n in parts(made) if "charts/chart" in n)
