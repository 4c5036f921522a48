"""SIREN and SIRET as people type them (R24)."""

from __future__ import annotations

import re
from contextlib import suppress

from stdnum import luhn

LA_POSTE = "356000000"
# A last lone digit behind a point is a workbook's "73282932000074.0", not a group of an identifier.
_SEPARATORS = re.compile(r"[ \u00a0\u202f\u2007\u2009-]|\.(?![0-9]\Z)")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)


def read_siren(text: str) -> str:
    """Nine digits, Luhn checked; ValueError with a French sentence otherwise."""
    digits = _digits(text, 9, "SIREN")
    if not luhn.is_valid(digits):
        raise ValueError(_wrong_key("SIREN"))
    return digits


def read_siret(text: str) -> str:
    """Fourteen digits whose first nine are a SIREN; La Poste has its own key (R24)."""
    digits = _digits(text, 14, "SIRET")
    is_post_office = digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0
    if not (luhn.is_valid(digits) or is_post_office) or not luhn.is_valid(digits[:9]):
        raise ValueError(_wrong_key("SIRET"))
    return digits


def read_siren_or_siret(text: str) -> str:
    """A SIRET, or a bare SIREN for a signatory without establishment (R3)."""
    return read_siren(text) if len(_compact(text)) == 9 else read_siret(text)


def read_shortened(text: str, *, is_number: bool) -> str:
    """The same, its first zeros put back when a spreadsheet took it for a number (R24).

    Of a SIRET both keys must then be right; of a SIREN, which has one, the cell must be a number (`is_number`).
    """
    compact = _compact(text)
    lengths = ((14, range(11, 14)), (9, range(7, 9) if is_number else range(0)))
    for length, short in lengths:
        if len(compact) in short and _DIGITS.fullmatch(compact) and not compact.startswith("0"):
            with suppress(ValueError):
                return read_siren_or_siret(compact.zfill(length))
    return read_siren_or_siret(text)


def siren_of(identifiant: str) -> str:
    """SIRET[:9] = SIREN (R24)."""
    return identifiant[:9]


def grouped(identifiant: str) -> str:
    """Easier to read: 732 829 320 00074."""
    siren, nic = identifiant[:9], identifiant[9:]
    return " ".join([siren[:3], siren[3:6], siren[6:], *([nic] if nic else [])])


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", text.strip())


def _digits(text: str, length: int, name: str) -> str:
    compact = _compact(text)
    if not compact:
        raise ValueError(f"Ce {name} est vide : il en faut les {length} chiffres.")
    if not _DIGITS.fullmatch(compact):
        raise ValueError(f"Un {name} ne contient que des chiffres : il en faut {length}.")
    if len(compact) != length:
        raise ValueError(f"Un {name} a {length} chiffres : vous en avez écrit {len(compact)}.")
    if compact[:9] == "0" * 9:
        raise ValueError(f"Ce {name} n’est attribué à personne : vérifiez-le sur un document de l’entreprise.")
    return compact


def _wrong_key(name: str) -> str:
    return f"Ce {name} comporte une erreur de frappe (sa clé de contrôle est fausse) : vérifiez chaque chiffre."
