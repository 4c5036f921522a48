"""Evidence as it may be seen: by whoever may read the declaration or the action it stands beside."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import Download
from paqte.models import Action, Declaration, Fichier, Justificatif, db
from paqte.queries.perimetre import readable

GENRES = {"application/pdf": "PDF", "image/png": "image", "image/jpeg": "image", "image/webp": "image"}


class JustificatifShown(NamedTuple):
    """One file in a list; `taille` in octets."""

    id: int
    nom: str
    media_type: str
    taille: int
    par: str
    created_at: datetime

    @property
    def genre(self) -> str:
        return GENRES.get(self.media_type, "Excel")


_PIECE = (Justificatif.id, Fichier.nom, Fichier.media_type, Fichier.taille, Justificatif.par, Justificatif.created_at)


def evidence_of(*, actor: Acteur, declaration_id: int) -> dict[int, tuple[JustificatifShown, ...]]:
    """Files by engagement of a declaration; empty when it is not the actor's to read. One statement."""
    query = (
        select(Justificatif.engagement_id, *_PIECE)
        .join(Fichier, Fichier.id == Justificatif.fichier_id)
        .join(Declaration, Declaration.id == Justificatif.declaration_id)
        .where(Declaration.id == declaration_id, readable(Declaration, actor))
        .order_by(Justificatif.id)
    )
    found: dict[int, tuple[JustificatifShown, ...]] = {}
    for engagement, *piece in db.session.execute(query):
        assert engagement is not None  # a check of the table
        found[engagement] = (*found.get(engagement, ()), JustificatifShown._make(piece))
    return found


def evidence_of_action(*, actor: Acteur, action_id: int) -> tuple[JustificatifShown, ...]:
    """Files that came with an action; empty when it is not the actor's to read."""
    query = (
        select(*_PIECE)
        .join(Fichier, Fichier.id == Justificatif.fichier_id)
        .join(Action, Action.id == Justificatif.action_id)
        .where(Action.id == action_id, readable(Action, actor))
        .order_by(Justificatif.id)
    )
    return tuple(map(JustificatifShown._make, db.session.execute(query)))


def read_evidence(*, actor: Acteur, justificatif_id: int) -> Download:
    """The file; NotFound alike whether it does not exist or stands beside another's."""
    query = (
        select(Fichier.nom, Fichier.media_type, Fichier.octets, Fichier.sha256)
        .join(Justificatif, Justificatif.fichier_id == Fichier.id)
        .outerjoin(Declaration, Declaration.id == Justificatif.declaration_id)
        .outerjoin(Action, Action.id == Justificatif.action_id)
        .where(
            Justificatif.id == justificatif_id,
            or_(
                and_(Declaration.id.is_not(None), readable(Declaration, actor)),
                and_(Action.id.is_not(None), readable(Action, actor)),
            ),
        )
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Ce justificatif")
    return Download._make(row)
