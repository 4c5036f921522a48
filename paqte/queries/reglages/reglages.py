"""Settings of a département: its own value, else the national one, else the default (R12)."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import or_, select

from paqte.domain.calendrier.campagnes import Delais, read_relances
from paqte.domain.calendrier.jours import read_hours
from paqte.domain.documents.reglages import read_delais, reglages
from paqte.domain.statuts.pilotage import LIMITES, LISTES, OUI, OUI_OU_NON
from paqte.models import Departement, Reglage, db


class ReglageApplied(NamedTuple):
    """A setting as it applies; `nationale` is what applies without an override."""

    valeur: str
    nationale: str
    is_own: bool


def read_settings(departement: str) -> dict[str, ReglageApplied]:
    """Every setting of the département, by key, in the order of domain.documents.reglages. One statement."""
    query = select(Reglage.departement_code, Reglage.cle, Reglage.valeur).where(
        or_(Reglage.departement_code == departement, Reglage.departement_code.is_(None))
    )
    national: dict[str, str] = {}
    own: dict[str, str] = {}
    for code, cle, valeur in db.session.execute(query):
        (national if code is None else own)[cle] = valeur
    defaults = {cle: national.get(cle, shipped) for cle, (shipped, _) in reglages().items()}
    return {cle: ReglageApplied(own.get(cle, default), default, cle in own) for cle, default in defaults.items()}


def read_national() -> dict[str, ReglageApplied]:
    """The national value of every setting; `nationale` is then what the product ships, `is_own` whether it differs."""
    query = select(Reglage.cle, Reglage.valeur).where(Reglage.departement_code.is_(None))
    given = dict(db.session.execute(query).all())
    return {
        cle: ReglageApplied(given.get(cle, shipped), shipped, cle in given)
        for cle, (shipped, _) in (reglages() | LIMITES).items()
    }


class OwnReglages(NamedTuple):
    """The settings that a département has of its own, by key."""

    departement: str
    nom: str
    valeurs: dict[str, str]


def list_own_settings() -> list[OwnReglages]:
    """The départements that have settings of their own, with those alone, in the order of their codes."""
    query = (
        select(Departement.code, Departement.nom, Reglage.cle, Reglage.valeur)
        .join(Reglage, Reglage.departement_code == Departement.code)
        .order_by(Departement.code, Reglage.cle)
    )
    found: dict[str, OwnReglages] = {}
    for code, nom, cle, valeur in db.session.execute(query):
        found.setdefault(code, OwnReglages(code, nom, {})).valeurs[cle] = valeur
    return list(found.values())


def version_of(settings: dict[str, ReglageApplied]) -> int:
    """A number that changes when a setting of the département does: what its form was opened on."""
    own = [f"{cle}={setting.valeur}" for cle, setting in settings.items() if setting.is_own]
    return zlib.crc32("\n".join(own).encode("utf-8", "surrogatepass")) % 10**9


def days(settings: dict[str, ReglageApplied], cle: str) -> int:
    """A setting that counts days."""
    return int(settings[cle].valeur)


def delays(settings: dict[str, ReglageApplied]) -> Delais:
    """The settings that date a campaign."""
    return read_delais({cle: setting.valeur for cle, setting in settings.items()})


def whole_numbers(cle: str) -> dict[str | None, int]:
    """A setting that counts, by département that has its own; None is what applies to the others. One statement."""
    query = select(Reglage.departement_code, Reglage.valeur).where(Reglage.cle == cle)
    return {None: int(reglages()[cle][0]), **{code: int(valeur) for code, valeur in db.session.execute(query)}}


def places_saying(cle: str, answer: str) -> Callable[[str], bool]:
    """Whether a département's setting, or the one that applies to all, is this word. One statement."""
    query = select(Reglage.departement_code, Reglage.valeur).where(Reglage.cle == cle)
    given = {None: reglages()[cle][0], **dict(db.session.execute(query).all())}
    return lambda departement: given.get(departement, given[None]) == answer


def working_hours() -> Callable[[str], tuple[int, int]]:
    """The hours in which reminders leave, of every département at once. One statement."""
    cle = "courriels_heures"
    query = select(Reglage.departement_code, Reglage.valeur).where(Reglage.cle == cle)
    given = {None: reglages()[cle][0], **dict(db.session.execute(query).all())}
    return lambda departement: read_hours(given.get(departement) or given[None])


def all_delays() -> Callable[[str], Delais]:
    """The delays of every département at once, in one statement (R12)."""
    own: defaultdict[str | None, dict[str, str]] = defaultdict(dict)
    for code, cle, valeur in db.session.execute(select(Reglage.departement_code, Reglage.cle, Reglage.valeur)):
        own[code][cle] = valeur
    shipped = {cle: default for cle, (default, _) in reglages().items()}
    return lambda departement: replace(
        read_delais(shipped | own[None] | own.get(departement, {})), territoire=departement
    )


def read_limits() -> dict[str, int]:
    """The quotas and thresholds of the whole installation, by key (docs/securite.md). One statement."""
    given = select(Reglage.cle, Reglage.valeur).where(Reglage.departement_code.is_(None), Reglage.cle.in_(LIMITES))
    own = dict(db.session.execute(given).all())
    return {
        cle: int(own.get(cle) or shipped) for cle, (shipped, _) in LIMITES.items() if cle not in LISTES | OUI_OU_NON
    }


def read_rappels() -> tuple[int, ...]:
    """The days of reminders to référents, from the day their bilan is awaited; none where they are turned off."""
    given = select(Reglage.valeur).where(Reglage.departement_code.is_(None), Reglage.cle == "rappels_referents_jours")
    return read_relances(db.session.scalar(given) or LIMITES["rappels_referents_jours"][0])


def says_yes(cle: str) -> bool:
    """What the whole installation answers to a question of LIMITES. One statement."""
    given = select(Reglage.valeur).where(Reglage.departement_code.is_(None), Reglage.cle == cle)
    return (db.session.scalar(given) or LIMITES[cle][0]) == OUI
