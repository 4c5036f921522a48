"""Reading a CSV: its encoding and what parts its columns are found, never guessed at the price of a wrong letter."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter as Tally
from collections.abc import Iterator, Sequence, Sized
from itertools import islice

from paqte.domain.erreurs import Refused
from paqte.domain.saisie.nombres import written
from paqte.importing.door.cells import SheetGiven, encoded
from paqte.importing.door.limits import Counter

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# UTF-8 read as Windows-1252 shows such pairs; nobody writes them.
_TWICE = re.compile("[\u00c2\u00c3][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")
_FRENCH = frozenset("éèêëàâäîïôöùûüçÉÈÊËÀÂÄÎÏÔÖÙÛÜÇœŒæÆŸÿ«»’‘“”€°–—…\u00a0²³ñÑ·•§")
_UNLIKELY = frozenset("ƒˆ‰†‡‹›˜ŽŠšž¤¦¨¬¯¶¸¿¡¢¥±µ÷×ªº¹¼½¾†")
_SEPARATORS = ";\t,"
_SAMPLE = 60
_MOST_FIELDS = 5_000
IRREGULAR = "un guillemet n’est pas refermé, ou une cellule est trop longue"
_ENCODING = "L’encodage de ce fichier n’est pas reconnu : enregistrez-le au format « CSV UTF-8 »."


def read_csv(content: bytes) -> list[SheetGiven]:
    """Its only sheet; Refused with a sentence, and the line, when it is no regular table."""
    text = spelled(content)
    asked = re.match(r"sep=(.)\r?\n?", text)
    given = asked[1] if asked and asked[1] in _SEPARATORS else ""
    body = text[asked.end() :] if asked and given else text
    skipped = 1 if given else 0
    separator = given or _separator(body)
    lines, counter = [], Counter()
    widths = _Widths()
    try:
        for row, fields in enumerate(_reader(body, separator), 1 + skipped):
            cells = [(column, field) for column, field in enumerate(fields) if field.strip()]
            for column, field in cells:
                counter.cell(row, column, len(field))
            require_width(row, fields)
            if cells:
                counter.row()
                widths.see(row, fields)
                lines.append(encoded(row, False, cells))
    except csv.Error as error:
        raise Refused(
            f"Ce fichier CSV n’est pas régulier ({IRREGULAR}) : "
            "ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis déposez-le."
        ) from error
    widths.check()
    return [SheetGiven("", False, (), lines)]


def lacking(columns: Sequence[str]) -> str:
    """Columns that a file has not, in words: « la colonne nom », « les colonnes nom, ep »."""
    return f"la colonne {columns[0]}" if len(columns) == 1 else f"les colonnes {', '.join(columns)}"


def require_width(row: int, fields: Sized) -> None:
    """Refused for a line that has more columns than anybody's table."""
    if len(fields) > _MOST_FIELDS:
        raise Refused(
            f"La ligne {row} compte plus de {written(_MOST_FIELDS)} colonnes : ce fichier n’est pas un tableau."
        )


class _Widths:
    """How many columns each line has: once the table begins, a line of another width has a separator too many."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int, int]] = []

    def see(self, row: int, fields: list[str]) -> None:
        last = max(column for column, field in enumerate(fields) if field.strip()) + 1
        self.seen.append((row, len(fields), last))

    def check(self) -> None:
        """Refused for a line that has not the columns of the others; titles above the table are left alone."""
        if not self.seen:
            return
        usual = Tally(width for _, width, _ in self.seen).most_common(1)[0][0]
        first = next((rank for rank, (_, width, _) in enumerate(self.seen) if width == usual), 0)
        wide = max((w for _, w, _ in self.seen[: first + 1]), default=usual)
        usual = max(usual, wide) if len(self.seen) <= 3 else usual
        for row, width, last in self.seen[first:]:
            if last > usual or (width < usual and width > 1):
                raise Refused(
                    f"La ligne {row} de ce CSV a {width} colonnes et les autres {usual} : un texte qui contient le "
                    "séparateur doit être entre guillemets."
                )


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _separator(text: str) -> str:
    """The one that parts most lines alike; « ; » before tab before « , » when several would do."""
    best, found = 0.0, ";"
    for separator in _SEPARATORS:
        widths: Tally[int] = Tally()
        try:
            widths.update(len(fields) for fields in islice(_reader(text, separator), _SAMPLE) if any(fields))
        except csv.Error:
            if not widths:
                continue
        width, alike = widths.most_common(1)[0] if widths else (1, 0)
        score = 0.0 if width < 2 else alike / widths.total() * min(width, 40)
        if score > best:
            best, found = score, separator
    return found


def spelled(content: bytes) -> str:
    """The text of a file of letters, whatever its encoding; Refused when it is none, or its encoding is not sure."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _sound(_decoded(content[len(mark) :], encoding))
    if b"\0" in content:
        raise Refused(f"Ce fichier n’est pas un texte. {_ENCODING}")
    try:
        return _sound(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _sound(_old_text(content))


def _old_text(content: bytes) -> str:
    """Windows-1252, or what a Mac wrote before UTF-8: whichever makes French of it; neither is a refusal."""
    best = None
    for encoding in ("cp1252", "mac_roman"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = sum(c in _FRENCH for c in text) - 3 * sum(c in _UNLIKELY for c in text)
        if best is None or score > best[0]:
            best = (score, text)
    if best is None or best[0] <= 0 or _TWICE.search(content.decode("cp1252", "replace")):
        raise Refused(_ENCODING)
    return best[1]


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused(_ENCODING) from None


def _sound(text: str) -> str:
    """Refused when it holds what no text does; a text read in the wrong encoding twice is not read a third time."""
    controls = sum(c < " " and c not in "\t\r\n" for c in text)
    if controls or "\ufffd" in text:
        raise Refused(f"Ce fichier n’est pas un texte. {_ENCODING}")
    return text
