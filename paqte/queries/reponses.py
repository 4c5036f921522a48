"""The answers that declarations hold: the one place that knows where they stand (R13, R18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from paqte.domain.statuts.declarations import MANQUANTE
from paqte.models import Convention, Declaration, Justificatif, Realisation

# A declaration, its convention and its period.
Key = tuple[int, int, str]


class AnswerKept(NamedTuple):
    """One answer as it was stored, and by which number the journal names it."""

    numero: int
    engagement: int
    indicateur: str
    reponse: str
    valeur: Decimal | None
    numerateur: Decimal | None
    denominateur: Decimal | None
    datee_du: date | None
    commentaire: str
    saisie_le: datetime
    saisie_par: str
    is_on_behalf: bool
    origine: str


class SourceCounted(NamedTuple):
    """How many answers of a period were typed in one way."""

    periode: str
    is_on_behalf: bool
    origine: str
    with_evidence: bool
    nombre: int


_KEPT = (
    Realisation.id,
    Realisation.engagement_id,
    Realisation.indicateur,
    Realisation.reponse,
    Realisation.valeur,
    Realisation.numerateur,
    Realisation.denominateur,
    Realisation.datee_du,
    Realisation.commentaire,
    Realisation.saisie_le,
    Realisation.saisie_par,
    Realisation.is_on_behalf,
    Realisation.origine,
)


def read_kept(session: Session, *wanted: ColumnElement[bool]) -> dict[Key, list[AnswerKept]]:
    """Every answer of the declarations wanted, by declaration. One statement."""
    r, d = Realisation, Declaration
    query = select(d.id, d.convention_id, d.periode, *_KEPT).join(d, d.id == r.declaration_id).where(*wanted)
    found: defaultdict[Key, list[AnswerKept]] = defaultdict(list)
    for declaration, convention, periode, *answer in session.execute(query):
        found[declaration, convention, periode].append(AnswerKept._make(answer))
    return found


def read_answered(session: Session, *wanted: ColumnElement[bool]) -> dict[int, frozenset[int]]:
    """Which engagements each of the declarations wanted answers (R13). One statement."""
    r = Realisation
    query = (
        select(r.declaration_id, r.engagement_id)
        .join(Declaration, Declaration.id == r.declaration_id)
        .where(r.reponse != MANQUANTE, *wanted)
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for declaration, engagement in session.execute(query):
        found[declaration].add(engagement)
    return {key: frozenset(answered) for key, answered in found.items()}


def engagements_told(session: Session, convention_id: int) -> set[int]:
    """The engagements of a convention of which some declaration tells something, were it that nothing is known."""
    r, d = Realisation, Declaration
    query = select(r.engagement_id).join(d, d.id == r.declaration_id).where(d.convention_id == convention_id)
    return set(session.scalars(query.distinct()))


def comments_beside(session: Session, *wanted: ColumnElement[bool]) -> dict[tuple[int, str], str]:
    """What was written beside the answers of the declarations wanted, by engagement and period."""
    r, d = Realisation, Declaration
    query = select(r.engagement_id, d.periode, r.commentaire).join(d, d.id == r.declaration_id)
    rows = session.execute(query.where(r.commentaire != "", *wanted))
    return {(engagement, periode): comment for engagement, periode, comment in rows}


def count_origins(session: Session, *wanted: ColumnElement[bool]) -> list[SourceCounted]:
    """How the answers of the declarations wanted were typed, with evidence or not; those missing do not count."""
    r, d = Realisation, Declaration
    evidence = exists().where(
        Justificatif.declaration_id == r.declaration_id, Justificatif.engagement_id == r.engagement_id
    )
    with_evidence = evidence.label("with_evidence")
    query = (
        select(d.periode, r.is_on_behalf, r.origine, with_evidence, func.count())
        .join(d, d.id == r.declaration_id)
        .join(Convention, Convention.id == d.convention_id)
        .where(r.reponse != MANQUANTE, *wanted)
        .group_by(d.periode, r.is_on_behalf, r.origine, with_evidence)
    )
    rows = session.execute(query)
    return [SourceCounted(code, bool(behalf), origin, bool(proof), n) for code, behalf, origin, proof, n in rows]


def count_signed(session: Session, nom: str, *wanted: ColumnElement[bool]) -> int:
    """How many answers of the declarations wanted bear this name."""
    r, d = Realisation, Declaration
    query = select(func.count()).join(d, d.id == r.declaration_id).where(r.saisie_par == nom, *wanted)
    return session.scalar(query.select_from(r)) or 0


def count_naming(session: Session, marks: Collection[str], *wanted: ColumnElement[bool]) -> int:
    """How many answers of the declarations wanted have beside them a text that bears one of these marks."""
    r, d = Realisation, Declaration
    named = or_(*(r.commentaire.icontains(mark, autoescape=True) for mark in marks))
    query = select(func.count()).select_from(r).join(d, d.id == r.declaration_id).where(named, *wanted)
    return session.scalar(query) or 0
