"""The template workbook that serves: read, checked and remembered, so that each edition knows which it used."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.documents.registre import genres_gabarit
from paqte.domain.editions.editions import GABARIT_BILAN
from paqte.models import Gabarit, db
from paqte.queries.gabarits.gabarits import METROPOLE, in_force
from paqte.reporting.classeurs.formats import FORMATS
from paqte.reporting.remplissage.gabarits import gabarit
from paqte.reporting.remplissage.gabarits.gabarit import GabaritRefused


class GabaritLu(NamedTuple):
    """The template of a new edition; `nom` tells versions apart for people, `remarque` says what it does not show."""

    nom: str
    sha256: str
    octets: bytes
    genre: str = GABARIT_BILAN
    remarque: str = ""


def template_in_force(*, departement: str, now: datetime, genre: str = GABARIT_BILAN) -> GabaritLu:
    """The template of a new edition of the département: the one installed last, from its date on, else the product's.

    GabaritRefused, with the names at fault, when it cannot serve: nothing takes its place unseen.
    """
    row = in_force(db.session(), genre, local_date(now, departement))
    if row is None:
        return read_template(genre)
    if hashlib.sha256(row.octets).hexdigest() != row.sha256:
        raise GabaritRefused(f"le modèle n° {row.id}, {row.nom}, a été altéré dans la base")
    remark = _check(row.octets, genre, f"le modèle n° {row.id}, {row.nom}")
    return GabaritLu(row.nom, row.sha256, row.octets, genre, remark)


def read_template(genre: str = GABARIT_BILAN) -> GabaritLu:
    """The product's own template, checked. GabaritRefused, with the names at fault, when it cannot serve."""
    format = FORMATS[genre]
    octets = gabarit.read_template(format.gabarit)
    remark = _check(octets, genre, f"le fichier {format.gabarit}")
    sha256 = hashlib.sha256(octets).hexdigest()
    return GabaritLu(named(f"{genres_gabarit()[genre]} livré avec PAQTE", sha256), sha256, octets, genre, remark)


def _check(octets: bytes, genre: str, which: str) -> str:
    """What it does not show, in a sentence."""
    try:
        return gabarit.told_lacking(gabarit.check_template(octets, FORMATS[genre]))
    except GabaritRefused as refused:
        raise refused.of(which) from refused


def serving_templates(*, now: datetime) -> list[GabaritLu]:
    """The template of each kind that serves today in Paris; GabaritRefused when one cannot."""
    return [template_in_force(departement=METROPOLE, now=now, genre=genre) for genre in FORMATS]


def named(filename: str, sha256: str) -> str:
    """What people call a template: its file, or what it presents when it came with PAQTE, and enough of its hash to
    tell it from another of the same name.
    """
    return f"{filename.removesuffix('.xlsx')[:100]} ({sha256[:8]})"


def remember(session: Session, used: GabaritLu, *, now: datetime) -> int:
    """Key of the row that keeps this template, added the first time it is used."""
    known = session.scalar(select(Gabarit.id).where(Gabarit.sha256 == used.sha256))
    if known is not None:
        return known
    row = Gabarit(
        nom=used.nom,
        sha256=used.sha256,
        octets=used.octets,
        genre=used.genre,
        en_vigueur_le=local_date(now, METROPOLE),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id
