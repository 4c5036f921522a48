"""Référents and partners of a département, as the bilan names them (bilan_cget.md 1, 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.adresses import read_address
from paqte.models import Partenaire, Referent
from paqte.services.pilotage.lignes import add_line, change_line, remove_line
from paqte.services.textes import fitted_line, required

NAME, FUNCTION, PHONE = 120, 120, 30
PARTNER, NATURE, ROLE = 200, 80, 500
_PHONE = re.compile(r"\+?[0-9 .()/\u00a0\u202f-]{6,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReferentTyped:
    """`rang` None puts her last."""

    nom: str
    fonction: str = ""
    courriel: str = ""
    telephone: str = ""
    rang: int | None = None


@dataclass(frozen=True, slots=True)
class PartenaireTyped:
    nom: str
    nature: str = ""
    role: str = ""
    rang: int | None = None


def add_referent(*, actor: Acteur, now: datetime, departement: str, referent: ReferentTyped) -> int:
    """Name a référent of the département; Refused beside each field at fault."""
    return add_line(Referent, referent, _referent, actor=actor, now=now, departement=departement)


def change_referent(
    *, actor: Acteur, now: datetime, referent_id: int, version: int | None, referent: ReferentTyped
) -> None:
    """Correct a référent; Conflict when somebody saved since `version`."""
    change_line(Referent, referent_id, version, referent, _referent, actor=actor, now=now)


def remove_referent(*, actor: Acteur, now: datetime, referent_id: int, version: int | None) -> None:
    """Take a référent off the list; Conflict when somebody saved since `version`."""
    remove_line(Referent, referent_id, version, actor=actor, now=now)


def add_partenaire(*, actor: Acteur, now: datetime, departement: str, partenaire: PartenaireTyped) -> int:
    """Name a partner of the deployment; Refused beside each field at fault."""
    return add_line(Partenaire, partenaire, _partenaire, actor=actor, now=now, departement=departement)


def change_partenaire(
    *, actor: Acteur, now: datetime, partenaire_id: int, version: int | None, partenaire: PartenaireTyped
) -> None:
    """Correct a partner; Conflict when somebody saved since `version`."""
    change_line(Partenaire, partenaire_id, version, partenaire, _partenaire, actor=actor, now=now)


def remove_partenaire(*, actor: Acteur, now: datetime, partenaire_id: int, version: int | None) -> None:
    """Take a partner off the list; Conflict when somebody saved since `version`."""
    remove_line(Partenaire, partenaire_id, version, actor=actor, now=now)


def _referent(typed: ReferentTyped, *_: object) -> dict[str, str]:
    phone = fitted_line(typed.telephone, PHONE, "telephone")
    if phone and not _PHONE.fullmatch(phone):
        raise Refused({"telephone": "Ce numéro n’est pas complet : écrivez-le comme 02 54 00 00 00."})
    return {
        "nom": required(fitted_line(typed.nom, NAME, "nom"), "nom", "Écrivez le nom du référent."),
        "fonction": fitted_line(typed.fonction, FUNCTION, "fonction"),
        "courriel": _address(typed.courriel),
        "telephone": phone,
    }


def _address(text: str) -> str:
    try:
        return read_address(text) if text.strip() else ""
    except ValueError as error:
        raise Refused({"courriel": str(error)}) from None


def _partenaire(typed: PartenaireTyped, *_: object) -> dict[str, str]:
    return {
        "nom": required(fitted_line(typed.nom, PARTNER, "nom"), "nom", "Écrivez le nom du partenaire."),
        "nature": fitted_line(typed.nature, NATURE, "nature"),
        "role": fitted_line(typed.role, ROLE, "role"),
    }
