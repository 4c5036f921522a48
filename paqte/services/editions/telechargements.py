"""Handing out files that people handed in: each leaves a journal line, who and when (R30)."""

from __future__ import annotations

from datetime import datetime

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import Download
from paqte.models import Convention
from paqte.queries.conventions import conventions
from paqte.queries.declarations.preuves import justificatifs
from paqte.services.transaction import note, transaction


def hand_evidence(*, actor: Acteur, now: datetime, justificatif_id: int) -> Download:
    """A piece of evidence; NotFound alike whether it does not exist or stands beside another's."""
    with transaction(actor=actor, now=now) as session:
        found = justificatifs.read_evidence(actor=actor, justificatif_id=justificatif_id)
        note(session, "telecharger", "justificatif", justificatif_id)
        return found


def hand_signed_text(*, actor: Acteur, now: datetime, convention_id: int) -> Download:
    """The PDF of a signed text; NotFound without one, or for another's convention."""
    with transaction(actor=actor, now=now) as session:
        found = conventions.read_signed_text(actor=actor, convention_id=convention_id)
        note(session, "telecharger", "fichier", session.get_one(Convention, convention_id).texte_signe_id)
        return found
