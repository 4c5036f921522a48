"""What the templates share: their default font, paper, margins, footer, and what openpyxl cannot say."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.worksheet import Worksheet

from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.tables import Pencil
from paqte.reporting.ooxml.parts.package import Package, open_package, pack, workbook_part
from paqte.reporting.ooxml.parts.prefixes import with_prefixes
from paqte.reporting.ooxml.sheets.strings import with_shared
from paqte.reporting.ooxml.texts.traps import with_ordered_titles
from paqte.reporting.remplissage.plan.format import PAS

_MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
_FOOTER = "&8&B{b_meta_diffusion}&B · PAQTE · {b_departement} · {b_periode} · {b_edition}"


def new_book() -> Workbook:
    """A workbook without sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    # The default font gives columns their unit of width: at 9.5 points a digit of Arial is 7 pixels to a hair, so
    # that Excel, which rounds it, and LibreOffice, which does not, draw columns of the same width.
    book._fonts[0] = Font(name=styles.POLICE, size=9.5)  # type: ignore[attr-defined]
    return book


def finished(book: Workbook, title: str, charts: Sequence[tuple[str, str]]) -> bytes:
    """The bytes of a template, the same at each call. `charts` are names and alternative texts, in their order."""
    book.properties = DocumentProperties(
        title=title, creator="PAQTE", language="fr-FR", created=_MOMENT, modified=_MOMENT
    )
    buffer = io.BytesIO()
    book.save(buffer)
    return _finish(buffer.getvalue(), charts)


def set_page(pen: Pencil, *, is_wide: bool, is_fit: bool, step: int = 0) -> None:
    """Paper, margins, footer and print area of a sheet; `step` is the width of the grid's columns in pixels."""
    sheet = pen.feuille
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if is_wide else "portrait"
    if is_fit:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    margin = 10 / 25.4 if is_wide else 13 / 25.4
    sheet.page_margins.left = sheet.page_margins.right = margin
    sheet.page_margins.top, sheet.page_margins.bottom = 10 / 25.4, 14 / 25.4
    sheet.page_margins.header = sheet.page_margins.footer = 6 / 25.4
    footer = HeaderFooterItem()
    footer.left.text, footer.right.text = _FOOTER, "&8Page &P / &N"
    sheet.HeaderFooter.oddFooter = footer
    sheet.print_options.horizontalCentered = True
    _set_grid(sheet, step)
    last = pen.last_printed or pen.rang - 1
    sheet.print_area = f"A1:{get_column_letter(pen.columns)}{last}"


def set_unprinted(pen: Pencil) -> None:
    """A sheet for the screen and for programs: what it prints is an empty cell, which neither program prints.

    It is not hidden: whoever reads it sees it among the others, and who clears its print area has its pages ready.
    """
    set_page(pen, is_wide=True, is_fit=True)
    sheet = pen.feuille
    corner = f"{get_column_letter(pen.columns + 1)}1"
    sheet.print_area = f"{corner}:{corner}"


def _set_grid(sheet: Worksheet, step: int) -> None:
    for column in range(1, PAS + 1) if step else ():
        sheet.column_dimensions[get_column_letter(column)].width = step / 7


def _finish(content: bytes, charts: Sequence[tuple[str, str]]) -> bytes:
    """What openpyxl cannot say: alternative texts, figures meant as text, order of print titles, a date that stands.

    And what it says in a way that some readers do not know: texts kept in their cells, drawings without prefix.
    """
    paquet = open_package(content)
    moment = f"{_MOMENT:%Y-%m-%dT%H:%M:%SZ}"
    changes: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("xl/drawings/drawing", lambda xml: _with_alternatives(xml, charts)),
        ("xl/charts/chart", lambda xml: re.sub(r'(<numFmt formatCode="[^"]*") ?/>', r'\1 sourceLinked="0"/>', xml)),
        ("xl/worksheets/sheet", _with_texts_meant),
        ("xl/workbook.xml", _without_filters),
        ("docProps/core.xml", lambda xml: re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment, xml)),
    )
    parts = dict(paquet.parts)
    for start, change in changes:
        parts |= {n: change(d.decode()).encode() for n, d in parts.items() if n.startswith(start)}
    shared, _ = with_shared(Package(parts), workbook_part(paquet))
    return pack(with_prefixes(shared).parts)


def _with_alternatives(xml: str, charts: Sequence[tuple[str, str]]) -> str:
    for rank, (name, text) in enumerate(charts, start=1):
        xml = xml.replace(f'name="Chart {rank}"', f'name="{name}" descr="{text}"')
    return xml


def _with_texts_meant(xml: str) -> str:
    """Identifiers and values quoted as text bear no green corner: they are text on purpose (R24)."""
    filtered = re.search(r'<autoFilter ref="([^"]*)" ?/>', xml)
    if not filtered:
        return xml
    ignored = f'<ignoredErrors><ignoredError sqref="{filtered[1]}" numberStoredAsText="1"/></ignoredErrors>'
    # The order of the parts of a sheet is set: after the ends of pages, where there are some.
    before = "</colBreaks>" if "</colBreaks>" in xml else "</headerFooter>"
    return xml.replace(before, before + ignored, 1).replace(filtered[0], "", 1)


def _without_filters(xml: str) -> str:
    return re.sub(r'<definedName\b[^>]*_xlnm\._FilterDatabase"[^>]*>[^<]*</definedName>', "", with_ordered_titles(xml))
