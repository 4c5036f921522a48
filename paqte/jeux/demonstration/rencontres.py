"""The demonstration's meetings: a comité de pilotage, a visit, a call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from paqte.jeux.demonstration.donnees import DEPARTEMENT, Story, rencontres
from paqte.queries.conventions.rencontres import read_meeting
from paqte.services.conventions.rencontres import RencontreTyped, record_meeting, tell_of_signatory

# Written down the day after.
TOLD_AFTER = timedelta(days=1)


def enter_meetings(recit: Story, signataires: Mapping[str, int]) -> None:
    """The meetings of the file; `signataires` gives the key of each signatory."""
    for raw in rencontres():
        day = _day_of(recit, raw)
        rencontre = RencontreTyped(
            date=day,
            genre=raw["genre"],
            signataires=tuple(signataires[cle] for cle in raw["signataires"]),
            objet=raw["objet"],
            decisions=raw["decisions"],
            promesses=raw["promesses"],
            autres=raw["autres"],
            prochaine_le=recit.calendrier.today + timedelta(days=raw["dans"]) if "dans" in raw else None,
        )
        moment = recit.moment(day + TOLD_AFTER)
        key = record_meeting(actor=recit.actor, now=moment, departement=DEPARTEMENT, rencontre=rencontre)
        for cle, texts in raw.get("pour", {}).items():
            _tell_of_one(recit, key, signataires[cle], day, texts)


def _day_of(recit: Story, raw: Mapping[str, Any]) -> date:
    if "jour" in raw:
        return recit.calendrier.semestre.debut + timedelta(days=raw["jour"])
    return recit.calendrier.today - timedelta(days=raw["il_y_a"])


def _tell_of_one(recit: Story, key: int, signataire_id: int, day: date, texts: Mapping[str, str]) -> None:
    tell_of_signatory(
        actor=recit.actor,
        now=recit.moment(day + TOLD_AFTER),
        rencontre_id=key,
        version=read_meeting(actor=recit.actor, rencontre_id=key).version,
        signataire_id=signataire_id,
        decisions=texts.get("decisions", ""),
        promesses=texts.get("promesses", ""),
    )
