"""A template that cannot make a whole bilan is refused with what is at fault, and nothing else is ever raised (96)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.remplissage.gabarits.gabarit import GabaritRefused
from tests.reporting.mondes.bilans import check_template, read_template
from tests.reporting.tiers.lecteurs import packed, parts, saved_by_openpyxl, with_part, without_name

pytestmark = pytest.mark.lent

ADDED = '<definedName name="{}">Bilan!$A$1</definedName></definedNames>'


def refusal(content: bytes) -> GabaritRefused:
    with pytest.raises(GabaritRefused) as caught:
        check_template(content)
    return caught.value


@pytest.mark.parametrize("name", sorted(FORMAT_BILAN.noms.keys() - {c.nom for c in FORMAT_BILAN.champs if c.is_former}))
def test_a_template_without_one_of_its_names_is_refused_by_that_name(name: str, template: bytes) -> None:
    refused = refusal(without_name(template, name))
    assert refused.missing == (name,)
    assert name in str(refused)


@pytest.mark.parametrize("name", ["b_inconnu", "t_inconnu", "B_Inconnu"])
def test_a_name_with_our_prefix_that_the_bilan_does_not_know_is_refused(name: str, template: bytes) -> None:
    altered = with_part(template, "xl/workbook.xml", lambda x: x.replace("</definedNames>", ADDED.format(name)))
    refused = refusal(altered)
    assert refused.unknown == (name,)
    assert name in str(refused)


def test_names_missing_and_unknown_are_all_listed_at_once(template: bytes) -> None:
    altered = without_name(without_name(template, "b_periode"), "t_actions")
    refused = refusal(
        with_part(altered, "xl/workbook.xml", lambda x: x.replace("</definedNames>", ADDED.format("t_x")))
    )
    assert refused.missing == ("b_periode", "t_actions")
    assert refused.unknown == ("t_x",)


def test_names_of_excel_and_of_others_are_none_of_our_business(template: bytes) -> None:
    altered = with_part(
        template,
        "xl/workbook.xml",
        lambda x: x.replace("</definedNames>", ADDED.format("Taux")).replace(
            "</definedNames>", ADDED.format("_xlnm.Criteria")
        ),
    )
    assert check_template(altered).version == check_template(template).version


def test_a_name_that_points_nowhere_is_missing(template: bytes) -> None:
    broken = with_part(
        template,
        "xl/workbook.xml",
        lambda x: x.replace("'Signataires'!$A$2:$N$2", "#REF!").replace("Signataires!$A$2:$N$2", "#REF!"),
    )
    assert refusal(broken).missing == ("t_signataires",)


def test_a_name_moved_to_another_sheet_is_refused(template: bytes) -> None:
    def move(book: object) -> None:
        book.defined_names["b_qualite"].attr_text = "Contexte!$A$2"  # type: ignore[attr-defined]

    assert "b_qualite doit désigner une seule place, sur la feuille « Qualité »" in str(
        refusal(saved_by_openpyxl(template, move))
    )


def test_a_missing_sheet_is_named(template: bytes) -> None:
    def remove(book: object) -> None:
        del book["Thématiques"]  # type: ignore[attr-defined]

    assert "il manque la feuille « Thématiques »" in str(refusal(saved_by_openpyxl(template, remove)))


def test_a_heading_changed_by_mistake_is_named_so_that_no_figure_goes_under_another(template: bytes) -> None:
    def rename(book: object) -> None:
        book["Indicateurs"]["F1"] = "Cible"  # type: ignore[index]

    assert "en-tête attendu : « Objectif »" in str(refusal(saved_by_openpyxl(template, rename)))


def test_model_rows_that_are_not_all_there_are_named(template: bytes) -> None:
    def shorten(book: object) -> None:
        book.defined_names["t_indicateurs"].attr_text = "Indicateurs!$A$5:$P$6"  # type: ignore[attr-defined]

    told = str(refusal(saved_by_openpyxl(template, shorten)))
    assert "t_indicateurs doit désigner 4 lignes modèles (nombre, decimal, euros, pourcent)" in told


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "le fichier est vide"),
        (b"<!doctype html><html><body>404</body></html>", "ce n’est pas un classeur Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, "ce n’est pas un classeur Excel"),
        (b"PK\x03\x04 tronqu\xc3\xa9", "le fichier est abîmé ou incomplet"),
        (packed({"a.txt": b"bonjour"}), "ce n’est pas un classeur Excel"),
    ],
)
def test_what_is_not_a_workbook_is_refused_with_a_sentence(content: bytes, reason: str) -> None:
    assert reason in str(refusal(content))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("xl/vbaProject.bin", "macro"),
        ("xl/externalLinks/externalLink1.xml", "<externalLink/>"),
        ("xl/activeX/activeX1.xml", "<ax/>"),
        ("xl/embeddings/oleObject1.bin", "ole"),
        ("xl/connections.xml", "<connections/>"),
    ],
)
def test_macros_links_to_other_files_and_foreign_objects_are_refused(name: str, data: str, template: bytes) -> None:
    assert "macros, des liens ou des objets étrangers" in str(refusal(with_part(template, name, lambda _: data)))


def test_a_macro_workbook_renamed_xlsx_is_refused(template: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    assert "macros" in str(refusal(with_part(template, "[Content_Types].xml", lambda x: x.replace(kind, macro))))


def test_a_picture_fetched_from_elsewhere_is_refused(template: bytes) -> None:
    tie = '<Relationship Id="rIdX" Type="http://x/image" Target="http://ailleurs.example/p.png" TargetMode="External"/>'
    altered = with_part(
        template,
        "xl/drawings/_rels/drawing1.xml.rels",
        lambda x: x.replace("</Relationships>", f"{tie}</Relationships>"),
    )
    assert "lié à un autre fichier" in str(refusal(altered))


def test_an_entity_bomb_is_refused_before_it_is_read(template: bytes) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert "déclaration interdite" in str(refusal(with_part(template, "xl/workbook.xml", lambda x: bomb + x)))


def test_a_footer_with_an_unknown_field_is_refused_by_its_name(template: bytes) -> None:
    altered = with_part(template, "xl/worksheets/sheet1.xml", lambda x: x.replace("{b_periode}", "{b_semestre}"))
    assert refusal(altered).unknown == ("b_semestre",)


def test_notes_on_cells_are_refused_since_they_would_not_follow(template: bytes) -> None:
    from openpyxl.comments import Comment

    def annotate(book: object) -> None:
        book["Bilan"]["A4"].comment = Comment("à revoir", "Zoé")  # type: ignore[index]

    assert "notes" in str(refusal(saved_by_openpyxl(template, annotate)))


@settings(max_examples=60)
@given(st.data())
def test_a_template_damaged_anywhere_is_refused_and_raises_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(read_template())
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    _check(bytes(whole))


@settings(max_examples=30)
@given(st.data())
def test_xml_damaged_inside_a_sound_zip_is_refused_and_raises_nothing_else(data: st.DataObject) -> None:
    given_parts = parts(read_template())
    name = data.draw(st.sampled_from([n for n in sorted(given_parts) if n.endswith((".xml", ".rels"))]))
    xml = bytearray(given_parts[name])
    for _ in range(data.draw(st.integers(1, 6))):
        xml[data.draw(st.integers(0, len(xml) - 1))] = data.draw(st.sampled_from(b'<>"=&/A1 \x00\xff'))
    _check(packed(given_parts | {name: bytes(xml)}))


@given(st.integers(0, 40_000))
def test_a_truncated_template_is_refused(length: int) -> None:
    whole = read_template()
    assert "Modèle refusé" in str(refusal(whole[: min(length, len(whole) - 1)]))


def _check(content: bytes) -> None:
    """Damage may leave the template sound; otherwise it is a refusal, never another exception."""
    try:
        check_template(content)
    except GabaritRefused as refused:
        assert str(refused).startswith("Modèle refusé : ")


def test_a_missing_template_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(GabaritRefused, match=r"absent\.xlsx manque"):
        read_template(tmp_path / "absent.xlsx")


def test_the_same_bytes_are_understood_once(template: bytes) -> None:
    assert check_template(template) is check_template(bytes(bytearray(template)))


def test_a_filled_bilan_is_not_a_template(workbook: bytes) -> None:
    with pytest.raises(GabaritRefused):
        check_template(workbook)
