"""What each role may see and change: the only place that says so.

A référent: her département. A company contact: the signatories given to her, whole. An animateur: the conventions
given to him one by one, and the signatories given to him whole, with their conventions to come. The national team, an
administrator and the scheduler read everything; of these only the scheduler writes.

Whoever has a convention reads the identity of its signatory and may tell an action of it. What hangs on the
signatory as a whole (its actions) opens with the whole signatory alone.

A company contact types and sends what her own signatories answer, and nothing else. So does an animateur for what
is given to him: typing for companies that would not is what he is there for, and each of his values says
that it was typed on the company's behalf. To validate, send back or re-open stays with the référent.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import false, select, true
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, REFERENT, SYSTEME, Acteur
from paqte.models import Convention, Declaration, Signataire
from paqte.queries.cles import bears

Thing = TypeVar("Thing")
# A condition on a model that is only known at call time: SQLAlchemy cannot type it more closely.
Condition = Any
READ_ALL = frozenset({NATIONAL, ADMIN, SYSTEME})
LIMITED = frozenset({ENTREPRISE, ANIMATEUR})


def readable(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps only the rows of `model` this actor may read."""
    if actor.role in READ_ALL:
        return true()
    if actor.role == REFERENT:
        return bears(model.departement_code, actor.departement)
    if actor.role in LIMITED:
        return _given(model, actor)
    return false()


def writable(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps only the rows of `model` this actor may change as a référent does."""
    if actor.role == SYSTEME:
        return true()
    return bears(model.departement_code, actor.departement) if actor.role == REFERENT else false()


def answerable(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps the rows of `model` this actor may answer for: declarations, evidence, actions told."""
    return _given(model, actor) if actor.role in LIMITED else writable(model, actor)


def operable(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps the scheduler's rows this actor may follow and set going again."""
    if actor.role in (ADMIN, SYSTEME):
        return true()
    return writable(model, actor)


def to_operate(session: Session, model: type[Thing], key: object, actor: Acteur, what: str = "Cette page") -> Thing:
    """The scheduler's row to be set going again, or NotFound alike whether it does not exist or is another's."""
    found: Thing = _one(session, model, key, operable(model, actor), what)
    return found


def told_of_people(model: Any, actor: Acteur, utilisateur_id: int | None) -> Condition:
    """Condition that keeps the rows of `model` that may be told of a person: all of them to herself (R30).

    Her référent tells what her département holds, and what belongs to no département, such as a sign-in.
    """
    if actor.role in READ_ALL or (utilisateur_id is not None and actor.utilisateur_id == utilisateur_id):
        return true()
    own = bears(model.departement_code, actor.departement)
    return own | model.departement_code.is_(None) if actor.role == REFERENT else false()


def require_departement(actor: Acteur, departement: str) -> None:
    """NotFound unless the actor may enter data for this département."""
    if actor.role == SYSTEME or (actor.role == REFERENT and actor.departement == departement):
        return
    raise NotFound("Ce département")


def require_readable_departement(actor: Acteur, departement: str) -> None:
    """NotFound unless the actor may read the figures of this département."""
    if actor.role in READ_ALL or (actor.role == REFERENT and actor.departement == departement):
        return
    raise NotFound("Ce département")


def require_admin(actor: Acteur, what: str = "Cette page") -> None:
    """NotFound unless the actor runs PAQTE: an administrator, or whoever holds the machine."""
    if actor.role not in (ADMIN, SYSTEME):
        raise NotFound(what)


def own_departement(actor: Acteur) -> str:
    """The département of a référent; Refused for whoever has none."""
    if actor.departement is None:
        raise Refused("Choisissez d’abord un département.")
    return actor.departement


def read(session: Session, model: type[Thing], key: object, actor: Acteur, what: str = "Cette page") -> Thing:
    """The row, or NotFound alike whether it does not exist or is another's."""
    found: Thing = _one(session, model, key, readable(model, actor), what)
    return found


def to_change(session: Session, model: type[Thing], key: object, actor: Acteur, what: str = "Cette page") -> Thing:
    """The row to be changed, or NotFound alike whether it does not exist or is another's."""
    found: Thing = _one(session, model, key, writable(model, actor), what)
    return found


def to_answer(session: Session, model: type[Thing], key: object, actor: Acteur, what: str = "Cette page") -> Thing:
    """The row to be answered for, or NotFound alike whether it does not exist or is another's."""
    found: Thing = _one(session, model, key, answerable(model, actor), what)
    return found


def _one(session: Session, model: Any, key: object, condition: Condition, what: str) -> Any:
    found = session.scalar(select(model).where(model.id == key, condition))
    if found is None:
        raise NotFound(what)
    return found


def _given(model: Any, actor: Acteur) -> Condition:
    """What hangs on the signatories given whole and on the conventions given one by one."""
    mine = Convention.signataire_id.in_(actor.signataires) | Convention.id.in_(actor.conventions)
    if model is Convention:
        return mine
    if model is Declaration:
        return Declaration.convention_id.in_(select(Convention.id).where(mine))
    if model is Signataire:
        by_convention = select(Convention.signataire_id).where(Convention.id.in_(actor.conventions))
        return Signataire.id.in_(actor.signataires) | Signataire.id.in_(by_convention)
    return model.signataire_id.in_(actor.signataires) if hasattr(model, "signataire_id") else false()
