"""Concrete actions told in a bilan: typed, proof-read, corrected, deleted (R25, R29)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import written
from paqte.models import Action, Justificatif, Qpv, Signataire
from paqte.queries.perimetre import readable, require_departement, to_answer, to_change
from paqte.services.declarations.preuves.justificatifs import FIELD, drop, keep_with_action
from paqte.services.pieces import FichierReceived, examine
from paqte.services.quotas import require_action_room
from paqte.services.textes import fitted, fitted_line, required
from paqte.services.transaction import transaction

TITLE, TEXT, PLACE = 200, 8_000, 200
MOST_PEOPLE = 1_000_000
MEANWHILE = "Quelqu’un d’autre a modifié cette action pendant votre saisie : comparez, puis enregistrez à nouveau."


@dataclass(frozen=True, slots=True)
class ActionTyped:
    """An action as typed. `is_quartier_confirmed`: kept although the district was not in force that day (R17)."""

    date: date
    axe: str
    titre: str
    texte: str
    lieu: str = ""
    signataire_id: int | None = None
    qpv_id: int | None = None
    beneficiaires: int | None = None
    is_proofread: bool = False
    is_quartier_confirmed: bool = False


def record_action(*, actor: Acteur, now: datetime, departement: str, action: ActionTyped) -> int:
    """Add an action to the département and give its key; Refused beside each field at fault."""
    require_departement(actor, departement)
    with transaction(actor=actor, now=now) as session:
        recorded = Action(departement_code=departement, created_at=now)
        _keep_action(session, recorded, action, actor, now)
        session.add(recorded)
        session.flush()
        return recorded.id


def propose_action(
    *,
    actor: Acteur,
    now: datetime,
    signataire_id: int,
    action: ActionTyped,
    piece: FichierReceived | None = None,
    antivirus: str = "",
) -> int:
    """An action told by its own company, with a photo or a document if it likes; gives its key.

    It arrives unread, whatever was asked, and enters a bilan once the référent has proof-read it (R29).
    """
    ready = None if piece is None else examine(piece, field=FIELD, antivirus=antivirus)
    with transaction(actor=actor, now=now) as session:
        signataire = to_answer(session, Signataire, signataire_id, actor, "Cette entreprise")
        require_action_room(session, actor=actor, signataire_id=signataire.id, now=now)
        proposed = Action(departement_code=signataire.departement_code, created_at=now)
        _keep_action(session, proposed, replace(action, signataire_id=signataire.id, is_proofread=False), actor, now)
        session.add(proposed)
        session.flush()
        if ready is not None:
            keep_with_action(session, proposed, ready, actor, now)
        return proposed.id


def change_action(*, actor: Acteur, now: datetime, action_id: int, version: int | None, action: ActionTyped) -> None:
    """Correct an action; Conflict, with what the base holds, when somebody saved since `version`."""
    with transaction(actor=actor, now=now) as session:
        changed = to_change(session, Action, action_id, actor, "Cette action")
        if changed.version != version:
            raise Conflict(MEANWHILE, _as_shown(changed))
        _keep_action(session, changed, action, actor, now)


def delete_action(*, actor: Acteur, now: datetime, action_id: int, version: int | None) -> None:
    """Take an action out of the base; the journal keeps what it said. Conflict when it changed since `version`."""
    with transaction(actor=actor, now=now) as session:
        doomed = to_change(session, Action, action_id, actor, "Cette action")
        if doomed.version != version:
            raise Conflict("Cette action a changé depuis que vous l’avez lue : relisez-la avant de la supprimer.", {})
        for piece in session.scalars(select(Justificatif).where(Justificatif.action_id == action_id)).all():
            drop(session, piece)
        session.delete(doomed)


def _keep_action(session: Session, row: Action, typed: ActionTyped, actor: Acteur, now: datetime) -> None:
    _require_sound(session, row.departement_code, typed, actor, now)
    row.date = typed.date
    row.axe = typed.axe
    row.titre = required(fitted_line(typed.titre, TITLE, "titre"), "titre", "Donnez un titre à cette action.")
    row.texte = required(fitted(typed.texte, TEXT, "texte"), "texte", "Racontez l’action en quelques lignes.")
    row.lieu = fitted_line(typed.lieu, PLACE, "lieu")
    row.signataire_id = typed.signataire_id
    row.qpv_id = typed.qpv_id
    row.beneficiaires = typed.beneficiaires
    row.is_proofread = typed.is_proofread


def _require_sound(session: Session, departement: str, typed: ActionTyped, actor: Acteur, now: datetime) -> None:
    errors: dict[str, str] = {}
    if typed.date > local_date(now, departement):
        errors["date"] = "Cette date est à venir : une action se raconte une fois faite."
    if typed.axe not in catalogue().axes:
        errors["axe"] = "Choisissez un axe dans la liste."
    if typed.beneficiaires is not None and not 0 <= typed.beneficiaires <= MOST_PEOPLE:
        errors["beneficiaires"] = f"Ce nombre n’est pas possible : écrivez un nombre de 0 à {written(MOST_PEOPLE)}."
    if typed.signataire_id is not None and not _is_ours(session, departement, typed.signataire_id, actor):
        errors["signataire_id"] = "Choisissez un signataire dans la liste."
    fault = _quartier_fault(session, departement, typed)
    if fault:
        errors["qpv_id"] = fault
    if errors:
        raise Refused(errors)


def _is_ours(session: Session, departement: str, signataire_id: int, actor: Acteur) -> bool:
    query = select(Signataire.id).where(
        Signataire.id == signataire_id, Signataire.departement_code == departement, readable(Signataire, actor)
    )
    return session.scalar(query) is not None


def _quartier_fault(session: Session, departement: str, typed: ActionTyped) -> str:
    """Why the district cannot be kept as it is, '' when it can (R17, R25)."""
    if typed.qpv_id is None:
        return ""
    qpv = session.scalar(select(Qpv).where(Qpv.id == typed.qpv_id, Qpv.departement_code == departement))
    if qpv is None:
        return "Choisissez un quartier dans la liste."
    if typed.is_quartier_confirmed or (qpv.du <= typed.date and (qpv.au is None or typed.date <= qpv.au)):
        return ""
    when = f"avant le {qpv.du:%d/%m/%Y}" if typed.date < qpv.du else f"après le {qpv.au:%d/%m/%Y}"
    return (
        f"Ce quartier de la génération {qpv.generation} n’était pas en vigueur {when} : "
        "choisissez celui de l’autre génération, ou confirmez-le ci-dessous."
    )


def _as_shown(row: Action) -> dict[str, str]:
    """What the base holds, by field, as texts."""
    keys = {"signataire_id": row.signataire_id, "qpv_id": row.qpv_id}
    return {
        "version": str(row.version),
        "date": f"{row.date:%d/%m/%Y}",
        "axe": row.axe,
        "titre": row.titre,
        "texte": row.texte,
        "lieu": row.lieu,
        "beneficiaires": "" if row.beneficiaires is None else written(row.beneficiaires),
        "is_proofread": "oui" if row.is_proofread else "non",
        **{name: "" if key is None else str(key) for name, key in keys.items()},
    }
