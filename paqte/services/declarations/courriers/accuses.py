"""The receipt: whoever sent a declaration gets its very figures by mail, queued with the sending itself."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import time_zone
from paqte.domain.personnes.acteurs import REFERENT, Acteur
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, ZERO_CONFIRME
from paqte.models import Utilisateur
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration
from paqte.services.courriels import awaited_link, queue_mail, write_mail

MOTIF = "transmission"
NBSP = "\u00a0"


class ReponseAcknowledged(NamedTuple):
    """One answer as the mail says it."""

    libelle: str
    reponse: str


def queue_receipt(session: Session, page: DeclarationShown, *, actor: Acteur, now: datetime, base_url: str) -> None:
    """Queue the receipt of a declaration as it is sent, in the caller's own transaction, to whoever sends it.

    Without an account or a public address (an import, a demonstration being loaded) there is nobody to tell.
    """
    user = session.get(Utilisateur, actor.utilisateur_id) if actor.utilisateur_id and base_url else None
    if user is None:
        return
    local = now.astimezone(time_zone(page.departement))
    side = "referent" if user.role == REFERENT else "entreprise"
    message = write_mail(
        "accuse",
        user.courriel,
        nom=user.nom,
        signataire=page.signataire,
        convention=page.convention,
        periode=page.periode.libelle,
        moment=f"{local:%d/%m/%Y} à {local:%H}{NBSP}h{NBSP}{local:%M}",
        lignes=[
            ReponseAcknowledged(told.libelle, answer_in_words(told))
            for told in page.lignes
            if told.is_owed or told.actuelle
        ],
        texte_libre=page.texte_libre,
        lien=awaited_link(base_url, f"/{side}/declarations/{page.id}"),
    )
    queue_mail(
        session,
        message,
        motif=MOTIF,
        now=now,
        departement=page.departement,
        pour=user.id,
        appui={"declaration": page.id, "signataire": page.signataire_id},
    )


def answer_in_words(ligne: LigneDeclaration) -> str:
    """« 12 personnes », « 3 sur 12 », « zéro confirmé », « oui, le 31/12/2026 », « sans réponse » (R13, R14)."""
    given = ligne.actuelle
    if given is None or given.reponse == MANQUANTE:
        return "sans réponse"
    if ligne.indicateur.traits.is_chosen:
        day = f", le {given.datee_du:%d/%m/%Y}" if given.datee_du else ""
        return f"{ligne.indicateur.traits.word(given.valeur)}{day}"
    if given.numerateur is not None and given.denominateur is not None:
        return f"{written(given.numerateur)} sur {written(given.denominateur)}"
    if given.reponse == NEANT or given.valeur is None:
        return ZERO_CONFIRME
    return f"{written(given.valeur, ligne.unite)}{NBSP}{ligne.unite}".rstrip()
