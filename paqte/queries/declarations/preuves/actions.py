"""Concrete actions of a département, and what an action may be tied to (R25, R29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.personnes import names_suspected
from paqte.domain.saisie.textes import french_order, search_words, searchable
from paqte.models import Action, College, Qpv, Signataire, db
from paqte.queries.perimetre import readable, require_readable_departement


class QpvShown(NamedTuple):
    """A priority district of a generation; `au` None while it is in force (R25)."""

    id: int
    code: str
    nom: str
    communes: str
    generation: int
    du: date
    au: date | None

    def is_in_force(self, day: date) -> bool:
        return self.du <= day and (self.au is None or day <= self.au)

    @property
    def libelle(self) -> str:
        return f"{self.nom} ({self.communes})" if self.communes else self.nom


@dataclass(frozen=True, slots=True)
class ActionShown:
    """An action; `quartier` with its dates, so that a page can say it was not in force that day."""

    id: int
    version: int
    date: date
    axe: str
    titre: str
    texte: str
    lieu: str
    beneficiaires: int | None
    is_proofread: bool
    signataire_id: int | None
    signataire: str
    quartier: QpvShown | None

    @property
    def is_quartier_doubtful(self) -> bool:
        """Its district was not in force on its date (R17, R25)."""
        return self.quartier is not None and not self.quartier.is_in_force(self.date)

    @property
    def noms(self) -> tuple[str, ...]:
        """What looks like somebody's name, to be proof-read (R29)."""
        return names_suspected(f"{self.titre}\n{self.texte}\n{self.lieu}")


@dataclass(frozen=True, slots=True)
class ActionsSought:
    """What the list is narrowed to; '' and None ask for nothing."""

    periode: Periode | None = None
    axe: str = ""
    is_proofread: bool | None = None
    q: str = ""

    def keeps(self, action: ActionShown) -> bool:
        asked = search_words(self.q)
        told = searchable(f"{action.titre} {action.signataire} {action.lieu} {action.texte}")
        return (
            (self.periode is None or self.periode.debut <= action.date < self.periode.fin)
            and self.axe in ("", action.axe)
            and self.is_proofread in (None, action.is_proofread)
            and all(word in told for word in asked)
        )


def list_actions(*, actor: Acteur, departement: str, filtre: ActionsSought = ActionsSought()) -> list[ActionShown]:
    """Actions of the département, latest first. One statement."""
    require_readable_departement(actor, departement)
    query = _SELECTION.where(readable(Action, actor), Action.departement_code == departement)
    found = (_built(row) for row in db.session.execute(query.order_by(Action.date.desc(), Action.id.desc())))
    return [action for action in found if filtre.keeps(action)]


def read_action(*, actor: Acteur, action_id: int) -> ActionShown:
    """One action; NotFound when it is not the actor's to read."""
    row = db.session.execute(_SELECTION.where(Action.id == action_id, readable(Action, actor))).one_or_none()
    if row is None:
        raise NotFound("Cette action")
    return _built(row)


def count_actions(*, actor: Acteur, departement: str) -> int:
    """How many actions the département has, proof-read or not."""
    query = select(func.count()).where(readable(Action, actor), Action.departement_code == departement)
    return db.session.scalar(query) or 0


def signataire_choices(*, actor: Acteur, departement: str) -> dict[int, str]:
    """Signatories an action may be tied to, by key, in the order of their names."""
    query = select(Signataire.id, Signataire.nom).where(
        readable(Signataire, actor), Signataire.departement_code == departement
    )
    found = sorted(db.session.execute(query), key=lambda row: (searchable(row.nom), row.id))
    return {row.id: row.nom for row in found}


def list_qpv(departement: str) -> list[QpvShown]:
    """Priority districts of the département, of every generation, the one in force first (R25)."""
    query = select(*_QUARTIER).where(Qpv.departement_code == departement)
    found = [QpvShown._make(row) for row in db.session.execute(query)]
    return sorted(found, key=lambda q: (-q.generation, searchable(q.nom), q.code))


def list_places(departement: str) -> list[str]:
    """Where actions happen, to be proposed as it is typed: collèges of priority education, communes of districts."""
    c = College
    open_ones = select(c.nom, c.classement, c.commune).where(c.departement_code == departement, c.au.is_(None))
    colleges = {f"Collège {row.nom} ({row.classement}), {row.commune}" for row in db.session.execute(open_ones)}
    towns = db.session.scalars(select(Qpv.communes).where(Qpv.departement_code == departement).distinct())
    communes = {commune.strip() for listed in towns for commune in listed.split(",") if commune.strip()}
    return sorted(colleges | communes, key=french_order)


def places_of(signataire_id: int) -> list[str]:
    """The same, in the département of a signatory."""
    departement = db.session.scalar(select(Signataire.departement_code).where(Signataire.id == signataire_id))
    return list_places(departement or "")


_QUARTIER = (Qpv.id, Qpv.code, Qpv.nom, Qpv.communes, Qpv.generation, Qpv.du, Qpv.au)
_ACTION = (
    Action.id,
    Action.version,
    Action.date,
    Action.axe,
    Action.titre,
    Action.texte,
    Action.lieu,
    Action.beneficiaires,
    Action.is_proofread,
    Action.signataire_id,
    Signataire.nom.label("signataire"),
)
_SELECTION = (
    select(*_ACTION, *_QUARTIER)
    .outerjoin(Signataire, Signataire.id == Action.signataire_id)
    .outerjoin(Qpv, Qpv.id == Action.qpv_id)
)


def _built(row: Row[*tuple[Any, ...]]) -> ActionShown:
    values = tuple(row)
    own = dict(zip(row._fields, values[: len(_ACTION)], strict=False))
    district = values[len(_ACTION) :]
    quartier = None if district[0] is None else QpvShown._make(district)
    return ActionShown(**{**own, "signataire": own["signataire"] or ""}, quartier=quartier)
