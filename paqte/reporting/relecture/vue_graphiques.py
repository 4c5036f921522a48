"""The charts of a sheet as they show, and what else is laid over its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from paqte.reporting.ooxml.nombres_affiches import GENERAL, codes_of
from paqte.reporting.ooxml.paquet import TIES, Paquet

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_OBJECTS = {"pic": "image", "sp": "forme ou zone de texte", "cxnSp": "trait", "grpSp": "groupe d’objets"}


class Serie(NamedTuple):
    """A series of a chart: its name or the cell that bears it, ranges of its labels and figures, and what it keeps."""

    nom: str
    plages: tuple[str, ...]
    libelles: tuple[str, ...]
    valeurs: tuple[str, ...]


class Graphique(NamedTuple):
    """A chart. `echelle` says the ends of its axes and their formats; `description` is read by screen readers."""

    titre: str
    genre: str
    description: str
    series: tuple[Serie, ...]
    echelle: str


def read_drawings(paquet: Paquet, sheet: str) -> tuple[list[Graphique], Counter[str]]:
    """The charts of a sheet in the order of their places, and how many other objects of each kind lie over it."""
    charts: list[Graphique] = []
    others: Counter[str] = Counter()
    for drawing in paquet.linked(sheet, "drawing"):
        parts = {link.id: link.cible for link in paquet.links(drawing) if link.genre == "chart"}
        for anchor in paquet.tree(drawing):
            tie = next((e.get(f"{TIES}id", "") for e in anchor.iter(f"{_C}chart")), "")
            if tie in parts:
                told = next(anchor.iter(f"{_DRAWING}cNvPr"), None)
                charts.append(_chart(paquet.tree(parts[tie]), "" if told is None else told.get("descr", "")))
            others.update(name for kind, name in _OBJECTS.items() if anchor.find(f"{_DRAWING}{kind}") is not None)
    return sorted(charts), others


def _chart(root: Element, description: str) -> Graphique:
    title = root.find(f"{_C}chart/{_C}title")
    area = root.find(f"{_C}chart/{_C}plotArea")
    kinds = [e for e in area if e.tag.endswith("Chart")] if area is not None else []
    return Graphique(
        titre="" if title is None else "".join(t.text or "" for t in title.iter(f"{_A}t")),
        genre=" + ".join(e.tag.removeprefix(_C) for e in kinds),
        description=description,
        series=tuple(_series(s) for kind in kinds for s in kind.iterfind(f"{_C}ser")),
        echelle=" ; ".join(_scales(area)) if area is not None else "",
    )


def _series(series: Element) -> Serie:
    name, labels, values = (series.find(f"{_C}{tag}") for tag in ("tx", "cat", "val"))
    return Serie(_name(name), tuple(_ranges(labels, values)), _points(labels), _points(values))


def _name(element: Element | None) -> str:
    """The cell that names a series, or its own words: some programs write these as a formula between quotes."""
    if element is None:
        return ""
    formula = next((f.text or "" for f in element.iter(f"{_C}f")), "")
    if formula and not formula.startswith('"'):
        return re.sub(r"['$]", "", formula)
    return "".join(v.text or "" for v in element.iter(f"{_C}v"))


def _ranges(*elements: Element | None) -> Iterator[str]:
    for element in elements:
        for formula in element.iter(f"{_C}f") if element is not None else ():
            yield re.sub(r"['$]", "", formula.text or "")


def _points(element: Element | None) -> tuple[str, ...]:
    """What a chart keeps: "rank value", absent points left out."""
    if element is None:
        return ()
    return tuple(f"{p.get('idx')} {_plain(p.findtext(f'{_C}v') or '')}" for p in element.iter(f"{_C}pt"))


def _plain(text: str) -> str:
    """A figure to twelve digits: programs that save again write 0.853 as 0.85299999999999998."""
    return f"{float(text):.12g}" if re.fullmatch(r"-?\d*\.?\d+(?:[Ee][+-]?\d+)?", text) else text


def _scales(area: Element) -> Iterator[str]:
    for axis in area.iterfind(f"{_C}valAx"):
        for tag, word in (("min", "de"), ("max", "à")):
            end = axis.find(f"{_C}scaling/{_C}{tag}")
            if end is not None:
                yield f"{word} {_plain(end.get('val', ''))}"
    for format in area.iter(f"{_C}numFmt"):
        code = format.get("formatCode", GENERAL)
        if code != GENERAL:
            yield f"format {' '.join(codes_of(code))}"
