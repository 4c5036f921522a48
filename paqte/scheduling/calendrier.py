"""What runs, how often, what it calls, and why: add a job here and in domain/calendrier/travaux.py."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from paqte.config import Settings
from paqte.domain.calendrier import travaux
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.ops.base.rotation import save_by_night
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.services.comptes.comptes import purge_expired
from paqte.services.comptes.conservation import erase_expired
from paqte.services.comptes.entree.surete import warn_of_attempts
from paqte.services.conventions.entreprises.veille import watch
from paqte.services.courriels import remind_referents
from paqte.services.courriels.courriels import send_due
from paqte.services.imports.importations import purge_imports, run_imports
from paqte.services.planificateur import due
from paqte.services.planificateur.disque import is_disk_low, warn_administrators
from paqte.services.planificateur.echeances import warn_ends
from paqte.services.planificateur.mouvements import gather_marks, keep_sums
from paqte.services.planificateur.passes import mark_alive
from paqte.services.planificateur.taches import Workshop, run_due
from paqte.services.reglages.planification import plan_all, plan_sommes

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TravailContext:
    """What a job is given: settings, the name of this process, the clock, and whether it is time to stop."""

    settings: Settings
    nom: str
    clock: Callable[[], datetime]
    stopping: Event
    # When the last run of each job was written down, by this process.
    notes: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TravailCall:
    """A job: its code in domain/calendrier/travaux.py, which says when and why, and what it calls."""

    code: str
    run: Callable[[TravailContext], int]

    @property
    def secondes(self) -> int:
        return travaux.TRAVAUX[self.code].secondes


def courriels(contexte: TravailContext) -> int:
    """Send what waits in the outbox; without a server, mails stay there for `paqte courriels lister`."""
    settings = contexte.settings
    if not settings.smtp_url:
        return 0
    now = contexte.clock()
    return send_due(transport=SmtpTransport(read_smtp_url(settings.smtp_url), settings.smtp_from, now), now=now)


def calendrier(contexte: TravailContext) -> int:
    """Write down what settings and periods call for, and give for how many départements or territories it changed."""
    now = contexte.clock()
    return plan_all(now=now) + plan_sommes(now=now)


def taches(contexte: TravailContext) -> int:
    """Do what is due and give how many tasks came out."""
    settings = contexte.settings
    place = Workshop(contexte.nom, settings.reports, settings.base_url)

    def is_stopping() -> bool:
        # Asked between two tasks: a hundred bilans in a row must not pass for a scheduler that died.
        mark_alive(travail=travaux.TACHES, now=contexte.clock())
        return contexte.stopping.is_set()

    return len(run_due(use_cases=due.use_cases(), place=place, clock=contexte.clock, is_stopping=is_stopping))


def imports(contexte: TravailContext) -> int:
    """See or keep the files that référents handed in; gives how many."""
    return run_imports(clock=contexte.clock)


def conventions(contexte: TravailContext) -> int:
    """Tell référents of the conventions that end soon; gives how many mails were queued."""
    return warn_ends(now=contexte.clock(), base_url=contexte.settings.base_url)


def rappels(contexte: TravailContext) -> int:
    """Remind référents of the bilans that are awaited; gives how many mails were queued."""
    return remind_referents(now=contexte.clock(), base_url=contexte.settings.base_url)


def menage(contexte: TravailContext) -> int:
    """Throw away links, sessions and counts that no longer serve, gather the marks of what moved and keep the new sums.

    It is said at each passage when the disk fills, and administrators are written to, once a day at most; and once of
    each thing that looks like somebody trying the doors.
    """
    if is_disk_low(contexte.settings):
        _log.error("disk nearly full: free some space, or lower disque_alerte_mo")
    now = contexte.clock()
    purge_imports(now=now)
    warn_administrators(settings=contexte.settings, now=now)
    warn_of_attempts(base_url=contexte.settings.base_url, now=now)
    gone = purge_expired(actor=PLANIFICATEUR, now=now) + gather_marks(actor=PLANIFICATEUR, now=now)
    keep_sums(actor=PLANIFICATEUR, now=now)
    return gone


def conservation(contexte: TravailContext) -> int:
    """Erase the people and the texts whose time is over; gives how many."""
    return erase_expired(now=contexte.clock())


def sauvegarde(contexte: TravailContext) -> int:
    """Save the base once a night where the settings say so; gives how many were made."""
    return save_by_night(settings=contexte.settings, now=contexte.clock())


def veille(contexte: TravailContext) -> int:
    """By night, look at the register of companies; gives how many things were found."""
    settings = contexte.settings
    by = {"url": settings.entreprises_url, "proxy": settings.entreprises_proxy}
    return watch(**by, now=contexte.clock(), pause=contexte.stopping.wait)


CALENDRIER = (
    TravailCall(travaux.COURRIELS, courriels),
    TravailCall(travaux.CALENDRIER, calendrier),
    TravailCall(travaux.TACHES, taches),
    TravailCall(travaux.CONVENTIONS, conventions),
    TravailCall(travaux.RAPPELS, rappels),
    TravailCall(travaux.IMPORTS, imports),
    TravailCall(travaux.MENAGE, menage),
    TravailCall(travaux.CONSERVATION, conservation),
    TravailCall(travaux.SAUVEGARDE, sauvegarde),
    TravailCall(travaux.VEILLE, veille),
)
