"""What happened to a declaration, as the journal tells it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, String, and_, cast, or_, select

from paqte.domain.indicateurs.catalogue import Indicateur, catalogue
from paqte.domain.indicateurs.genres import GenreIndicateur
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.declarations import A_SAISIR, ETATS, NEANT, ZERO_CONFIRME
from paqte.domain.statuts.signalements import ETATS as ETATS_SIGNALEMENT
from paqte.domain.statuts.signalements import OUVERT
from paqte.models import Declaration, Engagement, Journal, Retour, Signalement, db
from paqte.queries.perimetre import readable
from paqte.queries.reponses import read_kept

LONGEST = 500
TYPED = "Saisie modifiée"


class Gesture(NamedTuple):
    """One gesture: who, when, what in a few words, and the lines it touched."""

    quand: datetime
    qui: str
    titre: str
    details: tuple[str, ...] = ()


@dataclass(slots=True)
class _Asked:
    """What an answer answers to: how it is called, how it is told, and what it held at the line now read."""

    libelle: str
    unite: str
    traits: GenreIndicateur
    held: dict[str, Any] = field(default_factory=dict)

    def change(self, avant: dict[str, Any], apres: dict[str, Any]) -> str:
        """« Stages : 4 → 2 », the whole answer on both sides: a line of the journal has only the columns that moved."""
        before = {**self.held, **avant}
        self.held = {**before, **apres}
        return f"{self.libelle} : {self.answer(before)} → {self.answer(self.held)}"

    def answer(self, values: Mapping[str, Any]) -> str:
        """An answer as the journal kept it, in words (R13, R14)."""
        upper, lower = (values.get(name) for name in ("numerateur", "denominateur"))
        if upper is not None or lower is not None:
            return f"{_number(upper)} sur {_number(lower)}"
        value, is_zero = values.get("valeur"), values.get("reponse") == NEANT
        if value is None and not is_zero:
            return "sans réponse"
        if self.traits.is_chosen:
            return self.traits.word(Decimal(value or 0))
        return ZERO_CONFIRME if is_zero else _number(value, self.unite)


class Auteur(NamedTuple):
    """Who changed a thing last, and when."""

    qui: str
    quand: datetime


def last_author(objet: str, objet_id: int) -> Auteur | None:
    """Who wrote last on a thing; None when the journal has no line of it."""
    query = (
        select(Journal.qui, Journal.quand)
        .where(Journal.objet == objet, Journal.objet_id == str(objet_id))
        .order_by(Journal.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return Auteur._make(row) if row else None


def declaration_history(*, actor: Acteur, declaration_id: int) -> list[Gesture]:
    """Every gesture on the declaration, latest first; empty when it is not the actor's to read."""
    mine = select(Declaration.id).where(Declaration.id == declaration_id, readable(Declaration, actor))
    asked = _answers_held(mine)
    returns = select(cast(Retour.id, String)).where(Retour.declaration_id.in_(mine))
    reports = select(cast(Signalement.id, String)).where(Signalement.declaration_id.in_(mine))
    itself = select(cast(Declaration.id, String)).where(Declaration.id.in_(mine))
    query = (
        select(Journal.quand, Journal.qui, Journal.acte, Journal.objet, Journal.objet_id, Journal.avant, Journal.apres)
        .where(
            or_(
                and_(Journal.objet == "declaration", Journal.objet_id.in_(itself)),
                and_(Journal.objet == "realisation", Journal.objet_id.in_(list(asked))),
                and_(Journal.objet == "retour", Journal.objet_id.in_(returns)),
                and_(Journal.objet == "signalement", Journal.objet_id.in_(reports)),
            ),
            Journal.departement_code == mine.with_only_columns(Declaration.departement_code).scalar_subquery(),
        )
        .order_by(Journal.id.desc())
        .limit(LONGEST)
    )
    lines = list(db.session.execute(query))
    return list(reversed(list(_gathered(reversed(lines), asked))))


def _answers_held(declarations: Select[int]) -> dict[str, _Asked]:
    """What each answer of the declaration answers to, by its number."""
    answers = [a for one in read_kept(db.session(), Declaration.id.in_(declarations)).values() for a in one]
    e, known = Engagement, catalogue().indicateurs
    query = select(e.id, e.libelle, e.unite).where(e.id.in_([a.engagement for a in answers]))
    words = {key: (libelle, unite) for key, libelle, unite in db.session.execute(query)}
    return {
        str(a.numero): _asked_of(known[a.indicateur], *words[a.engagement])
        for a in answers
        if a.indicateur in known and a.engagement in words
    }


def _asked_of(indicateur: Indicateur, libelle: str, unite: str) -> _Asked:
    return _Asked(libelle or indicateur.libelle, unite or indicateur.unite, indicateur.traits)


def _gathered(lines: Iterable[Any], asked: Mapping[str, _Asked]) -> Iterator[Gesture]:
    """One event a state reached, with the answers and questions written on the way to it."""
    who: tuple[datetime, str] | None = None
    details: tuple[str, ...] = ()
    for line in lines:
        if who is not None and details and (line.quand, line.qui) != who:
            yield Gesture(*who, TYPED, details)
            details = ()
        who = (line.quand, line.qui)
        title, added = _gesture(line, asked)
        details = (*details, *added)
        if title:
            yield Gesture(*who, title, details)
            details = ()
    if who is not None and details:
        yield Gesture(*who, TYPED, details)


def _gesture(line: Any, asked: Mapping[str, _Asked]) -> tuple[str, tuple[str, ...]]:
    avant, apres = json.loads(line.avant), json.loads(line.apres)
    if line.objet == "declaration":
        return _step(apres)
    if line.objet == "signalement":
        return _report(apres)
    if line.objet == "retour":
        return "", (f"Question : {apres['commentaire']}",) if "commentaire" in apres else ()
    to = asked.get(line.objet_id)
    return "", (to.change(avant, apres),) if to and _is_answer(apres) else ()


def _step(apres: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The state that the declaration reached, and why when that was asked."""
    if apres.get("motif_reouverture"):
        return "Rouverte", (f"Motif : {apres['motif_reouverture']}",)
    etat = apres.get("etat")
    if etat == A_SAISIR:
        return "Ouverte", ()
    return (ETATS[etat] if etat else ""), ()


def _report(apres: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """What a company told after sending, and what became of it."""
    etat = apres.get("etat")
    if etat is None:
        return "", ()
    if etat == OUVERT:
        return "Erreur signalée", (f"À corriger : {apres.get('motif', '')}",)
    answer = apres.get("reponse")
    return f"Erreur signalée : {ETATS_SIGNALEMENT[etat].lower()}", (f"Réponse : {answer}",) if answer else ()


def _number(told: Any, unite: str = "") -> str:
    return "…" if told is None else written(Decimal(told), unite)


def _is_answer(values: dict[str, Any]) -> bool:
    return not values.keys().isdisjoint({"reponse", "valeur", "numerateur", "denominateur"})
