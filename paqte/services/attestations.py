"""The attestation of a convention: its validated figures alone, by right (R18, R20)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.acteurs import Acteur
from paqte.domain.catalogue import LIBRE, OUI_NON, catalogue
from paqte.domain.conventions import PROJET
from paqte.domain.erreurs import Refused
from paqte.domain.nombres import written
from paqte.domain.periodes import local_date
from paqte.models import Convention, Departement, db
from paqte.queries.entreprise import first_referent
from paqte.queries.entreprise_chiffres import Realise, achieved
from paqte.queries.perimetre import read
from paqte.reporting.attestation import Attestation, LigneAttestee, draw_attestation
from paqte.services.transaction import note, transaction

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
NBSP = "\u00a0"


class Document(NamedTuple):
    """A file ready to be handed out."""

    nom: str
    octets: bytes


def make_attestation(*, actor: Acteur, now: datetime, convention_id: int) -> Document:
    """The PDF of a signed convention; the journal keeps who asked for it.

    NotFound alike for a convention that does not exist and for another's; Refused while it is not signed.
    """
    with transaction(actor=actor, now=now) as session:
        convention = read(session, Convention, convention_id, actor, "Cette convention")
        if convention.statut == PROJET:
            raise Refused("L’attestation s’obtient une fois la convention signée.")
        attestation = _told(convention, local_date(now, convention.departement_code))
        note(session, "attester", "convention", convention.id, departement=convention.departement_code)
    return Document(f"Attestation PAQTE {attestation.numero}.pdf", draw_attestation(attestation))


def _told(convention: Convention, today: date) -> Attestation:
    realises = achieved(convention.departement_code, [convention.id], today).get(convention.id, ())
    place = db.session.get_one(Departement, convention.departement_code)
    grid = catalogue()
    return Attestation(
        numero=convention.numero,
        signataire=convention.signataire.nom,
        territoire=f"{place.nom}{NBSP}({place.code})",
        debut=long_date(convention.debut),
        fin=long_date(convention.fin),
        emise_le=long_date(today),
        periodes=_span(realises),
        referent=first_referent(convention.departement_code),
        lignes=tuple(
            LigneAttestee(grid.axes[r.axe].libelle, r.libelle, _achieved(r), _figure(r.cible, r)) for r in realises
        ),
    )


def _span(realises: tuple[Realise, ...]) -> str:
    """From the first to the last period with a validated figure."""
    told = sorted({p.periode for r in realises for p in r.points if p.valeur is not None}, key=lambda p: p.fin)
    if not told:
        return ""
    return told[0].libelle if len(told) == 1 else f"du {told[0].libelle} au {told[-1].libelle}"


def _achieved(r: Realise) -> str:
    """A free measure is told by its last period, since it is never added (R5)."""
    if r.genre != LIBRE:
        return _figure(r.valeur, r)
    known = [p for p in r.points if p.valeur is not None]
    return f"{_figure(known[-1].valeur, r)} ({known[-1].periode.libelle})" if known else ""


def _figure(value: Decimal | None, r: Realise) -> str:
    if value is None:
        return ""
    if r.genre == OUI_NON:
        return "oui" if value else "non"
    shown = written(value)
    if r.unite.startswith("€") and value != int(value):
        shown = f"{written(int(value))},{value % 1 * 100:02.0f}"
    return f"{shown}{NBSP}{r.unite}".rstrip()


def long_date(day: date) -> str:
    """`1er janvier 2026`."""
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"
