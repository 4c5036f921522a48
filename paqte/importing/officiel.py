"""Official open-data files, as the State publishes them, or saved again as a workbook: read whole, or refused with the
line at fault.
"""

from __future__ import annotations

import csv
import io
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.erreurs import Refused
from paqte.domain.saisie.nombres import COMPTE, read_number, shown
from paqte.domain.saisie.textes import clean_line
from paqte.domain.statuts.pilotage import CHIFFRES
from paqte.importing.door import read_spreadsheet
from paqte.importing.door.delimited import IRREGULAR, lacking, require_width, spelled
from paqte.importing.door.guard import require_no_other_kind

CLASSEMENTS = ("REP", "REP+")
MAX_BYTES = 20 * 1024 * 1024
_ZIP = b"PK"
# Its number, and its cells as they are written.
Line = tuple[int, list[str]]
_QPV = re.compile(r"Q[NP][0-9A-Z]{6,8}", re.ASCII)
_UAI = re.compile(r"[0-9]{7}[A-Z]", re.ASCII)
_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)
_CATEGORIES = re.compile(r"(?=.)A?B?C?D?E?F?G?", re.ASCII)
# Generations of priority districts: year, first and last day in force; overseas a year later (R25).
_GENERATIONS = {
    ("QP", False): (2015, date(2015, 1, 1), date(2023, 12, 31)),
    ("QP", True): (2015, date(2015, 1, 1), date(2024, 12, 31)),
    ("QN", False): (2024, date(2024, 1, 1), None),
    ("QN", True): (2024, date(2025, 1, 1), None),
}


class OfficialQpv(NamedTuple):
    """A priority district of the list; `au` None while it is in force."""

    code: str
    nom: str
    communes: str
    departement_code: str
    generation: int
    du: date
    au: date | None = None


class OfficialCollege(NamedTuple):
    """A collège of priority education; `classement` is REP or REP+."""

    code: str
    nom: str
    classement: str
    commune: str
    departement_code: str


class OfficialChiffre(NamedTuple):
    """A context figure of a département on a date."""

    departement_code: str
    code: str
    valeur: Decimal
    date: date
    precision: str


def read_qpv(content: bytes) -> list[OfficialQpv]:
    """Districts of the ANCT's list: code_qpv, nom_qpv, code_departement, noms_communes. Refused names the line."""
    found: dict[str, OfficialQpv] = {}
    for line, row in _numbered_rows(_rows_of(content), ("code_qpv", "nom_qpv", "code_departement", "noms_communes")):
        code = row["code_qpv"].upper()
        if not _QPV.fullmatch(code):
            raise Refused(f"Ligne {line} : « {shown(code)} » n’est pas un code de quartier (QN… ou QP…).")
        if code in found:
            raise Refused(f"Ligne {line} : le quartier {code} figure déjà plus haut.")
        departement = row["code_departement"]
        generation, du, au = _GENERATIONS[(code[:2], departement.startswith(("97", "98")))]
        communes = ", ".join(row["noms_communes"].split("|"))
        found[code] = OfficialQpv(code, row["nom_qpv"][:200], communes[:500], departement, generation, du, au)
    return list(found.values())


def read_colleges(content: bytes) -> list[OfficialCollege]:
    """Collèges of the ministry's list: uai, nom, type_etablissement, ep, commune, code_departement.

    Schools of another kind are left aside. Refused names the line.
    """
    found: dict[str, OfficialCollege] = {}
    columns = ("uai", "nom", "type_etablissement", "ep", "commune", "code_departement")
    for line, row in _numbered_rows(_rows_of(content), columns):
        if row["type_etablissement"].upper() != "COLLEGE":
            continue
        code, classement = row["uai"].upper(), row["ep"].upper().replace(" ", "")
        if not _UAI.fullmatch(code):
            raise Refused(
                f"Ligne {line} : « {shown(code)} » n’est pas un code d’établissement (sept chiffres, une lettre)."
            )
        if classement not in CLASSEMENTS:
            raise Refused(f"Ligne {line} : « {shown(classement)} » n’est ni REP ni REP+.")
        if code in found:
            raise Refused(f"Ligne {line} : le collège {code} figure déjà plus haut.")
        found[code] = OfficialCollege(code, row["nom"][:120], classement, row["commune"][:100], row["code_departement"])
    if not found:
        raise Refused("Aucun collège REP ou REP+ dans ce fichier.")
    return list(found.values())


def read_context(content: bytes) -> list[OfficialChiffre]:
    """Figures by département: code_departement, nb_qpv_2024, population_qpv_contrats_2015_2023. Empty is none.

    Or one figure a line: code_departement, chiffre, valeur, mois, and categories for job seekers (R26).
    """
    lines = list(_rows_of(content))
    if lines and "chiffre" in lines[0][1]:
        return list(_figures_by_line(lines))
    columns = {
        "nb_qpv_2024": ("qpv", date(2024, 1, 1), "Génération 2024"),
        "population_qpv_contrats_2015_2023": ("population_qpv", date(2015, 1, 1), "Contrats de ville 2015–2023"),
    }
    found = []
    for line, row in _numbered_rows(lines, ("code_departement", *columns)):
        for column, (code, day, precision) in columns.items():
            if not row[column]:
                continue
            try:
                value = read_number(row[column], COMPTE)
            except ValueError as error:
                raise Refused(f"Ligne {line}, {column} : {error}") from None
            found.append(OfficialChiffre(row["code_departement"], code, value, day, precision))
    return found


def _figures_by_line(lines: Iterable[Line]) -> Iterator[OfficialChiffre]:
    seen: set[tuple[str, str, date]] = set()
    for line, row in _numbered_rows(lines, ("code_departement", "chiffre", "valeur", "mois", "categories")):
        code = row["chiffre"]
        if code not in CHIFFRES:
            raise Refused(f"Ligne {line} : « {shown(code)} » n’est pas un chiffre de contexte ({', '.join(CHIFFRES)}).")
        try:
            value, day = read_number(row["valeur"], COMPTE), _end_of_month(row["mois"])
        except ValueError as error:
            raise Refused(f"Ligne {line} : {error}") from None
        key = (row["code_departement"], code, day)
        if key in seen:
            raise Refused(f"Ligne {line} : ce chiffre figure déjà plus haut pour le même mois.")
        seen.add(key)
        categories = (row["categories"].upper() or "ABC") if code.startswith("defm") else ""
        if categories and not _CATEGORIES.fullmatch(categories):
            raise Refused(f"Ligne {line} : les catégories sont des lettres de A à G, par exemple ABC.")
        yield OfficialChiffre(key[0], code, value, day, f"Catégories {categories}" if categories else "")


def _end_of_month(text: str) -> date:
    """The last day of « 2026-03 »; ValueError says what is expected."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ValueError(f"« {shown(text)} » n’est pas un mois : écrivez par exemple 2026-03.")
    year, month = int(found[1]), int(found[2])
    return date(year, month, monthrange(year, month)[1])


def _numbered_rows(lines: Iterable[Line], columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the line and cleaned cells of the columns asked for; others are left alone."""
    rows = iter(lines)
    headings = [clean_line(heading)[0] for heading in next(rows, (1, []))[1]]
    places = {column: headings.index(column) for column in columns if column in headings}
    if missing := [column for column in columns if column not in places]:
        raise Refused(f"Il manque {lacking(missing)} : prenez le fichier tel qu’il est publié.")
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) <= max(places.values()):
            raise Refused(f"Ligne {line} : elle est coupée, le fichier n’est pas entier.")
        yield line, {column: _as_published(column, cells[place]) for column, place in places.items()}


def _as_published(column: str, text: str) -> str:
    """A cell without what surrounds it; the code of a département taken for a number has its first zero again."""
    said = clean_line(text)[0]
    return said.zfill(2) if column == "code_departement" and said else said


def _rows_of(content: bytes) -> Iterator[Line]:
    """Every line with its number: of a CSV, else of the first sheet of a workbook, read as any other handed in."""
    if len(content) > MAX_BYTES:
        raise Refused("Ce fichier dépasse 20 Mo : ce n’est pas une liste officielle de cette sorte.")
    if content.startswith(_ZIP):
        yield from _rows_of_workbook(content)
        return
    require_no_other_kind(content)
    # Lines end in three ways, and an old Mac's is one of them.
    text = io.StringIO(spelled(content), newline=None)
    first = text.readline()
    text.seek(0)
    reader = csv.reader(text, delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    try:
        for cells in reader:
            require_width(reader.line_num, cells)
            yield reader.line_num, cells
    except csv.Error as error:
        raise Refused(f"Ligne {reader.line_num} : ce fichier n’est pas un CSV régulier ({IRREGULAR}).") from error


def _rows_of_workbook(content: bytes) -> Iterator[Line]:
    sheet = next((one for one in read_spreadsheet(content).sheets if not one.is_hidden), None)
    width = 0
    for row in sheet.rows() if sheet else ():
        if fault := next((cell.fault for cell in row.cells.values() if cell.fault), ""):
            raise Refused(f"Ligne {row.numero} : {fault}")
        width = max(width, *(place + 1 for place in row.cells))
        yield row.numero, [row.cells[place].texte if place in row.cells else "" for place in range(width)]
