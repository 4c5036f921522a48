"""Taking a person out of the base, in the caller's transaction: figures, seals and editions do not move (R30).

By key and by address, never by what a text looks like: another's words are not touched. The journal stays as it was
written, line for line; what it kept of her beside its lines is emptied, and its chain of hashes still holds.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import String, and_, cast, delete, false, func, or_, select, text, true, update
from sqlalchemy.orm import Session

from paqte.domain.conventions.propres import TEXTE
from paqte.domain.declarations.hors_sceau import signed_over
from paqte.domain.personnes.effacement import ADRESSE_EFFACEE, NOM_EFFACE, NOMME_EFFACE, erased_address
from paqte.domain.personnes.jetons import digest
from paqte.domain.statuts.courriels import EN_ATTENTE, REFUSE
from paqte.models import (
    Affectation,
    BilanRecu,
    ColonnePropre,
    ContactSignataire,
    Convention,
    Courriel,
    Declaration,
    Demarche,
    Gabarit,
    JetonConnexion,
    Journal,
    JournalAuteur,
    JournalPersonne,
    Justificatif,
    ListKept,
    NamedView,
    PasskeyAsked,
    PasskeyKept,
    Presence,
    ProviderIdentity,
    Rattachement,
    Realisation,
    RecoveryCode,
    Referent,
    RencontreSignataire,
    Retour,
    SecondFactor,
    SessionOuverte,
    Signalement,
    Signataire,
    TentativeConnexion,
    Transmission,
    Utilisateur,
    ValeurPropre,
    Veille,
    told_by_cards,
)
from paqte.queries.comptes.personnes import PersonneKnown
from paqte.queries.reponses import sealed_by
from paqte.services.reglages import forget_feeds
from paqte.services.transaction import moment_of, note

# Who did something, by name: every column of the base but that of an edition, which nothing changes (R19).
AUTHORED: tuple[Any, ...] = (
    Declaration.transmise_par,
    Declaration.validee_par,
    Realisation.saisie_par,
    Retour.par,
    Justificatif.par,
    Signalement.par,
    Signalement.traite_par,
    Transmission.par,
    Veille.traite_par,
    Gabarit.installe_par,
    BilanRecu.recu_par,
    BilanRecu.decide_par,
)
# A table without journal lines of its own: whose lines say who acted, and by which key.
TOLD_OF: dict[Any, tuple[str, Any]] = {Veille: (Signataire.__tablename__, Veille.signataire_id)}
CARDS: dict[str, Any] = {"contact_signataire": ContactSignataire, "referent": Referent}
NOT_SENT = "Le destinataire a été effacé avant l’envoi."


def erase(session: Session, connue: PersonneKnown, *, scope: str | None, is_over: bool = False) -> None:
    """Erase the account and the contacts of this person, and what the journal and the mails keep of them.

    `scope` is the département whose journal and mails are gone through, None for all of them. What the notes of her
    signatories said before goes too; `is_over`, when nobody needs them any more, empties these notes. One line a thing
    says in the journal that it was erased, not who it was.
    """
    _write_over_freed_pages(session)
    subjects = {f"contact_signataire/{key}" for key in connue.contacts}
    _forget_notes(session, connue, is_over=is_over)
    met = told_by_cards(session, connue.contacts)
    _erase_cards(session, connue)
    if connue.utilisateur_id is not None:
        _erase_account(session, connue.utilisateur_id)
        subjects.add(f"utilisateur/{connue.utilisateur_id}")
    # An account that stands for an invitation does not make the address hers: another's account has it.
    place = scope if connue.utilisateur_id is None or connue.is_shadow else None
    subjects |= _cards_taken_away(session, connue.personne.adresses, place)
    subjects |= _editions_received(session, connue.personne.adresses, place)
    unname_those_there(session, subjects, over=connue.signataires if is_over else ())
    session.add_all(met)
    forget_subjects(session, subjects)
    _forget_mails(session, connue.personne.adresses, subjects, place)
    # The words somebody searched for may be her name.
    searched = or_(*(ListKept.filtres.contains(f"{name}=") for name in ("q", "cherche")))
    _run(session, delete(ListKept).where(searched))


def forget_subjects(session: Session, subjects: Collection[str]) -> int:
    """Empty what the journal keeps beside its lines of these things or people; gives how much there was."""
    p = JournalPersonne
    return _forget(session, p.sujet.in_(sorted(subjects))) if subjects else 0


def unname_those_there(session: Session, subjects: Collection[str], over: Collection[int] = ()) -> None:
    """Take off the meetings the names of these cards, as the journal names them, there or taken away since (R30).

    Of the signatories that are `over`, nobody needs the name of anybody who was met with them alone any more.
    """
    p = Presence
    cards = [int(key) for table, _, key in (one.partition("/") for one in subjects) if table == "contact_signataire"]
    held = RencontreSignataire
    with_them = select(held.rencontre_id).where(held.signataire_id.in_(sorted(over)))
    with_others = select(held.rencontre_id).where(held.signataire_id.not_in(sorted(over)))
    there = p.rencontre_id.in_(with_them) & p.rencontre_id.not_in(with_others)
    _run(session, update(p).where(p.contact_id.in_(cards) | there).values(nom=NOM_EFFACE, contact_id=None))


def unname_at(session: Session, meetings: Collection[int]) -> int:
    """Take the names typed without a card off these meetings; gives how many there were (R30)."""
    p = Presence
    typed = update(p).where(p.rencontre_id.in_(sorted(meetings)), p.contact_id.is_(None), p.nom != NOM_EFFACE)
    return int(_run(session, typed.values(nom=NOM_EFFACE)).rowcount) if meetings else 0


def _forget(session: Session, which: Any) -> int:
    p = JournalPersonne
    emptied = {"valeur": "", "sel": "", "efface_le": moment_of(session)}
    done = update(p).where(p.efface_le.is_(None), which).values(**emptied)
    return int(_run(session, done).rowcount)


def _write_over_freed_pages(session: Session) -> None:
    """SQLite keeps in its file what was deleted until it needs the room: ask for zeros instead."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))


def _erase_cards(session: Session, connue: PersonneKnown) -> None:
    c = ContactSignataire
    hers = c.id.in_(connue.contacts)
    told = session.scalars(select(c.signataire_id).where(hers).order_by(c.id)).all()
    _run(session, delete(c).where(hers))
    for signataire in told:
        note(session, "effacer_contact", "signataire", signataire)


def _erase_account(session: Session, key: int) -> None:
    """The row stays, with its key and no one's name: reminders and the journal refer to it."""
    user = session.get_one(Utilisateur, key, with_for_update=True)
    nom, courriel, departement = user.nom, user.courriel, user.departement_code
    session.expunge(user)
    _unsign(session, key, nom)
    trail = digest(f"adresse:{courriel}")
    _run(session, delete(TentativeConnexion).where(TentativeConnexion.cle == trail))
    _forget(session, and_(JournalPersonne.sujet == "connexion", JournalPersonne.valeur == trail[:32]))
    forget_feeds(session, key)
    hers = (Rattachement, Affectation, JetonConnexion, SessionOuverte, ListKept, NamedView)
    for model in (*hers, ProviderIdentity, PasskeyAsked, PasskeyKept, SecondFactor, RecoveryCode):
        _run(session, delete(model).where(model.utilisateur_id == key))
    a = JournalAuteur
    unnamed = {"nom": NOM_EFFACE, "sel": "", "efface_le": moment_of(session)}
    _run(session, update(a).where(a.utilisateur_id == key, a.efface_le.is_(None)).values(**unnamed))
    blank = {"nom": NOM_EFFACE, "courriel": erased_address(key), "is_active": False}
    _run(session, update(Utilisateur).where(Utilisateur.id == key).values(**blank))
    note(session, "effacer", "utilisateur", key, departement=departement)


def _unsign(session: Session, key: int, nom: str) -> None:
    """Take the name off what the journal says she did: a namesake keeps what is his."""
    for column in AUTHORED:
        model = column.class_
        objet, told = TOLD_OF.get(model, (model.__tablename__, model.id))
        done = select(Journal.objet_id).where(Journal.objet == objet, Journal.utilisateur_id == key)
        mine = and_(column == nom, cast(told, String).in_(done))
        _run(session, update(model).where(mine).values({column.key: NOM_EFFACE}))
    _unsign_sealed(session, key, nom)


def _unsign_sealed(session: Session, key: int, nom: str) -> None:
    """The same beside the seals, of the answers that have no row any more."""
    done = select(Journal.objet_id).where(Journal.objet == Realisation.__tablename__, Journal.utilisateur_id == key)
    hers = {int(number) for number in session.scalars(done.distinct())}
    for declaration, beside in sealed_by(session, nom) if hers else ():
        unsigned = signed_over(beside, nom, hers, NOM_EFFACE)
        if unsigned != beside:
            mine = Declaration.id == declaration
            _run(session, update(Declaration).where(mine).values(hors_sceau=unsigned))


def _cards_taken_away(session: Session, addresses: Collection[str], scope: str | None) -> set[str]:
    """Cards no longer there that bore one of her addresses, as the journal names them."""
    p, j = JournalPersonne, Journal
    within = or_(j.departement_code == scope, j.departement_code.is_(None)) if scope is not None else true()
    hers = func.lower(func.trim(p.valeur)).in_(sorted(addresses))
    bearing = p.champ.in_(("avant.courriel", "apres.courriel")) & hers & within
    query = select(p.sujet).join(j, j.id == p.journal_id).where(bearing)
    found = [subject.partition("/") for subject in set(session.scalars(query))] if addresses else []
    return {
        f"{table}/{key}"
        for table, _, key in found
        if table in CARDS and session.scalar(select(CARDS[table].id).where(CARDS[table].id == int(key))) is None
    }


def _forget_notes(session: Session, connue: PersonneKnown, *, is_over: bool) -> None:
    """Working notes of her signatories, of their conventions and meetings, what stands in the préfecture's own columns:
    what they said before, all when over."""
    keys = sorted(connue.signataires)
    conventions = list(session.scalars(select(Convention.id).where(Convention.signataire_id.in_(keys))))
    held = RencontreSignataire
    met = session.execute(select(held.id, held.rencontre_id).where(held.signataire_id.in_(keys))).all()
    own = session.scalars(select(ValeurPropre.id).where(ValeurPropre.signataire_id.in_(keys)))
    said = {"signataire": keys, "convention": conventions, "valeur_propre": list(own)}
    steps = session.scalars(select(Demarche.id).where(Demarche.signataire_id.in_(keys)))
    said |= {
        "demarche": list(steps),
        "rencontre": [row.rencontre_id for row in met],
        "rencontre_signataire": [row.id for row in met],
    }
    forget_subjects(session, {f"{thing}/{key}" for thing, found in said.items() for key in found})
    if is_over:
        _run(session, update(Signataire).where(Signataire.id.in_(keys)).values(notes=""))
        _run(session, update(Demarche).where(Demarche.signataire_id.in_(keys)).values(motif=""))
        _run(session, update(Convention).where(Convention.id.in_(conventions)).values(notes=""))
        words = select(ColonnePropre.id).where(ColonnePropre.genre == TEXTE)
        mine = ValeurPropre.signataire_id.in_(keys) & ValeurPropre.colonne_id.in_(words)
        _run(session, update(ValeurPropre).where(mine).values(valeur=""))


def _forget_mails(session: Session, addresses: Collection[str], subjects: Collection[str], scope: str | None) -> None:
    """Mails to her, and those that name her to others: what remains is that one left, when, and why."""
    c = Courriel
    # A mail of no département belongs to an account, which may be another's.
    within = c.departement_code == scope if scope is not None else true()
    hers = and_(func.lower(c.destinataire).in_(sorted(addresses)), within)
    _run(session, update(c).where(hers, c.etat == EN_ATTENTE).values(etat=REFUSE, erreur=NOT_SENT))
    named = or_(false(), *(c.nomme.contains(f" {subject} ", autoescape=True) for subject in sorted(subjects)))
    emptied = {"sujet": "", "texte": "", "html": "", "erreur": ""}
    _run(session, update(c).where(hers, c.erreur != NOT_SENT).values(erreur=""))
    _run(session, update(c).where(hers).values(destinataire=ADRESSE_EFFACEE, sujet="", texte="", html=""))
    if subjects:
        _run(session, update(c).where(named, c.etat != EN_ATTENTE).values(**emptied))
        _run(session, update(c).where(named, c.etat == EN_ATTENTE).values(nomme=NOMME_EFFACE))


def _editions_received(session: Session, addresses: Collection[str], scope: str | None) -> set[str]:
    """Take her address off the editions that were transmitted to it; gives them as the journal names them (R40)."""
    t = Transmission
    within = t.departement_code == scope if scope is not None else true()
    hers = and_(func.lower(t.destinataire).in_(sorted(addresses)), within)
    keys = session.scalars(select(t.id).where(hers).order_by(t.id)).all()
    _run(session, update(t).where(t.id.in_(keys)).values(destinataire=ADRESSE_EFFACEE))
    return {f"{t.__tablename__}/{key}" for key in keys}


def _run(session: Session, statement: Any) -> Any:
    """As it is: the change of a row would otherwise be journaled, with what it held."""
    return session.execute(statement.execution_options(synchronize_session=False))
