"""A mistake of typing undone while nothing hangs on it: a convention, a signatory.

What hangs is named, and nothing is removed. A reason is asked for what was signed; the journal keeps it, and a number
once given is never given again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import PROJET
from paqte.models import (
    Anteriorite,
    ContactSignataire,
    Convention,
    Demarche,
    Fichier,
    Rattachement,
    Signataire,
    ValeurPropre,
    Veille,
)
from paqte.queries.conventions.dependances import empty_declarations, hangs_on_convention, hangs_on_signatory
from paqte.queries.perimetre import to_change
from paqte.services.conventions.conventions import convention_to_change
from paqte.services.textes import fitted, required
from paqte.services.transaction import note, transaction

REASON = 1_000
WHY = "Écrivez pourquoi, en une phrase : elle reste dans l’historique."
MEANWHILE = "Quelqu’un d’autre vient de modifier cette fiche : relisez-la avant de la supprimer."


def delete_convention(*, actor: Acteur, convention_id: int, version: int | None, now: datetime, motif: str = "") -> int:
    """Remove a convention on which nothing hangs; gives its signatory's key.

    Refused with what hangs on it (declarations begun, editions that counted it, mails sent, a convention that follows
    it), and without a reason for one that was signed. Declarations merely opened go with it.
    """
    with transaction(actor=actor, now=now) as session:
        convention = convention_to_change(session, convention_id, actor, version)
        _refuse_held(hangs_on_convention(session, convention), "Cette convention")
        reason = fitted(motif, REASON, "motif_retrait")
        if convention.statut != PROJET:
            required(reason, "motif_retrait", WHY)
        signataire_id = convention.signataire_id
        # The deleted row's own line no longer leads anywhere: this one tells the signatory's history.
        note(
            session,
            "supprimer_convention",
            "signataire",
            signataire_id,
            avant={"numero": convention.numero},
            apres={"motif": reason} if reason else None,
        )
        _remove_convention(session, convention)
        return signataire_id


def delete_signataire(*, actor: Acteur, signataire_id: int, version: int | None, motif: str, now: datetime) -> str:
    """Remove a signatory typed by mistake, with its cards of contact; gives its name.

    Refused with what hangs on it (conventions, actions, accesses), and without a reason.
    """
    with transaction(actor=actor, now=now) as session:
        signataire = to_change(session, Signataire, signataire_id, actor, "Ce signataire")
        if signataire.version != version:
            raise Conflict(MEANWHILE, {"version": str(signataire.version)})
        _refuse_held(hangs_on_signatory(session, signataire), "Ce signataire")
        reason = required(fitted(motif, REASON, "motif_retrait"), "motif_retrait", WHY)
        nom, departement = signataire.nom, signataire.departement_code
        note(
            session,
            "supprimer_signataire",
            "departement",
            departement,
            departement=departement,
            avant={"nom": nom, "identifiant": signataire.identifiant},
            apres={"motif": reason},
        )
        for card in session.scalars(select(ContactSignataire).where(ContactSignataire.signataire_id == signataire.id)):
            session.delete(card)
        for look in session.scalars(select(Veille).where(Veille.signataire_id == signataire.id)):
            session.delete(look)
        for said in session.scalars(select(Demarche).where(Demarche.signataire_id == signataire.id)):
            session.delete(said)
        own = delete(ValeurPropre).where(ValeurPropre.signataire_id == signataire.id)
        session.execute(own.execution_options(synchronize_session=False))
        session.flush()
        session.delete(signataire)
        return nom


def _remove_convention(session: Session, convention: Convention) -> None:
    text = session.get(Fichier, convention.texte_signe_id) if convention.texte_signe_id else None
    key = convention.id
    given = session.scalars(select(Rattachement).where(Rattachement.convention_id == key)).all()
    asked = session.scalars(select(Anteriorite).where(Anteriorite.convention_id == key)).all()
    for row in (*empty_declarations(session, convention), *given, *asked):
        session.delete(row)
    session.flush()
    session.delete(convention)
    session.flush()
    if text is not None:
        session.delete(text)


def _refuse_held(held: Sequence[str], what: str) -> None:
    if held:
        raise Refused(f"{what} ne peut pas être supprimé{'e' if what.startswith('Cette') else ''} : "
                      f"en dépendent {', '.join(held)}.")  # fmt: skip
