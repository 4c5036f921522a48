"""The first steps of a préfecture in the application: each told from what the base holds, none ever ticked."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, func, select

from paqte.domain.documents.registre import BILAN
from paqte.domain.personnes.acteurs import ENTREPRISE
from paqte.domain.statuts.conventions import PROJET
from paqte.domain.statuts.declarations import VALIDEE
from paqte.domain.statuts.pilotage import REGLAGES_MENTIONS
from paqte.models import (
    Convention,
    Declaration,
    Edition,
    Engagement,
    Rattachement,
    Referent,
    Relance,
    Signataire,
    Utilisateur,
    db,
)
from paqte.models.mouvement import DATES
from paqte.queries.kept import Subjects, kept
from paqte.queries.reglages import read_settings


class StepsDone(NamedTuple):
    """What a préfecture that begins has done, in the order in which it does it.

    Then what waits, the oldest: the signatory without convention, the convention without engagement, the one not
    signed; None when there is none.
    """

    mentions: bool
    referent: bool
    signataire: bool
    convention: bool
    contact: bool
    relance: bool
    declaration: bool
    bilan: bool
    sans_convention: int | None
    sans_engagement: int | None
    a_signer: int | None

    @property
    def done(self) -> tuple[bool, ...]:
        """Whether each is done, in their order."""
        return tuple(one for one in self if isinstance(one, bool))

    @property
    def are_over(self) -> bool:
        """Nothing of it is left: the list says nothing more."""
        return all(self.done)


def read_first_steps(departement: str) -> StepsDone:
    """Where the département stands of its first steps. Two statements."""

    def are_mentions_given() -> bool:
        settings = read_settings(departement)
        return all(settings[cle].valeur for cle in REGLAGES_MENTIONS)

    row = db.session.execute(_first_steps(), {"departement": departement}).one()
    mentions = kept(db.session(), departement, "mentions", are_mentions_given, Subjects.of(DATES))
    return StepsDone(mentions, *map(bool, row[:-3]), *row[-3:])


@cache
def _first_steps() -> Select[Any]:
    """What is asked, of the département of the parameter: putting it together costs more than what it asks."""
    asked: BindParameter[str] = bindparam("departement")
    return select(
        _some(Referent, asked),
        _some(Signataire, asked),
        _a_promise(asked),
        _a_contact(asked),
        _some(Relance, asked),
        _some(Declaration, asked, Declaration.etat == VALIDEE),
        _some(Edition, asked, Edition.genre_document == BILAN),
        _without_convention(asked),
        _without_engagement(asked),
        _unsigned(asked),
    )


def _some(model: Any, departement: BindParameter[str], *conditions: ColumnElement[bool]) -> Any:
    return exists().where(model.departement_code == departement, *conditions)


def _a_promise(departement: BindParameter[str]) -> Any:
    """A convention that is signed and promises something (R41)."""
    c, e = Convention, Engagement
    return _some(c, departement, c.statut != PROJET, exists().where(e.convention_id == c.id))


def _a_contact(departement: BindParameter[str]) -> Any:
    """Somebody of a company who was given access to it."""
    s, r, u = Signataire, Rattachement, Utilisateur
    return exists().where(
        s.departement_code == departement,
        r.signataire_id == s.id,
        u.id == r.utilisateur_id,
        u.role == ENTREPRISE,
    )


def _without_convention(departement: BindParameter[str]) -> Any:
    s, c = Signataire, Convention
    waiting = select(func.min(s.id)).where(s.departement_code == departement)
    return waiting.where(~exists().where(c.signataire_id == s.id)).scalar_subquery()


def _without_engagement(departement: BindParameter[str]) -> Any:
    c, e = Convention, Engagement
    waiting = select(func.min(c.id)).where(c.departement_code == departement)
    return waiting.where(~exists().where(e.convention_id == c.id)).scalar_subquery()


def _unsigned(departement: BindParameter[str]) -> Any:
    c = Convention
    return select(func.min(c.id)).where(c.departement_code == departement, c.statut == PROJET).scalar_subquery()
