"""The first steps of a préfecture in the application: each told from what the base holds, none ever ticked."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select

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
    settings = read_settings(departement)
    row = db.session.execute(
        select(
            _some(Referent, departement),
            _some(Signataire, departement),
            _a_promise(departement),
            _a_contact(departement),
            _some(Relance, departement),
            _some(Declaration, departement, Declaration.etat == VALIDEE),
            _some(Edition, departement, Edition.genre_document == BILAN),
            _without_convention(departement),
            _without_engagement(departement),
            _unsigned(departement),
        )
    ).one()
    return StepsDone(all(settings[cle].valeur for cle in REGLAGES_MENTIONS), *map(bool, row[:-3]), *row[-3:])


def _some(model: Any, departement: str, *conditions: ColumnElement[bool]) -> Any:
    return exists().where(model.departement_code == departement, *conditions)


def _a_promise(departement: str) -> Any:
    """A convention that is signed and promises something (R41)."""
    c, e = Convention, Engagement
    return _some(c, departement, c.statut != PROJET, exists().where(e.convention_id == c.id))


def _a_contact(departement: str) -> Any:
    """Somebody of a company who was given access to it."""
    s, r, u = Signataire, Rattachement, Utilisateur
    return exists().where(
        s.departement_code == departement,
        r.signataire_id == s.id,
        u.id == r.utilisateur_id,
        u.role == ENTREPRISE,
    )


def _without_convention(departement: str) -> Any:
    s, c = Signataire, Convention
    waiting = select(func.min(s.id)).where(s.departement_code == departement)
    return waiting.where(~exists().where(c.signataire_id == s.id)).scalar_subquery()


def _without_engagement(departement: str) -> Any:
    c, e = Convention, Engagement
    waiting = select(func.min(c.id)).where(c.departement_code == departement)
    return waiting.where(~exists().where(e.convention_id == c.id)).scalar_subquery()


def _unsigned(departement: str) -> Any:
    c = Convention
    return select(func.min(c.id)).where(c.departement_code == departement, c.statut == PROJET).scalar_subquery()
