"""Before anything is read: what a file is, by its bytes, and whether opening it may harm. Nothing is inflated here."""

from __future__ import annotations

import io
import struct
import zipfile

from paqte.domain.erreurs import Refused

XLSX, ODS, CSV = "xlsx", "ods", "csv"
MOST_OCTETS = 8 * 1024 * 1024
MOST_PARTS = 2_000
MOST_INFLATED = 64 * 1024 * 1024
# Only what inflates to much is looked at: a small sheet of blank rows compresses a thousandfold, and harms nobody.
MOST_RATIO, LEAST_BOMB = 200, 8 * 1024 * 1024
_DIRECTORY = 1024 * 1024
_END, _END_LENGTH = b"PK\x05\x06", 22
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1 | 0x40
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OTHERS = {
    b"%PDF-": "un PDF",
    b"\x89PNG": "une image",
    b"\xff\xd8\xff": "une image",
    b"GIF8": "une image",
    b"{\\rtf": "un texte mis en forme",
    b"\x1f\x8b": "une archive",
    b"7z\xbc\xaf": "une archive",
    b"Rar!": "une archive",
}
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<body")
EXPECTED = "Déposez un classeur .xlsx ou .ods, ou un fichier CSV."
DAMAGED = (
    "Ce fichier est abîmé ou incomplet : ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis déposez-le."
)
BOMB = f"Ce classeur se décompresse hors de toute mesure : gardez les feuilles utiles seulement. {EXPECTED}"


def check_spreadsheet(content: bytes, nom: str = "") -> str:
    """What kind of spreadsheet these bytes are; Refused, with what to do, for anything else (in a few milliseconds).

    `nom`, when it is known, must not say another kind than the bytes do.
    """
    if len(content) > MOST_OCTETS:
        raise Refused(f"Ce fichier dépasse {MOST_OCTETS // 1024**2} Mo : gardez les feuilles utiles seulement.")
    kind = _kind(content)
    require_its_name(kind, nom)
    return kind


def require_its_name(kind: str, nom: str) -> None:
    """Refused when the name of a file says another kind of spreadsheet than its bytes do."""
    extension = nom.rpartition(".")[2].lower()
    if extension in (XLSX, ODS, CSV) and extension != kind:
        raise Refused(
            f"Le nom de ce fichier dit .{extension}, son contenu est {_NAMES[kind]} : enregistrez-le en .{kind}."
        )


_NAMES = {XLSX: "un classeur Excel", ODS: "un classeur LibreOffice", CSV: "un texte CSV"}


def _kind(content: bytes) -> str:
    if content.startswith(b"PK\x03\x04") or content.startswith(_END):
        return _kind_of_zip(content)
    require_no_other_kind(content)
    return CSV


def require_no_other_kind(content: bytes, expected: str = EXPECTED) -> None:
    """Refused when the first bytes are those of a file of another kind, which no reader of texts would name.

    `expected` says what to hand in.
    """
    if not content:
        raise Refused(f"Ce fichier est vide. {expected}")
    if content.startswith(_OLE):
        remedy = " : enregistrez-le en .xlsx, sans mot de passe." if expected == EXPECTED else f". {expected}"
        raise Refused(f"C’est un ancien classeur (.xls) ou un classeur protégé{remedy}")
    for start, name in _OTHERS.items():
        if content.startswith(start):
            raise Refused(f"Ce fichier est {name}, pas un tableau. {expected}")
    begun = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begun.startswith(_MARKUP):
        raise Refused(f"Ce fichier est une page web : ouvrez-la dans votre tableur et enregistrez-la. {expected}")


def _kind_of_zip(content: bytes) -> str:
    infos = _directory(content)
    if any(i.flag_bits & _ENCRYPTED for i in infos):
        raise Refused("Ce classeur est protégé par un mot de passe : enregistrez-le sans protection.")
    if any(i.compress_type not in _METHODS for i in infos):
        raise Refused(f"Ce classeur est comprimé d’une manière inhabituelle : enregistrez-le de nouveau. {EXPECTED}")
    _check_size(infos, len(content))
    names = [i.filename for i in infos]
    if len({n.lower() for n in names}) < len(names):
        raise Refused("Deux parties de ce classeur portent le même nom : enregistrez-le de nouveau.")
    if any(
        "\\" in n or "\0" in i.orig_filename or ".." in n.split("/") or n.startswith("/")
        for n, i in zip(names, infos, strict=True)
    ):
        raise Refused("Une partie de ce classeur porte un nom interdit : enregistrez-le de nouveau.")
    if "[Content_Types].xml" in names:
        return XLSX
    if "content.xml" in names and "mimetype" in names:
        return ODS
    raise Refused(f"Ce fichier est une archive, pas un tableau. {EXPECTED}")


def _directory(content: bytes) -> list[zipfile.ZipInfo]:
    """What the zip says it holds, once its own end has been believed: one zip, from the first byte to the last."""
    end = content.rfind(_END, -_END_LENGTH - 65_536)
    if end < 0 or len(content) - end < _END_LENGTH:
        raise Refused(DAMAGED)
    count, size, start, comment = struct.unpack("<HIIH", content[end + 10 : end + _END_LENGTH])
    if end + _END_LENGTH + comment != len(content):
        raise Refused("Des octets étrangers suivent ce classeur : enregistrez-le de nouveau.")
    if count > MOST_PARTS or size > _DIRECTORY:
        raise Refused(BOMB)
    if start + size != end:
        raise Refused(DAMAGED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Refused(DAMAGED) from error
    if not infos:
        raise Refused(f"Ce fichier est une archive vide. {EXPECTED}")
    if len(infos) > MOST_PARTS:
        raise Refused(BOMB)
    return infos


def _check_size(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Before anything is inflated: zipfile never gives more of a part than it says."""
    inflated = sum(i.file_size for i in infos)
    if inflated > MOST_INFLATED or (inflated > LEAST_BOMB and inflated > MOST_RATIO * size):
        raise Refused(BOMB)
