"""The attestation of a convention: its validated figures alone, by right (R18, R20)."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.chiffres import INDEFINI, INFIMES, SANS_DENOMINATEUR
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.prefectures import prefecture_of
from paqte.domain.saisie.fichiers import Download
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.conventions import PROJET, Dates
from paqte.models import Convention, Departement, Journal, db
from paqte.queries.perimetre import read
from paqte.queries.suivi.entreprise import first_referent
from paqte.queries.suivi.entreprise_chiffres import EngagementAchieved, achieved
from paqte.reporting.attestation import Attestation, LigneAttested, draw_attestation
from paqte.services.transaction import note, transaction

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
NBSP = "\u00a0"
OBJET = "attestation"
VERIFIER = "/attestations/verifier"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def make_attestation(*, actor: Acteur, now: datetime, convention_id: int, base_url: str = "") -> Download:
    """The PDF of a signed convention; the journal keeps who asked for it, and the code by which it is verified.

    `base_url` is the public address under which anybody verifies it.

    NotFound alike for a convention that does not exist and for another's; Refused while it is not signed.
    """
    attestation = issue_attestation(actor=actor, now=now, convention_id=convention_id, base_url=base_url)
    return Download(f"Attestation PAQTE {attestation.numero}.pdf", "application/pdf", draw_attestation(attestation))


def issue_attestation(*, actor: Acteur, now: datetime, convention_id: int, base_url: str = "") -> Attestation:
    """What the attestation says, with a code of its own, for the PDF and for the page to print; refused alike."""
    with transaction(actor=actor, now=now) as session:
        convention = read(session, Convention, convention_id, actor, "Cette convention")
        if convention.statut == PROJET:
            raise Refused("L’attestation s’obtient une fois la convention signée.")
        departement, code = convention.departement_code, new_code()
        attestation = _attestation_of(convention, local_date(now, departement), code, base_url)
        note(session, "attester", "convention", convention.id)
        note(session, "emettre", OBJET, code, departement=departement, apres={"convention": convention.id})
    return attestation


def is_authentic(code: str) -> bool:
    """Whether an attestation was made here with this code; says nothing else of it, to whoever asks."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    wanted = (Journal.acte == "emettre", Journal.objet == OBJET, Journal.objet_id == _grouped(plain))
    return bool(plain) and db.session.scalar(select(Journal.id).where(*wanted).limit(1)) is not None


def new_code() -> str:
    """A code that nobody guesses, without the letters that are taken for digits: « 7KQ4-X2MP-9D3T-HWAB »."""
    return _grouped("".join(secrets.choice(LETTERS) for _ in range(16)))


def _grouped(code: str) -> str:
    return "-".join(code[rank : rank + 4] for rank in range(0, len(code[:40]), 4))[:40]


def _attestation_of(convention: Convention, today: date, code: str, base_url: str) -> Attestation:
    realises = achieved(convention.departement_code, [convention.id], today).get(convention.id, ())
    place = db.session.get_one(Departement, convention.departement_code)
    dates = Dates(convention.statut, convention.debut, convention.fin, convention.resiliee_le)
    grid = catalogue()
    return Attestation(
        numero=convention.numero,
        signataire=convention.signataire.nom,
        territoire=f"{place.nom}{NBSP}({place.code})",
        dispositif=convention.dispositif,
        prefecture=prefecture_of(place.code, place.nom),
        code=code,
        verification=f"{base_url}{VERIFIER}",
        debut=long_date(convention.debut),
        fin=long_date(dates.effective_end),
        emise_le=long_date(today),
        periodes=_span(realises),
        referent=first_referent(convention.departement_code),
        lignes=tuple(LigneAttested(grid.axes[r.axe].libelle, r.libelle, _achieved(r), _aimed(r)) for r in realises),
    )


def _span(realises: tuple[EngagementAchieved, ...]) -> str:
    """From the first to the last period with a validated figure, be it too small to be read (R33)."""
    known = (p for r in realises for p in r.points if p.valeur is not None or p.motif in INFIMES)
    told = {p.covered for p in known}
    if not told:
        return ""
    first, last = min(told, key=lambda p: (p.debut, p.fin)), max(told, key=lambda p: (p.fin, p.debut))
    if first == last or first.contains(last):
        return first.libelle
    return f"{first.du_libelle} {last.au_libelle}"


def _achieved(r: EngagementAchieved) -> str:
    """One free commitment is added over its own periods, and to no other (R5); a share is told by its last period."""
    if r.motif == SANS_DENOMINATEUR:
        return INDEFINI
    if genre_of(r.genre).is_summable:
        return r.motif if r.motif in INFIMES else _quantity_in_words(r.valeur, r)
    if r.somme is not None:
        return f"{_quantity_in_words(r.somme, r)} ({r.periodes} période{'s' if r.periodes > 1 else ''})"
    known = [p for p in r.points if p.valeur is not None]
    return f"{_quantity_in_words(known[-1].valeur, r)} ({known[-1].covered.libelle})" if known else ""


def _aimed(r: EngagementAchieved) -> str:
    """The objective over the term, or of the years that have one (R6)."""
    told = _quantity_in_words(r.cible, r)
    return f"{told} (fixé pour {r.partielle})" if told and r.partielle else told


def _quantity_in_words(value: Decimal | None, r: EngagementAchieved) -> str:
    if value is None:
        return ""
    if genre_of(r.genre).is_chosen:
        return genre_of(r.genre).word(value)
    return f"{written(value, r.unite)}{NBSP}{r.unite}".rstrip()


def long_date(day: date) -> str:
    """`1er janvier 2026`."""
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"
