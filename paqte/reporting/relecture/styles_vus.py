"""What the styles of a workbook show: the format of figures, and whether what is written can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from xml.etree.ElementTree import Element

from paqte.reporting.ooxml.parts.package import MAIN, Package
from paqte.reporting.ooxml.texts.shown_numbers import BUILT_IN, GENERAL, codes_of, colour_of

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
# Order in which cells name the colours of the theme.
_THEME = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6")
_NAMED = {"WHITE": "FFFFFF", "BLANC": "FFFFFF", "BLACK": "000000", "YELLOW": "FFFF00", "CYAN": "00FFFF"}
_WHITE, _BLACK = "FFFFFF", "000000"
_SMALLEST = 4.0
_LEVELS = {"superscript": "en exposant", "subscript": "en indice"}
_SYMBOLS = ("wingdings", "webdings", "symbol", "zapf", "zapf dingbats", "marlett", "mt extra", "opensymbol")
# Under this ratio of luminances nobody reads: the palest text of ours has 4.5.
_FAINTEST = 1.4

# The colours that styles call by number (ECMA-376, 18.8.27): the first eight stand twice.
_HEX = (
    "000000FFFFFFFF000000FF000000FFFFFF00FF00FF00FFFF800000008000000080808000800080008080C0C0C0808080"
    "9999FF993366FFFFCCCCFFFF660066FF80800066CCCCCCFF000080FF00FFFFFF0000FFFF8000808000000080800000FF"
    "00CCFFCCFFFFCCFFCCFFFF9999CCFFFF99CCCC99FFFFCC993366FF33CCCC99CC00FFCC00FF9900FF6600666699969696"
    "003366339966003300333300993300993366333399333333"
)
_INDEXED = tuple(_HEX[place : place + 6] for place in range(0, len(_HEX), 6))
_PALETTE = (*_INDEXED[:8], *_INDEXED)


class Aspect(NamedTuple):
    """The look of a cell: number format, colours as "RRGGBB" ("" when not known), size of the letters in points.

    `deguisements` are the ways in which what is written reads as something else.
    """

    code: str = GENERAL
    encre: str = _BLACK
    fond: str = _WHITE
    taille: float = 10.0
    deguisements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours that a workbook names: those of its theme, and those it puts in place of the numbered ones."""

    theme: Mapping[str, str] = field(default_factory=dict)
    indexed: Sequence[str] = ()

    def colour(self, element: Element | None, default: str) -> str:
        """A colour as "RRGGBB"; "" when it is not known."""
        if element is None or element.get("auto") in ("1", "true"):
            return default
        found = (element.get("rgb") or "")[-6:].upper()
        if element.get("theme", "").isdigit():
            rank = int(element.get("theme", "0"))
            found = self.theme.get(_THEME[rank], "") if rank < len(_THEME) else ""
        elif element.get("indexed", "").isdigit():
            found = self._numbered(int(element.get("indexed", "0")), default)
        return _tinted(found, float(element.get("tint", "0"))) if len(found) == 6 else ""

    def _numbered(self, rank: int, default: str) -> str:
        given = self.indexed or _PALETTE
        return given[rank][-6:].upper() if rank < min(64, len(given)) else default


@dataclass(frozen=True, slots=True)
class Aspects:
    """The looks of a workbook, by number of style; `conditionnels` are those that its conditions give."""

    cellules: Sequence[Aspect]
    conditionnels: Sequence[str]
    palette: Palette = field(default_factory=Palette)

    def of(self, style: str) -> Aspect:
        """The look of a cell of that style."""
        rank = int(style)
        return self.cellules[rank] if rank < len(self.cellules) else Aspect()

    def differential(self, rank: str) -> str:
        """What a conditional format changes, in words."""
        return self.conditionnels[int(rank)] if rank.isdigit() and int(rank) < len(self.conditionnels) else ""


def read_aspects(paquet: Package, workbook: str) -> Aspects:
    """The looks that the styles of a workbook give."""
    parts = paquet.linked(workbook, "styles")
    if not parts:
        return Aspects((), ())
    root = paquet.tree(parts[0])
    numbered = [c.get("rgb", "") for c in root.iterfind(f"{MAIN}colors/{MAIN}indexedColors/{MAIN}rgbColor")]
    palette = Palette(_theme(paquet, workbook), numbered)
    codes = {int(f.get("numFmtId", "0")): f.get("formatCode", "") for f in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")}
    fonts = [_font(f, palette) for f in root.iterfind(f"{MAIN}fonts/{MAIN}font")]
    fills = [_fill(f, palette) for f in root.iterfind(f"{MAIN}fills/{MAIN}fill")]
    looks = []
    for style in root.iterfind(f"{MAIN}cellXfs/{MAIN}xf"):
        number = int(style.get("numFmtId", "0"))
        ink, size, disguises = fonts[int(style.get("fontId", "0"))]
        ground, alignment = fills[int(style.get("fillId", "0"))], style.find(f"{MAIN}alignment")
        if alignment is not None and alignment.get("horizontal") == "fill":
            disguises = (*disguises, "répété pour remplir la case")
        looks.append(Aspect(codes.get(number) or BUILT_IN.get(number, f"n° {number}"), ink, ground, size, disguises))
    return Aspects(looks, [_differential(d, palette) for d in root.iterfind(f"{MAIN}dxfs/{MAIN}dxf")], palette)


def is_legible(aspect: Aspect, value: str | Decimal | None, runs: Sequence[str] = ()) -> bool:
    """Whether letters can be told from their ground and are not tiny; what is not known is taken for legible."""
    if value is None or aspect.taille < _SMALLEST:
        return value is None
    given = _NAMED.get(colour_of(value, aspect.code), "")
    inks = [given] if given else [*runs, aspect.encre][: max(1, len(runs))]
    return all(_contrast(ink, aspect.fond) >= _FAINTEST for ink in inks if ink and aspect.fond)


def is_seen_on_paper(ink: str, points: float) -> bool:
    """Whether letters of this colour ("" when none is given) and size are read on white."""
    return points >= _SMALLEST and _contrast(ink or _BLACK, _WHITE) >= _FAINTEST


def _font(font: Element, palette: Palette) -> tuple[str, float, tuple[str, ...]]:
    size, colour = font.find(f"{MAIN}sz"), font.find(f"{MAIN}color")
    points = float(size.get("val", "10")) if size is not None else 10.0
    return palette.colour(colour, _BLACK), points, tuple(disguises(font))


def disguises(font: Element) -> Iterator[str]:
    """How a font makes letters or figures read as others: the font of a cell, or of a run inside its text."""
    struck, level = font.find(f"{MAIN}strike"), font.find(f"{MAIN}vertAlign")
    if struck is not None and struck.get("val", "1") in ("1", "true"):
        yield "barré"
    if level is not None and level.get("val") in _LEVELS:
        yield _LEVELS[level.get("val", "")]
    name = font.find(f"{MAIN}name") if font.find(f"{MAIN}name") is not None else font.find(f"{MAIN}rFont")
    if name is not None and name.get("val", "").casefold().startswith(_SYMBOLS):
        yield "en police de symboles"
    size = font.find(f"{MAIN}sz")
    if size is not None and float(size.get("val", "10")) < _SMALLEST:
        yield "en lettres minuscules"


def _fill(fill: Element, palette: Palette) -> str:
    pattern = fill.find(f"{MAIN}patternFill")
    if pattern is None:
        return _only(
            {palette.colour(colour, "") for colour in fill.iterfind(f"{MAIN}gradientFill/{MAIN}stop/{MAIN}color")}
        )
    if pattern.get("patternType", "none") == "none":
        return _WHITE
    front, back = (palette.colour(pattern.find(f"{MAIN}{tag}"), "") for tag in ("fgColor", "bgColor"))
    return front if pattern.get("patternType") == "solid" else _only({front, back})


def _only(colours: set[str]) -> str:
    """The colour of a gradient or of hatches, when there is only one."""
    return colours.pop() if len(colours) == 1 else ""


def _differential(dxf: Element, palette: Palette) -> str:
    """Ground and ink of a conditional format, and its number format when it has one."""
    ink, format = dxf.find(f"{MAIN}font/{MAIN}color"), dxf.find(f"{MAIN}numFmt")
    pattern = dxf.find(f"{MAIN}fill/{MAIN}patternFill")
    grounds = () if pattern is None else (pattern.find(f"{MAIN}bgColor"), pattern.find(f"{MAIN}fgColor"))
    ground = next((c for e in grounds if e is not None and (c := palette.colour(e, ""))), "")
    font = dxf.find(f"{MAIN}font")
    said = [f"encre {palette.colour(ink, '')}"] if ink is not None else []
    said += disguises(font) if font is not None else []
    said += [f"fond {ground}"] if ground else []
    if format is not None and format.get("formatCode", GENERAL) != GENERAL:
        said.append(f"format {' '.join(codes_of(format.get('formatCode', '')))}")
    return ", ".join(said)


def _theme(paquet: Package, workbook: str) -> Mapping[str, str]:
    parts = paquet.linked(workbook, "theme")
    if not parts or parts[0] not in paquet.parts:
        return {}
    scheme = next(paquet.tree(parts[0]).iter(f"{_DRAWING}clrScheme"), None)
    colours = {} if scheme is None else {e.tag.rpartition("}")[2]: e for e in scheme}
    return {name: (e[0].get("lastClr") or e[0].get("val") or "").upper() for name, e in colours.items() if len(e)}


def _tinted(colour: str, tint: float) -> str:
    def one(start: int) -> int:
        given = int(colour[start : start + 2], 16)
        return round(given + (255 - given) * tint if tint > 0 else given * (1 + tint))

    return "".join(f"{max(0, min(255, one(start))):02X}" for start in (0, 2, 4))


def _contrast(first: str, second: str) -> float:
    """The ratio of two luminances, from 1 to 21 (WCAG)."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    def linear(start: int) -> float:
        part = int(colour[start : start + 2], 16) / 255
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(0) + 0.7152 * linear(2) + 0.0722 * linear(4)
