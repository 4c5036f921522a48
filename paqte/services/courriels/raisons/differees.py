"""What a task and a link rest on, asked again as one is done and the other followed; the tables are in tables.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.calendrier.planification import begins, is_proposed
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Departement, Edition, JetonConnexion, Utilisateur
from paqte.queries.reglages.agendas import read_agenda

PRODUCED = "Le bilan ou l’export de cette période est déjà produit."
SENT = "Le bilan est arrivé, sa date a changé, ou cette personne n’en est plus le référent : le rappel n’est pas parti."
DAY_MOVED = "La date de cette tâche a changé : elle attend la nouvelle."
NOT_FOLLOWED = "Le département ne suit plus cette période."
NO_DAY = "Les réglages ne prévoient plus cette tâche."
LEFT = "Aucune convention complète avant la fin de cette période : sa production est proposée au référent."
# Why a link opens nothing, as the journal says it.
USED, EXPIRED, DISABLED = "lien déjà utilisé", "lien périmé", "compte désactivé"
ADDRESS_TAKEN = "adresse d’un autre compte"


@dataclass(frozen=True, slots=True)
class TacheReady:
    """A task just taken, about to be done (services/planificateur/due.py)."""

    session: Session
    travail: str
    departement: str
    periode: Periode
    now: datetime


@dataclass(frozen=True, slots=True)
class TacheSaid:
    """`reason` says why the task is not done, "" when it is; one whose day is now later waits until `until`."""

    reason: str = ""
    until: datetime | None = None


def has_its_day(asking: TacheReady) -> TacheSaid:
    """The département still follows the period, and the day of the task has come by the settings of now."""
    d = Departement
    first = asking.session.scalar(select(d.premier_semestre).where(d.code == asking.departement))
    if first is None or asking.periode.debut < Periode.from_code(first).debut:
        return TacheSaid(NOT_FOLLOWED)
    day = read_agenda(asking.departement).campagne(asking.periode).taches().get(asking.travail)
    if day is None:
        return TacheSaid(NO_DAY)
    moment = begins(day, asking.departement)
    return TacheSaid(DAY_MOVED, moment) if moment > asking.now else TacheSaid()


def is_to_read(asking: TacheReady) -> TacheSaid:
    """The document that is read before does not exist yet, and is not left to the référent (R43)."""
    found = has_its_day(asking)
    return found if found.reason else TacheSaid(_is_left(asking) or (PRODUCED if _produced(asking) else ""))


def is_to_make(genre: GenreDocument, asking: TacheReady) -> TacheSaid:
    """The document of this kind is not left to the référent (R43), and nobody has produced it, files and all.

    One that this scheduler made before it fell silent is published again, which changes nothing, and told.
    """
    found = has_its_day(asking)
    if found.reason:
        return found
    by_somebody = (Edition.produite_par != PLANIFICATEUR.nom, Edition.publiee_le.is_not(None))
    is_made = _produced(asking, Edition.genre_document == genre.code, *by_somebody)
    return TacheSaid(_is_left(asking) or (PRODUCED if is_made else ""))


def _is_left(asking: TacheReady) -> str:
    d = Departement
    complete = asking.session.scalar(select(d.premiere_complete_le).where(d.code == asking.departement))
    today = local_date(asking.now, asking.departement)
    return LEFT if is_proposed(asking.periode, complete, today) else ""


def _produced(asking: TacheReady, *which: Any) -> bool:
    e = Edition
    made = select(e.id).where(e.departement_code == asking.departement, e.periode == asking.periode.code, *which)
    return asking.session.scalar(made.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class RaisonTache:
    """A kind of task: what it asks again, in words, and the question."""

    question: str
    ask: Callable[[TacheReady], TacheSaid]


@dataclass(frozen=True, slots=True)
class JetonReady:
    """A link just followed."""

    session: Session
    lien: JetonConnexion
    now: datetime


def opens(asking: JetonReady) -> str:
    """It has not served, is in its time, and its account is open; one that was replaced is no longer in the base."""
    if asking.lien.utilise_le is not None:
        return USED
    if asking.lien.expire_le <= asking.now:
        return EXPIRED
    owner = select(Utilisateur.is_active).where(Utilisateur.id == asking.lien.utilisateur_id)
    return "" if asking.session.scalar(owner) else DISABLED


def proves(asking: JetonReady) -> str:
    """Likewise, and no other account has taken the address since."""
    taken = select(Utilisateur.id).where(Utilisateur.courriel == asking.lien.adresse)
    return opens(asking) or (ADDRESS_TAKEN if asking.session.scalar(taken) is not None else "")


@dataclass(frozen=True, slots=True)
class RaisonJeton:
    """A kind of link: what it asks again, in words, and the question."""

    question: str
    ask: Callable[[JetonReady], str]
