"""Mails that tell of conventions that end (R4) and of alarms, written when they are queued and again as they leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from paqte.domain.statuts.courriels import Message
from paqte.queries.conventions.situations.fins import ConventionEnding
from paqte.services.courriels.courriers import write_mail
from paqte.services.courriels.liens import awaited_link


class Announcement(NamedTuple):
    """A convention to tell of, at which threshold, and how many days are left."""

    convention: ConventionEnding
    seuil: int
    jours: int


def ending_message(destinataire: str, told: Sequence[Announcement], base_url: str) -> Message:
    """The mail to one référent about these conventions of one département."""
    lines = [_ending_line(one, base_url) for one in told]
    home = awaited_link(base_url, f"/referent/?departement={told[0].convention.departement}")
    return write_mail("echeance", destinataire, conventions=lines, lien=home)


def _ending_line(annonce: Announcement, base_url: str) -> dict[str, str]:
    """A convention as the mail says it."""
    left = {0: "aujourd’hui", 1: "demain"}.get(annonce.jours, f"dans {annonce.jours} jours")
    if annonce.jours < 0:
        left = "c’est fait"
    return {
        "signataire": annonce.convention.signataire,
        "numero": annonce.convention.numero,
        "fin": f"{annonce.convention.fin:%d/%m/%Y}",
        "reste": left,
        "lien": awaited_link(base_url, f"/referent/conventions/{annonce.convention.id}"),
    }


def alarm_message(destinataire: str, nom: str, alertes: Sequence[str], base_url: str) -> Message:
    """The mail to one administrator about these alarms, each a sentence that says what to do."""
    return write_mail("alerte", destinataire, nom=nom, alertes=alertes, lien=awaited_link(base_url, "/admin/"))
