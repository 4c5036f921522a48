"""The typing of a period closed to companies: what was never sent is then the référent's to type (R12)."""

from __future__ import annotations

from datetime import datetime

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.queries.declarations.attendus import closed_on
from paqte.queries.perimetre import LIMITED


def refuse_when_closed(
    *, actor: Acteur, convention_id: int, departement: str, periode: Periode, etat: str, now: datetime
) -> None:
    """Refused for a company or an animateur when the closing day is past and the answer was never sent."""
    if actor.role not in LIMITED:
        return
    today = local_date(now, departement)
    closed = closed_on(convention_id=convention_id, departement=departement, periode=periode, etat=etat, today=today)
    if closed is not None:
        raise Refused(
            f"La saisie du {periode.libelle} s’est fermée le {closed:%d/%m/%Y} : "
            "écrivez à votre référent, il peut saisir cette réponse à votre place."
        )
