"""Taking a person out of the base, in the caller's transaction: figures, seals and editions do not move (R30).

The journal keeps who did what to which figure and when, under a name that is nobody's: this is the one place that
writes over its lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from markupsafe import escape
from sqlalchemy import String, and_, cast, delete, false, func, or_, select, text, true, update
from sqlalchemy.orm import Session

from paqte.auth.jetons import digest
from paqte.domain.courriels import EN_ATTENTE, REFUSE
from paqte.domain.effacement import ADRESSE_EFFACEE, NOM_EFFACE, Personne, blanked, erased_address
from paqte.models import (
    ContactSignataire,
    Convention,
    Courriel,
    Declaration,
    Gabarit,
    JetonConnexion,
    Journal,
    Justificatif,
    Rattachement,
    Realisation,
    Retour,
    SessionOuverte,
    Signataire,
    TentativeConnexion,
    Utilisateur,
)
from paqte.queries.personnes import PersonneConnue, still_borne
from paqte.services.transaction import note

# Who did something, by name: every column of the base but that of an edition, which nothing changes (R19).
AUTHORED: tuple[Any, ...] = (
    Declaration.transmise_par,
    Declaration.validee_par,
    Realisation.saisie_par,
    Retour.par,
    Justificatif.par,
    Gabarit.installe_par,
)
# A référent's own working notes; what was declared is not written over, but told on the page that asks.
NOTES: tuple[Any, ...] = (Signataire.notes, Convention.notes)
MAIL = ("destinataire", "sujet", "texte", "html", "erreur")
NOT_SENT = "Le destinataire a été effacé avant l’envoi."


def erase(session: Session, connue: PersonneConnue, *, scope: str | None) -> None:
    """Erase the account and the contacts of this person, and whatever else names her alone.

    `scope` is the département whose texts are gone through, None for all of them. What another person still bears (a
    namesake, a switchboard's number) stays. One line a thing says in the journal that it was erased, not who it was.
    """
    _write_over_freed_pages(session)
    _erase_cards(session, connue)
    if connue.utilisateur_id is not None:
        _erase_account(session, connue.utilisateur_id, connue.personne)
    # An account may have left its name elsewhere; a contact is its département's own.
    for place in (scope, None) if scope and connue.utilisateur_id else (scope,):
        alone = connue.personne.apart_from(still_borne(session, connue.personne, place))
        _scrub_journal(session, alone, place)
        _scrub_mails(session, alone, place)
        _scrub_notes(session, alone, place)


def blank_lines(session: Session, lines: Any) -> int:
    """Take every word of a card out of these journal lines; gives how many changed."""
    return _rewrite(session, lines, lambda _line, values: blanked(values))


def _write_over_freed_pages(session: Session) -> None:
    """SQLite keeps in its file what was deleted until it needs the room: ask for zeros instead."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))


def _erase_cards(session: Session, connue: PersonneConnue) -> None:
    keys = list(map(str, connue.contacts))
    rows = select(ContactSignataire.signataire_id, Signataire.departement_code).join(
        Signataire, Signataire.id == ContactSignataire.signataire_id
    )
    told = session.execute(rows.where(ContactSignataire.id.in_(connue.contacts)).order_by(ContactSignataire.id)).all()
    blank_lines(session, and_(Journal.objet == "contact_signataire", Journal.objet_id.in_(keys)))
    _run(session, delete(ContactSignataire).where(ContactSignataire.id.in_(connue.contacts)))
    for signataire, departement in told:
        note(session, "effacer_contact", "signataire", signataire, departement=departement)


def _erase_account(session: Session, key: int, personne: Personne) -> None:
    """The row stays, with its key and no one's name: reminders and the journal refer to it."""
    user = session.get_one(Utilisateur, key, with_for_update=True)
    nom, courriel, departement = user.nom, user.courriel, user.departement_code
    session.expunge(user)
    _unsign(session, key, nom)
    _forget_mails(session, courriel)
    trail = digest(f"adresse:{courriel}")
    _run(session, delete(TentativeConnexion).where(TentativeConnexion.cle == trail))
    _run(
        session, update(Journal).where(Journal.objet == "connexion", Journal.objet_id == trail[:32]).values(objet_id="")
    )
    for model in (Rattachement, JetonConnexion, SessionOuverte):
        _run(session, delete(model).where(model.utilisateur_id == key))
    blank_lines(session, and_(Journal.objet == "utilisateur", Journal.objet_id == str(key)))
    _rewrite(session, Journal.utilisateur_id == key, lambda _line, values: personne.scrub_values(values))
    _run(session, update(Journal).where(Journal.utilisateur_id == key).values(qui=NOM_EFFACE))
    blank = {"nom": NOM_EFFACE, "courriel": erased_address(key), "is_active": False}
    _run(session, update(Utilisateur).where(Utilisateur.id == key).values(**blank))
    note(session, "effacer", "utilisateur", key, departement=departement)


def _unsign(session: Session, key: int, nom: str) -> None:
    """Take the name off what she did. Where a namesake has an account, only off what the journal says she did."""
    namesake = select(Utilisateur.id).where(Utilisateur.nom == nom, Utilisateur.id != key)
    has_namesake = session.scalar(namesake.limit(1)) is not None
    for column in AUTHORED:
        model = column.class_
        done = select(Journal.objet_id).where(Journal.objet == model.__tablename__, Journal.utilisateur_id == key)
        mine = and_(column == nom, cast(model.id, String).in_(done)) if has_namesake else column == nom
        _run(session, update(model).where(mine).values({column.key: NOM_EFFACE}))


def _forget_mails(session: Session, courriel: str) -> None:
    """Mails written to her: what remains is that one left, when, and why."""
    hers = func.lower(Courriel.destinataire) == courriel
    waiting = {"etat": REFUSE, "erreur": NOT_SENT}
    _run(session, update(Courriel).where(hers, Courriel.etat == EN_ATTENTE).values(**waiting))
    blank = {"destinataire": ADRESSE_EFFACEE, "texte": "", "html": ""}
    _run(session, update(Courriel).where(hers).values(**blank))


def _scrub_journal(session: Session, alone: Personne, scope: str | None) -> None:
    """Lines that still name her; those of a card that was taken away long before lose the whole of it."""
    marks = [json.dumps(mark, ensure_ascii=False)[1:-1] for mark in {*alone.marks, *alone.noms}]
    lines = _containing((Journal.avant, Journal.apres), marks) & _within(Journal, scope) & ~_of_another_card(scope)
    alive = set(session.scalars(select(cast(ContactSignataire.id, String)).where(_is_named_in(lines))))

    def without(line: Any, values: dict[str, Any]) -> dict[str, Any]:
        scrubbed = alone.scrub_values(values)
        is_gone = line.objet == "contact_signataire" and line.objet_id not in alive
        return blanked(values) if scrubbed != values and (is_gone or line.acte == "retirer_contact") else scrubbed

    _rewrite(session, lines, without)


def _is_named_in(lines: Any) -> Any:
    named = select(Journal.objet_id).where(Journal.objet == "contact_signataire", lines)
    return cast(ContactSignataire.id, String).in_(named)


def _of_another_card(scope: str | None) -> Any:
    """Lines without a département about a contact of another one."""
    c, s = ContactSignataire, Signataire
    others = select(cast(c.id, String)).join(s, s.id == c.signataire_id).where(s.departement_code != scope)
    return and_(Journal.objet == "contact_signataire", Journal.objet_id.in_(others)) if scope else false()


def _scrub_mails(session: Session, alone: Personne, scope: str | None) -> None:
    """What other people were written about her; in HTML her name may be spelt with entities."""
    columns, spelt = [getattr(Courriel, name) for name in MAIL], _in_html(alone)
    met = _containing(columns, {*alone.marks, *spelt.marks})
    found = session.execute(select(Courriel.id, *columns).where(met, _within(Courriel, scope)))
    for key, *texts in found.all():
        values = {name: spelt.scrub(alone.scrub(value)) for name, value in zip(MAIL, texts, strict=True)}
        _run(session, update(Courriel).where(Courriel.id == key).values(**values))


def _in_html(personne: Personne) -> Personne:
    return Personne(*(frozenset(str(escape(mark)) for mark in getattr(personne, f.name)) for f in fields(personne)))


def _scrub_notes(session: Session, alone: Personne, scope: str | None) -> None:
    for column in NOTES:
        model = column.class_
        found = session.execute(
            select(model.id, column).where(_containing([column], alone.marks), _within(model, scope))
        )
        for key, written in found.all():
            _run(session, update(model).where(model.id == key).values({column.key: alone.scrub(written)}))


def _rewrite(session: Session, lines: Any, change: Any) -> int:
    """Write over the values of these journal lines, and only of those that `change` changes."""
    query = select(Journal.id, Journal.objet, Journal.objet_id, Journal.acte, Journal.avant, Journal.apres)
    count = 0
    for line in session.execute(query.where(lines)).all():
        held = {"avant": json.loads(line.avant), "apres": json.loads(line.apres)}
        written = {name: change(line, values) for name, values in held.items()}
        if written != held:
            texts = {name: json.dumps(v, ensure_ascii=False, sort_keys=True) for name, v in written.items()}
            _run(session, update(Journal).where(Journal.id == line.id).values(**texts))
            count += 1
    return count


def _containing(columns: Iterable[Any], marks: Iterable[str]) -> Any:
    return or_(*(c.icontains(mark, autoescape=True) for c in columns for mark in marks), false())


def _within(model: Any, scope: str | None) -> Any:
    """Rows of the département, and those of none."""
    return or_(model.departement_code == scope, model.departement_code.is_(None)) if scope is not None else true()


def _run(session: Session, statement: Any) -> None:
    """As it is: the change of a row would otherwise be journaled, with what it held."""
    session.execute(statement.execution_options(synchronize_session=False))
