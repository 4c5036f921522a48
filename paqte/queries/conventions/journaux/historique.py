"""What happened to a declaration, as the journal tells it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import String, and_, cast, or_, select

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.declarations import A_SAISIR, ETATS, NEANT, REPONSES
from paqte.domain.statuts.signalements import ETATS as ETATS_SIGNALEMENT
from paqte.domain.statuts.signalements import OUVERT
from paqte.models import Declaration, Journal, Realisation, Retour, Signalement, db
from paqte.queries.perimetre import readable

LONGEST = 500
TYPED = "Saisie modifiée"


class Gesture(NamedTuple):
    """One gesture: who, when, what in a few words, and the lines it touched."""

    quand: datetime
    qui: str
    titre: str
    details: tuple[str, ...] = ()


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
    answers = select(cast(Realisation.id, String)).where(Realisation.declaration_id.in_(mine))
    returns = select(cast(Retour.id, String)).where(Retour.declaration_id.in_(mine))
    reports = select(cast(Signalement.id, String)).where(Signalement.declaration_id.in_(mine))
    itself = select(cast(Declaration.id, String)).where(Declaration.id.in_(mine))
    query = (
        select(Journal.quand, Journal.qui, Journal.acte, Journal.objet, Journal.objet_id, Journal.avant, Journal.apres)
        .where(
            or_(
                and_(Journal.objet == "declaration", Journal.objet_id.in_(itself)),
                and_(Journal.objet == "realisation", Journal.objet_id.in_(answers)),
                and_(Journal.objet == "retour", Journal.objet_id.in_(returns)),
                and_(Journal.objet == "signalement", Journal.objet_id.in_(reports)),
            ),
            Journal.departement_code == mine.with_only_columns(Declaration.departement_code).scalar_subquery(),
        )
        .order_by(Journal.id.desc())
        .limit(LONGEST)
    )
    lines = list(db.session.execute(query))
    codes = _codes(declaration_id)
    return list(reversed(list(_gathered(reversed(lines), codes))))


def _codes(declaration_id: int) -> dict[str, str]:
    query = select(Realisation.id, Realisation.indicateur).where(Realisation.declaration_id == declaration_id)
    return {str(key): code for key, code in db.session.execute(query)}


def _gathered(lines: Iterable[Any], codes: dict[str, str]) -> Iterator[Gesture]:
    """One event a state reached, with the answers and questions written on the way to it."""
    who: tuple[datetime, str] | None = None
    details: tuple[str, ...] = ()
    for line in lines:
        if who is not None and details and (line.quand, line.qui) != who:
            yield Gesture(*who, TYPED, details)
            details = ()
        who = (line.quand, line.qui)
        title, added = _gesture(line, codes)
        details = (*details, *added)
        if title:
            yield Gesture(*who, title, details)
            details = ()
    if who is not None and details:
        yield Gesture(*who, TYPED, details)


def _gesture(line: Any, codes: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    avant, apres = json.loads(line.avant), json.loads(line.apres)
    if line.objet == "retour":
        return "", (f"Question : {apres['commentaire']}",) if "commentaire" in apres else ()
    if line.objet == "signalement":
        return _report(apres)
    if line.objet == "realisation":
        code = codes.get(line.objet_id, "")
        return "", (f"{code} : {_value(avant)} → {_value(apres)}",) if _is_answer(apres) else ()
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


def _is_answer(values: dict[str, Any]) -> bool:
    return not values.keys().isdisjoint({"reponse", "valeur", "numerateur", "denominateur"})


def _value(values: dict[str, Any]) -> str:
    """An answer as the journal kept it; a column that did not change is absent."""
    upper, lower = values.get("numerateur"), values.get("denominateur")
    if upper is not None or lower is not None:
        return f"{upper or '…'} sur {lower or '…'}".replace(".", ",")
    if values.get("reponse") == NEANT:
        return REPONSES[NEANT].lower()
    if values.get("valeur") is not None:
        return str(values["valeur"]).replace(".", ",")
    return "sans réponse"
