"""The demonstration's signatories and conventions, entered as a référent enters them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from paqte.domain.conventions.engagements import EngagementSaisi, offered
from paqte.domain.conventions.signataires import SignataireTyped
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.jeux.demonstration.donnees import ConventionTold, SignataireTold, Story, colonnes
from paqte.jeux.fictif import fictitious_siret
from paqte.models import Convention, Signataire, db
from paqte.services.conventions.conventions import ConventionTyped, create_convention
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.propres import keep_column, keep_own_values
from paqte.services.conventions.signataires import ContactTyped, add_signataire
from paqte.services.conventions.suites import end_convention, renew_convention, sign_convention

# How long before its start a convention is signed.
SIGNED_BEFORE = timedelta(days=9)


def enter_signataire(recit: Story, rank: int, conte: SignataireTold) -> int:
    """One signatory with its contact; gives its key."""
    nom, fonction, telephone = conte.contact
    first = recit.calendrier.term(conte.conventions[0])[0]
    return add_signataire(
        actor=recit.actor,
        departement=recit.departement,
        identite=_identite(rank, conte),
        contacts=[ContactTyped(nom, fonction, f"{conte.cle}@demo.paqte.invalid", telephone)],
        now=recit.moment(first - 2 * SIGNED_BEFORE),
    )


def enter_conventions(recit: Story, signataire_id: int, conte: SignataireTold, *, are_recent: bool) -> list[int]:
    """Its recent conventions, or the others; gives their keys, oldest first."""
    keys: list[int] = []
    renewed: int | None = None
    for contee in conte.conventions:
        if contee.is_recent == are_recent:
            keys.append(_enter_convention(recit, signataire_id, renewed, contee))
            renewed = keys[-1] if contee.is_renewed else None
    return keys


def enter_own_columns(recit: Story, keys: Mapping[str, int]) -> None:
    """The columns of the préfecture's own tracker, and what they say of its signatories, by their name in the file."""
    done, given = recit.moment(recit.calendrier.semestre.debut), dict[str, dict[int, str]]()
    told: dict[str, Any] = {"actor": recit.actor, "now": done}
    for raw in colonnes():
        column = keep_column(**told, departement=recit.departement, titre=raw["titre"], genre=raw["genre"])
        for cle, valeur in raw["valeurs"].items():
            given.setdefault(cle, {})[column] = valeur
    for cle, typed in given.items():
        version = db.session.scalar(select(Signataire.version).where(Signataire.id == keys[cle]))
        keep_own_values(**told, signataire_id=keys[cle], version=version, typed=typed)


def version_of(convention_id: int) -> int:
    """The version of a convention that the next change must bear."""
    version = db.session.scalar(select(Convention.version).where(Convention.id == convention_id))
    assert version is not None
    return version


def _identite(rank: int, conte: SignataireTold) -> SignataireTyped:
    shared = {f.name for f in fields(SignataireTyped)} & {f.name for f in fields(conte)}
    return SignataireTyped(identifiant=fictitious_siret(rank), **{name: getattr(conte, name) for name in shared})


def _enter_convention(recit: Story, signataire_id: int, former: int | None, contee: ConventionTold) -> int:
    debut, fin = recit.calendrier.term(contee)
    signee_le = min(debut - SIGNED_BEFORE, recit.calendrier.today)
    done = recit.moment(signee_le)
    if former is not None:
        key = _renew(recit.actor, former, signee_le, done)
    else:
        termes = ConventionTyped(
            dispositif=contee.dispositif,
            debut=debut,
            fin=fin,
            rythme=contee.rythme,
            signee_le=signee_le,
            cosignataire=contee.cosignataire,
            is_in_plan_10000=contee.is_in_plan_10000,
        )
        key = create_convention(actor=recit.actor, signataire_id=signataire_id, termes=termes, now=done).convention_id
    for axe, saisis in _promises(contee, debut, fin):
        version = version_of(key)
        set_engagements(actor=recit.actor, convention_id=key, version=version, axe=axe, saisis=saisis, now=done)
    if contee.resiliee is not None:
        _end(recit, key, contee, contee.resiliee)
    return key


def _renew(actor: Acteur, former: int, signee_le: date, done: datetime) -> int:
    """The convention that follows another, signed."""
    renewed = renew_convention(actor=actor, convention_id=former, version=version_of(former), now=done).convention_id
    sign_convention(actor=actor, convention_id=renewed, version=version_of(renewed), signee_le=signee_le, now=done)
    return renewed


def _promises(contee: ConventionTold, debut: date, fin: date) -> Iterator[tuple[str, list[EngagementSaisi]]]:
    """Each axis as its page saves it; a measure that has ended by then is left out, as it would be there."""
    grid = catalogue()
    for axe in grid.axes:
        possible = {i.code for i in offered(grid, axe, debut, fin)}
        saisis = [_engagement(code, promise) for code, promise in contee.engagements.items() if code in possible]
        if saisis:
            yield axe, saisis


def _end(recit: Story, key: int, contee: ConventionTold, month: int) -> None:
    last = recit.calendrier.month(month) - timedelta(days=1)
    end_convention(
        actor=recit.actor,
        convention_id=key,
        version=version_of(key),
        resiliee_le=last,
        motif=contee.motif,
        now=recit.moment(last),
    )


def _engagement(code: str, promise: Mapping[str, Any]) -> EngagementSaisi:
    return EngagementSaisi(
        indicateur=code,
        is_kept=True,
        libelle=promise.get("libelle", ""),
        unite=promise.get("unite", ""),
        reference=_decimal(promise.get("reference")),
        duree=_decimal(promise.get("duree")),
        annees={year: Decimal(target) for year, target in enumerate(promise.get("annees", ()), start=1)},
    )


def _decimal(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
