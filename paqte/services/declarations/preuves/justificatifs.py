"""Evidence handed in by a company: checked by its content, kept whole, never executed nor shown inside a page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.declarations import SAISIR, TransitionRefused, next_state
from paqte.models import Action, Convention, Declaration, Justificatif
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.perimetre import LIMITED, to_answer
from paqte.services.declarations.fermetures import refuse_when_closed
from paqte.services.pieces import FichierReady, FichierReceived, examine, keep_file
from paqte.services.quotas import require_room
from paqte.services.transaction import transaction

FIELD = "fichier"
MOST = 5


def add_evidence(
    *,
    actor: Acteur,
    now: datetime,
    declaration_id: int,
    engagement_id: int,
    piece: FichierReceived,
    antivirus: str = "",
) -> int:
    """Keep a file beside one answer while that answer may be typed; gives its key.

    Refused beside `fichier` when it is not what it may be, or when there are five already. `antivirus` is the address
    of the one that looks at it first (ops/antivirus.py), "" for none.
    """
    _require_open(actor, declaration_id, engagement_id, now)
    ready = examine(piece, field=FIELD, antivirus=antivirus)
    with transaction(actor=actor, now=now) as session:
        declaration = to_answer(session, Declaration, declaration_id, actor, "Cette déclaration")
        _require_open(actor, declaration_id, engagement_id, now)
        known = select(func.count()).where(
            Justificatif.declaration_id == declaration_id, Justificatif.engagement_id == engagement_id
        )
        if session.scalars(known).one() >= MOST:
            raise Refused({FIELD: f"Cette réponse a déjà {MOST} justificatifs : retirez-en un d’abord."})
        owner = select(Convention.signataire_id).where(Convention.id == declaration.convention_id)
        signataire_id, octets = session.scalars(owner).one(), len(ready.octets)
        require_room(session, actor=actor, signataire_id=signataire_id, octets=octets, now=now, field=FIELD)
        fichier = keep_file(session, declaration.departement_code, ready, now)
        row = Justificatif(
            declaration_id=declaration_id,
            engagement_id=engagement_id,
            fichier_id=fichier.id,
            par=actor.nom,
            created_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def remove_evidence(*, actor: Acteur, now: datetime, justificatif_id: int) -> int:
    """Take a file away while its answer may still be typed; gives the declaration it was beside."""
    with transaction(actor=actor, now=now) as session:
        row = session.get(Justificatif, justificatif_id)
        if row is None or row.declaration_id is None or row.engagement_id is None:
            raise NotFound("Ce justificatif")
        to_answer(session, Declaration, row.declaration_id, actor, "Ce justificatif")
        _require_open(actor, row.declaration_id, row.engagement_id, now)
        found = row.declaration_id
        drop(session, row)
        return found


def keep_with_action(session: Session, action: Action, piece: FichierReady, actor: Acteur, now: datetime) -> None:
    """Keep a photo or a document with an action told, in the caller's transaction."""
    assert action.signataire_id is not None  # told by its company
    octets = len(piece.octets)
    require_room(session, actor=actor, signataire_id=action.signataire_id, octets=octets, now=now, field=FIELD)
    fichier = keep_file(session, action.departement_code, piece, now)
    session.add(Justificatif(action_id=action.id, fichier_id=fichier.id, par=actor.nom, created_at=now))


def drop(session: Session, row: Justificatif) -> None:
    """Delete a piece of evidence and its file, in the caller's transaction."""
    fichier = row.fichier
    session.delete(row)
    session.flush()
    session.delete(fichier)


def _require_open(actor: Acteur, declaration_id: int, engagement_id: int, now: datetime) -> None:
    page = read_declaration(actor=actor, declaration_id=declaration_id)
    if page.ligne(engagement_id) is None:
        raise NotFound("Cet engagement")
    try:
        next_state(page.etat, SAISIR)
    except TransitionRefused as refusal:
        raise Refused(str(refusal)) from None
    refuse_when_closed(
        actor=actor,
        convention_id=page.convention_id,
        departement=page.departement,
        periode=page.periode,
        etat=page.etat,
        now=now,
    )
    if actor.role in LIMITED and not _is_open(page, engagement_id):
        raise Refused(
            "Votre référent n’a pas demandé de précision sur cette réponse : ses justificatifs restent tels quels."
        )


def _is_open(page: DeclarationShown, engagement_id: int) -> bool:
    return engagement_id in page.rouvertes
