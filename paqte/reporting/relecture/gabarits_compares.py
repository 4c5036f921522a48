"""Two templates side by side: what a person must know before the second takes the place of the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from paqte.reporting.ooxml.sheets.sheet import Sheet, cell_text
from paqte.reporting.ooxml.sheets.strings import read_texts
from paqte.reporting.remplissage.gabarits.gabarit import DefinedName, check_template, locate
from paqte.reporting.remplissage.plan.format import META, Format
from paqte.reporting.remplissage.plan.modele import GabaritReady

ABSENT = ""


class EcartGabarit(NamedTuple):
    """One difference: what it is about, where, before and after; "" for what is not there."""

    sujet: str
    ou: str
    avant: str
    apres: str


def compare_templates(old: bytes, new: bytes, format: Format) -> list[EcartGabarit]:
    """What differs between two templates: version, sheets, named places, texts, presentation. GabaritRefused."""
    before, after = check_template(old, format), check_template(new, format)
    found = [EcartGabarit("Version", "", before.version, after.version)] if before.version != after.version else []
    return [
        *found,
        *_sheets(before, after),
        *_names_compared(before, after, format),
        *_texts(before, after),
        *_style(before, after),
    ]


def _sheets(before: GabaritReady, after: GabaritReady) -> Iterator[EcartGabarit]:
    titles = [[sheet.feuille.titre for sheet in g.feuilles] for g in (before, after)]
    for title in titles[0]:
        if title not in titles[1]:
            yield EcartGabarit("Feuille retirée", title, title, ABSENT)
    for title in titles[1]:
        if title not in titles[0]:
            yield EcartGabarit("Feuille ajoutée", title, ABSENT, title)
    kept = [[title for title in side if title in other] for side, other in (titles, titles[::-1])]
    if kept[0] != kept[1]:
        yield EcartGabarit("Ordre des feuilles", "", ", ".join(kept[0]), ", ".join(kept[1]))


def _names_compared(before: GabaritReady, after: GabaritReady, format: Format) -> Iterator[EcartGabarit]:
    old, new = (locate(g.paquet, g.classeur, format) for g in (before, after))
    for name in sorted(old):
        if name in new and old[name] != new[name]:
            yield EcartGabarit("Nom déplacé", name, _place(old[name]), _place(new[name]))


def _texts(before: GabaritReady, after: GabaritReady) -> Iterator[EcartGabarit]:
    """Fixed texts and headings of each sheet that people read, wherever they stand in it."""
    old, new = _texts_by_sheet(before), _texts_by_sheet(after)
    for title in old:
        if title in new:
            for text in old[title] - new[title]:
                yield EcartGabarit("Texte retiré", title, text, ABSENT)
            for text in new[title] - old[title]:
                yield EcartGabarit("Texte ajouté", title, ABSENT, text)


def _style(before: GabaritReady, after: GabaritReady) -> Iterator[EcartGabarit]:
    old, new = before.paquet.parts, after.paquet.parts
    changed = [name for name in old if name.endswith("styles.xml") and old[name] != new.get(name)]
    pictures = [{name for name in parts if "/media/" in name} for parts in (old, new)]
    if changed:
        yield EcartGabarit("Mise en forme", "polices, couleurs, formats", "celle d’avant", "changée")
    if pictures[0] != pictures[1]:
        yield EcartGabarit("Images", "", str(len(pictures[0])), str(len(pictures[1])))


def _texts_by_sheet(gabarit: GabaritReady) -> dict[str, Counter[str]]:
    shared = read_texts(gabarit.paquet, gabarit.classeur)
    read = (sheet.feuille for sheet in gabarit.feuilles if sheet.feuille.titre != META)
    return {sheet.titre: Counter(_written(sheet, shared)) for sheet in read}


def _written(sheet: Sheet, shared: list[str]) -> Iterator[str]:
    for ligne in sheet.lignes.values():
        for cell in ligne.cellules:
            text = cell_text(cell, shared).strip()
            if text and not cell.has_formula:
                yield text


def _place(nom: DefinedName) -> str:
    return f"{nom.feuille} {nom.plage.ref}"
