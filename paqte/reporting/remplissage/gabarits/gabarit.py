"""Reading and checking a template: what it lacks, what it bears too much, where everything is.

A template is a workbook whose defined names say where things go. `b_…` names one cell; `t_…` names the model
row(s) of a table, under its headings, whose cells carry the styles. Other names are Excel's own business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from paqte.domain.erreurs import Refused
from paqte.domain.systeme import reason_of
from paqte.reporting.ooxml.parts.package import (
    MAIN,
    Package,
    PaquetRefused,
    open_package,
    sheet_parts,
    without_calc_chain,
    workbook_part,
)
from paqte.reporting.ooxml.parts.prefixes import with_prefixes
from paqte.reporting.ooxml.parts.properties import without_machine
from paqte.reporting.ooxml.parts.received import open_received
from paqte.reporting.ooxml.sheets.references import CellRange, parse_range, sheet_of
from paqte.reporting.ooxml.sheets.sheet import Sheet, parse_sheet
from paqte.reporting.ooxml.sheets.strings import read_elements, read_texts, with_shared
from paqte.reporting.ooxml.texts.traps import without_traps
from paqte.reporting.remplissage.feuilles.listes import with_lists
from paqte.reporting.remplissage.gabarits import montage
from paqte.reporting.remplissage.plan.format import VERSION_GABARIT, Format, Table
from paqte.reporting.remplissage.plan.modele import GabaritReady, ModelSheet

_OURS = re.compile(r"[bt]_", re.IGNORECASE)
_TOKEN = re.compile(r"\{(\w+)\}")


class GabaritRefused(Refused):
    """A template that cannot make its workbook. `missing` and `unknown` are the names at fault, sorted."""

    def __init__(self, reason: str, missing: Iterable[str] = (), unknown: Iterable[str] = ()) -> None:
        self.missing = tuple(sorted(missing))
        self.unknown = tuple(sorted(unknown))
        self.reason = reason
        super().__init__(f"Modèle refusé : {reason}.")

    def of(self, which: str) -> GabaritRefused:
        """The same refusal, saying which template it is about."""
        return GabaritRefused(f"{which} : {self.reason}", self.missing, self.unknown)


class DefinedName(NamedTuple):
    """Where a defined name of ours points."""

    feuille: str
    plage: CellRange


def read_template(path: Path) -> bytes:
    """The bytes of a template file; GabaritRefused names the path when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise GabaritRefused(f"le fichier {path} manque ou n’est pas lisible ({reason_of(error)})") from error


@lru_cache(maxsize=4)
def check_template(content: bytes, format: Format) -> GabaritReady:
    """What a template says, checked; the same bytes are understood once.

    GabaritRefused, and nothing else, for anything that cannot make a whole workbook of that kind: not a workbook,
    damaged, macros or links to other files, a sheet or a heading missing, names missing or unknown.
    """
    try:
        return _template_read(content, format)
    except PaquetRefused as error:
        raise GabaritRefused(str(error)) from error
    except (ValueError, KeyError, IndexError, TypeError, RecursionError, ElementTree.ParseError) as error:
        raise GabaritRefused("le classeur n’a pas la forme attendue") from error


def check_received(content: bytes) -> None:
    """Return for a workbook that does nothing by itself: asked of what comes in, not of what serves already."""
    try:
        open_received(content)
    except PaquetRefused as error:
        raise GabaritRefused(str(error)) from error


def _template_read(content: bytes, whole: Format) -> GabaritReady:
    opened = with_prefixes(without_traps(without_machine(without_calc_chain(open_package(content)))))
    workbook = workbook_part(opened)
    paquet, strings = with_shared(opened, workbook)
    parts = sheet_parts(paquet)
    format = whole.among({name: place.feuille if place else "" for name, place in _defined(paquet, workbook)})
    _check_sheets(parts, format)
    noms = _read_names(paquet, workbook, format)
    digit = montage.digit_width(paquet, workbook)
    sheets = {title: parse_sheet(title, part, paquet.parts[part], digit) for title, part in parts.items()}
    for sheet in sheets.values():
        _check_sheet(sheet, paquet, format)
    fonts = montage.read_fonts(paquet, workbook)
    elements, texts = read_elements(paquet, workbook), read_texts(paquet, workbook)
    source = montage.Source(paquet, workbook, fonts, elements, texts, format.champs_par_nom)
    place = noms[VERSION_GABARIT]
    version = sheets[place.feuille].text(place.plage.haut, place.plage.gauche, source.partagees).strip()
    if not version:
        raise GabaritRefused(f"la cellule {VERSION_GABARIT} ne porte aucune version")
    mounted = tuple(_mount(sheet, noms, source, format) for sheet in sheets.values())
    paquet, models = with_lists(paquet, workbook, mounted)
    charts = tuple(c for m in models for d in m.dessins for c in paquet.linked(d, "chart"))
    borne = {t.tableau.nom: t.tableau for m in models for t in m.tableaux}
    sans = _lacking(whole, format, borne)
    kept = replace(format, tableaux=tuple(borne[t.nom] for t in format.tableaux)) if sans else format
    sha256 = hashlib.sha256(content).hexdigest()
    return GabaritReady(version, kept, sans, sha256, paquet, workbook, strings, models, charts)


def _lacking(whole: Format, borne: Format, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """What came after the template, which bears only some tables and cells, and some columns of its tables."""
    colonnes = [
        f"« {c.titre} » ({t.feuille})" for t in borne.tableaux for c in t.colonnes if c not in tables[t.nom].colonnes
    ]
    known = {t.nom for t in borne.tableaux}
    lists = [t for t in whole.tableaux if t.nom not in known]
    return (
        *([f"la colonne {colonnes[0]}"] if len(colonnes) == 1 else []),
        *([f"les colonnes {', '.join(colonnes)}"] if len(colonnes) > 1 else []),
        *(f"le tableau « {t.intitule or t.feuille} » ({t.feuille})" for t in lists),
        *(f"la case {c.nom} ({c.feuille})" for c in whole.champs if c not in borne.champs and not c.is_former),
    )


def told_lacking(gabarit: GabaritReady) -> str:
    """What a workbook made with this template does not show, in a sentence; "" when it shows everything."""
    if not gabarit.sans:
        return ""
    listed = " ; ".join(gabarit.sans)
    if len(gabarit.sans) > 1:
        added = "ajoutés"
    else:
        added = "ajouté" if listed.startswith("le ") else "ajoutées" if listed.startswith("les ") else "ajoutée"
    return f"Ce modèle sert, mais ne montre pas {listed}, {added} depuis qu’il a été dessiné."


def _mount(sheet: Sheet, noms: dict[str, DefinedName], source: montage.Source, format: Format) -> ModelSheet:
    tables = [(t, noms[t.nom].plage) for t in format.tableaux if t.feuille == sheet.titre]
    places = {n: p.plage for n, p in noms.items() if p.feuille == sheet.titre and n in format.cellules}
    try:
        return montage.mount_sheet(sheet, tables, places, source)
    except montage.MontageRefused as error:
        raise GabaritRefused(f"feuille « {sheet.titre} », {error}") from error


def _check_sheets(parts: Iterable[str], format: Format) -> None:
    lacking = [title for title in format.feuilles if title not in parts]
    if lacking:
        raise GabaritRefused(f"il manque la feuille {_quoted(lacking)}")


def locate(paquet: Package, workbook: str, format: Format) -> dict[str, DefinedName]:
    """Where each of our names points, those that point nowhere or are not ours left out."""
    return {name: place for name, place in _defined(paquet, workbook) if name in format.noms and place}


def _defined(paquet: Package, workbook: str) -> list[tuple[str, DefinedName | None]]:
    """The names of a workbook that have our prefixes, and where they point; None for nowhere."""
    elements = paquet.tree(workbook).iter(f"{MAIN}definedName")
    return [(name, _place(e.text or "")) for e in elements if _OURS.match(name := e.get("name", ""))]


def _read_names(paquet: Package, workbook: str, format: Format) -> dict[str, DefinedName]:
    """Our names and where they point; GabaritRefused lists those missing, broken, misplaced or unknown."""
    found: dict[str, DefinedName] = {}
    misplaced: set[str] = set()
    unknown: set[str] = set()
    for name, place in _defined(paquet, workbook):
        if name not in format.noms:
            unknown.add(name)
        elif place and (name in found or place.feuille != format.noms[name]):
            misplaced.add(name)
        elif place:
            found[name] = place
    missing = {*format.noms} - {*found} - misplaced
    faults = [f"{n} doit désigner une seule place, sur la feuille « {format.noms[n]} »" for n in sorted(misplaced)]
    if missing:
        faults.append(f"il manque {_names(missing)}")
    if unknown:
        faults.append(f"il porte {_names(unknown)} que {format.nom} ne connaît pas")
    if faults:
        raise GabaritRefused(" ; ".join(faults), missing | misplaced, unknown)
    return found


def _place(target: str) -> DefinedName | None:
    try:
        return DefinedName(sheet_of(target), parse_range(target))
    except ValueError:
        return None


def _check_sheet(sheet: Sheet, paquet: Package, format: Format) -> None:
    genres = {link.genre for link in paquet.links(sheet.part)}
    if genres & {"comments", "threadedComment", "vmlDrawing", "pivotTable"}:
        raise GabaritRefused(
            f"la feuille « {sheet.titre} » porte des notes, des commentaires ou un tableau croisé, "
            "qui ne suivraient pas les lignes ajoutées : retirez-les"
        )
    unknown = [
        t
        for footer in re.findall(r"<headerFooter.*?</headerFooter>", sheet.queue, re.DOTALL)
        for t in _TOKEN.findall(footer)
        if t not in format.cellules
    ]
    if unknown:
        raise GabaritRefused(f"le pied de page de « {sheet.titre} » porte {_names(unknown)}", unknown=unknown)


def _names(names: Collection[str]) -> str:
    return ("le nom " if len(names) == 1 else "les noms ") + ", ".join(sorted(names))


def _quoted(titles: Sequence[str]) -> str:
    return ", ".join(f"« {t} »" for t in titles)
