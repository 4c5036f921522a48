"""Who a reminder of a selection would write to now, and of which signatories nobody, with the reason (R12)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Convention, Relance, RelanceLigne, Signataire, db
from paqte.queries.courriels.relances import MANUELLE, RIEN, Addressee, SignataireSpared, forecast
from paqte.queries.perimetre import own_departement, writable


class PrevisionAsked(NamedTuple):
    """People who would be written to; signatories of whom nobody would, with the reason."""

    destinataires: tuple[Addressee, ...]
    ecartes: tuple[SignataireSpared, ...]
    signataires: tuple[int, ...]

    def people_of(self, signataire_id: int) -> frozenset[int]:
        """Accounts that would be written to of this signatory."""
        return frozenset(
            d.utilisateur_id for d in self.destinataires if any(a.signataire.id == signataire_id for a in d.attendus)
        )


def forecast_selection(*, actor: Acteur, signataires: Collection[int], now: datetime) -> PrevisionAsked:
    """The decision of `remind_company` for each of these that the actor may remind, as the base is now.

    A constant number of statements, whatever their number.
    """
    departement = own_departement(actor)
    mine = (Signataire.id.in_(signataires), Signataire.departement_code == departement, writable(Signataire, actor))
    query = select(Signataire.id, Signataire.nom).where(*mine).order_by(Signataire.recherche, Signataire.id)
    own = {row.id: row.nom for row in db.session.execute(query)}
    found = forecast(
        departement=departement,
        periode=None,
        etape=MANUELLE,
        day=local_date(now, departement),
        signataires=list(own),
        is_shown=True,
    )
    told = {a.signataire.id for d in found.destinataires for a in d.attendus}
    told |= {ecarte.signataire_id for ecarte in found.ecartes}
    quiet = tuple(SignataireSpared(key, nom, RIEN) for key, nom in own.items() if key not in told)
    return PrevisionAsked(found.destinataires, found.ecartes + quiet, tuple(own))


def last_reminders(signataires: Collection[int], departement: str) -> dict[int, date]:
    """The day of the last reminder by this département about each of these."""
    r = Relance
    query = (
        select(Convention.signataire_id, func.max(r.jour))
        .join(RelanceLigne, RelanceLigne.relance_id == r.id)
        .join(Convention, Convention.id == RelanceLigne.convention_id)
        .where(Convention.signataire_id.in_(list(signataires)), r.departement_code == departement)
        .group_by(Convention.signataire_id)
    )
    return dict(db.session.execute(query).all())
