"""Official open-data files, as the State publishes them: CSV, read whole or refused with the line at fault."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.erreurs import Refused
from paqte.domain.saisie.nombres import COMPTE, read_number, shown
from paqte.domain.saisie.textes import clean_line

MAX_BYTES = 20 * 1024 * 1024
_QPV = re.compile(r"Q[NP][0-9A-Z]{6,8}", re.ASCII)
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


def read_context(content: bytes) -> list[OfficialChiffre]:
    """Figures by département: code_departement, nb_qpv_2024, population_qpv_contrats_2015_2023. Empty is none."""
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


def _numbered_rows(content: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the line and cleaned cells of the columns asked for; others are left alone."""
    if len(content) > MAX_BYTES:
        raise Refused("Ce fichier dépasse 20 Mo : ce n’est pas une liste officielle de cette sorte.")
    text = _decoded(content)
    start = text.split("\n", 1)[0]
    reader = csv.DictReader(
        io.StringIO(text), delimiter=";" if start.count(";") > start.count(",") else ",", strict=True
    )
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise Refused(f"Il manque la colonne {', '.join(missing)} : prenez le fichier tel qu’il est publié.")
    try:
        for row in reader:
            yield reader.line_num, {column: clean_line(row[column] or "")[0] for column in columns}
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
