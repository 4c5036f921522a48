"""What a signatory achieved of what it promised, convention by convention, for whoever meets it (R6, R13, R22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.conventions.avancement import ProgressVerdict
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import CHARTE, PROJET
from paqte.queries.conventions import ConventionBrief
from paqte.queries.declarations import list_echeances
from paqte.queries.suivi.avancements import read_verdicts
from paqte.queries.suivi.entreprise_chiffres import EngagementAchieved, PointLu, achieved
from paqte.queries.suivi.fiche_signataire import SignatairePage, read_signataire

SHOWN = 4


class EngagementProgress(NamedTuple):
    """One engagement, since the start, and its figure of each period by code; absent when nobody answered (R13).

    `closes` are the codes of the periods in which its measure is closed: nothing is asked.
    """

    realise: EngagementAchieved
    points: Mapping[str, PointLu]
    closes: frozenset[str]


class ConventionProgress(NamedTuple):
    """One convention; `periodes` are its last ones with an answer, oldest first."""

    convention: ConventionBrief
    periodes: tuple[Periode, ...]
    engagements: tuple[EngagementProgress, ...]


class EcheanceSoon(NamedTuple):
    jour: date
    quoi: str


class SignataireProgress(NamedTuple):
    """A signatory's page, and its conventions that bind or bound it, latest first; a charte has no figure (R7).

    `verdict` is None when nothing is asked of it today; `prochaines` are the days that come, the nearest first.
    """

    fiche: SignatairePage
    conventions: tuple[ConventionProgress, ...]
    verdict: ProgressVerdict | None
    prochaines: tuple[EcheanceSoon, ...]


def read_progress(*, actor: Acteur, signataire_id: int, now: datetime) -> SignataireProgress:
    """NotFound alike for a signatory that does not exist and for another département's."""
    fiche = read_signataire(actor=actor, signataire_id=signataire_id, now=now)
    signed = [c for c in fiche.conventions if c.etat != PROJET and c.dispositif != CHARTE]
    today = local_date(now, fiche.departement)
    found = achieved(fiche.departement, [c.id for c in signed], today)
    conventions = tuple(_progress_of(c, found.get(c.id, ())) for c in signed)
    verdict = read_verdicts(actor=actor, departement=fiche.departement, now=now).get(fiche.id)
    return SignataireProgress(fiche, conventions, verdict, _days_ahead(fiche, today))


def _days_ahead(fiche: SignatairePage, today: date) -> tuple[EcheanceSoon, ...]:
    """What comes for it: the due days of what it is asked, the end of each convention that was signed."""
    due = [
        EcheanceSoon(e.limite, f"réponse du {e.periode.libelle}, convention {e.convention}")
        for e in list_echeances([fiche.id], fiche.departement, today)
        if e.is_missing and e.limite >= today
    ]
    signed = (c for c in fiche.conventions if c.etat != PROJET)
    ends = [EcheanceSoon(c.fin, f"fin de la convention {c.numero}") for c in signed if c.fin >= today]
    return tuple(sorted(due + ends)[:SHOWN])


def _progress_of(c: ConventionBrief, lines: tuple[EngagementAchieved, ...]) -> ConventionProgress:
    periodes = sorted({p.periode for line in lines for p in line.points}, key=lambda p: p.fin)[-SHOWN:]
    return ConventionProgress(c, tuple(periodes), tuple(_engagement_of(r, periodes) for r in lines))


def _engagement_of(r: EngagementAchieved, periodes: Sequence[Periode]) -> EngagementProgress:
    i = catalogue().indicateurs[r.code]
    closed = frozenset(p.code for p in periodes if not i.is_valid_during(p.debut, p.fin))
    return EngagementProgress(r, {p.periode.code: p for p in r.points}, closed)
