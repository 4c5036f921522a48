"""A company from its number or its name: asked of the State's service, of what was read before, of a file of Sirene.

Nothing here ever keeps a form from being typed: what cannot be learnt is said in a sentence, and that is all (R24).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import ENTREPRISE
from paqte.importing.naf import activity_of
from paqte.models import Etablissement, db
from paqte.models.conventions.etablissement import ANNUAIRE, FICHIER, register_text
from paqte.ops.annuaire import AnnuaireRefused, find_etablissement, search_etablissements
from paqte.queries.conventions.entreprises.etablissements import (
    EtablissementKept,
    kept_etablissement,
    open_etablissements,
    search_kept,
)
from paqte.queries.perimetre import own_departement, require_departement
from paqte.queries.reglages import read_limits
from paqte.services.transaction import transaction

UNKNOWN = "Le répertoire ne publie rien sous ce numéro : vérifiez-le, ou saisissez la fiche à la main."
BY_HAND = "Saisissez la fiche à la main : vous pourrez la compléter plus tard."
# When and where it was read: not what it says.
_OF_READING = ("lu_le", "origine")
_log = logging.getLogger(__name__)


class AnnuaireAnswer(NamedTuple):
    """What is known of a number. `phrase` says why there is nothing, or why it is not of today; '' otherwise.

    `ouverts` are the other establishments of a closed one's SIREN that are open.
    """

    etablissement: EtablissementLu | None
    ouverts: tuple[EtablissementLu, ...] = ()
    lu_le: datetime | None = None
    origine: str = ""
    phrase: str = ""


class EtablissementChanges(NamedTuple):
    """How many establishments were new, changed otherwise, and closed since."""

    ajoutes: int
    modifies: int
    fermes: int


class AnnuaireFound(NamedTuple):
    """What answers to a name; `phrase` says what kept the service from being asked, '' when nothing did."""

    etablissements: tuple[EtablissementLu, ...]
    phrase: str = ""


def look_up(*, actor: Acteur, url: str, identifiant: str, now: datetime, proxy: str = "") -> AnnuaireAnswer:
    """What the register says of a SIRET or a SIREN, in three seconds at most.

    What was read lately is not asked again; without an answer, what was read before serves, with its day.
    """
    require_departement(actor, own_departement(actor))
    kept = kept_etablissement(identifiant)
    fresh = timedelta(days=read_limits()["annuaire_jours"])
    if kept is not None and kept.origine == ANNUAIRE and kept.etablissement.is_ouvert and now - kept.lu_le < fresh:
        db.session.rollback()
        return AnnuaireAnswer(kept.etablissement, (), kept.lu_le, ANNUAIRE)
    db.session.rollback()  # nothing of the base is held while the network is waited for
    try:
        found = find_etablissement(url, identifiant, proxy=proxy)
    except AnnuaireRefused as refused:
        if refused.cause:
            _log.warning("annuaire : %s (%s)", refused, refused.cause)
        return _from_before(kept, str(refused))
    if found.etablissement is None:
        return _from_before(kept, UNKNOWN)
    _remember((found.etablissement, *found.ouverts), actor, now)
    return AnnuaireAnswer(found.etablissement, found.ouverts, now, ANNUAIRE)


def search_by_name(*, actor: Acteur, url: str, texte: str, proxy: str = "") -> AnnuaireFound:
    """Open establishments of one's département that answer to a name; of what the base holds when nobody answers."""
    departement = own_departement(actor)
    require_departement(actor, departement)
    phrase = ""
    if url:
        try:
            return AnnuaireFound(search_etablissements(url, texte, departement, proxy=proxy))
        except AnnuaireRefused as refused:
            phrase = str(refused)
    found = search_kept(texte, departement)
    db.session.rollback()
    return AnnuaireFound(found, phrase or ("" if found or _has_file() else f"{_off()} {BY_HAND}"))


def told_of(one: EtablissementLu | None) -> dict[str, Any]:
    """An establishment by field of a signatory; what the register does not say is left out.

    Its range of head-counts is shown beside: a range is no number (R27).
    """
    if one is None:
        return {}
    told: dict[str, Any] = {
        "nom": one.nom or one.enseigne,
        "nature": one.nature,
        "categorie": one.categorie,
        "naf": one.naf,
        "secteur": activity_of(one.naf),
        "adresse": one.adresse,
        "code_postal": one.code_postal,
        "commune": one.commune,
        "is_partial_diffusion": not one.is_diffusible,
    }
    return {name: value for name, value in told.items() if value}


def keep_rows(session: Session, rows: Iterable[EtablissementLu], origine: str, now: datetime) -> EtablissementChanges:
    """Write establishments over what was known of them; gives how many were new, changed, closed.

    What a service said is not undone by an older file, nor the other way round: the last reading counts.
    """
    given = {one.siret: one for one in rows}
    table = Etablissement.__table__
    held = {
        row["siret"]: dict(row) for row in session.execute(select(table).where(table.c.siret.in_(given))).mappings()
    }
    new, changed, same, closed = [], [], [], 0
    for siret, one in given.items():
        values, row = _stored_values(one, origine, now), held.get(siret)
        if origine == FICHIER:
            values = _completed(values, row)
        if row is None:
            new.append(values)
        elif any(row[name] != value for name, value in values.items() if name not in _OF_READING):
            closed += row["is_ouvert"] and not one.is_ouvert
            changed.append(values)
        else:
            same.append(siret)
    if new:
        session.execute(insert(Etablissement), new)
    if changed:
        session.execute(update(Etablissement), changed)
    if same and origine == ANNUAIRE:
        again = update(Etablissement).where(Etablissement.siret.in_(same))
        session.execute(again.values(lu_le=now, origine=origine))
    return EtablissementChanges(len(new), len(changed) - closed, closed)


def _completed(values: dict[str, Any], row: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a file's columns do not say stays as it was known; a kind is always one (R2)."""
    if row is not None:
        values = {name: value if value != "" else row[name] for name, value in values.items()}
        names = (values[name] for name in ("nom", "enseigne", "commune", "siret"))
        values["recherche"] = register_text(*names)
    return {**values, "nature": values["nature"] or ENTREPRISE}


def _stored_values(one: EtablissementLu, origine: str, now: datetime) -> dict[str, Any]:
    values = asdict(one)
    values["departement_code"] = values.pop("departement")
    searched = register_text(one.nom, one.enseigne, one.commune, one.siret)
    return {**values, "siren": one.siren, "origine": origine, "lu_le": now, "recherche": searched}


def _remember(rows: Iterable[EtablissementLu], actor: Acteur, now: datetime) -> None:
    """Keep what was read; a busy base is not waited for: it will be asked again."""
    try:
        with transaction(actor=actor, now=now, is_hurried=True) as session:
            keep_rows(session, rows, ANNUAIRE, now)
    except (OperationalError, IntegrityError):
        _log.info("annuaire : lecture non conservée, la base était occupée")


def _from_before(kept: EtablissementKept | None, why: str) -> AnnuaireAnswer:
    """What was read before, with its day; else the sentence alone."""
    if kept is None:
        phrase = why if why == UNKNOWN else f"{why} {BY_HAND}"
        return AnnuaireAnswer(None, phrase=phrase)
    one = kept.etablissement
    others = () if one.is_ouvert else open_etablissements(one.siren, one.siret)
    db.session.rollback()
    is_off = kept.origine == FICHIER
    return AnnuaireAnswer(one, others, kept.lu_le, kept.origine, "" if is_off else why)


def _has_file() -> bool:
    found = db.session.scalar(select(Etablissement.siret).where(Etablissement.origine == FICHIER).limit(1))
    db.session.rollback()
    return found is not None


def _off() -> str:
    return "La recherche d’entreprises est coupée sur cette installation."
