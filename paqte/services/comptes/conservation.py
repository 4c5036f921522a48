"""What the scheduler takes out of the base once its time is over: people of companies, texts of mails (R30)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.personnes.conservation import is_due
from paqte.domain.personnes.effacement import ADRESSE_EFFACEE
from paqte.domain.statuts.courriels import EN_ATTENTE
from paqte.models import ContactSignataire, Courriel, Departement, Journal, JournalPersonne, Signataire, Utilisateur, db
from paqte.queries.comptes.conservation import (
    SETTING,
    PersonneKept,
    kept_accounts,
    kept_contacts,
    meetings_over,
    years_kept,
)
from paqte.queries.comptes.personnes import together
from paqte.queries.reglages.reglages import days, read_settings
from paqte.services.comptes.effacement import erase, forget_subjects, unname_at, unname_those_there
from paqte.services.transaction import note, transaction

YEAR = timedelta(days=366)


def erase_expired(*, now: datetime) -> int:
    """Erase contacts and accounts whose signatories ended their conventions long enough ago; gives how many went.

    Each in a transaction of its own, where its time is reckoned again: a convention signed meanwhile keeps her. The
    texts of old mails, names typed at old meetings, and what the journal said of contacts taken away long ago, go with
    them (R30).
    """
    annees = years_kept()
    due = [one for one in (*kept_contacts(now, annees), *kept_accounts(now, annees)) if _is_over(one, now)]
    db.session.rollback()
    gone = sum(_erase_one(one, now) for one in due)
    return gone + _forget_words(now)


def _is_over(one: PersonneKept, now: datetime) -> bool:
    return is_due(one.jusquau, local_date(now, one.departement))


def _erase_one(one: PersonneKept, now: datetime) -> bool:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        # Held: a convention being signed at this moment is either seen, or waits until the contact is gone.
        session.execute(select(Signataire.id).where(Signataire.id == one.signataire_id).with_for_update())
        if one.contact_id is not None:
            still = list(kept_contacts(now, years_kept(), ContactSignataire.id == one.contact_id))
        else:
            still = list(kept_accounts(now, years_kept(), Utilisateur.id == one.utilisateur_id))
        if not still or not _is_over(still[0], now):
            return False
        user = session.get(Utilisateur, one.utilisateur_id) if one.utilisateur_id else None
        rows = [session.get_one(ContactSignataire, one.contact_id)] if one.contact_id else []
        erase(session, together(session, PLANIFICATEUR, user, rows), scope=one.departement, is_over=True)
        return True


def _forget_words(now: datetime) -> int:
    """Département by département, since each has its own settings; gives how many lines and mails changed.

    None is what stands in no département: asked of a column, it means that it is NULL.
    """
    places = [*db.session.scalars(select(Departement.code).order_by(Departement.code)), None]
    db.session.rollback()
    return sum(_forget_words_of(place, now) for place in places)


def _forget_words_of(place: str | None, now: datetime) -> int:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        settings = read_settings(place or "")
        texts_before = now - timedelta(days=days(settings, "courriels_texte_jours"))
        people_before = now - YEAR * int(settings[SETTING].valeur)
        emptied = _empty_mails(session, place, texts_before, people_before)
        if emptied:
            note(session, "vider", "courriel", departement=place, apres={"courriels": emptied})
        gone = _cards_taken_away(session, place, people_before)
        unname_those_there(session, gone)
        forgotten = forget_subjects(session, gone)
        if forgotten:
            note(session, "oublier", "contact_signataire", departement=place, apres={"mentions": forgotten})
        unnamed = unname_at(session, meetings_over(now, years_kept(), place)) if place else 0
        if unnamed:
            note(session, "oublier", "rencontre", departement=place, apres={"presents": unnamed})
        return emptied + forgotten + unnamed


def _empty_mails(session: Session, place: str | None, texts_before: datetime, people_before: datetime) -> int:
    """What was written in a mail goes first, to whom it was written later; that one left stays."""
    c = Courriel
    done = (c.departement_code == place) & (c.etat != EN_ATTENTE)
    texts = update(c).where(done, c.cree_le < texts_before, or_(c.texte != "", c.html != ""))
    people = update(c).where(done, c.cree_le < people_before, c.destinataire != ADRESSE_EFFACEE)
    session.execute(people.values(destinataire=ADRESSE_EFFACEE, erreur=""))
    return int(session.execute(texts.values(texte="", html="")).rowcount)  # type: ignore[attr-defined]


def _cards_taken_away(session: Session, place: str | None, before: datetime) -> set[str]:
    """Cards that were taken away long ago, as the journal still names them."""
    j, p = Journal, JournalPersonne
    mine = select(p.sujet).join(j, j.id == p.journal_id).where(j.departement_code == place)
    query = mine.where(p.efface_le.is_(None))
    found = set(session.scalars(query.where(p.sujet.startswith("contact_signataire/"))))
    gone = {subject for subject in found if session.get(ContactSignataire, int(subject.partition("/")[2])) is None}
    recent = set(session.scalars(query.where(p.sujet.in_(sorted(gone)), j.quand >= before)))
    return gone - recent
