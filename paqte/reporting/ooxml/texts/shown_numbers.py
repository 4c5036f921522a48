"""What a number format shows of a value, whatever program wrote the format: codes taken apart, and read aloud.

The same look has many codes: LibreOffice writes `0\\ %` for `0" "%` and keeps one language a format where Excel has
one a section. Two codes are compared by what they show, never letter for letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

GENERAL = "General"
# What stands for a built-in format, by its number; the others bear their own code.
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm", 37: "#,##0;-#,##0", 38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;[Red]-#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@",
}  # fmt: skip
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|Standard)|(?P<exponent>E[+-])|(?P<noon>AM/PM|A/P)|(?P<date>y+|m+|d+|h+|s+)"
    r"|(?P<digit>[0#?])|(?P<mark>[.,%@;/])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[\d.]+)")
_CURRENCY = re.compile(r"\$([^-\]]*)(?:-.*)?")
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_NO_BREAK = ("\u00a0", "\u202f")
_SPACE = "\\\u00a0"
# What follows the last digit of a share or of an amount, where a comma would only divide what is shown.
_UNITS = ("%", "€")
_HIGHEST = Decimal(10) ** 15
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_COMPARISONS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


class FormatSymbol(NamedTuple):
    """A piece of a section: its kind, and what it is made of."""

    genre: str
    texte: str


@dataclass(frozen=True, slots=True)
class FormatBranch:
    """One of the parts of a format between semicolons. `couleur` in capitals; `condition` such as ("<", 2)."""

    morceaux: tuple[FormatSymbol, ...]
    condition: tuple[str, Decimal] | None = None
    couleur: str = ""

    @property
    def shows_text(self) -> bool:
        return any(m == ("mark", "@") for m in self.morceaux)


def without_trap(code: str) -> str:
    """The code with what a save by LibreOffice turns into thousandths made harmless.

    In French, LibreOffice takes a bare no-break space after a digit for a separator of thousands and writes a comma in
    its place: 17 % is then shown as 0 %. The space is escaped; the comma that such a save left is a space again.
    """
    tokens = list(_TOKEN.finditer(code))
    pieces = []
    for rank, token in enumerate(tokens):
        following = tokens[rank + 1][0].lstrip('\\"[$ ') if rank + 1 < len(tokens) else ""
        is_left_over = token[0] == "," and following[:1] in _UNITS and rank and tokens[rank - 1].lastgroup == "digit"
        pieces.append(_SPACE if is_left_over else f"\\{token[0]}" if token[0] in _NO_BREAK else token[0])
    return "".join(pieces)


def shown(value: Decimal | str | None, code: str, *, is_1904: bool = False) -> str | None:
    """What a cell shows, with plain spaces and French separators; None for a format that is not understood."""
    if value is None:
        return ""
    if isinstance(value, Decimal) and abs(value) >= _HIGHEST:
        return None
    text = _shown_text(value, code) if isinstance(value, str) else _shown_number(value, code, is_1904)
    return None if text is None else _with_plain_spaces(text)


def colour_of(value: Decimal | str | None, code: str) -> str:
    """The colour that the format itself gives to this value, "WHITE"; "" when it gives none."""
    sections = read_code(code)
    if isinstance(value, Decimal):
        return _section(value, sections)[0].couleur
    return sections[3].couleur if isinstance(value, str) and len(sections) > 3 else ""


@lru_cache(maxsize=512)
def read_code(code: str) -> tuple[FormatBranch, ...]:
    """The sections of a format."""
    sections: list[list[FormatSymbol]] = [[]]
    for match in _TOKEN.finditer(code or GENERAL):
        genre = str(match.lastgroup)
        text = match[genre]
        if (genre, text) == ("mark", ";"):
            sections.append([])
        elif genre != "fill":
            sections[-1].append(FormatSymbol(genre, text))
    return tuple(_section_of(pieces) for pieces in sections)


def _section_of(pieces: Sequence[FormatSymbol]) -> FormatBranch:
    kept, condition, colour = [], None, ""
    for piece in pieces:
        if piece.genre != "bracket":
            kept.append(FormatSymbol("plain", " ") if piece.genre == "space" else piece)
        elif match := _CONDITION.fullmatch(piece.texte):
            condition = (match[1], Decimal(match[2]))
        elif match := _CURRENCY.fullmatch(piece.texte):
            kept += [FormatSymbol("quoted", match[1])] if match[1] else []
        elif re.fullmatch(r"[hms]+", piece.texte, re.IGNORECASE):
            kept.append(FormatSymbol("elapsed", piece.texte))
        else:
            colour = piece.texte.upper()
    return FormatBranch(tuple(kept), condition, colour)


def _section(value: Decimal, sections: Sequence[FormatBranch]) -> tuple[FormatBranch, Decimal]:
    """The section that a number follows, and the number it shows: some lose its sign."""
    if any(s.condition for s in sections):
        for section in sections[:3]:
            if section.condition is None or _COMPARISONS[section.condition[0]](value, section.condition[1]):
                return section, value
        return FormatBranch((FormatSymbol("quoted", "####"),)), value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _shown_text(value: str, code: str) -> str:
    sections = read_code(code)
    section = sections[3] if len(sections) > 3 else next((s for s in sections if s.shows_text), None)
    if section is None:
        return value
    return "".join(value if m == ("mark", "@") else _literal(m) for m in section.morceaux)


def _shown_number(value: Decimal, code: str, is_1904: bool) -> str | None:
    section, number = _section(value, read_code(code))
    kinds = {m.genre for m in section.morceaux}
    if kinds & {"date", "elapsed", "noon"}:
        return _shown_date(number, section, is_1904)
    if section.shows_text or "general" in kinds:
        whole = _general(number)
        return "".join(whole if m.genre == "general" or m.texte == "@" else _literal(m) for m in section.morceaux)
    if "exponent" in kinds or ("mark", "/") in section.morceaux:
        return None
    return _shown_digits(number, section)


def _shown_digits(number: Decimal, section: FormatBranch) -> str:
    pieces = list(section.morceaux)
    digits = [rank for rank, m in enumerate(pieces) if m.genre == "digit"]
    percents = pieces.count(FormatSymbol("mark", "%"))
    if not digits:
        return "".join(_literal(m) for m in pieces)
    dot = next((r for r, m in enumerate(pieces) if m == ("mark", ".")), len(pieces))
    commas = [r for r, m in enumerate(pieces) if m == ("mark", ",")]
    last = digits[-1]
    integers = [r for r in digits if r < dot]
    scaling = [r for r in commas if r > last or (integers and integers[-1] < r < dot)]
    is_grouped = any(integers and integers[0] < r < integers[-1] for r in commas)
    scaled = abs(number).scaleb(2 * percents - 3 * len(scaling))
    decimals = [r for r in digits if r > dot]
    fixed = format(scaled.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP), "f")
    whole, _, rest = fixed.partition(".")
    placed = _placed_integer(whole, integers, pieces, is_grouped) | _placed_decimals(rest, decimals, pieces)
    if dot < len(pieces):
        placed[dot] = ","
    text = "".join(
        placed.get(r, "" if m.texte in ".," and m.genre == "mark" else _literal(m)) for r, m in enumerate(pieces)
    )
    return f"-{text}" if number < 0 and any(c in "123456789" for c in fixed) else text


def _placed_integer(
    whole: str, ranks: Sequence[int], pieces: Sequence[FormatSymbol], is_grouped: bool
) -> dict[int, str]:
    """Which digits each place before the point shows: the first of them takes all that is left."""
    placed: dict[int, str] = {}
    left = whole.lstrip("0")
    count = 0
    for rank in reversed(ranks):
        taken, left = (left[-1:], left[:-1]) if rank != ranks[0] else (left, "")
        taken = taken or {"0": "0", "?": " "}.get(pieces[rank].texte, "")
        text = ""
        for digit in reversed(taken):
            text = digit + (" " if is_grouped and count and count % 3 == 0 else "") + text
            count += 1
        placed[rank] = text
    return placed


def _placed_decimals(rest: str, ranks: Sequence[int], pieces: Sequence[FormatSymbol]) -> dict[int, str]:
    placed: dict[int, str] = {}
    is_last = True
    for rank, digit in reversed(list(zip(ranks, rest, strict=False))):
        is_last = is_last and digit == "0" and pieces[rank].texte != "0"
        placed[rank] = "" if is_last else digit
    return placed


def _shown_date(number: Decimal, section: FormatBranch, is_1904: bool) -> str | None:
    """Days, months and years in figures; None for what has hours, names or counts of hours."""
    pieces = section.morceaux
    if any(m.genre in ("elapsed", "noon") or (m.genre == "date" and m.texte[0] in "hsHS") for m in pieces):
        return None
    if any(m.genre == "date" and m.texte[0] in "mdMD" and len(m.texte) > 2 for m in pieces) or not 0 <= number < 2**22:
        return None
    try:
        day = _EPOCHS[is_1904] + timedelta(days=int(number))
    except OverflowError:
        return None
    return "".join(_date_piece(m, day) if m.genre == "date" else m.texte for m in pieces)


def _date_piece(piece: FormatSymbol, day: date) -> str:
    letter, length = piece.texte[0].lower(), len(piece.texte)
    if letter == "y":
        return f"{day.year:04d}" if length > 2 else f"{day.year % 100:02d}"
    number = day.month if letter == "m" else day.day
    return f"{number:02d}" if length == 2 else str(number)


def _general(number: Decimal) -> str:
    text = format(Decimal(f"{number:.11g}").normalize(), "f")
    return ("0" if text in ("-0", "") else text).replace(".", ",")


def _literal(piece: FormatSymbol) -> str:
    return "" if piece.genre == "digit" else piece.texte


def _with_plain_spaces(text: str) -> str:
    return _SPACES.sub(" ", text)


def codes_of(code: str) -> Iterator[str]:
    """The code section by section, written in one way: what two programs write differently for one look."""
    for section in read_code(code):
        condition = "".join(map(str, section.condition)) if section.condition else ""
        literals = "".join(
            m.texte
            if m.genre in ("digit", "date", "mark", "general", "exponent", "noon")
            else f"'{_with_plain_spaces(_literal(m))}'"
            for m in section.morceaux
        )
        yield f"{section.couleur}|{condition}|{literals.replace(chr(39) * 2, '').casefold()}"


def same_look(first: str, second: str) -> bool:
    """Whether two codes are the same format, however written."""
    return first == second or list(codes_of(first)) == list(codes_of(second))
