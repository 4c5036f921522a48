"""What conventions achieved so far against their objectives, from sealed answers alone: no sum is made here (R20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from paqte.domain.calendrier.periodes import Periode, periodes_between
from paqte.domain.chiffres import INDEFINI, SANS_DENOMINATEUR, Chiffre, figure_read, share
from paqte.domain.consolidation import Attente, Cle, Consolidation, Fait, Part, condense, consolidate, inside
from paqte.domain.conventions.engagements import lacking_years
from paqte.domain.conventions.objectifs import achievement, term_target
from paqte.domain.declarations.sceau import Sceau, read_facts
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.statuts.conventions import ANNEE, CHARTE, Dates
from paqte.domain.statuts.declarations import MANQUANTE, TOTAL_ANNUEL, VALIDEE
from paqte.models import Convention, Declaration, Engagement, db
from paqte.queries.conventions import targets_where
from paqte.queries.reponses import read_kept

LONGEST = 12
NOTHING_YET = "aucune réponse validée"
BY_PERIOD = "à lire période par période"


class PointLu(NamedTuple):
    """One period: what was validated, None when nothing was (never zero, R13) or, as `motif` says, too little to be
    read (R33) or read by no number (R14).

    `is_annual` says that it bears the value of its whole year (R11).
    """

    periode: Periode
    valeur: Decimal | None
    motif: str = ""
    is_annual: bool = False

    @property
    def covered(self) -> Periode:
        """The period that its figure is of."""
        return Periode.containing(self.periode.debut, ANNEE) if self.is_annual else self.periode


class EngagementAchieved(NamedTuple):
    """One engagement of a convention: what is achieved since the start, its objective over the term, its rate.

    `valeur` None bears its reason in `motif`, be it a share too small to be read (R33) or of nothing (R14);
    `taux` is a percentage; `points` are all its periods since the first answered, oldest first.
    `partielle` says which years have a target of their own when one that the term needs has none (R6): « 2 années
    sur 3 ». `somme` adds up the `periodes` answered of one free commitment, to which no other is ever added (R5).
    """

    engagement_id: int
    code: str
    axe: str
    libelle: str
    unite: str
    genre: str
    valeur: Decimal | None
    cible: Decimal | None
    taux: Chiffre
    motif: str
    points: list[PointLu]
    somme: Decimal | None = None
    periodes: int = 0
    partielle: str = ""

    @property
    def recents(self) -> list[PointLu]:
        """The periods that a chart has room for."""
        return self.points[-LONGEST:]

    @property
    def is_told(self) -> bool:
        """Whether at least one of them has a figure."""
        return any(p.valeur is not None for p in self.recents)


def achieved(departement: str, conventions: Sequence[int], today: date) -> dict[int, tuple[EngagementAchieved, ...]]:
    """What each of these conventions achieved until today, by convention; five statements, whatever their number.

    Only answers under seal count: a declaration that waits for its validation adds nothing (R18). A charte has no
    figure (R7).
    """
    faits, annual = _facts(departement, conventions), told_for_a_year(Declaration.convention_id.in_(conventions))
    targets = targets_where(db.session(), Convention.id.in_(conventions))
    found: defaultdict[int, list[EngagementAchieved]] = defaultdict(list)
    grid = catalogue()
    order = {code: rank for rank, code in enumerate(grid.indicateurs)}
    for row in sorted(_engagement_rows(conventions), key=lambda r: (order.get(r.indicateur, 0), r.rang)):
        if row.indicateur in grid.indicateurs:
            own = [f for f in faits if f.engagement == row.id]
            found[row.convention_id].append(_realise(row, own, targets.get(row.id, {}), today, annual))
    return {key: tuple(lines) for key, lines in found.items()}


def _realise(
    row: Any, faits: list[Fait], objectifs: dict[int, Decimal], today: date, annual: Set[tuple[int, str]]
) -> EngagementAchieved:
    indicateur = catalogue().indicateurs[row.indicateur]
    cle = Cle(row.departement_code, row.signataire_id, row.convention_id, row.id)
    cible = term_target(objectifs, indicateur.genre)
    whole = consolidate(faits, [Attente(cle, indicateur.code, 1, cible, row.reference)]).of(indicateur.code)
    told = figure_read(condense(whole, indicateur.genre), indicateur.genre)
    rate = achievement(whole, indicateur.genre)
    motif = _why_nothing(indicateur.genre, faits) if told.is_missing else told.motif
    return EngagementAchieved(
        engagement_id=row.id,
        code=indicateur.code,
        axe=indicateur.axe,
        libelle=row.libelle or indicateur.libelle,
        unite=indicateur.traits.unit_of_answer(row.unite or indicateur.unite),
        genre=indicateur.genre,
        valeur=told.valeur,
        cible=None if cible is None else Decimal(cible),
        taux=Chiffre() if told.is_missing else share(rate.realise, rate.vise),
        motif=motif,
        partielle=lacking_years([year for year in objectifs if year], row.debut, row.fin, indicateur),
        points=_points(row, faits, indicateur.genre, today, annual),
        **_free_sum(row, whole, indicateur.genre),
    )


def _why_nothing(genre: str, faits: list[Fait]) -> str:
    """Of what has no figure: nobody answered, or what was answered reads as no number (R5, R13, R14)."""
    if not faits:
        return NOTHING_YET
    return SANS_DENOMINATEUR if genre_of(genre).is_summable else BY_PERIOD


def _free_sum(row: Any, whole: Mapping[Cle, Part], genre: str) -> dict[str, Any]:
    """What one free commitment comes to over its periods; percentages never add."""
    part = next(iter(whole.values()), None)
    if genre_of(genre).is_summable or part is None or part.somme is None or "%" in row.unite:
        return {}
    return {"somme": Decimal(part.somme), "periodes": part.repondues}


def _points(row: Any, faits: list[Fait], genre: str, today: date, annual: Set[tuple[int, str]]) -> list[PointLu]:
    """Every period that is over since the first answer, up to the last day in force."""
    if not faits:
        return []
    first = min(Periode.from_code(f.periode).debut for f in faits)
    end = Dates(row.statut, row.debut, row.fin, row.resiliee_le).effective_end
    closed = [p for p in periodes_between(first, min(end, today), row.rythme) if p.is_closed(today)]
    told = ((p, _chiffre_of_period(consolidate(inside(faits, p)), faits[0], genre)) for p in closed)
    return [PointLu(p, one.valeur, one.motif, (row.id, p.code) in annual) for p, one in told]


def _chiffre_of_period(consolidation: Consolidation, fait: Fait, genre: str) -> Chiffre:
    """The figure of one period; a free measure is what was answered, since no other period is added to it (R5)."""
    parts = consolidation.of(fait.indicateur)
    if genre_of(genre).is_summable:
        told = figure_read(condense(parts, genre), genre)
        return Chiffre(None, INDEFINI) if told.is_missing and parts else told
    last = next((part.derniere for part in parts.values()), None)
    return Chiffre(None if last is None else Decimal(last.valeur))


def _facts(departement: str, conventions: Sequence[int]) -> list[Fait]:
    d = Declaration
    query = (
        select(Convention.signataire_id, d.convention_id, d.id, d.periode, d.sceau)
        .join(Convention, Convention.id == d.convention_id)
        .where(d.convention_id.in_(conventions), d.etat == VALIDEE)
        .order_by(d.periode, d.id)
    )
    facts = read_facts(departement, (Sceau._make(row) for row in db.session.execute(query)))
    return [f for f in facts if f.reponse != MANQUANTE]


def told_for_a_year(*wanted: ColumnElement[bool]) -> set[tuple[int, str]]:
    """Engagement and period of the validated answers that are the value of a whole year (R11), of the declarations
    wanted.
    """
    d = Declaration
    named = d.hors_sceau.contains(TOTAL_ANNUEL)
    kept = read_kept(db.session(), *wanted, d.etat == VALIDEE, named)
    return {
        (a.engagement, periode) for (_, _, periode), told in kept.items() for a in told if a.origine == TOTAL_ANNUEL
    }


def _engagement_rows(conventions: Sequence[int]) -> list[Any]:
    e, c = Engagement, Convention
    query = (
        select(
            e.id, e.convention_id, e.indicateur, e.rang, e.libelle, e.unite, e.reference,
            c.signataire_id, c.departement_code, c.rythme, c.statut, c.debut, c.fin, c.resiliee_le,
        )
        .join(c, c.id == e.convention_id)
        .where(e.convention_id.in_(conventions), c.dispositif != CHARTE)
    )  # fmt: skip
    return list(db.session.execute(query))
