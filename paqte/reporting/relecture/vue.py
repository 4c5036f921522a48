"""A workbook as whoever opens it sees it: what cells keep and show, what is hidden, what is laid over them.

Whatever program saved it: styles are followed to what they show, never compared by their numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from xml.etree.ElementTree import Element

from paqte.reporting.ooxml.parts.package import MAIN, Package, open_package, sheet_parts, workbook_part
from paqte.reporting.ooxml.sheets.references import column_letter, column_number
from paqte.reporting.ooxml.sheets.strings import run_told
from paqte.reporting.ooxml.sheets.values import digits
from paqte.reporting.ooxml.texts.shown_numbers import same_look, shown
from paqte.reporting.relecture.styles_vus import Aspect, Aspects, Palette, disguises, is_legible, read_aspects
from paqte.reporting.relecture.vue_bandes import read_bands
from paqte.reporting.relecture.vue_graphiques import ChartView, ObjectView, read_drawings

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# Lower or narrower than that, in points or in digits, a row or a column shows nothing.
_LOWEST, _NARROWEST = 3.0, 1.0
# Of the columns that one width is given to, how many are looked at: no sheet of ours has more.
_WIDEST = 200
# Further than any figure of ours, where digits would fill the memory.
_HIGHEST = 1e15
# What a sheet is tied to that lies over its cells or beside them, or writes into them.
_TIES = {
    "comments": "note",
    "threadedComment": "commentaire",
    "pivotTable": "tableau croisé",
    "image": "fond de page",
    "ctrlProp": "bouton ou case à cocher",
    "oleObject": "objet incorporé",
    "package": "objet incorporé",
    "vmlDrawing": "dessin, bouton ou image d’en-tête",
    "queryTable": "données venues d’ailleurs",
}
# What a workbook is tied to that changes what it shows, or will.
_OUTSIDE = {"externalLink": "autre classeur", "connections": "source de données", "vbaProject": "macro"}
_TRUE = ("1", "true")


class CellView(NamedTuple):
    """A cell: a number, a text or None, the formula that gives it, and its look."""

    valeur: str | Decimal | None
    formule: str
    aspect: Aspect
    couleurs: tuple[str, ...] = ()
    fragments: tuple[str, ...] = ()

    @property
    def deguisements(self) -> str:
        """The ways in which it reads as something else, in words; those of a part of its text included."""
        parts = (f"en partie {word}" for word in self.fragments)
        return ", ".join(sorted({*self.aspect.deguisements, *parts}))

    def shown(self, is_1904: bool) -> str | None:
        """What it shows; None when its format is not understood."""
        return shown(self.valeur, self.aspect.code, is_1904=is_1904)

    @property
    def is_legible(self) -> bool:
        return is_legible(self.aspect, self.valeur, self.couleurs)

    def shows_like(self, other: CellView, is_1904: bool) -> bool:
        """Whether the same value shows the same under both looks."""
        if same_look(self.aspect.code, other.aspect.code):
            return True
        texts = self.shown(is_1904), other.shown(is_1904)
        return None not in texts and texts[0] == texts[1]


@dataclass(slots=True)
class SheetView:
    """A sheet. Rows and columns hidden are counted from 1; `regles` are its conditional formats, one text each.

    `listes` are its tables: what programs that look for them by name will read.
    """

    titre: str
    etat: str
    cases: dict[tuple[int, int], CellView] = field(default_factory=dict)
    lignes_masquees: frozenset[int] = frozenset()
    colonnes_masquees: frozenset[int] = frozenset()
    fusions: frozenset[str] = frozenset()
    bandes: dict[str, str] = field(default_factory=dict)
    regles: Counter[str] = field(default_factory=Counter)
    options: dict[str, str] = field(default_factory=dict)
    graphiques: list[ChartView] = field(default_factory=list)
    objets: Counter[str] = field(default_factory=Counter)
    listes: Counter[str] = field(default_factory=Counter)
    cadres: list[ObjectView] = field(default_factory=list)
    hauteurs: dict[int, float] = field(default_factory=dict)
    largeurs: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkbookView:
    """A workbook. `noms` are where its names and what it prints point; `is_1904` when its days count from 1904.

    `liens` are what it is tied to outside; `options`, what its window hides.
    """

    titre: str
    is_1904: bool
    noms: Mapping[str, str]
    feuilles: tuple[SheetView, ...]
    liens: Counter[str]
    options: Mapping[str, str]


class RichText(NamedTuple):
    """A text, the colours of its runs, and how some of them read as something else."""

    texte: str
    couleurs: tuple[str, ...]
    fragments: tuple[str, ...]


class _SharedParts(NamedTuple):
    """What the sheets of a workbook share."""

    paquet: Package
    textes: Sequence[RichText]
    aspects: Aspects


def read_view(content: bytes) -> WorkbookView:
    """What a workbook shows; PaquetRefused when it is none, ValueError and the like when it is damaged."""
    paquet = open_package(content)
    workbook = workbook_part(paquet)
    root = paquet.tree(workbook)
    parts = sheet_parts(paquet)
    properties = root.find(f"{MAIN}workbookPr")
    aspects = read_aspects(paquet, workbook)
    strings = _strings(paquet, workbook, aspects.palette)
    states = {s.get("name", ""): s.get("state", "visible") for s in root.iter(f"{MAIN}sheet")}
    sources = _SharedParts(paquet, strings, aspects)
    sheets = tuple(_sheet(title, states[title], part, sources) for title, part in parts.items())
    return WorkbookView(
        titre=_title(paquet),
        is_1904=properties is not None and properties.get("date1904") in _TRUE,
        noms=_names(root, [*states]),
        feuilles=sheets,
        liens=Counter(_OUTSIDE[link.genre] for link in paquet.links(workbook) if link.genre in _OUTSIDE),
        options=_window(root),
    )


def _window(root: Element) -> dict[str, str]:
    """What the window hides of a workbook: charts and pictures, the names of its sheets, all of it."""
    properties, view = root.find(f"{MAIN}workbookPr"), root.find(f"{MAIN}bookViews/{MAIN}workbookView")
    found = {}
    if properties is not None and properties.get("showObjects", "all") != "all":
        found["graphiques et images"] = "masqués"
    if view is not None and view.get("showSheetTabs", "1") not in _TRUE:
        found["onglets des feuilles"] = "masqués"
    if view is not None and view.get("visibility", "visible") != "visible":
        found["fenêtre"] = "masquée"
    return found


def _title(paquet: Package) -> str:
    for link in paquet.links(""):
        if link.genre == "core-properties":
            return next((e.text or "" for e in paquet.tree(link.cible) if e.tag.endswith("}title")), "")
    return ""


def _names(root: Element, titles: Sequence[str]) -> dict[str, str]:
    """Names of ours and what each sheet prints; programs keep other names for themselves."""
    found = {}
    for element in root.iter(f"{MAIN}definedName"):
        name, sheet = element.get("name", ""), element.get("localSheetId", "")
        target = re.sub(r"['$]", "", element.text or "")
        if name in ("_xlnm.Print_Area", "_xlnm.Print_Titles"):
            place = titles[int(sheet)] if sheet.isdigit() and int(sheet) < len(titles) else ""
            kind = "zone imprimée" if name.endswith("Area") else "titres répétés"
            found[f"{kind} de {place}"] = ",".join(sorted(target.split(",")))
        elif name[:2] in ("b_", "t_"):
            found[name] = target
    return found


def _strings(paquet: Package, workbook: str, palette: Palette) -> list[RichText]:
    """Shared strings."""
    parts = paquet.linked(workbook, "sharedStrings")
    return [_rich(si, palette) for si in paquet.tree(parts[0]).iter(f"{MAIN}si")] if parts else []


def _rich(element: Element, palette: Palette) -> RichText:
    """A text without its phonetic hints."""
    runs = element.findall(f"{MAIN}r")
    told = (*element.findall(f"{MAIN}t"), *(x for r in runs for x in r.findall(f"{MAIN}t")))
    texts = [run_told(t.text or "") for t in told]
    colours = (r.find(f"{MAIN}rPr/{MAIN}color") for r in runs)
    inks = tuple(palette.colour(c, "") for c in colours if c is not None)
    looks = (look for r in runs for look in r.iterfind(f"{MAIN}rPr"))
    return RichText("".join(texts).replace("\r\n", "\n"), inks, tuple(d for look in looks for d in disguises(look)))


def _sheet(title: str, state: str, part: str, sources: _SharedParts) -> SheetView:
    paquet, strings, aspects = sources
    root = paquet.tree(part)
    rows = list(root.iterfind(f"{MAIN}sheetData/{MAIN}row"))
    view = SheetView(title, state)
    view.cases = dict(_cells(rows, strings, aspects))
    view.lignes_masquees = frozenset(_hidden_rows(root, rows))
    view.colonnes_masquees = frozenset(_hidden_columns(root, max((c for _, c in view.cases), default=0)))
    view.fusions = frozenset(m.get("ref", "") for m in root.iter(f"{MAIN}mergeCell"))
    view.hauteurs, view.largeurs = _sizes(root, rows)
    view.bandes = read_bands(root)
    view.regles = Counter(_rules(root, aspects))
    view.options = _options(root)
    view.graphiques, view.cadres = read_drawings(paquet, part)
    view.objets = Counter(objet.nom for objet in view.cadres)
    view.objets.update(_beside(root))
    view.listes = Counter(_list(paquet.tree(one)) for one in paquet.linked(part, "table"))
    links = paquet.links(part)
    view.objets.update(_TIES[link.genre] for link in links if link.genre in _TIES)
    view.objets.update(f"lien vers {link.cible[:80]}" for link in links if link.externe)
    return view


def _cells(
    rows: Sequence[Element], strings: Sequence[RichText], aspects: Aspects
) -> Iterator[tuple[tuple[int, int], CellView]]:
    """Every cell that holds something; one that does not say where it stands comes after the one before."""
    rank = 0
    for row in rows:
        rank, column = int(row.get("r", rank + 1)), 0
        for cell in row:
            place = _PLACE.fullmatch(cell.get("r", ""))
            column = column_number(place[1]) if place else column + 1
            case = _case(cell, strings, aspects)
            if case is not None:
                yield (int(place[2]) if place else rank, column), case


def _case(cell: Element, strings: Sequence[RichText], aspects: Aspects) -> CellView | None:
    """A cell that holds something."""
    formula, kind, value = cell.find(f"{MAIN}f"), cell.get("t", "n"), cell.findtext(f"{MAIN}v")
    text, rich = value or "", RichText(value or "", (), ())
    if kind == "s" and text.isdigit():
        rich = strings[int(text)]
    elif kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        rich = _rich(inline, aspects.palette) if inline is not None else RichText("", (), ())
    text = rich.texte
    if not text and formula is None:
        return None
    kept: str | Decimal | None = text or None
    if kind == "n" and text:
        kept = _number(text)
    elif kind == "b":
        kept = "VRAI" if text in _TRUE else "FAUX"
    said = "" if formula is None else f"={formula.text or ''}"
    return CellView(kept, said, aspects.of(cell.get("s", "0")), rich.couleurs, rich.fragments)


def _number(text: str) -> Decimal | str:
    """A figure; one that no workbook of ours holds stays a text."""
    return Decimal(digits(text)) if abs(float(text)) < _HIGHEST else text


def _hidden_rows(root: Element, rows: Sequence[Element]) -> Iterator[int]:
    given = root.find(f"{MAIN}sheetFormatPr")
    is_low = (
        given is not None
        and given.get("customHeight") in _TRUE
        and float(given.get("defaultRowHeight", "15")) < _LOWEST
    )
    by_default = is_low or (given is not None and given.get("zeroHeight") in _TRUE)
    for row in rows:
        height = row.get("ht")
        is_low = height is not None and float(height) < _LOWEST and row.get("customHeight") in _TRUE
        if row.get("hidden") in _TRUE or is_low or (by_default and row.get("hidden") is None and height is None):
            yield int(row.get("r", "0"))


def _hidden_columns(root: Element, last: int) -> Iterator[int]:
    """Those hidden or too narrow; where all that are not spoken of are, each of them."""
    given, spoken = root.find(f"{MAIN}sheetFormatPr"), set()
    for col in root.iter(f"{MAIN}col"):
        spoken |= set(range(int(col.get("min", "1")), min(int(col.get("max", "1")), last) + 1))
        if col.get("hidden") in _TRUE or float(col.get("width", "9")) < _NARROWEST:
            yield from range(int(col.get("min", "1")), min(int(col.get("max", "1")), last) + 1)
    if given is not None and float(given.get("defaultColWidth", "9")) < _NARROWEST:
        yield from {*range(1, last + 1)} - spoken


def _sizes(root: Element, rows: Sequence[Element]) -> tuple[dict[int, float], dict[int, float]]:
    """Heights and widths that somebody chose, of rows and of the columns that they are enough to hide."""
    heights = {int(r.get("r", "0")): float(r.get("ht", "0")) for r in rows if r.get("customHeight") in _TRUE}
    widths: dict[int, float] = {}
    for col in root.iter(f"{MAIN}col"):
        first, last = int(col.get("min", "1")), int(col.get("max", "1"))
        widths |= dict.fromkeys(range(first, min(last, first + _WIDEST) + 1), float(col.get("width", "9")))
    return heights, widths


def _list(root: Element) -> str:
    """A table in words: its name, its cells, its columns, and what of its rows it hides or adds."""
    columns = ", ".join(c.get("name", "") for c in root.iter(f"{MAIN}tableColumn"))
    more = [
        *(["filtré"] if root.find(f"{MAIN}autoFilter/{MAIN}filterColumn") is not None else []),
        *(["avec une ligne de totaux"] if root.get("totalsRowCount", "0") != "0" else []),
        *(["sans ligne d’en-têtes"] if root.get("headerRowCount", "1") == "0" else []),
    ]
    return " ".join([f"« {root.get('displayName', '')} » en {root.get('ref', '')} ({columns})", *more])


def _beside(root: Element) -> Iterator[str]:
    """What shows beside the cells on passing over them, and the small charts drawn inside them."""
    for check in root.iter(f"{MAIN}dataValidation"):
        words = " : ".join(part for part in (check.get("promptTitle"), check.get("prompt")) if part)
        if words and check.get("showInputMessage") in _TRUE:
            yield f"message de saisie en {check.get('sqref', '')} « {words[:80]} »"
    for link in root.iter(f"{MAIN}hyperlink"):
        if link.get("tooltip"):
            yield f"bulle en {link.get('ref', '')} « {link.get('tooltip', '')[:80]} »"
    yield from ("graphique de case" for e in root.iter() if e.tag.endswith("}sparkline"))


def _rules(root: Element, aspects: Aspects) -> Iterator[str]:
    """Conditional formats, each as one text: where, when, and what it changes that can hide or disguise."""
    for group in root.iter(f"{MAIN}conditionalFormatting"):
        where = " ".join(sorted(group.get("sqref", "").split()))
        for rule in group.iterfind(f"{MAIN}cfRule"):
            formulas = ", ".join(re.sub(r"\s", "", f.text or "") for f in rule.iterfind(f"{MAIN}formula"))
            look = aspects.differential(rule.get("dxfId", ""))
            yield f"{where} : {rule.get('type', '')} {rule.get('operator', '')} {formulas} {look}".replace("  ", " ")
    # Bars, icons and rules of later versions of Excel, kept in an extension.
    for rule in (e for e in root.iter() if e.tag.endswith("}cfRule") and not e.tag.startswith(MAIN)):
        if rule.get("type") in ("dataBar", "iconSet", "expression", "cellIs"):
            yield f"règle ajoutée : {rule.get('type')}"


def _options(root: Element) -> dict[str, str]:
    """What the way of showing a sheet hides or turns."""
    found = {}
    for view in root.iter(f"{MAIN}sheetView"):
        if view.get("showZeros") in ("0", "false"):
            found["zéros"] = "masqués"
        if view.get("showFormulas") in _TRUE:
            found["formules"] = "affichées à la place des valeurs"
        if view.get("rightToLeft") in _TRUE:
            found["sens"] = "de droite à gauche"
    return found


def place_of(row: int, column: int) -> str:
    """The address of a cell, "B31"."""
    return f"{column_letter(column)}{row}"
