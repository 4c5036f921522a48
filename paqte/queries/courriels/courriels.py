"""The outbox, as an operator reads it and as a référent follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.courriels import ENVOYE, ETATS, REFUSE, WITH_LINK
from paqte.models import Courriel, db
from paqte.queries.perimetre import readable

PER_PAGE = 50


class CourrielLu(NamedTuple):
    """One mail, its moment aware; its text never holds a link that works."""

    id: int
    cree_le: datetime
    etat: str
    erreur: str
    destinataire: str
    sujet: str
    texte: str


def list_mails(*, is_all: bool) -> list[CourrielLu]:
    """Mails that wait or were refused, all of them when asked; oldest first."""
    c = Courriel
    query = select(c.id, c.cree_le, c.etat, c.erreur, c.destinataire, c.sujet, c.texte).order_by(c.cree_le, c.id)
    if not is_all:
        query = query.where(c.etat != ENVOYE)
    return [CourrielLu(*row) for row in db.session.execute(query)]


class CourrielSuivi(NamedTuple):
    """A mail as its référent follows it: never its text, which may hold somebody's sign-in link."""

    id: int
    cree_le: datetime
    envoye_le: datetime | None
    prochain_essai: datetime
    etat: str
    erreur: str
    essais: int
    motif: str
    destinataire: str
    sujet: str

    @property
    def may_be_sent_again(self) -> bool:
        return self.etat == REFUSE and self.motif not in WITH_LINK


@dataclass(frozen=True, slots=True)
class CourrielsFound:
    """One page of mails, latest first; `comptes` says how many there are in each state, `total` in the one asked."""

    courriels: tuple[CourrielSuivi, ...]
    comptes: dict[str, int]
    total: int


def follow_mails(*, actor: Acteur, etat: str = "", page: int = 1) -> CourrielsFound:
    """The mails of the actor's département, fifty a page; `etat` "" for all. Two statements."""
    c = Courriel
    counted = select(c.etat, func.count()).where(readable(c, actor)).group_by(c.etat)
    comptes = dict.fromkeys(ETATS, 0) | {row[0]: row[1] for row in db.session.execute(counted)}
    columns = [getattr(c, name) for name in CourrielSuivi._fields]
    query = select(*columns).where(readable(c, actor)).order_by(c.cree_le.desc(), c.id.desc())
    if etat:
        query = query.where(c.etat == etat)
    total = comptes[etat] if etat else sum(comptes.values())
    rows = db.session.execute(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return CourrielsFound(tuple(map(CourrielSuivi._make, rows)), comptes, total)
