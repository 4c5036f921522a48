"""What runs, how often, and why: add a job here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from paqte.config import Settings
from paqte.domain.acteurs import PLANIFICATEUR
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.services.comptes import purge_expired
from paqte.services.courriels import send_due
from paqte.services.taches import Atelier, produce_due


@dataclass(frozen=True, slots=True)
class Contexte:
    """What a job is given: settings, the name of this process, the clock, and whether it is time to stop."""

    settings: Settings
    nom: str
    clock: Callable[[], datetime]
    stopping: Event


@dataclass(frozen=True, slots=True)
class Travail:
    """A job: its code, the seconds between two runs, the use case it calls, and why it exists."""

    code: str
    secondes: int
    run: Callable[[Contexte], int]
    pourquoi: str


def bilans(contexte: Contexte) -> int:
    """Produce what is due and give how many came out."""
    settings = contexte.settings
    place = Atelier(contexte.nom, settings.reports, settings.base_url)
    return len(produce_due(place=place, clock=contexte.clock, is_stopping=contexte.stopping.is_set))


def courriels(contexte: Contexte) -> int:
    """Send what waits in the outbox; without a server, mails stay there for `paqte courriels lister`."""
    settings = contexte.settings
    if not settings.smtp_url:
        return 0
    now = contexte.clock()
    return send_due(transport=SmtpTransport(read_smtp_url(settings.smtp_url), settings.smtp_from, now), now=now)


def menage(contexte: Contexte) -> int:
    """Throw away links, sessions and counts that no longer serve."""
    return purge_expired(actor=PLANIFICATEUR, now=contexte.clock())


CALENDRIER = (
    Travail("courriels", 5, courriels, "un lien de connexion est attendu devant l’écran"),
    Travail("bilans", 60, bilans, "un semestre clos dont l’échéance est passée donne son bilan, une fois"),
    Travail("menage", 3600, menage, "les liens, sessions et comptages périmés ne se gardent pas"),
)
