"""The life of a declaration, whoever types it: open, type, send, validate, send back, re-open (R13, R17, R18).

The form, the Excel form and the import all meet here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.attendus import covered_periods, owed_indicators
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.declarations.reponses import Saisie
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ENTREPRISE, Acteur
from paqte.domain.statuts.conventions import CHARTE, Dates
from paqte.domain.statuts.declarations import (
    A_SAISIR,
    RENVOYER,
    ROUVRIR,
    SAISIR,
    TRANSMETTRE,
    VALIDER,
    next_state,
)
from paqte.models import Convention, Declaration, Retour
from paqte.queries.declarations.attendus import opens_on
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.perimetre import LIMITED, to_answer, to_change
from paqte.queries.reglages.agendas import read_agenda
from paqte.services.declarations.courriers.accuses import queue_receipt
from paqte.services.declarations.courriers.avis import tell_contacts
from paqte.services.declarations.etat import require_state
from paqte.services.declarations.fermetures import refuse_when_closed
from paqte.services.declarations.reponses import Provenance, as_typed, write_answers
from paqte.services.declarations.sceaux import drop_rows, give_rows_back, seal_answers
from paqte.services.declarations.signalements import give_back_reported, refuse_when_reported
from paqte.services.textes import fitted, required
from paqte.services.transaction import decided_first, touch, transaction

COMMENT, REASON = 1_000, 1_000


@decided_first()
def open_declaration(*, actor: Acteur, now: datetime, convention_id: int, periode: Periode) -> int:
    """The declaration of a period the convention covers, made when it is not there yet; gives its id.

    Asked twice, or twice at once, it gives the same one. A former period that nobody asked for may be typed all the
    same (R42). Refused when the convention covers it not (R5, R11) or promises nothing then (R41), or before the
    opening date of the département (R12): a company alone may prepare a draft as soon as the period begins. For it,
    refused after its closing date too.
    """
    with transaction(actor=actor, now=now) as session:
        session.execute(select(Convention.id).where(Convention.id == convention_id).with_for_update())
        convention = to_answer(session, Convention, convention_id, actor, "Cette convention")
        wanted = (Declaration.convention_id == convention_id, Declaration.periode == periode.code)
        known = session.scalar(select(Declaration.id).where(*wanted))
        if known is not None:
            return known
        _require_owed(convention, periode, actor, now)
        refuse_when_closed(
            actor=actor,
            convention_id=convention_id,
            departement=convention.departement_code,
            periode=periode,
            etat=A_SAISIR,
            now=now,
        )
        opened = Declaration(
            convention_id=convention_id,
            departement_code=convention.departement_code,
            periode=periode.code,
            etat=A_SAISIR,
            created_at=now,
        )
        session.add(opened)
        session.flush()
        return opened.id


@decided_first()
def save_draft(*, actor: Acteur, now: datetime, declaration_id: int, version: int | None, saisie: Saisie) -> int:
    """Keep what is typed so far and give the new version; missing answers and open warnings are allowed.

    Refused only for what no table could hold (a tick beside a number, half a ratio); Conflict when somebody saved
    since `version`, with what the base holds.
    """
    with transaction(actor=actor, now=now) as session:
        declaration, page = _locked(session, declaration_id, version, SAISIR, actor)
        _require_open(page, saisie, actor, now)
        write_answers(declaration, page, saisie, Provenance.of(actor, now), is_final=False)
        _move(declaration, SAISIR)
        return declaration.version


@decided_first()
def submit_declaration(
    *, actor: Acteur, now: datetime, declaration_id: int, version: int | None, saisie: Saisie, base_url: str = ""
) -> None:
    """Send the declaration: errors block, each warning needs its sentence (R17). A missing answer stays missing (R13).

    Refused before the opening date of the département: what is prepared while a period runs stays a draft (R12).
    SaisieRefused bears every finding; Conflict as in save_draft. A company or an animateur gets a receipt by mail,
    unless `base_url` is empty.
    """
    with transaction(actor=actor, now=now) as session:
        locked = _locked(session, declaration_id, version, TRANSMETTRE, actor)
        declaration = _submit(locked, saisie, actor, now, session)
        if actor.role in LIMITED:
            queue_receipt(session, as_typed(locked[1], declaration), actor=actor, now=now, base_url=base_url)


@decided_first()
def submit_and_validate(
    *, actor: Acteur, now: datetime, declaration_id: int, version: int | None, saisie: Saisie, base_url: str = ""
) -> None:
    """A référent's own typing, sent and validated in one gesture; the journal bears both steps (R18)."""
    with transaction(actor=actor, now=now) as session:
        to_change(session, Declaration, declaration_id, actor, "Cette déclaration")
        locked = _locked(session, declaration_id, version, TRANSMETTRE, actor)
        declaration = _submit(locked, saisie, actor, now, session)
        _validate(session, declaration, actor, now)
        tell_contacts(session, locked[1], "validation", actor=actor, now=now, base_url=base_url, is_on_behalf=True)


@decided_first()
def validate_declaration(
    *, actor: Acteur, now: datetime, declaration_id: int, version: int | None, base_url: str = ""
) -> None:
    """Freeze a declaration that was sent (R18), and thank its company.

    Of two at once one wins; the other is told who did it, and when. `base_url` is the public address that mails lead
    to; without it nobody is written to.
    """
    with transaction(actor=actor, now=now) as session:
        declaration, page = _locked(session, declaration_id, version, VALIDER, actor)
        _validate(session, declaration, actor, now)
        tell_contacts(
            session, page, "validation", actor=actor, now=now, base_url=base_url, is_on_behalf=page.is_on_behalf
        )


@decided_first()
def send_back(
    *,
    actor: Acteur,
    now: datetime,
    declaration_id: int,
    version: int | None,
    commentaires: Mapping[int | None, str],
    base_url: str = "",
) -> None:
    """Ask back on some engagements (None: on the whole), a comment each; Refused when there is none (R18).

    The company gets the questions by mail, unless `base_url` is empty.
    """
    with transaction(actor=actor, now=now) as session:
        declaration, page = _locked(session, declaration_id, version, RENVOYER, actor)
        asked = {key: fitted(text, COMMENT, f"retour_{key or 0}") for key, text in commentaires.items()}
        asked = {key: text for key, text in asked.items() if text and (key is None or page.ligne(key))}
        if not asked:
            raise Refused("Écrivez au moins une question : à côté d’une réponse, ou sur l’ensemble.")
        for key, text in asked.items():
            declaration.retours.append(Retour(engagement_id=key, commentaire=text, par=actor.nom, created_at=now))
        _move(declaration, RENVOYER)
        give_back_reported(session, declaration_id, " ".join(asked.values()))
        tell_contacts(
            session, page, "renvoi", actor=actor, now=now, base_url=base_url, questions=_questions(page, asked)
        )


@decided_first()
def reopen_declaration(
    *, actor: Acteur, now: datetime, declaration_id: int, version: int | None, motif: str, base_url: str = ""
) -> None:
    """Open a validated declaration again, for a reason that is kept (R18) and told to its company by mail.

    Issued editions do not move (R19).
    """
    with transaction(actor=actor, now=now) as session:
        declaration, page = _locked(session, declaration_id, version, ROUVRIR, actor)
        reason = fitted(motif, REASON, "motif")
        declaration.motif_reouverture = required(
            reason, "motif", "Expliquez pourquoi elle est rouverte, en une phrase."
        )
        declaration.validee_le = None
        declaration.validee_par = ""
        give_rows_back(session, declaration)
        _move(declaration, ROUVRIR)
        give_back_reported(session, declaration_id, reason)
        tell_contacts(session, page, "reouverture", actor=actor, now=now, base_url=base_url, motif=reason)


def _questions(page: DeclarationShown, asked: Mapping[int | None, str]) -> list[dict[str, str]]:
    """The questions as a mail tells them, in the order of the page, that on the whole last."""
    beside = [{"titre": e.libelle, "texte": asked[e.engagement_id]} for e in page.lignes if e.engagement_id in asked]
    return [*beside, {"titre": "Sur l’ensemble", "texte": asked[None]}] if None in asked else beside


def _submit(
    locked: tuple[Declaration, DeclarationShown], saisie: Saisie, actor: Acteur, now: datetime, session: Session
) -> Declaration:
    declaration, page = locked
    _require_covered(session, declaration)
    _refuse_before_opening(page, now)
    _require_open(page, saisie, actor, now)
    write_answers(declaration, page, saisie, Provenance.of(actor, now), is_final=True)
    for question in declaration.retours:
        question.is_answered = True
    declaration.transmise_le = now
    declaration.premier_envoi_le = declaration.premier_envoi_le or now
    declaration.transmise_par = actor.nom
    declaration.is_on_behalf = actor.role != ENTREPRISE
    _move(declaration, TRANSMETTRE)
    return declaration


def _refuse_before_opening(page: DeclarationShown, now: datetime) -> None:
    today = local_date(now, page.departement)
    opening = opens_on(departement=page.departement, periode=page.periode, etat=page.etat, today=today)
    if opening is not None:
        raise Refused(
            f"Cette déclaration peut être transmise à partir du {opening:%d/%m/%Y} : le brouillon est gardé jusque-là."
        )


def _require_open(page: DeclarationShown, saisie: Saisie, actor: Acteur, now: datetime) -> None:
    """Sent back, a declaration opens to its company the answers asked about and those tied to them, no other (R18)."""
    if actor.role not in LIMITED:
        return
    refuse_when_closed(
        actor=actor,
        convention_id=page.convention_id,
        departement=page.departement,
        periode=page.periode,
        etat=page.etat,
        now=now,
    )
    shut = saisie.reponses.keys() - page.rouvertes
    if shut or (saisie.texte_libre not in (None, page.texte_libre) and not page.is_text_open):
        raise Refused(
            "Votre référent n’a pas demandé de précision sur cette réponse : seules celles qu’il commente se modifient."
        )


def _validate(session: Session, declaration: Declaration, actor: Acteur, now: datetime) -> None:
    _require_covered(session, declaration)
    refuse_when_reported(session, declaration.id)
    # What was typed in the same gesture is written first, in its own line of the journal.
    session.flush()
    seal_answers(session, declaration)
    declaration.validee_le = now
    declaration.validee_par = actor.nom
    _move(declaration, VALIDER)
    drop_rows(session, declaration)


def _locked(
    session: Session, declaration_id: int, version: int | None, act: str, actor: Acteur
) -> tuple[Declaration, DeclarationShown]:
    """The declaration, held until the commit, as it is now; refused when the act or the version no longer fits."""
    session.execute(select(Declaration.id).where(Declaration.id == declaration_id).with_for_update())
    held = to_answer if act in (SAISIR, TRANSMETTRE) else to_change
    declaration = held(session, Declaration, declaration_id, actor, "Cette déclaration")
    page = read_declaration(actor=actor, declaration_id=declaration_id)
    require_state(page, version, act)
    return declaration, page


def _move(declaration: Declaration, act: str) -> None:
    """Next state of the table; the version grows even when only answers changed."""
    declaration.etat = next_state(declaration.etat, act)
    touch(declaration)


def _require_covered(session: Session, declaration: Declaration) -> None:
    """Refused when the convention no longer covers the period: no figure is made of what it owes not (R45)."""
    c = session.get_one(Convention, declaration.convention_id)
    dates = Dates(c.statut, c.debut, c.fin, c.resiliee_le)
    periode = Periode.from_code(declaration.periode)
    if periode not in covered_periods(dates, c.rythme, periode):
        raise Refused(
            f"La convention ne couvre plus la période « {periode.libelle} » : elle prend fin le "
            f"{dates.effective_end:%d/%m/%Y}. Cette déclaration n’est plus attendue."
        )


def _require_owed(convention: Convention, periode: Periode, actor: Acteur, now: datetime) -> None:
    dates = Dates(convention.statut, convention.debut, convention.fin, convention.resiliee_le)
    if convention.dispositif == CHARTE or periode not in covered_periods(dates, convention.rythme, periode):
        raise Refused(f"Cette convention ne doit pas de déclaration pour la période « {periode.libelle} ».")
    if not owed_indicators([e.indicateur for e in convention.engagements], periode, catalogue()):
        raise Refused(
            f"Cette convention n’a aucun engagement à déclarer pour la période « {periode.libelle} » : "
            "complétez d’abord ses engagements."
        )
    opening = read_agenda(convention.departement_code).campagne(periode).ouverture
    if local_date(now, convention.departement_code) < (periode.debut if actor.role in LIMITED else opening):
        raise Refused(f"La saisie de la période « {periode.libelle} » ouvre le {opening:%d/%m/%Y}.")
