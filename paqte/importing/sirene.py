"""An extract of INSEE's Sirene file, as it is published: one establishment a line, read as it comes (R24, R27, R30)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from paqte.domain.conventions.etablissements import (
    SIRENE_CATEGORIES,
    TRANCHES,
    EtablissementLu,
    departement_of,
    nature_of,
    said,
)
from paqte.domain.erreurs import Refused
from paqte.domain.saisie.nombres import shown
from paqte.domain.saisie.textes import clean_line
from paqte.importing.door.delimited import IRREGULAR, lacking
from paqte.importing.door.guard import require_no_other_kind

# An extract of a département holds half a million lines at most; the file of the whole country, forty.
MOST_LINES = 2_000_000
NEEDED = (
    "siret",
    "statutDiffusionEtablissement",
    "etablissementSiege",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
    "etatAdministratifEtablissement",
)
TAKE_IT = "Prenez un extrait des établissements d’un département, en CSV, tel qu’il est publié."
_SIRET = re.compile(r"[0-9]{14}", re.ASCII)
_NAF = re.compile(r"[0-9]{2}\.[0-9]{2}[A-Z]", re.ASCII)
_POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)
_STREET = (
    "complementAdresseEtablissement",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
)
# A legal unit has a name of its own, or is a person.
_NAMES = ("denominationUniteLegale", "denominationUsuelle1UniteLegale", "denominationUsuelleEtablissement")

Row = dict[str, str]


def read_sirene(file: BinaryIO) -> Iterator[EtablissementLu]:
    """Establishments of the file, one after the other; '' for what its columns do not say.

    Refused with the line at fault, when it is none of the file of establishments, or is not whole. The file stays open:
    it may be read again from its beginning.
    """
    start = file.read(1_024)
    file.seek(0)
    if start.startswith((b"PK", b"\x1f\x8b")):
        raise Refused(f"Ce fichier est compressé : décompressez-le d’abord. {TAKE_IT}")
    require_no_other_kind(start, TAKE_IT)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield from _read_lines(text)
    except UnicodeDecodeError:
        raise Refused(f"Ce fichier n’est pas un texte UTF-8. {TAKE_IT}") from None
    except csv.Error as error:
        raise Refused(f"Ce fichier n’est pas un CSV régulier ({IRREGULAR}). {TAKE_IT}") from error
    finally:
        text.detach()


def _read_lines(text: io.TextIOWrapper) -> Iterator[EtablissementLu]:
    first = text.readline(65_536)
    mark = ";" if first.count(";") > first.count(",") else ","
    columns = next(csv.reader([first.strip()], delimiter=mark), [])
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise Refused(f"Il manque {lacking(missing)}. {TAKE_IT}")
    rows = csv.reader(text, delimiter=mark, strict=True)
    for cells in rows:
        line = rows.line_num + 1
        if not cells:
            continue
        if len(cells) != len(columns):
            raise Refused(f"Ligne {line} : elle est coupée, le fichier n’est pas entier.")
        if line > MOST_LINES:
            raise Refused(f"Ce fichier dépasse deux millions de lignes. {TAKE_IT}")
        row = {name: clean_line(cell)[0] for name, cell in zip(columns, cells, strict=True)}
        if not _SIRET.fullmatch(row["siret"]):
            raise Refused(f"Ligne {line} : « {shown(row['siret'])} » n’est pas un SIRET de quatorze chiffres.")
        yield _establishment_of(row)


def _establishment_of(row: Row) -> EtablissementLu:
    code_postal = row["codePostalEtablissement"]
    is_open = row["etatAdministratifEtablissement"] == "A"
    categorie, tranche = row.get("categorieEntreprise", ""), row.get("trancheEffectifsEtablissement", "")
    naf = row.get("activitePrincipaleEtablissement", "")
    legal = row.get("categorieJuridiqueUniteLegale", "")
    return EtablissementLu(
        siret=row["siret"],
        nom=_name_of(row)[:200],
        enseigne=said(row.get("enseigne1Etablissement", ""))[:200],
        adresse=" ".join(filter(None, (said(row.get(name, "")) for name in _STREET)))[:300],
        code_postal=code_postal if _POSTCODE.fullmatch(code_postal) else "",
        commune=said(row["libelleCommuneEtablissement"])[:100],
        departement=departement_of(row.get("codeCommuneEtablissement", ""), code_postal),
        naf=naf if _NAF.fullmatch(naf) else "",
        nature=nature_of(legal) if legal else "",
        categorie=categorie if categorie in SIRENE_CATEGORIES else "",
        tranche=tranche if tranche in TRANCHES else "",
        is_ouvert=is_open,
        ferme_le=None if is_open else _started(row.get("dateDebut", "")),
        is_diffusible=row["statutDiffusionEtablissement"] in ("O", ""),
        is_siege=row["etablissementSiege"].lower() in ("true", "oui"),
    )


def _name_of(row: Row) -> str:
    named = next((said(row[name]) for name in _NAMES if said(row.get(name, ""))), "")
    if named:
        return named
    first = said(row.get("prenomUsuelUniteLegale", "") or row.get("prenom1UniteLegale", ""))
    last = said(row.get("nomUsageUniteLegale", "") or row.get("nomUniteLegale", ""))
    return f"{first} {last}".strip()


def _started(text: str) -> date | None:
    """The day from which a closed establishment is in its present state."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
