"""Reading an .ods, as LibreOffice, Google or a Mac writes it: in the child alone."""

from __future__ import annotations

import re
import zipfile

from paqte.domain.erreurs import Refused
from paqte.importing.door.cells import (
    BOOLEAN,
    ERROR,
    TEXT,
    UNCALCULATED,
    MergedRange,
    SheetGiven,
    encoded,
    typed_iso,
    typed_number,
)
from paqte.importing.door.guard import DAMAGED, EXPECTED
from paqte.importing.door.limits import LAST_COLUMN, LAST_ROW, MOST_AREA, Counter, check_sheets
from paqte.importing.door.xml import Attributes, local, walk
from paqte.reporting.ooxml.parts.received import is_harmless_bytes

_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_SCRIPTS = re.compile(r"^(?:Basic|Scripts|Dialogs)/|script-l[bc]\.xml$|^(?:Configurations2/.*)?macro", re.IGNORECASE)
# Elements that run, fetch or embed; a chart of LibreOffice is an object too, of XML alone.
_ACTING = frozenset({
    "script", "event-listener", "dde-source", "dde-connection-decl", "dde-link", "object-ole", "plugin", "applet",
    "cell-range-source", "table-source", "database-range-source", "database-source-sql", "database-source-query",
    "database-source-table",
})  # fmt: skip
_LIVE = re.compile(r"(?<![A-Z0-9_.])(?:WEBSERVICE|DDE)\s*\(|'?(?:FILE|HTTPS?|FTP|SMB):", re.IGNORECASE)
_NUMBERS = frozenset({"float", "currency", "percentage"})
_ERROR = re.compile(r"#[A-Z/0]+[!?]?|(?:Err|Fehler):[0-9]{3}|#[A-Z]+[?]", re.ASCII)
_HIDDEN = frozenset({"collapse", "filter"})
_TIME = re.compile(r"PT([0-9]{1,5})H([0-9]{1,2})M([0-9]{1,2})(?:[.,][0-9]+)?S", re.ASCII)
# Paragraphs, and what stands inside them for a blank.
_BLANKS = {"s": " ", "tab": "\t", "line-break": "\n"}


def read_ods(archive: zipfile.ZipFile) -> list[SheetGiven]:
    """Its sheets, hidden ones too; Refused with a sentence when it acts, is damaged, or holds too much."""
    _check_parts(archive)
    content = _Content()
    walk(archive, "content.xml", content.start, content.end, content.text)
    check_sheets(len(content.sheets))
    return content.sheets


def _check_parts(archive: zipfile.ZipFile) -> None:
    if not archive.read("mimetype").strip().startswith(_SPREADSHEET):
        raise Refused(f"Ce document n’est pas un tableau. {EXPECTED}")
    for info in archive.infolist():
        name = info.filename
        if _SCRIPTS.search(name):
            raise Refused(_not_taken("il porte des macros"))
        if name.endswith(".xml") and name != "content.xml":
            walk(archive, name, _refuse_acting)
        elif not (info.is_dir() or name in ("mimetype", "content.xml") or name.startswith(("Pictures/", "Fonts/"))):
            with archive.open(name) as stream:
                begun = stream.read(64)
            if not (is_harmless_bytes(name, begun) or name.endswith((".rdf", ".xbl")) or begun.startswith(b"VCLMTF")):
                raise Refused(_not_taken("il porte un objet d’un autre programme"))


def _refuse_acting(name: str, attributes: Attributes) -> None:
    kind = local(name)
    if kind in _ACTING:
        raise Refused(_not_taken("il porte une macro, un lien ou un objet d’un autre programme"))
    if kind == "encryption-data":
        raise Refused("Ce classeur est protégé par un mot de passe : enregistrez-le sans protection.")


class _Content:
    """The sheets of content.xml as they are met; a cell repeated ten thousand times costs nothing when it is empty."""

    def __init__(self) -> None:
        self.sheets: list[SheetGiven] = []
        self.counter = Counter()
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.titre, self.is_hidden_sheet = "", False
        self.lines: list[bytes] | None = None
        self.merged: list[MergedRange] = []
        self.row, self.row_repeat, self.is_hidden = 0, 1, False
        self.column = 0
        self.cells: list[list[object]] = []
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[str] = []
        self.depth_aside = 0
        self.is_told = 0
        self.depth_tables = 0

    def start(self, name: str, attributes: Attributes) -> None:
        kind = local(name)
        if self.depth_aside:
            self.depth_aside += 1
            return
        _refuse_acting(name, attributes)
        if kind in ("annotation", "shapes", "tracked-changes", "rubies", "frame", "custom-shape", "control"):
            self.depth_aside = 1
        elif kind == "style":
            self.style = _bare(attributes).get("name", "")
        elif kind == "table-properties" and _bare(attributes).get("display") == "false":
            self.hidden_styles.add(self.style)
        elif kind == "table":
            self._start_table(_bare(attributes))
        elif self.lines is not None:
            self._start_inside(kind, attributes)

    def _start_inside(self, kind: str, attributes: Attributes) -> None:
        if kind == "table-row":
            given = _bare(attributes)
            self.row += 1
            self.row_repeat = _repeats(given.get("number-rows-repeated", "1"))
            self.is_hidden = given.get("visibility") in _HIDDEN
            self.column, self.cells = 0, []
        elif kind in ("table-cell", "covered-table-cell"):
            self.cell, self.paragraphs = _bare(attributes), []
        elif kind == "p" and self.cell is not None:
            self.paragraphs.append("")
            self.is_told += 1
        elif kind in _BLANKS and self.is_told:
            self.paragraphs[-1] += _BLANKS[kind] * _repeats(_bare(attributes).get("c", "1"))

    def end(self, name: str) -> None:
        if self.depth_aside:
            self.depth_aside -= 1
            return
        kind = local(name)
        if kind == "p" and self.is_told:
            self.is_told -= 1
        elif kind in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._end_cell(self.cell)
        elif kind == "table-row" and self.lines is not None:
            self._end_row()
        elif kind == "table" and self.lines is not None:
            self.sheets.append(SheetGiven(self.titre, self.is_hidden_sheet, tuple(self.merged), self.lines))
            self.lines = None

    def text(self, data: str) -> None:
        if self.is_told and not self.depth_aside:
            self.paragraphs[-1] += data

    def _start_table(self, given: dict[str, str]) -> None:
        if self.lines is not None:
            raise Refused("Ce classeur contient un tableau dans une cellule : copiez-le dans une feuille à part.")
        self.titre = given.get("name", "")
        self.is_hidden_sheet = given.get("style-name", "") in self.hidden_styles
        self.lines, self.merged, self.row = [], [], 0
        check_sheets(len(self.sheets) + 1)

    def _end_cell(self, given: dict[str, str]) -> None:
        self.cell = None
        repeat = _repeats(given.get("number-columns-repeated", "1"))
        if self.column + repeat > LAST_COLUMN:
            raise Refused(DAMAGED)
        self._keep_merge(given)
        text, genre = _typed_ods(given, "\n".join(self.paragraphs))
        if text or genre != TEXT:
            is_formula = "formula" in given
            for column in range(self.column, self.column + repeat):
                self.counter.cell(self.row, column, len(text))
                self.cells.append([column, text, genre, True] if is_formula else [column, text, genre])
        self.column += repeat

    def _keep_merge(self, given: dict[str, str]) -> None:
        rows, columns = (
            _repeats(given.get("number-rows-spanned", "1")),
            _repeats(given.get("number-columns-spanned", "1")),
        )
        if rows == columns == 1:
            return
        if rows * columns > MOST_AREA or self.column + columns > LAST_COLUMN or self.row + rows - 1 > LAST_ROW:
            raise Refused("Une fusion couvre presque toute la feuille : gardez seulement votre tableau.")
        self.merged.append(MergedRange(self.row, self.row + rows - 1, self.column, self.column + columns - 1))

    def _end_row(self) -> None:
        if self.row + self.row_repeat - 1 > LAST_ROW:
            raise Refused(DAMAGED)
        if self.cells and self.lines is not None:
            self.counter.row(self.row_repeat, len(self.cells))
            rows = range(self.row, self.row + self.row_repeat)
            self.lines += [encoded(row, self.is_hidden, self.cells) for row in rows]
        self.row += self.row_repeat - 1


def _typed_ods(given: dict[str, str], shown: str) -> tuple[str, str]:
    """The cell as a person would have typed it, and what it holds."""
    kind, formula = given.get("value-type", ""), given.get("formula")
    if formula is not None and _LIVE.search(formula):
        raise Refused(_not_taken("une formule va chercher une donnée hors du classeur"))
    if formula is not None and (kind == "error" or (kind in ("", "string") and _ERROR.fullmatch(shown.strip()))):
        return shown.strip()[:40] or "erreur", ERROR
    if not kind and formula is not None:
        return "", UNCALCULATED
    if kind in _NUMBERS:
        return typed_number(given.get("value", "").strip(), is_percentage=kind == "percentage")
    return _typed_other(given, kind, shown)


def _typed_other(given: dict[str, str], kind: str, shown: str) -> tuple[str, str]:
    """What is no number: a day, an hour, yes or no, or the text itself."""
    if kind == "date":
        return typed_iso(given.get("date-value", ""))
    if kind == "boolean":
        return ("VRAI" if given.get("boolean-value") == "true" else "FAUX"), BOOLEAN
    if kind == "time":
        found = _TIME.fullmatch(given.get("time-value", ""))
        return (":".join(f"{int(part):02}" for part in found.groups()) if found else shown), TEXT
    return given.get("string-value", shown), TEXT


def _bare(attributes: Attributes) -> dict[str, str]:
    """Attributes by their bare names; those of OpenDocument win over those that LibreOffice adds beside them."""
    found = {local(name): value for name, value in attributes.items() if "calcext" in name or "loext" in name}
    return {**found, **{local(n): v for n, v in attributes.items() if "calcext" not in n and "loext" not in n}} | (
        {"value-type": "error"} if found.get("value-type") == "error" else {}
    )


def _repeats(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text)):
        raise Refused(DAMAGED)
    return int(text)


def _not_taken(why: str) -> str:
    return f"Ce fichier n’est pas accepté : {why}. Copiez vos valeurs dans un classeur neuf, sans macro ni lien."
