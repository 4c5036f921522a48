"""A document and a template make a workbook: only what changes is rewritten, every other part stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from paqte.reporting.ooxml.parts.package import pack
from paqte.reporting.ooxml.parts.properties import stated
from paqte.reporting.ooxml.sheets.references import Displacement, shift_formula, shift_refs
from paqte.reporting.ooxml.sheets.sheet import map_attribute
from paqte.reporting.ooxml.sheets.strings import SharedTexts
from paqte.reporting.ooxml.texts.text import unescaped
from paqte.reporting.remplissage.feuilles.ecriture import WriteContext, write_sheet
from paqte.reporting.remplissage.feuilles.graphiques import fill_chart, left_out, shift_drawing
from paqte.reporting.remplissage.feuilles.listes import list_parts
from paqte.reporting.remplissage.feuilles.pagination import folded_rows, growth, paginate, sentence_rows
from paqte.reporting.remplissage.gabarits.gabarit import check_template
from paqte.reporting.remplissage.plan.composition import RowComposed, TableComposed, compose, meta_rows
from paqte.reporting.remplissage.plan.disposition import ENTETE, RowToWrite, TableWritten, lay_out
from paqte.reporting.remplissage.plan.empreinte import digest
from paqte.reporting.remplissage.plan.format import BANDEAU, EMPREINTE, META, T_META, Format, MetaRow
from paqte.reporting.remplissage.plan.modele import DrawnObject, GabaritReady, ModelSheet

_NAME = re.compile(r'(<definedName\b[^>]*\bname="([^"]*)"[^>]*>)([^<]*)(</definedName>)')
_CALC = re.compile(r"<calcPr\b([^>]*?)/>")

Ecrits = dict[str, list[RowToWrite]]


class _WorkbookKnown(NamedTuple):
    """What was worked out for one version of a document and serves its others: tables composed, then laid out."""

    composed: dict[str, TableComposed]
    laid: dict[str, TableWritten]


def fill(document: Any, template: bytes, format: Format) -> bytes:
    """The workbook of the document that `format` is made for: the same give the same bytes.

    Rows of each table take the place of its model rows, and everything below moves with them: merged cells,
    conditional formats, print areas, defined names, drawings, charts, formulas (recalculated when opened). Its
    properties say which document it is.
    A figure that is absent is an empty cell whose row says why (R13). Raises GabaritRefused.
    """
    return fill_versions((document,), template, format)[0]


def fill_versions(documents: Iterable[Any], template: bytes, format: Format) -> list[bytes]:
    """The workbook of each version of one document; what several say alike is composed and laid out once."""
    gabarit, known = check_template(template, format), _WorkbookKnown({}, {})
    return [_filled(document, gabarit, known) for document in documents]


def _filled(document: Any, gabarit: GabaritReady, known: _WorkbookKnown) -> bytes:
    contenu = compose(document, gabarit.format, known.composed)
    laid = _lay_out(gabarit, contenu.tableaux, known)
    fields = contenu.champs | {EMPREINTE: digest(laid, contenu.champs)}
    empty = {s.feuille.titre: _empty_charts(gabarit, s, laid) for s in gabarit.feuilles}
    ends = {}
    for sheet in gabarit.feuilles:
        # The sheet that programs read prints nothing, and tells of the rows of the others.
        if sheet.feuille.titre != META:
            page = paginate(sheet, laid, fields, empty[sheet.feuille.titre])
            laid |= page.laid
            ends[sheet.feuille.titre] = page.fins
    laid |= _lay_out(gabarit, {T_META: meta_rows(gabarit.format, _meta(contenu.tableaux, laid))}, known)
    shifts = {sheet.feuille.titre: growth(sheet, laid) for sheet in gabarit.feuilles}
    parts = dict(gabarit.paquet.parts)
    parts |= stated(gabarit.paquet, str(contenu.champs[BANDEAU]), document.genere_le)
    recalculated, filling = False, WriteContext(laid, fields, SharedTexts(), ends)
    for sheet in gabarit.feuilles:
        title = sheet.feuille.titre
        told = sentence_rows(sheet, empty[title])
        written = write_sheet(sheet, filling, shifts, folded_rows(sheet, empty[title]), told)
        parts[sheet.feuille.part] = written.xml
        recalculated |= written.a_recalculer
        parts |= _moved_parts(sheet, parts, shifts[title], [o.lien for o in empty[title]])
    for part in gabarit.graphiques:
        parts[part] = fill_chart(parts[part], gabarit.feuilles, laid, shifts)
    parts |= list_parts(gabarit.feuilles, laid, shifts)
    parts[gabarit.chaines] = filling.strings.part()
    parts[gabarit.classeur] = _workbook(parts[gabarit.classeur], laid, shifts, recalculated)
    return pack(parts)


def _empty_charts(gabarit: GabaritReady, sheet: ModelSheet, laid: Ecrits) -> dict[DrawnObject, str]:
    """The charts of a sheet that would show no figure: they are left out, and what is said in their place."""
    parts = gabarit.paquet.parts
    told = {o: left_out(parts[o.graphique], gabarit.feuilles, laid) for o in sheet.objets if o.graphique}
    return {o: sentence for o, sentence in told.items() if sentence is not None}


def _lay_out(gabarit: GabaritReady, tables: Mapping[str, list[RowComposed]], known: _WorkbookKnown) -> Ecrits:
    laid: Ecrits = {}
    for model in (t for sheet in gabarit.feuilles for t in sheet.tableaux if t.tableau.nom in tables):
        name = model.tableau.nom
        laid[name] = lay_out(model, tables[name], known.laid)
    return laid


def _meta(tables: Mapping[str, list[RowComposed]], laid: Ecrits) -> list[MetaRow]:
    """What a reader needs to find the rows of data again: how many, and which written rows are not one of their own.

    "3,-12": among the rows of the table, headings apart, the third goes on with the one above; the twelfth row written
    is its headings again.
    """
    return [MetaRow(name, len(rows), _aside(laid[name])) for name, rows in tables.items()]


def _aside(rows: Sequence[RowToWrite]) -> str:
    own = (r for r in rows if r.modele != ENTETE)
    continued = (n for n, r in enumerate(own, start=1) if r.suite)
    headings = (-n for n, r in enumerate(rows, start=1) if r.modele == ENTETE)
    return ",".join(map(str, (*continued, *headings)))


def _moved_parts(
    sheet: ModelSheet, parts: Mapping[str, bytes], shift: Displacement, removed: Sequence[str]
) -> dict[str, bytes]:
    """Drawings and Excel's own tables of a sheet, moved with its rows."""
    moved = {part: shift_drawing(parts[part], shift, removed) for part in sheet.dessins}
    for part in sheet.listes:
        xml = map_attribute(parts[part].decode(), "ref", lambda refs: shift_refs(refs, shift))
        moved[part] = xml.encode()
    return moved


def _workbook(data: bytes, laid: Ecrits, shifts: Mapping[str, Displacement], recalculated: bool) -> bytes:
    """The workbook's part with its names moved; the name of a table without any row points nowhere, and goes."""

    def moved(match: re.Match[str]) -> str:
        if match[2] in laid and not laid[match[2]]:
            return ""
        target = shift_formula(unescaped(match[3]), shifts)
        return match[1] + escape(target) + match[4]

    xml = _NAME.sub(moved, data.decode())
    if recalculated:
        xml = _CALC.sub(_recalculated, xml, count=1)
    return xml.encode()


def _recalculated(match: re.Match[str]) -> str:
    return f'<calcPr{re.sub(r"fullCalcOnLoad=.[^ ]*", "", match[1]).rstrip()} fullCalcOnLoad="1"/>'
