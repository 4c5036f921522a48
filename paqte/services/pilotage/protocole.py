"""The protocole's engagements whose lever is PAQTE, tracked apart from the CGET bilan (R31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import EngagementProtocole
from paqte.services.pilotage.lignes import add_line, change_line, remove_line
from paqte.services.textes import fitted, fitted_line, required

LENGTHS = {"libelle": 500, "enjeu": 300, "axe_dijon": 200, "levier": 200, "partenaires": 500}
COMMENT = 2_000
ASKED = {
    "libelle": "Écrivez l’engagement tel que le protocole le dit.",
    "enjeu": "Écrivez l’enjeu du protocole auquel il répond.",
    "levier": "Écrivez le levier, par exemple PAQTE.",
}


@dataclass(frozen=True, slots=True)
class ProtocoleTyped:
    """`cible` and `realise` are percentages; None is unknown, never zero (R13). `rang` None puts it last."""

    libelle: str
    enjeu: str
    levier: str
    axe_dijon: str = ""
    partenaires: str = ""
    cible: Decimal | None = None
    realise: Decimal | None = None
    commentaire: str = ""
    rang: int | None = None


def add_protocole(*, actor: Acteur, now: datetime, departement: str, engagement: ProtocoleTyped) -> int:
    """Add an engagement; Refused beside each field at fault."""
    return add_line(EngagementProtocole, engagement, _values, actor=actor, now=now, departement=departement)


def change_protocole(
    *, actor: Acteur, now: datetime, engagement_id: int, version: int | None, engagement: ProtocoleTyped
) -> None:
    """Correct an engagement; Conflict when somebody saved since `version`."""
    change_line(EngagementProtocole, engagement_id, version, engagement, _values, actor=actor, now=now)


def remove_protocole(*, actor: Acteur, now: datetime, engagement_id: int, version: int | None) -> None:
    """Take an engagement away; Conflict when somebody saved since `version`."""
    remove_line(EngagementProtocole, engagement_id, version, actor=actor, now=now)


def _values(typed: ProtocoleTyped, *_: object) -> dict[str, object]:
    texts = {name: fitted_line(getattr(typed, name), limit, name) for name, limit in LENGTHS.items()}
    for name, sentence in ASKED.items():
        required(texts[name], name, sentence)
    for name, figure in (("cible", typed.cible), ("realise", typed.realise)):
        if figure is not None and not 0 <= figure <= 100:
            raise Refused({name: "Un pourcentage va de 0 à 100."})
    return {
        **texts,
        "cible": typed.cible,
        "realise": typed.realise,
        "commentaire": fitted(typed.commentaire, COMMENT, "commentaire"),
    }
