"""Meetings with signatories: typed, corrected, deleted. Nothing of them enters a figure or a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import clean_line, searchable
from paqte.domain.statuts.rencontres import GENRES
from paqte.models import ContactSignataire, Presence, Rencontre, RencontreSignataire, Signataire
from paqte.queries.perimetre import require_departement, to_change, writable
from paqte.services.textes import fitted, fitted_line
from paqte.services.transaction import note, touch, transaction

SUBJECT, TEXT, NAME, MOST_PRESENT = 200, 4_000, 120, 300
MEANWHILE = "Quelqu’un d’autre a modifié cette rencontre pendant votre saisie : comparez, puis enregistrez à nouveau."
CHANGED = "Cette rencontre a changé depuis que vous l’avez lue : relisez-la avant de la supprimer."
TOLD_OF = "ce qui a été décidé ou promis serait perdu. Effacez-le d’abord de cette rencontre, ou gardez la coche."


@dataclass(frozen=True, slots=True, kw_only=True)
class RencontreTyped:
    """A meeting as typed. `contacts` are the cards ticked, `autres` the names typed, one a line."""

    prochaine_le: date | None = None
    date: date
    genre: str
    signataires: tuple[int, ...] = ()
    objet: str = ""
    decisions: str = ""
    promesses: str = ""
    contacts: tuple[int, ...] = ()
    autres: str = ""


def record_meeting(*, actor: Acteur, now: datetime, departement: str, rencontre: RencontreTyped) -> int:
    """Add a meeting to the département and give its key; Refused beside each field at fault."""
    require_departement(actor, departement)
    with transaction(actor=actor, now=now) as session:
        recorded = Rencontre(departement_code=departement, created_at=now)
        signataires = _keep_meeting(session, recorded, rencontre, actor)
        session.add(recorded)
        session.flush()
        _keep_signatories(session, recorded, signataires)
        _keep_presences(session, recorded, rencontre, actor)
        return recorded.id


def change_meeting(
    *, actor: Acteur, now: datetime, rencontre_id: int, version: int | None, rencontre: RencontreTyped
) -> None:
    """Correct a meeting; Conflict, with what the base holds, when somebody saved since `version`."""
    with transaction(actor=actor, now=now) as session:
        changed = to_change(session, Rencontre, rencontre_id, actor, "Cette rencontre")
        if changed.version != version:
            raise Conflict(MEANWHILE, _now_held(session, changed))
        signataires = _keep_meeting(session, changed, rencontre, actor)
        are_others = _keep_signatories(session, changed, signataires)
        if _keep_presences(session, changed, rencontre, actor) or are_others:
            touch(changed)


def tell_of_signatory(
    *,
    actor: Acteur,
    now: datetime,
    rencontre_id: int,
    version: int | None,
    signataire_id: int,
    decisions: str,
    promesses: str,
) -> None:
    """Keep what was decided with one signatory of a meeting, and what it promised. Conflict as for the meeting."""
    with transaction(actor=actor, now=now) as session:
        changed = to_change(session, Rencontre, rencontre_id, actor, "Cette rencontre")
        met = _signatories(session, rencontre_id).get(signataire_id)
        if met is None:
            raise NotFound("Ce signataire")
        if changed.version != version:
            current = {"version": str(changed.version), "decisions": met.decisions, "promesses": met.promesses}
            raise Conflict(MEANWHILE, current)
        before = (met.decisions, met.promesses)
        met.decisions = fitted(decisions, TEXT, "decisions")
        met.promesses = fitted(promesses, TEXT, "promesses")
        if (met.decisions, met.promesses) != before:
            touch(changed)


def delete_meeting(*, actor: Acteur, now: datetime, rencontre_id: int, version: int | None) -> None:
    """Take a meeting and who was there out of the base. Conflict when it changed since `version`."""
    with transaction(actor=actor, now=now) as session:
        doomed = to_change(session, Rencontre, rencontre_id, actor, "Cette rencontre")
        if doomed.version != version:
            raise Conflict(CHANGED, {})
        for row in (*_presences(session, rencontre_id), *_signatories(session, rencontre_id).values()):
            session.delete(row)
        session.flush()
        session.delete(doomed)


def _keep_meeting(session: Session, row: Rencontre, typed: RencontreTyped, actor: Acteur) -> list[int]:
    """Keep what is of the meeting as a whole; gives the keys of the signatories it was with, each once."""
    errors: dict[str, str] = {}
    signataires = list(dict.fromkeys(typed.signataires))
    if typed.genre not in GENRES:
        errors["genre"] = "Choisissez une sorte de rencontre dans la liste."
    if not _are_of_place(session, row.departement_code, signataires, actor):
        errors["signataires"] = "Choisissez les signataires dans la liste."
    if typed.prochaine_le is not None and typed.prochaine_le <= typed.date:
        errors["prochaine_le"] = "Saisissez une date après celle de la rencontre."
    if errors:
        raise Refused(errors)
    row.date = typed.date
    row.genre = typed.genre
    row.objet = fitted_line(typed.objet, SUBJECT, "objet")
    row.decisions = fitted(typed.decisions, TEXT, "decisions")
    row.promesses = fitted(typed.promesses, TEXT, "promesses")
    row.prochaine_le = typed.prochaine_le
    return signataires


def _are_of_place(session: Session, departement: str, signataires: Sequence[int], actor: Acteur) -> bool:
    s = Signataire
    query = select(func.count()).where(s.id.in_(signataires), s.departement_code == departement, writable(s, actor))
    return session.scalar(query) == len(signataires)


def _keep_signatories(session: Session, row: Rencontre, wanted: Sequence[int]) -> bool:
    """Make those it was with these; whether anything changed. What stood there of the others stays with them.

    Refused for one taken out with whom something was decided, or that promised something: it would be lost.
    """
    before = _signatories(session, row.id)
    gone = [one for key, one in before.items() if key not in wanted]
    told = [one.signataire_id for one in gone if one.decisions or one.promesses]
    if told:
        s = Signataire
        names = session.scalars(select(s.nom).where(s.id.in_(told)).order_by(s.recherche, s.id))
        raise Refused({"signataires": f"{', '.join(f'« {nom} »' for nom in names)} : {TOLD_OF}"})
    for one in gone:
        session.delete(one)
    session.add_all(RencontreSignataire(rencontre_id=row.id, signataire_id=key) for key in wanted if key not in before)
    session.flush()
    return set(before) != set(wanted)


def _keep_presences(session: Session, row: Rencontre, typed: RencontreTyped, actor: Acteur) -> bool:
    """Make those who were there those typed; whether anything changed. The journal says which cards, and no name."""
    before = _presences(session, row.id)
    wanted = list(_those_there(session, row, typed, before, actor))
    if len(wanted) > MOST_PRESENT:
        raise Refused({"autres": f"Nommez {MOST_PRESENT} personnes au plus."})
    if [(one.contact_id, one.nom) for one in before] == wanted:
        return False
    for one in before:
        session.delete(one)
    session.flush()
    session.add_all(Presence(rencontre_id=row.id, contact_id=key, nom=nom) for key, nom in wanted)
    cards = [key for key, _ in wanted if key is not None]
    told = {"contacts": cards, "autres": len(wanted) - len(cards)}
    note(session, "noter_presents", "rencontre", row.id, departement=row.departement_code, apres=told)
    return True


def _those_there(
    session: Session, row: Rencontre, typed: RencontreTyped, before: Sequence[Presence], actor: Acteur
) -> Iterator[tuple[int | None, str]]:
    """Card and name of each, once. A name typed is that of a card when one alone of the département bears it."""
    cards = _cards_of_place(session, row.departement_code, actor)
    known = {one.contact_id: one.nom for one in before if one.contact_id is not None}
    taken: set[int | str] = set()
    for key in typed.contacts:
        nom = cards.get(key) or known.get(key)
        if nom is None:
            raise Refused({"contacts": "Choisissez un contact dans la liste."})
        if key not in taken:
            taken.add(key)
            yield key, nom
    former = {searchable(nom): key for key, nom in known.items()}
    bearers: dict[str, list[int]] = {}
    for key, nom in cards.items():
        bearers.setdefault(searchable(nom), []).append(key)
    for line in typed.autres.splitlines():
        nom = clean_line(line)[0].strip(" ,;")
        if len(nom) > NAME:
            raise Refused({"autres": f"Un nom compte {NAME} caractères au plus : saisissez une personne par ligne."})
        same = bearers.get(searchable(nom), [])
        found = former.get(searchable(nom)) or (same[0] if len(same) == 1 else None)
        if nom and (found or nom) not in taken:
            taken.add(found or nom)
            yield found, nom


def _cards_of_place(session: Session, departement: str, actor: Acteur) -> dict[int, str]:
    c, s = ContactSignataire, Signataire
    query = select(c.id, c.nom).join(s, s.id == c.signataire_id)
    found = session.execute(query.where(s.departement_code == departement, writable(s, actor)).order_by(c.id))
    return {row.id: row.nom for row in found}


def _presences(session: Session, rencontre_id: int) -> list[Presence]:
    query = select(Presence).where(Presence.rencontre_id == rencontre_id)
    return list(session.scalars(query.order_by(Presence.id)))


def _signatories(session: Session, rencontre_id: int) -> dict[int, RencontreSignataire]:
    m = RencontreSignataire
    return {
        one.signataire_id: one
        for one in session.scalars(select(m).where(m.rencontre_id == rencontre_id).order_by(m.id))
    }


def _now_held(session: Session, row: Rencontre) -> dict[str, str]:
    """What the base holds, by field, as texts."""
    s = Signataire
    names = select(s.nom).where(s.id.in_(_signatories(session, row.id))).order_by(s.recherche, s.id)
    return {
        "version": str(row.version),
        "date": f"{row.date:%d/%m/%Y}",
        "genre": row.genre,
        "signataires": ", ".join(session.scalars(names)),
        "objet": row.objet,
        "decisions": row.decisions,
        "promesses": row.promesses,
        "prochaine_le": "" if row.prochaine_le is None else f"{row.prochaine_le:%d/%m/%Y}",
        "autres": "\n".join(one.nom for one in _presences(session, row.id)),
    }
