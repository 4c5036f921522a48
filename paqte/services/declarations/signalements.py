"""An error seen after sending: its company tells it, its référent gives the declaration back, or answers.

No figure moves by it: what was sent or validated stays as it is until the référent acts (R18).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.declarations import SENT
from paqte.domain.statuts.signalements import OUVERT, RENDRE, REPONDRE, TRANSITIONS
from paqte.models import Declaration, Signalement
from paqte.queries.comptes.comptes import open_referents
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.perimetre import LIMITED, to_answer, to_change
from paqte.services.courriels import awaited_link, queue_mail, write_mail
from paqte.services.declarations.courriers.avis import tell_contacts
from paqte.services.textes import fitted, required
from paqte.services.transaction import author_of, moment_of, transaction

LONGEST = 1_000
STILL_HERS = "Cette déclaration est encore ouverte : corrigez-la, puis transmettez-la."
TOLD_ALREADY = "Une erreur est déjà signalée sur cette déclaration : la préfecture va vous répondre."
HELD = "Son entreprise signale une erreur : rendez-lui la déclaration, ou répondez-lui, avant de la valider."
DONE = "Ce signalement est déjà traité."


def report_error(*, actor: Acteur, declaration_id: int, motif: str, base_url: str, now: datetime) -> None:
    """Tell the référents that something is wrong in a declaration sent or validated; each gets a mail.

    Refused without a reason, for a declaration its company may still change, and while another one waits.
    """
    with transaction(actor=actor, now=now) as session:
        session.execute(select(Declaration.id).where(Declaration.id == declaration_id).with_for_update())
        declaration = to_answer(session, Declaration, declaration_id, actor, "Cette déclaration")
        if actor.role not in LIMITED or declaration.etat not in SENT:
            raise Refused(STILL_HERS)
        reason = required(fitted(motif, LONGEST, "motif"), "motif", "Écrivez ce qui est à corriger, en une phrase.")
        told = Signalement(declaration_id=declaration.id, departement_code=declaration.departement_code, etat=OUVERT)
        told.motif, told.par, told.created_at = reason, actor.nom, now
        session.add(told)
        try:
            session.flush()
        except IntegrityError:
            raise Refused(TOLD_ALREADY) from None
        page = read_declaration(actor=actor, declaration_id=declaration_id)
        _tell_referents(session, page, told, base_url, now)


def answer_report(
    *, actor: Acteur, signalement_id: int, version: int | None, reponse: str, base_url: str, now: datetime
) -> int:
    """Answer without giving the declaration back, for a reason that its company gets by mail; gives the declaration.

    Refused once it is dealt with; Conflict when somebody acted since `version`.
    """
    with transaction(actor=actor, now=now) as session:
        told = to_change(session, Signalement, signalement_id, actor, "Ce signalement")
        if told.etat != OUVERT:
            raise Refused(DONE)
        if told.version != version:
            raise Conflict("Quelqu’un d’autre vient de s’en occuper : rouvrez la page.", {})
        words = fitted(reponse, LONGEST, "reponse")
        _close(told, REPONDRE, required(words, "reponse", "Écrivez votre réponse, en une phrase."), session)
        page = read_declaration(actor=actor, declaration_id=told.declaration_id)
        tell_contacts(
            session, page, "signalement_reponse", actor=actor, now=now, base_url=base_url, reponse=told.reponse
        )
        return told.declaration_id


def give_back_reported(session: Session, declaration_id: int, words: str) -> None:
    """What its company had told is dealt with: the declaration is hers again, in the caller's transaction."""
    for told in _waiting(session, declaration_id):
        _close(told, RENDRE, words, session)


def refuse_when_reported(session: Session, declaration_id: int) -> None:
    """What its company says is wrong is not validated over her head."""
    if _waiting(session, declaration_id):
        raise Refused(HELD)


def _waiting(session: Session, declaration_id: int) -> list[Signalement]:
    wanted = (Signalement.declaration_id == declaration_id, Signalement.etat == OUVERT)
    return list(session.scalars(select(Signalement).where(*wanted)))


def _close(told: Signalement, act: str, words: str, session: Session) -> None:
    told.etat = TRANSITIONS[(told.etat, act)]
    told.reponse, told.traite_le, told.traite_par = words[:LONGEST], moment_of(session), author_of(session).nom


def _tell_referents(session: Session, page: DeclarationShown, told: Signalement, base_url: str, now: datetime) -> None:
    for one in open_referents(page.departement):
        message = write_mail(
            "signalement",
            one.courriel,
            signataire=page.signataire,
            periode=page.periode.libelle,
            par=told.par,
            motif=told.motif,
            is_validee=page.validee_le is not None,
            lien=awaited_link(base_url, f"/referent/declarations/{page.id}"),
        )
        queue_mail(
            session,
            message,
            motif="signalement",
            now=now,
            departement=page.departement,
            pour=one.utilisateur_id,
            appui={"signalement": told.id},
        )
