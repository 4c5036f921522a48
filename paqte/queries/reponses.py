"""The answers that declarations hold: the one place that knows where they stand (R13, R18).

A row each as long as the declaration may be answered; once it is validated, its seal and what stands beside it. A
declaration has no row where `hors_sceau` is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from paqte.domain.declarations.hors_sceau import (
    NOTHING_BESIDE,
    AnswerKept,
    comments_of,
    go_together,
    json_part,
    put_together,
    signed_by,
    ways_of,
)
from paqte.domain.declarations.sceau import answered_under, unseal
from paqte.domain.statuts.declarations import MANQUANTE
from paqte.models import Convention, Declaration, Justificatif, Realisation

# A declaration, its convention and its period.
Key = tuple[int, int, str]


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
_IS_SEALED = Declaration.hors_sceau.is_not(None)
_SEAL = case((_IS_SEALED, Declaration.sceau))


def read_kept(session: Session, *wanted: ColumnElement[bool]) -> dict[Key, list[AnswerKept]]:
    """Every answer of the declarations wanted, by declaration. One statement."""
    d = Declaration
    found: defaultdict[Key, list[AnswerKept]] = defaultdict(list)
    query = _both((d.id, d.convention_id, d.periode, _SEAL, d.hors_sceau), _KEPT, *wanted)
    for declaration, convention, periode, sceau, beside, *answer in session.execute(query):
        told = [AnswerKept._make(answer)] if beside is None else put_together(sceau, beside)
        found[declaration, convention, periode] += told
    return found


def read_answered(session: Session, *wanted: ColumnElement[bool]) -> dict[int, frozenset[int]]:
    """Which engagements each of the declarations wanted answers (R13). One statement."""
    r = Realisation
    query = _both((Declaration.id, _SEAL), (r.engagement_id, r.reponse), *wanted)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for declaration, sceau, engagement, reponse in session.execute(query):
        if sceau is not None:
            found[declaration] |= answered_under(sceau)
        elif reponse != MANQUANTE:
            found[declaration].add(engagement)
    return {key: frozenset(answered) for key, answered in found.items()}


def unlike_seals(session: Session) -> list[Key]:
    """The declarations under seal that nothing beside tells the same answers of. One statement."""
    d = Declaration
    query = select(d.id, d.convention_id, d.periode, d.sceau, d.hors_sceau).where(d.sceau.is_not(None)).order_by(d.id)
    return [
        (key, convention, periode)
        for key, convention, periode, sceau, beside in session.execute(query)
        if not go_together(sceau or "", beside or "")
    ]


def engagements_told(session: Session, convention_id: int) -> set[int]:
    """The engagements of a convention of which some declaration tells something, were it that nothing is known."""
    query = _both((_SEAL,), (Realisation.engagement_id,), Declaration.convention_id == convention_id)
    told: set[int] = set()
    for sceau, engagement in session.execute(query):
        told |= {engagement} if sceau is None else {a.engagement for a in unseal(sceau)}
    return told


def comments_beside(session: Session, *wanted: ColumnElement[bool]) -> dict[tuple[int, str], str]:
    """What was written beside the answers of the declarations wanted, by engagement and period."""
    return {(key, periode): comment for key, periode, comment in _comments(session, *wanted)}


def count_origins(session: Session, *wanted: ColumnElement[bool]) -> list[SourceCounted]:
    """How the answers of the declarations wanted were typed, with evidence or not; those missing do not count.

    One statement, one more where there is evidence.
    """
    d, r = Declaration, Realisation
    has_evidence = exists().where(Justificatif.declaration_id == d.id)
    given = (d.id, d.periode, _SEAL, d.hors_sceau, has_evidence.label("has_evidence"))
    query = _both(given, (r.engagement_id, r.reponse, r.is_on_behalf, r.origine), *wanted)
    rows = session.execute(query.join(Convention, Convention.id == d.convention_id)).all()
    proven = _proven(session, {row[0] for row in rows if row.has_evidence})
    counted: Counter[tuple[str, bool, str, bool]] = Counter()
    for declaration, periode, sceau, beside, _, *answer in rows:
        for engagement, is_on_behalf, origine, nombre in _ways(sceau, beside, answer, declaration in proven):
            counted[periode, is_on_behalf, origine, engagement in proven.get(declaration, ())] += nombre
    return [SourceCounted(*way, nombre) for way, nombre in counted.items() if nombre]


def count_signed(session: Session, nom: str, *wanted: ColumnElement[bool]) -> int:
    """How many answers of the declarations wanted bear this name."""
    r, d = Realisation, Declaration
    query = select(func.count()).select_from(r).join(d, d.id == r.declaration_id)
    rows = session.scalar(query.where(r.saisie_par == nom, *wanted)) or 0
    return rows + sum(signed_by(beside, nom) for _, beside in sealed_by(session, nom, *wanted))


def sealed_by(session: Session, nom: str, *wanted: ColumnElement[bool]) -> list[tuple[int, str]]:
    """Of the declarations wanted, those whose seal has an answer that bears this name: key, what stands beside it."""
    d = Declaration
    # A name begins what tells who typed.
    bears = d.hors_sceau.contains(f'["{json_part(nom)}",', autoescape=True)
    query = select(d.id, d.hors_sceau).where(bears, *wanted).order_by(d.id)
    return [(key, beside) for key, beside in session.execute(query) if beside and signed_by(beside, nom)]


def count_naming(session: Session, marks: Collection[str], *wanted: ColumnElement[bool]) -> int:
    """How many answers of the declarations wanted have beside them a text that bears one of these marks."""
    r, d = Realisation, Declaration
    named = or_(*(r.commentaire.icontains(mark, autoescape=True) for mark in marks))
    query = select(func.count()).select_from(r).join(d, d.id == r.declaration_id).where(named, *wanted)
    looked_for = or_(*(d.hors_sceau.icontains(json_part(mark), autoescape=True) for mark in marks))
    sealed = [text.lower() for _, _, text in _sealed_comments(session, looked_for, *wanted)]
    return (session.scalar(query) or 0) + sum(any(mark.lower() in text for mark in marks) for text in sealed)


def _both(given: tuple[Any, ...], answer: tuple[Any, ...], *wanted: ColumnElement[bool]) -> Any:
    """A line for each seal, then for each row of the declarations that have none: what is of the other is empty."""
    d, r = Declaration, Realisation
    query = select(*given, *answer).select_from(d)
    query = query.outerjoin(r, and_(r.declaration_id == d.id, ~_IS_SEALED))
    return query.where(or_(_IS_SEALED, r.id.is_not(None)), *wanted)


def _comments(session: Session, *wanted: ColumnElement[bool]) -> Iterator[tuple[int, str, str]]:
    r, d = Realisation, Declaration
    query = select(r.engagement_id, d.periode, r.commentaire).join(d, d.id == r.declaration_id)
    rows: Any = session.execute(query.where(r.commentaire != "", *wanted))
    yield from rows
    yield from _sealed_comments(session, *wanted)


def _sealed_comments(session: Session, *wanted: ColumnElement[bool]) -> Iterator[tuple[int, str, str]]:
    d = Declaration
    has_some = and_(_IS_SEALED, ~d.hors_sceau.endswith(NOTHING_BESIDE, autoescape=True))
    for periode, beside in session.execute(select(d.periode, d.hors_sceau).where(has_some, *wanted)):
        yield from ((engagement, periode, comment) for engagement, comment in comments_of(beside or "").items())


def _proven(session: Session, declarations: Collection[int]) -> dict[int, set[int | None]]:
    """The engagements that each of these declarations gives evidence of."""
    if not declarations:
        return {}
    j = Justificatif
    query = select(j.declaration_id, j.engagement_id).where(j.declaration_id.in_(declarations))
    found: defaultdict[int, set[int | None]] = defaultdict(set)
    for declaration, engagement in session.execute(query):
        found[declaration or 0].add(engagement)
    return found


def _ways(sceau: str | None, beside: str | None, answer: Any, is_proven: bool) -> Iterator[tuple[int, bool, str, int]]:
    """How the answers of a seal, or of a row, were typed; each of its own where evidence tells them apart."""
    if sceau is None or beside is None:
        engagement, reponse, is_on_behalf, origine = answer
        yield engagement, bool(is_on_behalf), origine, int(reponse != MANQUANTE)
    elif is_proven:
        for a in put_together(sceau, beside):
            yield a.engagement, a.is_on_behalf, a.origine, int(a.reponse != MANQUANTE)
    else:
        yield from ((0, *way) for way in ways_of(sceau, beside))
