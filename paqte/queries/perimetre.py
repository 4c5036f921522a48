"""What each role may see and change: the only place that says so.

A référent: her départements, one or several. A préfecture de région: those of its région, which it reads. A company
contact: the signatories given to her, whole. An animateur: the conventions given to him one by one, and the
signatories given to him whole, with their conventions to come. The national team, an administrator and the scheduler
read everything; of these only the scheduler writes. A bilan received as a workbook is of no préfecture that uses this
base: the national team and an administrator take it in, and the préfecture of its région reads it. The edition of the
sum of a territory is the nation's or a région's: no département reads it; a région issues its own, and nothing else.

Whoever has several départements stands in one of them on a page (`stand_in`): everything that is asked and done there
is of that one, so that no list, no total and no act mixes two.

Whoever has a convention reads the identity of its signatory and may tell an action of it. What hangs on the
signatory as a whole (its actions) opens with the whole signatory alone.

A company contact types and sends what her own signatories answer, and nothing else. So does an animateur for what
is given to him: typing for companies that would not is what he is there for, and each of his values says
that it was typed on the company's behalf. To validate, send back or re-open stays with the référent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import false, literal, select, true
from sqlalchemy.orm import Session

from paqte.domain.editions.territoires import NATION, of_region, region_of
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import (
    ADMIN,
    ANIMATEUR,
    ANSWERING,
    EVERYTHING,
    GIVEN,
    NATIONAL,
    PLACES,
    REFERENT,
    REGION,
    SYSTEME,
    TERRITORIAL,
    WRITES,
    Acteur,
    roles_where,
)
from paqte.models import Affectation, Convention, Declaration, Departement, RencontreSignataire, Signataire, Utilisateur
from paqte.queries.cles import bears

Thing = TypeVar("Thing")
# A condition on a model that is only known at call time: SQLAlchemy cannot type it more closely.
Condition = Any
READ_ALL = roles_where(lambda role: role.reach == EVERYTHING) | {SYSTEME}
LIMITED = roles_where(lambda role: role.reach == GIVEN)
WRITERS = roles_where(lambda role: role.reach == PLACES and role.acts == WRITES)
RECEIVERS = frozenset({NATIONAL, ADMIN, SYSTEME})
CHOOSE = "Choisissez d’abord un département."


def departements_of(actor: Acteur) -> frozenset[str]:
    """Whole départements that this actor reads: the one it stands in, else all of its own; none for who reads all."""
    if actor.role not in TERRITORIAL:
        return frozenset()
    return frozenset({actor.departement}) if actor.departement else actor.departements


def all_departements_of(actor: Acteur) -> frozenset[str]:
    """All of its own, wherever it stands."""
    return departements_of(away(actor)) or departements_of(actor)


def stand_in(actor: Acteur, departement: str) -> Acteur:
    """The same actor, on a page of this département alone; NotFound for one that is not its own."""
    if departement not in all_departements_of(actor):
        raise NotFound("Ce département")
    return replace(actor, departement=departement)


def away(actor: Acteur) -> Acteur:
    """The same actor, before it chose: standing in none of its départements."""
    return replace(actor, departement=None, departements=actor.departements or departements_of(actor))


def narrowed_to(actor: Acteur, departements: frozenset[str]) -> Acteur:
    """Whoever reads everything, reading these alone as their région does; NotFound for anybody else."""
    if actor.role not in READ_ALL:
        raise NotFound("Cette région")
    return Acteur(actor.utilisateur_id, actor.nom, REGION, departements=departements)


def standing(actor: Acteur) -> str | None:
    """The département that an act of this actor is told of, None when it stands in none."""
    return actor.departement if actor.role in TERRITORIAL else None


def scope_of(actor: Acteur) -> str | None:
    """What an act of this actor reaches: its département, None for everything. Refused before it chose one."""
    return own_departement(actor) if actor.role in TERRITORIAL else None


def is_referent_of(departement: str) -> Condition:
    """Condition that keeps the accounts of référents who hold this département, alone or among several."""
    u, held = Utilisateur, Affectation
    more = select(held.utilisateur_id).where(held.departement_code == departement)
    return (u.role == REFERENT) & ((u.departement_code == departement) | u.id.in_(more))


def reads_whole(actor: Acteur) -> bool:
    """Whether it reads all that a département has, where it may read that département at all."""
    return actor.role in READ_ALL or actor.role in TERRITORIAL


def readable(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps only the rows of `model` this actor may read."""
    if actor.role in READ_ALL:
        return true()
    if actor.role in TERRITORIAL:
        return _within(model, actor)
    if actor.role in LIMITED:
        return _given(model, actor)
    return false()


def writable(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps only the rows of `model` this actor may change as a référent does."""
    if actor.role == SYSTEME:
        return true()
    return _within(model, actor) if actor.role in WRITERS else false()


def meets(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps the meetings this actor may read: its préfecture's; those where an animateur was given whole
    every signatory that was there. As internal notes, they are neither for the company, nor for the région, nor for the
    nation."""
    if actor.role != ANIMATEUR:
        return writable(model, actor)
    link = RencontreSignataire
    mine = select(link.rencontre_id).where(link.signataire_id.in_(actor.signataires))
    others = select(link.rencontre_id).where(link.signataire_id.not_in(actor.signataires))
    return model.id.in_(mine) & model.id.not_in(others)


def received(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps the bilans received as workbooks that this actor may read."""
    if actor.role in READ_ALL:
        return true()
    return _within(model, actor) if actor.role in TERRITORIAL - WRITERS else false()


def of_territory(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps the editions of territories that this actor may read: a région its own, the nation all."""
    if actor.role in READ_ALL:
        return true()
    if actor.role not in TERRITORIAL - WRITERS:
        return false()
    return model.territoire.in_(select(literal(of_region("")) + Departement.region_code).where(_held_whole(actor)))


def territory_of(session: Session, actor: Acteur) -> str:
    """The territory whose sum this actor reads: the nation, or its région; NotFound for anybody else."""
    if actor.role in READ_ALL:
        return NATION
    found = session.scalars(select(Departement.region_code).where(_held_whole(actor)).distinct()).all()
    if actor.role not in TERRITORIAL - WRITERS or len(found) != 1 or found[0] is None:
        raise NotFound("Ce territoire")
    return of_region(found[0])


def holds_territory(territoire: str) -> Condition:
    """Condition that keeps the accounts that a territory is of: its préfecture de région's, or the national team's."""
    u, region = Utilisateur, region_of(territoire)
    return u.role == NATIONAL if region is None else (u.role == REGION) & (u.region_code == region)


def require_territory(session: Session, actor: Acteur, territoire: str) -> None:
    """NotFound unless the actor may issue the sum of this territory: a région its own, who takes bilans in any."""
    if actor.role not in RECEIVERS and territory_of(session, actor) != territoire:
        raise NotFound("Ce territoire")


def _held_whole(actor: Acteur) -> Condition:
    return Departement.code.in_(sorted(all_departements_of(actor)))


def require_receiver(actor: Acteur) -> None:
    """NotFound unless the actor may take in bilans received as workbooks, and decide of them."""
    if actor.role not in RECEIVERS:
        raise NotFound("Cette page")


def answerable(model: Any, actor: Acteur) -> Condition:
    """Condition that keeps the rows of `model` this actor may answer for: declarations, evidence, actions told."""
    return _given(model, actor) if actor.role in ANSWERING else writable(model, actor)


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
    return _within(model, actor) | model.departement_code.is_(None) if actor.role in WRITERS else false()


def require_departement(actor: Acteur, departement: str) -> None:
    """NotFound unless the actor may enter data for this département."""
    if actor.role == SYSTEME or (actor.role in WRITERS and departement in departements_of(actor)):
        return
    raise NotFound("Ce département")


def reads_departement(actor: Acteur, departement: str) -> bool:
    """Whether the actor may read the figures of this département."""
    return actor.role in READ_ALL or departement in departements_of(actor)


def require_readable_departement(actor: Acteur, departement: str) -> None:
    """NotFound unless the actor may read the figures of this département."""
    if not reads_departement(actor, departement):
        raise NotFound("Ce département")


def require_admin(actor: Acteur, what: str = "Cette page") -> None:
    """NotFound unless the actor runs PAQTE: an administrator, or whoever holds the machine."""
    if actor.role not in (ADMIN, SYSTEME):
        raise NotFound(what)


def own_departement(actor: Acteur) -> str:
    """The département that a référent or a région stands in; Refused for whoever has none, or did not choose."""
    found = standing(actor)
    if found is None:
        raise Refused(CHOOSE)
    return found


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


def _within(model: Any, actor: Acteur) -> Condition:
    places = departements_of(actor)
    if len(places) == 1:
        return bears(model.departement_code, next(iter(places)))
    return model.departement_code.in_(sorted(places))


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
