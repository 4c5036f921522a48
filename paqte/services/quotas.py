"""How much one company, one signatory and one person may send: settings of the base, asked where it is written.

Asked inside the transaction, after a lock on the company and on the person: two who send at once take turns, on
PostgreSQL as on SQLite, and the second finds what the first kept. Days are the last twenty-four hours: nothing doubles
at midnight. What was sent then taken away counts in the day all the same; the journal remembers it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import written
from paqte.models import (
    Action,
    Convention,
    Declaration,
    Entreprise,
    Fichier,
    Journal,
    JournalAuteur,
    Justificatif,
    Signataire,
    Utilisateur,
)
from paqte.queries.perimetre import LIMITED
from paqte.queries.reglages import read_limits

DAY = timedelta(hours=24)
_MO = 1024 * 1024
CALL = "Écrivez à votre référent si vous devez en joindre plus."


def require_room(
    session: Session, *, actor: Acteur, signataire_id: int, octets: int, now: datetime, field: str
) -> None:
    """Refused beside `field`, with what to do, when a file of so many bytes would pass a quota."""
    limits = read_limits()
    entreprise = _hold(session, actor, signataire_id)
    for what, where in (
        ("signataire", Signataire.id == signataire_id),
        ("entreprise", Signataire.entreprise_id == entreprise),
    ):
        files, kept = _kept(session, where)
        _refuse(
            files + 1 > limits[f"quota_{what}_fichiers"],
            field,
            _quota_sentence(what, f"{limits[f'quota_{what}_fichiers']} pièces"),
        )
        _refuse(
            kept + octets > limits[f"quota_{what}_mo"] * _MO,
            field,
            _quota_sentence(what, f"{limits[f'quota_{what}_mo']} Mo de pièces"),
        )
    files, sent = _sent(session, entreprise, actor, now)
    most_files, most_mo = limits["quota_jour_fichiers"], limits["quota_jour_mo"]
    _refuse(files + 1 > most_files, field, _quota_sentence("jour", f"{written(most_files)} pièces"))
    _refuse(sent + octets > most_mo * _MO, field, _quota_sentence("jour", f"{written(most_mo)} Mo de pièces"))


def require_action_room(session: Session, *, actor: Acteur, signataire_id: int, now: datetime) -> None:
    """Refused when one more action told by its company would pass the quota of the day."""
    most = read_limits()["quota_jour_actions"]
    entreprise = _hold(session, actor, signataire_id)
    company = select(func.count()).select_from(Action).join(Signataire, Signataire.id == Action.signataire_id)
    told = session.scalars(company.where(Signataire.entreprise_id == entreprise, Action.created_at > now - DAY)).one()
    mine = len(_lines(session, actor, "action", now))
    if max(told, mine) + 1 > most:
        raise Refused(
            f"{written(most)} actions ont déjà été racontées en vingt-quatre heures, le maximum. Gardez votre texte, "
            "enregistrez-le demain, ou écrivez à votre référent. Rien n’est enregistré."
        )


def _hold(session: Session, actor: Acteur, signataire_id: int) -> int:
    """The company of the signatory, locked until the commit; the person too, who may act for several."""
    owner = select(Signataire.entreprise_id).where(Signataire.id == signataire_id)
    entreprise = session.scalars(owner).one()
    session.execute(select(Entreprise.id).where(Entreprise.id == entreprise).with_for_update())
    if actor.utilisateur_id is not None:
        session.execute(select(Utilisateur.id).where(Utilisateur.id == actor.utilisateur_id).with_for_update())
    return entreprise


def evidence() -> Any:
    """Files of evidence, each with the signatory it stands beside, by an answer or by an action."""
    return (
        select(func.count(Fichier.id), func.coalesce(func.sum(Fichier.taille), 0))
        .join(Justificatif, Justificatif.fichier_id == Fichier.id)
        .outerjoin(Declaration, Declaration.id == Justificatif.declaration_id)
        .outerjoin(Convention, Convention.id == Declaration.convention_id)
        .outerjoin(Action, Action.id == Justificatif.action_id)
        .join(Signataire, or_(Signataire.id == Convention.signataire_id, Signataire.id == Action.signataire_id))
    )


def _kept(session: Session, where: ColumnElement[bool]) -> tuple[int, int]:
    files, octets = session.execute(evidence().where(where)).one()
    return files, int(octets)


def _sent(session: Session, entreprise: int, actor: Acteur, now: datetime) -> tuple[int, int]:
    """Files and bytes of the last day: what the company keeps of them, or all that this person sent, if it is more."""
    recent = evidence().where(Signataire.entreprise_id == entreprise, Justificatif.created_at > now - DAY)
    files, octets = session.execute(recent).one()
    mine = _lines(session, actor, "fichier", now)
    return max(files, len(mine)), max(int(octets), sum(int(line.get("taille") or 0) for line in mine))


def _lines(session: Session, actor: Acteur, objet: str, now: datetime) -> list[dict[str, Any]]:
    """What this person added in the last day, by the journal; nothing for a référent, who answers for her work."""
    if actor.utilisateur_id is None or actor.role not in LIMITED:
        return []
    j = Journal
    hers = select(JournalAuteur.id).where(JournalAuteur.utilisateur_id == actor.utilisateur_id)
    query = select(j.apres).where(j.auteur_id.in_(hers), j.objet == objet, j.acte == "creer", j.quand > now - DAY)
    return [json.loads(apres) for apres in session.scalars(query)]


def _refuse(is_passed: bool, field: str, sentence: str) -> None:
    if is_passed:
        raise Refused({field: sentence})


def _quota_sentence(what: str, limit: str) -> str:
    whose = {
        "signataire": f"Ce signataire a atteint {limit}, le maximum : retirez des pièces qui ne servent plus.",
        "entreprise": f"Cette entreprise a atteint {limit} en tout, le maximum : retirez celles qui ne servent plus.",
        "jour": f"{limit} ont déjà été jointes en vingt-quatre heures, le maximum : joignez la suite demain.",
    }
    return f"{whose[what]} {CALL} Rien n’est enregistré."
