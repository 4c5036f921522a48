"""The demonstration's prospects: companies met, asked or that refused, before any convention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from paqte.domain.conventions.demarches import REFUSER
from paqte.domain.conventions.signataires import SignataireTyped
from paqte.jeux.demonstration.donnees import Story, prospects
from paqte.jeux.fictif import fictitious_siret
from paqte.services.conventions.entreprises.demarches import move_prospect
from paqte.services.conventions.rencontres import RencontreTyped, record_meeting
from paqte.services.conventions.signataires import ContactTyped, add_signataire

# Their invented SIREN come after those of every département of the demonstration.
FIRST_RANK = 90


def enter_prospects(recit: Story) -> None:
    """The prospects of the file, each as far as it went, and the meeting with it."""
    for rank, raw in enumerate(prospects(), FIRST_RANK):
        day = recit.calendrier.today - timedelta(days=raw["il_y_a"])
        now = recit.moment(day)
        key = _enter(recit, rank, raw, now)
        for version, acte in enumerate(raw["actes"]):
            reason = raw["motif"] if acte == REFUSER else ""
            told = {"version": version or None, "acte": acte, "motif": reason}
            move_prospect(actor=recit.actor, now=now, signataire_id=key, **told)
        if "rencontre" in raw:
            _meet(recit, key, raw["rencontre"])


def _enter(recit: Story, rank: int, raw: Mapping[str, Any], now: datetime) -> int:
    nom, fonction, telephone = raw["contact"]
    told = {field.name: raw[field.name] for field in fields(SignataireTyped) if field.name in raw}
    return add_signataire(
        actor=recit.actor,
        departement=recit.departement,
        identite=SignataireTyped(identifiant=fictitious_siret(rank), **told),
        contacts=[ContactTyped(nom, fonction, f"prospect{rank}@demo.paqte.invalid", telephone)],
        now=now,
    )


def _meet(recit: Story, key: int, raw: Mapping[str, Any]) -> None:
    today = recit.calendrier.today
    day = today - timedelta(days=raw["il_y_a"])
    rencontre = RencontreTyped(
        date=day,
        genre=raw["genre"],
        signataires=(key,),
        objet=raw["objet"],
        decisions=raw["decisions"],
        promesses=raw["promesses"],
        autres=raw["autres"],
        prochaine_le=today + timedelta(days=raw["dans"]),
    )
    now = recit.moment(day + timedelta(days=1))
    record_meeting(actor=recit.actor, now=now, departement=recit.departement, rencontre=rencontre)
