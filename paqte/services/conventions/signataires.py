"""Signatories of a département and their professional contacts (R2, R3, R24, R30)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paqte.domain.conventions.signataires import COLONNES, ContactTyped, SignataireTyped, identity
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.identifiants import siren_of
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.saisies import as_typed
from paqte.domain.saisie.textes import clean_line
from paqte.models import ContactSignataire, Entreprise, Signataire, told_by_cards
from paqte.queries.conventions.signataires import SignataireListed, SignatairesSought, export_signataires
from paqte.queries.perimetre import own_departement, require_departement, to_change
from paqte.services.transaction import note, touch, transaction

MAX_CONTACTS = 20
# Columns of the base, so that every door refuses what does not fit rather than cutting it.
CONTACT_LENGTHS = {"nom": 120, "fonction": 120, "courriel": 254, "telephone": 30}
_PHONE = re.compile(r"\+?[0-9 .()\u00a0\u202f-]+", re.ASCII)
MEANWHILE = "Quelqu’un d’autre a modifié cette fiche pendant votre saisie : comparez, puis enregistrez à nouveau."


def add_signataire(
    *, actor: Acteur, departement: str, identite: SignataireTyped, contacts: Sequence[ContactTyped] = (), now: datetime
) -> int:
    """Record a signatory of the département and give its key.

    Its nature is that of the records of the same SIREN, when there are some (R35).
    Refused beside each field at fault, or when this SIRET or SIREN is already there (R3). What another
    département knows of the same enterprise is neither shown nor taken.
    """
    require_departement(actor, departement)
    checked = _checked(identite, contacts)
    with transaction(actor=actor, now=now) as session:
        refuse_number_taken(session, departement, checked.identifiant, apart=None)
        signataire = Signataire(departement_code=departement, created_at=now)
        _keep_identity(session, signataire, checked, now)
        session.add(signataire)
        _flush(session)
        _save_contacts(session, signataire, contacts, now)
        return signataire.id


def change_signataire(
    *,
    actor: Acteur,
    signataire_id: int,
    version: int | None,
    identite: SignataireTyped,
    contacts: Sequence[ContactTyped],
    now: datetime,
) -> None:
    """Correct a signatory. `contacts` is the whole list: those left out are removed. A new nature is one for every
    record of the SIREN in the département (R35).

    NotFound for another département's; Conflict, with the values in the base, when somebody saved since `version`.
    """
    with transaction(actor=actor, now=now) as session:
        signataire = to_change(session, Signataire, signataire_id, actor, "Ce signataire")
        if signataire.version != version:
            raise Conflict(MEANWHILE, _identity_as_typed(session, signataire))
        checked = _checked(identite, contacts)
        refuse_number_taken(session, signataire.departement_code, checked.identifiant, apart=signataire.id)
        _keep_identity(session, signataire, checked, now)
        if _save_contacts(session, signataire, contacts, now):
            touch(signataire)
        _flush(session)


def export_list(*, actor: Acteur, criteres: SignatairesSought, now: datetime) -> tuple[SignataireListed, ...]:
    """The list as shown, whole, to leave the préfecture: addresses under partial diffusion are hidden (R30).

    The export is noted in the journal with what the list was narrowed to.
    """
    departement = own_departement(actor)
    named = replace(criteres, parmi=None, rangs={})  # whom progress keeps is a list of keys, which says nothing later
    asked = {name: value for name, value in asdict(named).items() if value}
    with transaction(actor=actor, now=now) as session:
        lignes = export_signataires(actor=actor, criteres=criteres, now=now)
        apres = {"lignes": len(lignes), **asked}
        note(session, "exporter", "signataire", departement=departement, apres=apres)
    return tuple(
        replace(ligne, adresse="", code_postal="") if ligne.is_partial_diffusion else ligne for ligne in lignes
    )


def _checked(identite: SignataireTyped, contacts: Sequence[ContactTyped]) -> SignataireTyped:
    """The identity cleaned and in its stored spelling; Refused with every fault at once."""
    kept: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for colonne in COLONNES:
        try:
            kept[colonne.champ] = colonne.read(getattr(identite, colonne.champ))
        except ValueError as error:
            errors[colonne.champ] = str(error)
    errors |= _contact_errors(contacts)
    if errors:
        raise Refused(errors)
    return SignataireTyped(**kept)


def _contact_errors(contacts: Sequence[ContactTyped]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for rank, contact in enumerate(contacts):
        if contact.is_blank:
            continue
        name = f"contacts-{rank}"
        if not contact.nom:
            errors[f"{name}-nom"] = "Écrivez le nom de cette personne ou de ce service."
        if contact.telephone and not _is_phone(contact.telephone):
            errors[f"{name}-telephone"] = "Écrivez un numéro comme 02 54 00 00 00 ou +596 596 00 00 00."
        for field, limit in CONTACT_LENGTHS.items():
            if len(getattr(contact, field)) > limit:
                errors[f"{name}-{field}"] = _too_long(limit)
    if len(contacts) > MAX_CONTACTS:
        errors["contacts"] = f"Gardez {MAX_CONTACTS} contacts au plus : les plus utiles au suivi."
    return errors


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text)) and 6 <= sum(c.isdigit() for c in text) <= 15


def _too_long(limit: int) -> str:
    return f"Ce texte est trop long : {written(limit)} caractères au plus."


def refuse_number_taken(
    session: Session, departement: str, identifiant: str, *, apart: int | None, field: str = "identifiant"
) -> None:
    """Refused beside `field` when another signatory of the département bears this number (R3)."""
    query = select(Signataire.id, Signataire.nom).where(
        Signataire.departement_code == departement, Signataire.identifiant == identifiant
    )
    known = session.execute(query).first()
    if known is not None and known.id != apart:
        raise Refused({field: f"« {known.nom} » porte déjà ce numéro dans votre département."})


def _keep_identity(session: Session, signataire: Signataire, checked: SignataireTyped, now: datetime) -> None:
    siren = siren_of(checked.identifiant)
    if signataire.identifiant is None or siren_of(signataire.identifiant) != siren:
        signataire.entreprise_id = _entreprise_of(session, siren, now)
    was = signataire.nature
    for champ, value in identity(checked).items():
        setattr(signataire, champ, value)
    _keep_one_nature(session, signataire, is_changed=was not in (None, checked.nature))


def _keep_one_nature(session: Session, signataire: Signataire, *, is_changed: bool) -> None:
    """A SIREN has one nature in a département: a change is for all its records, another record takes theirs (R35).

    Two records typed at once are taken one after the other: the row of the SIREN is held until the commit.
    """
    theirs = [
        Signataire.entreprise_id == signataire.entreprise_id,
        Signataire.departement_code == signataire.departement_code,
    ]
    if signataire.id:
        theirs.append(Signataire.id != signataire.id)
    with session.no_autoflush:
        session.execute(select(Entreprise.id).where(Entreprise.id == signataire.entreprise_id).with_for_update())
        first = select(Signataire.nature).where(*theirs).order_by(Signataire.id).limit(1)
        if not is_changed:
            signataire.nature = session.scalar(first) or signataire.nature
        # Those that say the same already stay where they are: a file may name a thousand establishments of one SIREN.
        other = select(Signataire).where(*theirs, Signataire.nature != signataire.nature).order_by(Signataire.id)
        for one in session.scalars(other).all():
            one.nature = signataire.nature


def _entreprise_of(session: Session, siren: str, now: datetime) -> int:
    """The enterprise of this SIREN, recorded once in the whole base (R3)."""
    query = select(Entreprise.id).where(Entreprise.siren == siren)
    known = session.scalar(query)
    if known is not None:
        return known
    entreprise = Entreprise(siren=siren, created_at=now)
    try:
        with session.begin_nested():
            session.add(entreprise)
    except IntegrityError:  # another département recorded it at this very moment
        return session.scalars(query).one()
    return entreprise.id


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise Refused({"identifiant": "Ce signataire vient d’être enregistré : cherchez-le dans la liste."}) from None


def _save_contacts(session: Session, signataire: Signataire, typed: Sequence[ContactTyped], now: datetime) -> bool:
    """Make the contacts those typed; whether anything changed. A key of another signatory is not taken."""
    rows = _contacts(session, signataire.id)
    kept = {c.id: c for c in typed if c.id is not None and not c.is_blank}
    removed = [row for row in rows if row.id not in kept]
    session.add_all(told_by_cards(session, [row.id for row in removed]) if removed else ())
    for row in removed:
        # The deleted row's own line no longer leads here: this one tells the signatory's history.
        avant = {name: getattr(row, name) for name in CONTACT_LENGTHS}
        key, whose = signataire.id, f"contact_signataire/{row.id}"
        note(session, "retirer_contact", "signataire", key, avant=avant, sujet=whose)
        session.delete(row)
    for row in set(rows) - set(removed):
        _fill_contact(row, kept[row.id])
    added = [ContactSignataire(signataire_id=signataire.id, created_at=now) for c in typed if _is_new(c)]
    for row, contact in zip(added, filter(_is_new, typed), strict=True):
        _fill_contact(row, contact)
    session.add_all(added)
    return bool(added or removed or any(session.is_modified(row) for row in rows))


def _is_new(contact: ContactTyped) -> bool:
    return contact.id is None and not contact.is_blank


def _fill_contact(row: ContactSignataire, contact: ContactTyped) -> None:
    for name in CONTACT_LENGTHS:
        setattr(row, name, clean_line(getattr(contact, name))[0])


def _contacts(session: Session, signataire_id: int) -> list[ContactSignataire]:
    query = select(ContactSignataire).where(ContactSignataire.signataire_id == signataire_id)
    return list(session.scalars(query.order_by(ContactSignataire.id)))


def _identity_as_typed(session: Session, signataire: Signataire) -> dict[str, str]:
    """The values in the base as the form writes them, by field."""
    shown = {champ: as_typed(value) for champ, value in identity(signataire).items()}
    for rank, row in enumerate(_contacts(session, signataire.id)):
        shown |= {f"contacts-{rank}-{name}": getattr(row, name) for name in CONTACT_LENGTHS}
    return shown | {"version": str(signataire.version)}
