"""The charts of a sheet as they show, and what else is laid over its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from paqte.reporting.ooxml.parts.package import TIES, Package
from paqte.reporting.ooxml.texts.shown_numbers import GENERAL, codes_of

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_OBJECTS = {"pic": "image", "sp": "forme ou zone de texte", "cxnSp": "trait", "grpSp": "groupe d’objets"}
# What a chart draws that is in no series of ours.
_ADDED = {"trendline": "courbe de tendance", "errBars": "barres d’erreur", "dTable": "table de données"}
# What a chart does when nothing is said of it.
_BEHAVIOURS = (
    ("dispBlanksAs", "zero", "cases vides"),
    ("plotVisOnly", "1", "cases visibles seulement"),
    ("autoTitleDeleted", "0", "titre automatique retiré"),
)
_LABELS = {
    "showVal": "valeurs",
    "showCatName": "libellés",
    "showSerName": "noms de série",
    "showPercent": "pourcentages",
}
INVISIBLE = "aucune"
_TRUE = ("1", "true")
# From the first to the last cell, (column, row, column, row); the end is not always known.
Cadre = tuple[int, ...]


class SeriesView(NamedTuple):
    """A series of a chart: its name or the cell that bears it, ranges of its labels and figures, and what it keeps.

    `etiquettes` are what is written beside its points; `couleur` is "RRGGBB", INVISIBLE, or "" when not known.
    """

    nom: str
    plages: tuple[str, ...]
    libelles: tuple[str, ...]
    valeurs: tuple[str, ...]
    etiquettes: tuple[str, ...] = ()
    ajouts: tuple[str, ...] = ()
    couleur: str = ""


class ChartView(NamedTuple):
    """A chart. `echelle` says its axes and formats; `description` is read by screen readers; `cadre` is its place."""

    titre: str
    genre: str
    description: str
    series: tuple[SeriesView, ...]
    echelle: str
    trace: str
    cadre: Cadre


class ObjectView(NamedTuple):
    """Something else laid over the cells: what, with its words, and where."""

    nom: str
    cadre: Cadre


def read_drawings(paquet: Package, sheet: str) -> tuple[list[ChartView], list[ObjectView]]:
    """The charts of a sheet in the order of their titles, and what else lies over it."""
    charts: list[ChartView] = []
    others: list[ObjectView] = []
    for drawing in paquet.linked(sheet, "drawing"):
        parts = {link.id: link.cible for link in paquet.links(drawing) if link.genre == "chart"}
        for anchor in paquet.tree(drawing):
            told, frame = next(anchor.iter(f"{_DRAWING}cNvPr"), None), _frame(anchor)
            tie = next((e.get(f"{TIES}id", "") for e in anchor.iter(f"{_C}chart")), "")
            if tie in parts:
                is_hidden = told is not None and told.get("hidden") in _TRUE
                description = "" if told is None else told.get("descr", "")
                chart = _chart(paquet, parts[tie], description)._replace(cadre=frame)
                charts += [] if is_hidden else [chart]
            others += [ObjectView(name, frame) for name in _objects(anchor, is_chart=tie in parts)]
    return sorted(charts), sorted(others)


def _frame(anchor: Element) -> Cadre:
    """The cells between which an object stands; of one that has a size instead, its first cell, unless it has none."""
    corners = [anchor.find(f"{_DRAWING}{corner}") for corner in ("from", "to")]
    cells = [_corner(corner) for corner in corners if corner is not None]
    size = anchor.find(f"{_DRAWING}ext")
    if size is not None and cells and "0" in (size.get("cx"), size.get("cy")):
        cells = [cells[0], cells[0]]
    return tuple(part for cell in cells for part in cell)


def _corner(element: Element) -> tuple[int, int]:
    return int(element.findtext(f"{_DRAWING}col") or 0), int(element.findtext(f"{_DRAWING}row") or 0)


def _objects(anchor: Element, *, is_chart: bool) -> Iterator[str]:
    """Every object that an anchor holds, those of a group and those of other programs included."""
    for element in anchor.iter():
        kind = element.tag.removeprefix(_DRAWING)
        if kind in _OBJECTS:
            words = " ".join(t.text or "" for t in element.iter(f"{_A}t")) if kind == "sp" else ""
            yield f"{_OBJECTS[kind]}{words and f' « {words[:80]} »'}"
        elif element.tag.endswith("}AlternateContent") or (kind == "graphicFrame" and not is_chart):
            yield "objet d’un autre programme"


def _chart(paquet: Package, part: str, description: str) -> ChartView:
    root = paquet.tree(part)
    title = root.find(f"{_C}chart/{_C}title")
    area = root.find(f"{_C}chart/{_C}plotArea")
    kinds = [e for e in area if e.tag.endswith("Chart")] if area is not None else []
    return ChartView(
        titre="" if title is None else "".join(t.text or "" for t in title.iter(f"{_A}t")),
        genre=" + ".join(_kind_of_chart(e) for e in kinds),
        description=description,
        series=tuple(_series(s, kind) for kind in kinds for s in kind.iterfind(f"{_C}ser")),
        echelle=" ; ".join(_scales(area)) if area is not None else "",
        trace=" ; ".join(_behaviour(root, any(link.genre == "chartUserShapes" for link in paquet.links(part)))),
        cadre=(),
    )


def _kind_of_chart(element: Element) -> str:
    """ "barChart bar clustered"; bars that cover one another say so."""
    said = [element.tag.removeprefix(_C), _property(element, "barDir"), _property(element, "grouping")]
    overlap = _property(element, "overlap", "0")
    return " ".join(part for part in (*said, "" if overlap == "0" else f"recouvrement {overlap}") if part)


def _behaviour(root: Element, has_shapes: bool) -> Iterator[str]:
    """What a chart does of empty and hidden cells, its legend, and what is drawn inside it."""
    chart = root.find(f"{_C}chart")
    for tag, default, words in _BEHAVIOURS if chart is not None else ():
        told = _property(chart, tag, default) if chart is not None else default
        yield f"{words} : {told}"
    legend = root.find(f"{_C}chart/{_C}legend")
    removed = () if legend is None else legend.iterfind(f"{_C}legendEntry/{_C}delete")
    yield f"légende : {'absente' if legend is None else 'présente'}"
    yield from ("nom retiré de la légende" for one in removed if one.get("val", "1") in _TRUE)
    if has_shapes:
        yield "forme ou texte dessiné dans le graphique"


def _property(element: Element | None, path: str, default: str = "") -> str:
    """The value of a property; the default one when it is not there."""
    found = None if element is None else element.find("/".join(f"{_C}{tag}" for tag in path.split("/")))
    told = default if found is None else found.get("val", default)
    return {"true": "1", "false": "0"}.get(told, told)


def _series(series: Element, kind: Element) -> SeriesView:
    name, labels, values = (series.find(f"{_C}{tag}") for tag in ("tx", "cat", "val"))
    return SeriesView(
        _name(name),
        tuple(_ranges(labels, values)),
        _points(labels),
        _points(values),
        tuple(_written_beside(series.find(f"{_C}dLbls"))) or tuple(_written_beside(kind.find(f"{_C}dLbls"))),
        tuple(_additions(series)),
        _colour(series, is_line=kind.tag.endswith(("lineChart", "scatterChart"))),
    )


def _written_beside(labels: Element | None) -> Iterator[str]:
    """What is written beside the points of a series: which of its figures, and words of somebody's."""
    if labels is None or _property(labels, "delete") == "1":
        return
    yield from (words for tag, words in _LABELS.items() if _property(labels, tag) == "1")
    for one in labels.iterfind(f"{_C}dLbl"):
        words = "".join(t.text or "" for t in one.iter(f"{_A}t"))
        state = "retirée" if _property(one, "delete") == "1" else words and f"« {words} »"
        if state:
            yield f"étiquette {_property(one, 'idx')} {state}"


def _additions(series: Element) -> Iterator[str]:
    yield from (words for tag, words in _ADDED.items() if series.find(f"{_C}{tag}") is not None)
    for point in series.iterfind(f"{_C}dPt"):
        if _paint(point.find(f"{_C}spPr")) == INVISIBLE:
            yield f"point {_property(point, 'idx')} invisible"


def _colour(series: Element, *, is_line: bool) -> str:
    shape = series.find(f"{_C}spPr")
    return _paint(shape.find(f"{_A}ln") if is_line and shape is not None else shape)


def _paint(shape: Element | None) -> str:
    """A plain colour, INVISIBLE, or "" when it is left to the program."""
    if shape is None:
        return ""
    if shape.find(f"{_A}noFill") is not None:
        return INVISIBLE
    colour = shape.find(f"{_A}solidFill/*")
    if colour is None:
        return ""
    opacity = colour.find(f"{_A}alpha")
    is_clear = opacity is not None and opacity.get("val") == "0"
    return INVISIBLE if is_clear else (colour.get("val") or "").upper()


def _name(element: Element | None) -> str:
    """The cell that names a series, or its own words: some programs write these as a formula between quotes."""
    if element is None:
        return ""
    formula = next((f.text or "" for f in element.iter(f"{_C}f")), "")
    if formula and not formula.startswith('"'):
        return re.sub(r"['$]", "", formula)
    return "".join(v.text or "" for v in element.iter(f"{_C}v"))


def _ranges(*elements: Element | None) -> Iterator[str]:
    """The cells that a series shows; LibreOffice writes several areas without the brackets round them."""
    for element in elements:
        for formula in element.iter(f"{_C}f") if element is not None else ():
            yield re.sub(r"['$()]", "", formula.text or "")


def _points(element: Element | None) -> tuple[str, ...]:
    """What a chart keeps: "rank value", absent points left out."""
    if element is None:
        return ()
    return tuple(f"{p.get('idx')} {_plain(p.findtext(f'{_C}v') or '')}" for p in element.iter(f"{_C}pt"))


def _plain(text: str) -> str:
    """A figure to the fifteen digits that programs keep of it in a chart, of 0.85299999999999998 as of 0.853."""
    return f"{float(text):.15g}" if re.fullmatch(r"-?\d*\.?\d+(?:[Ee][+-]?\d+)?", text) else text


def _scales(area: Element) -> Iterator[str]:
    """Of each axis what makes a figure look greater or smaller than it is, then the formats."""
    for axis in (e for e in area if e.tag.endswith("Ax")):
        title = "".join(t.text or "" for t in axis.findall(f"{_C}title//{_A}t"))
        said = [f"titre « {title} »"] if title else []
        for path, word in (("scaling/min", "de"), ("scaling/max", "à"), ("scaling/logBase", "logarithmique de base")):
            end = _property(axis, path)
            said += [f"{word} {_plain(end)}"] if end else []
        said += ["inversé"] if _property(axis, "scaling/orientation", "minMax") == "maxMin" else []
        said += ["retiré"] if _property(axis, "delete", "0") == "1" else []
        said += ["sans étiquettes"] if _property(axis, "tickLblPos") == "none" else []
        crossing = _property(axis, "crossesAt") or _property(axis, "crosses", "autoZero")
        said += [] if crossing == "autoZero" else [f"croisé à {_plain(crossing)}"]
        unit = _property(axis, "dispUnits/builtInUnit") or _property(axis, "dispUnits/custUnit")
        said += [f"en unités de {unit}"] if unit else []
        yield f"axe {axis.tag.removeprefix(_C)} {', '.join(said)}".rstrip()
    for format in area.iter(f"{_C}numFmt"):
        code = format.get("formatCode", GENERAL)
        if code != GENERAL:
            yield f"format {' '.join(codes_of(code))}"
