"""Référents and partners of a département, as the bilan names them (bilan_cget.md 1, 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.adresses import read_address
from paqte.models import Partenaire, Referent
from paqte.queries.perimetre import require_departement
from paqte.services.pilotage.lignes import fill, hold, line_to_change, rank
from paqte.services.textes import fitted_line, required
from paqte.services.transaction import transaction

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
    require_departement(actor, departement)
    with transaction(actor=actor, now=now) as session:
        hold(session, departement)
        place = rank(session, Referent, departement, referent.rang)
        line = Referent(departement_code=departement, rang=place, **_referent(referent))
        session.add(line)
        session.flush()
        return line.id


def change_referent(
    *, actor: Acteur, now: datetime, referent_id: int, version: int | None, referent: ReferentTyped
) -> None:
    """Correct a référent; Conflict when somebody saved since `version`."""
    with transaction(actor=actor, now=now) as session:
        line = line_to_change(session, Referent, referent_id, version, actor)
        fill(line, _referent(referent))
        line.rang = rank(session, Referent, line.departement_code, referent.rang or line.rang)


def remove_referent(*, actor: Acteur, now: datetime, referent_id: int, version: int | None) -> None:
    """Take a référent off the list; Conflict when somebody saved since `version`."""
    with transaction(actor=actor, now=now) as session:
        session.delete(line_to_change(session, Referent, referent_id, version, actor))


def add_partenaire(*, actor: Acteur, now: datetime, departement: str, partenaire: PartenaireTyped) -> int:
    """Name a partner of the deployment; Refused beside each field at fault."""
    require_departement(actor, departement)
    with transaction(actor=actor, now=now) as session:
        hold(session, departement)
        place = rank(session, Partenaire, departement, partenaire.rang)
        line = Partenaire(departement_code=departement, rang=place, **_partenaire(partenaire))
        session.add(line)
        session.flush()
        return line.id


def change_partenaire(
    *, actor: Acteur, now: datetime, partenaire_id: int, version: int | None, partenaire: PartenaireTyped
) -> None:
    """Correct a partner; Conflict when somebody saved since `version`."""
    with transaction(actor=actor, now=now) as session:
        line = line_to_change(session, Partenaire, partenaire_id, version, actor)
        fill(line, _partenaire(partenaire))
        line.rang = rank(session, Partenaire, line.departement_code, partenaire.rang or line.rang)


def remove_partenaire(*, actor: Acteur, now: datetime, partenaire_id: int, version: int | None) -> None:
    """Take a partner off the list; Conflict when somebody saved since `version`."""
    with transaction(actor=actor, now=now) as session:
        session.delete(line_to_change(session, Partenaire, partenaire_id, version, actor))


def _referent(typed: ReferentTyped) -> dict[str, str]:
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


def _partenaire(typed: PartenaireTyped) -> dict[str, str]:
    return {
        "nom": required(fitted_line(typed.nom, PARTNER, "nom"), "nom", "Écrivez le nom du partenaire."),
        "nature": fitted_line(typed.nature, NATURE, "nature"),
        "role": fitted_line(typed.role, ROLE, "role"),
    }
