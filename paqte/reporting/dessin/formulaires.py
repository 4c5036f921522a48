"""The offline form of a declaration: one page wide, protected but for what is to be filled, nothing to learn.

Every cell to fill is a text: what is typed stays what was typed, in any country's spreadsheet, and is read by the
same rules as the page. The last column says which field a row is, so that rows may be moved.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Border, Font, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.worksheet import Worksheet

from paqte.domain.declarations.formulaires import (
    ACTION_ROWS,
    ACTION_TITLES,
    ACTIONS,
    ANSWER,
    ANSWERS,
    BEFORE,
    COUNTED,
    FORMAT,
    KEY,
    META,
    NEANT,
    NIL,
    NIL_TICK,
    OBJECTIVE,
    QUESTION,
    REMARK,
    UNIT,
    VERSION,
    FormRow,
    FormShown,
)
from paqte.reporting.charte import ACCENT, PALE
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.styles import Style
from paqte.reporting.dessin.motifs.textes import readable

COLUMNS = (
    (QUESTION, 34),
    (COUNTED, 38),
    (OBJECTIVE, 17),
    (BEFORE, 13),
    (ANSWER, 16),
    (UNIT, 13),
    (NIL, 8),
    (REMARK, 22),
    (KEY, 9),
)
ACTION_COLUMNS = tuple(zip(ACTION_TITLES, (12, 26, 30, 60, 22, 14), strict=True))
_FIRST_ROW = 11
_ANSWER, _NIL, _REMARK = ([title for title, _ in COLUMNS].index(name) + 1 for name in (ANSWER, NIL, REMARK))
# Points: room for a text nobody has begun, and the most that a spreadsheet shows.
_ROOM, _TALLEST = 60, 400
_HELP = (
    "Remplissez la colonne « Votre réponse », enregistrez, et déposez ce classeur sur votre page PAQTE, "
    "ou envoyez-le à votre référent.",
    f"Rien à signaler ? Écrivez 0 ou cochez « {NIL} » d’un {NIL_TICK} : c’est une réponse. Une ligne laissée vide veut "
    "dire « je ne sais pas encore ».",
    "Un nombre qui surprend sera questionné : expliquez-le d’avance dans « Remarque ». "
    "Jamais le nom d’un jeune ou d’un bénéficiaire.",
)
_TITLE = Style(taille=15, gras=True, couleur=styles.FONCE)
_BAND = Style(taille=9.5, gras=True, couleur=styles.FONCE, fond=PALE)
_FILL = Style(taille=10, filet=ACCENT, fond="FFFFFF", gauche="", format=styles.TEXTE, vertical="top")
_SIDE = Side("thin", color=f"FF{ACCENT}")
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_TICK = replace(_FILL, horizontal="center", gras=True)
_LOCKED = Style(
    taille=9, filet=styles.TRAIT, fond=styles.ABSENT, couleur=styles.GRIS, format=styles.TEXTE, vertical="top"
)
_ASKED = Style(taille=9.5, filet=styles.TRAIT, vertical="top")
_AIDE = Style(taille=8.5, filet=styles.TRAIT, couleur=styles.GRIS, vertical="top")
_KEY = Style(taille=6, filet=styles.TRAIT, couleur=styles.TRAIT, vertical="top", format=styles.TEXTE)


def draw_form(form: FormShown) -> bytes:
    """The workbook of a form, the same bytes for the same form."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _draw_answers(book, form)
    _draw_actions(book, form)
    _draw_meta(book, form)
    book.properties = DocumentProperties(
        title=f"Déclaration PAQTE, {form.entete.periode.libelle}",
        creator=f"PAQTE, {form.prefecture}",
        language="fr-FR",
        created=form.fait_le,
        modified=form.fait_le,
    )
    buffer = io.BytesIO()
    book.save(buffer)
    return readable(buffer.getvalue())


def _draw_answers(book: Workbook, form: FormShown) -> None:
    sheet = book.create_sheet(ANSWERS)
    _set_page(sheet, COLUMNS, form)
    entete = form.entete
    _across(sheet, 1, f"Déclaration du {entete.periode.libelle}", _TITLE, 24)
    _across(sheet, 2, f"{entete.signataire} · convention {entete.convention}", Style(taille=11, gras=True), 17)
    place = form.prefecture[:1].upper() + form.prefecture[1:]
    _across(sheet, 3, f"{place} · à rendre pour le {form.echeance:%d/%m/%Y}", Style(taille=10), 15)
    call = "Une question ? " + " — ".join(form.appeler) if form.appeler else "Une question ? Écrivez à votre référent."
    _across(sheet, 4, call, Style(taille=9.5), 15)
    sheet.row_dimensions[5].height = 6
    for rank, text in enumerate(_HELP, start=6):
        _across(sheet, rank, text, Style(taille=9.5), 14)
    sheet.row_dimensions[9].height = 6
    for column, (title, _) in enumerate(COLUMNS, start=1):
        cell = sheet.cell(_FIRST_ROW - 1, column, title)
        styles.EN_TETE.apply(cell)
        if title == KEY:
            cell.font = Font(name=styles.POLICE, size=6, color=f"FF{styles.TRAIT}")
    sheet.row_dimensions[_FIRST_ROW - 1].height = 20
    row, axe = _FIRST_ROW, None
    for ligne in form.lignes:
        if ligne.axe != axe:
            axe = ligne.axe
            _across(sheet, row, axe or "En quelques mots", _BAND, 17)
            row += 1
        _draw_row(sheet, row, ligne)
        row += 1
    sheet.freeze_panes = f"A{_FIRST_ROW}"
    sheet.print_title_rows = f"{_FIRST_ROW - 1}:{_FIRST_ROW - 1}"
    sheet.print_area = f"A1:{get_column_letter(len(COLUMNS))}{row - 1}"


def _draw_row(sheet: Worksheet, row: int, ligne: FormRow) -> None:
    is_nil = ligne.takes_nil and ligne.valeur == NEANT
    shown = (
        (ligne.question, _ASKED),
        (ligne.compte, _AIDE),
        (ligne.objectif, _AIDE),
        (ligne.avant, _AIDE),
        ("" if is_nil else ligne.valeur, _FILL if ligne.is_open else _LOCKED),
        (ligne.unite, _AIDE),
        (NIL_TICK if is_nil else "", _TICK if ligne.is_open and ligne.takes_nil else _LOCKED),
        ("", _FILL if ligne.is_open and not ligne.is_text else _LOCKED),
        (ligne.nom, _KEY),
    )
    for column, (text, style) in enumerate(shown, start=1):
        cell = sheet.cell(row, column)
        style.apply(cell)
        cell.value = text or None
        if text:
            cell.data_type = "s"  # « =1+1 » would be a formula, « #N/A » an error
        if style in (_FILL, _TICK):
            cell.border = _BOX
            cell.protection = Protection(locked=False)
    if ligne.is_text and ligne.is_open:
        sheet.merge_cells(start_row=row, end_row=row, start_column=_ANSWER, end_column=_REMARK)
    elif ligne.is_open and ligne.choix:
        _offer(sheet, sheet.cell(row, _ANSWER).coordinate, ligne.choix, is_strict=True)
    elif ligne.is_open and ligne.takes_nil:
        _offer(sheet, sheet.cell(row, _NIL).coordinate, (NIL_TICK,), is_strict=False)
    heights = [_height(text, width, look.taille) for (text, look), (_, width) in zip(shown[:4], COLUMNS, strict=False)]
    if ligne.is_text:
        heights += [_height(ligne.valeur, 58, _FILL.taille), _ROOM]
    sheet.row_dimensions[row].height = min(_TALLEST, max(19, *heights))


def _offer(sheet: Worksheet, where: str, words: Sequence[str], *, is_strict: bool) -> None:
    """A list beside the cell; unless `is_strict`, anything else may be typed too."""
    offered = DataValidation(type="list", formula1='"{}"'.format(",".join(words)), allow_blank=True)
    offered.showErrorMessage = is_strict
    offered.error = f"Choisissez parmi : {', '.join(words)}."
    offered.errorTitle = "Réponse à choisir"
    sheet.add_data_validation(offered)
    offered.add(where)


def _draw_actions(book: Workbook, form: FormShown) -> None:
    sheet = book.create_sheet(ACTIONS)
    _set_page(sheet, ACTION_COLUMNS, form)
    title = "Actions à raconter (facultatif) : votre référent les relit avant de les reprendre dans son bilan."
    _across(sheet, 1, title, Style(taille=11, gras=True, couleur=styles.FONCE), 20)
    for column, (heading, _) in enumerate(ACTION_COLUMNS, start=1):
        styles.EN_TETE.apply(sheet.cell(3, column, heading))
    for row in range(4, 4 + ACTION_ROWS):
        for column in range(1, len(ACTION_COLUMNS) + 1):
            cell = sheet.cell(row, column)
            _FILL.apply(cell)
            cell.border = _BOX
            cell.protection = Protection(locked=False)
        sheet.row_dimensions[row].height = 62
    # Longer than a list written beside its cells may be: the words stand in the sheet of marks.
    offered = DataValidation(type="list", formula1=f"{META}!$D$1:$D${len(form.axes)}", allow_blank=True)
    offered.showErrorMessage = False
    sheet.add_data_validation(offered)
    offered.add(f"B4:B{3 + ACTION_ROWS}")
    sheet.print_area = f"A1:{get_column_letter(len(ACTION_COLUMNS))}{3 + ACTION_ROWS}"


def _draw_meta(book: Workbook, form: FormShown) -> None:
    """What the form is, for whoever reads it back, and what each row held when it was made."""
    sheet = book.create_sheet(META)
    entete = form.entete
    known = (
        ("format", FORMAT),
        ("version", VERSION),
        ("departement", entete.departement),
        ("convention_id", str(entete.convention_id)),
        ("convention", entete.convention),
        ("siret", entete.siret),
        ("signataire", entete.signataire),
        ("periode", entete.periode.code),
        ("lecture", str(entete.lecture)),
    )
    rows = (*known, *((ligne.nom, ligne.valeur, ligne.question) for ligne in form.lignes))
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(row, column)
            cell.number_format = styles.TEXTE
            if text:
                cell.value = text
                cell.data_type = "s"
    for row, axe in enumerate(form.axes, start=1):
        sheet.cell(row, 4, axe)
    sheet.protection.sheet = True
    sheet.sheet_state = "hidden"


def _across(sheet: Worksheet, row: int, text: str, style: Style, height: float) -> None:
    """A text over the whole width, but the column of marks, which a merged cell would hide when rows are sorted."""
    columns = len(ACTION_COLUMNS if sheet.title == ACTIONS else COLUMNS[:-1])
    for column in range(1, columns + 1):
        style.apply(sheet.cell(row, column))
    sheet.cell(row, 1).value = text
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    sheet.row_dimensions[row].height = max(height, _height(text, 155, style.taille))


def _height(text: str, width: float, taille: float) -> float:
    """Points that a text takes in a column, generously: another machine's letters are wider."""
    fitting = max(1, int(width * 9.5 / taille))
    lines = sum(max(1, -(-len(line) // fitting)) for line in text.split("\n"))
    return 6 + lines * taille * 1.25


def _set_page(sheet: Worksheet, columns: Sequence[tuple[str, int]], form: FormShown) -> None:
    for column, (_, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.4, 0.55
    footer = HeaderFooterItem()
    footer.left.text = f"&8{form.entete.signataire.replace('&', '&&')} · {form.entete.periode.libelle}"
    footer.right.text = "&8Page &P / &N"
    sheet.HeaderFooter.oddFooter = footer
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
