"""Official open-data files, as the State publishes them: CSV, read whole or refused with the line at fault."""

from __future__ import annotations

import csv
import io
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.erreurs import Refused
from paqte.domain.saisie.nombres import COMPTE, read_number, shown
from paqte.domain.saisie.textes import clean_line
from paqte.domain.statuts.pilotage import CHIFFRES

CLASSEMENTS = ("REP", "REP+")
MAX_BYTES = 20 * 1024 * 1024
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
    for line, row in _numbered_rows(content, ("code_qpv", "nom_qpv", "code_departement", "noms_communes")):
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
    for line, row in _numbered_rows(content, columns):
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
    if "chiffre" in _headings(content):
        return list(_figures_by_line(content))
    columns = {
        "nb_qpv_2024": ("qpv", date(2024, 1, 1), "Génération 2024"),
        "population_qpv_contrats_2015_2023": ("population_qpv", date(2015, 1, 1), "Contrats de ville 2015–2023"),
    }
    found = []
    for line, row in _numbered_rows(content, ("code_departement", *columns)):
        for column, (code, day, precision) in columns.items():
            if not row[column]:
                continue
            try:
                value = read_number(row[column], COMPTE)
            except ValueError as error:
                raise Refused(f"Ligne {line}, {column} : {error}") from None
            found.append(OfficialChiffre(row["code_departement"], code, value, day, precision))
    return found


def _figures_by_line(content: bytes) -> Iterator[OfficialChiffre]:
    seen: set[tuple[str, str, date]] = set()
    for line, row in _numbered_rows(content, ("code_departement", "chiffre", "valeur", "mois", "categories")):
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


def _headings(content: bytes) -> list[str]:
    return next(csv.reader([_decoded(content).split("\n", 1)[0].strip()], delimiter=_mark(content)), [])


def _mark(content: bytes) -> str:
    start = content.split(b"\n", 1)[0]
    return ";" if start.count(b";") > start.count(b",") else ","


def _numbered_rows(content: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the line and cleaned cells of the columns asked for; others are left alone."""
    if len(content) > MAX_BYTES:
        raise Refused("Ce fichier dépasse 20 Mo : ce n’est pas une liste officielle de cette sorte.")
    text = _decoded(content)
    reader = csv.DictReader(io.StringIO(text), delimiter=_mark(content), strict=True)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise Refused(f"Il manque la colonne {', '.join(missing)} : prenez le fichier tel qu’il est publié.")
    try:
        for row in reader:
            if any(row[column] is None for column in columns):
                raise Refused(f"Ligne {reader.line_num} : elle est coupée, le fichier n’est pas entier.")
            yield reader.line_num, {column: clean_line(row[column])[0] for column in columns}
    except csv.Error as error:
        raise Refused(f"Ligne {reader.line_num} : ce fichier n’est pas un CSV régulier ({error}).") from None


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise Refused("Ce fichier n’est pas un texte : enregistrez-le au format CSV UTF-8.")
