"""How far the préfecture is with a company before its convention: said, and a refusal that ends every mail."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.conventions.demarches import A_CONTACTER, ETATS, REFUSE, REFUSER, TRANSITIONS
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import PROJET
from paqte.models import Convention, Demarche, Rattachement, Signataire
from paqte.queries.perimetre import to_change
from paqte.services.textes import fitted, required
from paqte.services.transaction import transaction

REASON = 1_000
WHY = "Écrivez pourquoi, en une phrase."
MEANWHILE = "Quelqu’un d’autre a changé l’état de ce prospect : relisez-le, puis choisissez à nouveau."
SIGNED = "Ce signataire a signé une convention : son état ne se dit plus ici."


def move_prospect(
    *, actor: Acteur, now: datetime, signataire_id: int, version: int | None, acte: str, motif: str
) -> str:
    """Take a company one step on and give its new state.

    Refused for an act that its state does not allow, for a refusal without its reason, and once it signed. A refusal
    suspends the accesses to it, which stops every reminder and what waits to leave; none is given again as long as it
    lasts. `version` is that of the state read, None when nothing was ever said; Conflict when it changed since.
    """
    with transaction(actor=actor, now=now) as session:
        signataire = to_change(session, Signataire, signataire_id, actor, "Ce prospect")
        # Held: two who say it at once take turns, and the second is told.
        session.execute(select(Signataire.id).where(Signataire.id == signataire_id).with_for_update())
        signed = select(Convention.id).where(Convention.signataire_id == signataire_id, Convention.statut != PROJET)
        if session.scalar(signed.limit(1)) is not None:
            raise Refused(SIGNED)
        row = session.scalar(select(Demarche).where(Demarche.signataire_id == signataire_id))
        if (row.version if row else None) != version:
            raise Conflict(MEANWHILE, {} if row is None else {"version": str(row.version), "motif": row.motif})
        if row is None:
            row = Demarche(signataire_id=signataire_id, etat=A_CONTACTER, created_at=now)
        _take_step(row, acte, motif, local_date(now, signataire.departement_code))
        session.add(row)
        session.flush()
        if row.etat == REFUSE:
            _suspend_accesses(session, signataire_id)
        return row.etat


def _take_step(row: Demarche, acte: str, motif: str, day: date) -> None:
    following = TRANSITIONS.get((row.etat, acte))
    if following is None:
        raise Refused({"acte": f"Ce prospect est « {ETATS[row.etat]} » : choisissez dans la liste."})
    row.motif = required(fitted(motif, REASON, "motif"), "motif", WHY) if acte == REFUSER else ""
    row.etat = following
    row.depuis = day


def _suspend_accesses(session: Session, signataire_id: int) -> None:
    r = Rattachement
    for row in session.scalars(select(r).where(r.signataire_id == signataire_id).order_by(r.id)):
        row.is_suspendu = True
