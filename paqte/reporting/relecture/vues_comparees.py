"""What differs between an edition and a file that says it is one, as whoever opens both would see it.

Never told: fonts, colours that read, widths, and all that a program writes differently for the same look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

from paqte.reporting.relecture.vue import CellView, SheetView, WorkbookView, place_of
from paqte.reporting.relecture.vue_graphiques import INVISIBLE, Cadre, ChartView, SeriesView

# A file of anybody's may differ everywhere: beyond, how many more is all that is told.
MOST = 2000
# Cut by more than that, a row or a column no longer holds what it held; by how many cells programs move an object.
_SHRUNK, _NUDGE = 0.7, 1
_OF_SERIES = {
    "nom": "nom de la série",
    "plages": "plages",
    "libelles": "libellés",
    "valeurs": "valeurs",
    "etiquettes": "étiquettes",
    "ajouts": "ajouts au tracé",
}
# Letters that show nothing, or turn round those that follow.
_INVISIBLE = re.compile("[\u00ad\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Spaces that look like the ordinary one.
_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u3000]")
_STATES = {"visible": "visible", "hidden": "masquée", "veryHidden": "masquée", "": "absente"}


class Difference(NamedTuple):
    """One thing that differs: on which sheet, where, what, then in the edition and in the file; "" for nothing."""

    feuille: str
    place: str
    quoi: str
    avant: str
    apres: str


def compare_views(issued: WorkbookView, found: WorkbookView) -> Iterator[Difference]:
    """Every difference, sheet by sheet."""
    yield from _book(issued, found)
    sheets = {f.titre: f for f in found.feuilles}
    for sheet in issued.feuilles:
        if sheet.titre in sheets:
            yield from _sheet(sheet, sheets[sheet.titre], issued.is_1904, found.is_1904)


def _book(issued: WorkbookView, found: WorkbookView) -> Iterator[Difference]:
    titles = [[f.titre for f in vue.feuilles] for vue in (issued, found)]
    for title in titles[0]:
        if title not in titles[1]:
            yield Difference(title, "", "feuille", "présente", "absente")
    for title in titles[1]:
        if title not in titles[0]:
            yield Difference(title, "", "feuille", "absente", "présente")
    kept = [[t for t in side if t in other] for side, other in (titles, titles[::-1])]
    if kept[0] != kept[1]:
        yield Difference("", "", "ordre des feuilles", ", ".join(kept[0]), ", ".join(kept[1]))
    if issued.is_1904 != found.is_1904:
        years = ["1904" if vue.is_1904 else "1900" for vue in (issued, found)]
        yield Difference("", "", "année d’où les jours sont comptés", *years)
    if issued.titre != found.titre:
        yield Difference("", "", "titre du document", issued.titre, found.titre)
    yield from _mapping("", "nom défini", issued.noms, found.noms)
    yield from _mapping("", "affichage", issued.options, found.options)
    yield from _counts_compared("", "lien vers l’extérieur", issued.liens, found.liens)


def _sheet(issued: SheetView, found: SheetView, *from_1904: bool) -> Iterator[Difference]:
    title = issued.titre
    if _STATES.get(issued.etat) != _STATES.get(found.etat):
        yield Difference(title, "", "feuille", _STATES.get(issued.etat, ""), _STATES.get(found.etat, ""))
    yield from _cells(issued, found, from_1904)
    filled = {*issued.cases, *found.cases}
    for word, side, hidden in (("ligne", 0, "lignes_masquees"), ("colonne", 1, "colonnes_masquees")):
        bearing = {place[side] for place in filled}
        was, now = getattr(issued, hidden), getattr(found, hidden)
        for rank in sorted((was ^ now) & bearing):
            name = str(rank) if side == 0 else place_of(1, rank)[:-1]
            states = ("masquée", "visible") if rank in was else ("visible", "masquée")
            yield Difference(title, f"{word} {name}", word, *states)
    yield from _shrunk(issued, found)
    yield from _counts_compared(title, "cellules fusionnées", Counter(issued.fusions), Counter(found.fusions))
    yield from _counts_compared(title, "mise en forme conditionnelle", issued.regles, found.regles)
    yield from _counts_compared(title, "objet posé sur la feuille", issued.objets, found.objets)
    yield from _counts_compared(title, "tableau de la feuille", issued.listes, found.listes)
    if issued.objets == found.objets:
        for was_object, now_object in zip(issued.cadres, found.cadres, strict=True):
            yield from _moved(title, was_object.nom, was_object.cadre, now_object.cadre)
    yield from _mapping(title, "", issued.bandes, found.bandes)
    yield from _mapping(title, "affichage", issued.options, found.options)
    for was_chart, chart in zip_longest(issued.graphiques, found.graphiques):
        yield from _chart(title, was_chart, chart)


def _cells(issued: SheetView, found: SheetView, from_1904: tuple[bool, ...]) -> Iterator[Difference]:
    for place in sorted({*issued.cases, *found.cases}):
        was, now = issued.cases.get(place), found.cases.get(place)
        if was != now:
            difference = _cell(was, now, from_1904)
            if difference is not None:
                yield Difference(issued.titre, place_of(*place), *difference)


def _cell(was: CellView | None, now: CellView | None, from_1904: tuple[bool, ...]) -> tuple[str, str, str] | None:
    """What differs in a cell: what, before, after."""
    if was is None or now is None or (was.valeur, was.formule) != (now.valeur, now.formule):
        return "contenu", *_contents(was, now)
    if not was.shows_like(now, from_1904[0]):
        return "format de nombre", _shown_as(was, from_1904[0]), _shown_as(now, from_1904[1])
    if was.is_legible != now.is_legible:
        words = [f"{_kept(c)} {'lisible' if c.is_legible else 'illisible (encre, fond ou taille)'}" for c in (was, now)]
        return "lisibilité", words[0], words[1]
    if was.deguisements != now.deguisements:
        looks = [f"{_kept(c)} {c.deguisements or 'écrit simplement'}" for c in (was, now)]
        return "lisibilité", looks[0], looks[1]
    return None


def _contents(was: CellView | None, now: CellView | None) -> tuple[str, str]:
    """Both contents; a figure that became a text of the same figures is said to be one."""
    texts = _kept(was), _kept(now)
    if _SPACE.sub(" ", texts[0]) != _SPACE.sub(" ", texts[1]):
        return texts
    if texts[0] != texts[1]:
        return _SPACE.sub(_letter_code, texts[0]), _SPACE.sub(_letter_code, texts[1])
    kinds = ["texte" if c is not None and isinstance(c.valeur, str) else "nombre" for c in (was, now)]
    return f"{texts[0]} ({kinds[0]})", f"{texts[1]} ({kinds[1]})"


def _letter_code(letter: re.Match[str]) -> str:
    """A letter that nobody sees, by its number."""
    return f"[U+{ord(letter[0]):04X}]"


def _kept(case: CellView | None) -> str:
    if case is None:
        return ""
    if isinstance(case.valeur, str):
        case = case._replace(valeur=_INVISIBLE.sub(_letter_code, case.valeur))
    value = case.valeur if isinstance(case.valeur, str) or case.valeur is None else format(case.valeur.normalize(), "f")
    number = (value or "").replace(".", ",") if not isinstance(case.valeur, str) else value or ""
    return f"formule {case.formule}{number and f', résultat {number}'}" if case.formule else number


def _shown_as(case: CellView, is_1904: bool) -> str:
    """ "17 s’affiche « 170 » (format 0"0")"."""
    text = case.shown(is_1904)
    look = "autrement" if text is None else f"« {text} »"
    return f"{_kept(case)} s’affiche {look} (format {case.aspect.code})"


def _counts_compared(title: str, what: str, was: Counter[str], now: Counter[str]) -> Iterator[Difference]:
    for element in sorted((was - now).elements()):
        yield Difference(title, "", what, element, "")
    for element in sorted((now - was).elements()):
        yield Difference(title, "", what, "", element)


def _mapping(title: str, what: str, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for key in sorted({*was, *now}):
        if was.get(key, "") != now.get(key, ""):
            yield Difference(title, key if what else "", what or key, was.get(key, ""), now.get(key, ""))


def _chart(title: str, was: ChartView | None, now: ChartView | None) -> Iterator[Difference]:
    if was is None or now is None:
        chart = was or now
        place = f"graphique « {chart.titre if chart else ''} »"
        yield Difference(title, place, "graphique", *(("présent", "absent") if was else ("absent", "présent")))
        return
    place = f"graphique « {was.titre} »"
    for what, before, after in (
        ("titre", was.titre, now.titre),
        ("sorte", was.genre, now.genre),
        # LibreOffice drops the descriptions of charts when it saves: one that is absent is no change of anybody's.
        ("description", was.description, now.description or was.description),
        ("échelle et formats", was.echelle, now.echelle),
        ("tracé", was.trace, now.trace),
    ):
        if before != after:
            yield Difference(title, place, what, before, after)
    yield from _moved(title, place, was.cadre, now.cadre)
    inks = {series.couleur for series in was.series}
    for before_series, after_series in zip_longest(was.series, now.series, fillvalue=SeriesView("", (), (), ())):
        for field, what in _OF_SERIES.items():
            before, after = getattr(before_series, field), getattr(after_series, field)
            if before != after:
                yield Difference(title, place, what, _joined(before), _joined(after))
        was_ink, ink = before_series.couleur, after_series.couleur
        # Another colour is nobody's business, but none, and that of another series, by which one reads it for that one.
        if was_ink != ink and (ink == INVISIBLE or ink in inks - {was_ink}):
            yield Difference(title, place, "couleur de la série", f"{before_series.nom} : {was_ink}", ink)


def _moved(title: str, place: str, was: Cadre, now: Cadre) -> Iterator[Difference]:
    """What no longer stands over the same cells; programs move a side by a cell."""
    if any(abs(before - after) > _NUDGE for before, after in zip(was, now, strict=False)) or bool(was) != bool(now):
        yield Difference(title, place, "place", _cells_of(was), _cells_of(now))


def _cells_of(frame: Cadre) -> str:
    """ "A12:F20"."""
    corners = zip(frame[1::2], frame[::2], strict=False)
    return ":".join(place_of(row + 1, column + 1) for row, column in corners)


def _shrunk(issued: SheetView, found: SheetView) -> Iterator[Difference]:
    """Rows and columns made so small that what they held is cut; those that show nothing are told as hidden."""
    filled = {*issued.cases}
    for word, side, sizes, hidden in (
        ("ligne", 0, (issued.hauteurs, found.hauteurs), found.lignes_masquees),
        ("colonne", 1, (issued.largeurs, found.largeurs), found.colonnes_masquees),
    ):
        for rank in sorted({place[side] for place in filled} - hidden):
            was, now = (of.get(rank) for of in sizes)
            if was and now and now < was * _SHRUNK:
                name = str(rank) if side == 0 else place_of(1, rank)[:-1]
                told = [f"{size:.4g}".replace(".", ",") for size in (was, now)]
                yield Difference(
                    issued.titre, f"{word} {name}", "hauteur" if side == 0 else "largeur", told[0], told[1]
                )


def _joined(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " ; ".join(value)
