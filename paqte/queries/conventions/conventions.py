"""A convention's page and the promises it holds (R4–R8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.conventions.engagements import axes_of, target_years
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import Axe, catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import Download
from paqte.domain.statuts.conventions import PROJET, Dates, etat
from paqte.models import Convention, Declaration, Engagement, Fichier, db
from paqte.queries.conventions.promesses.cibles import targets_where
from paqte.queries.perimetre import read
from paqte.queries.reponses import engagements_told


class SignedText(NamedTuple):
    """The PDF of the signed text, without its bytes."""

    nom: str
    taille: int
    joint_le: datetime


class ConventionLinked(NamedTuple):
    """The convention before or after this one."""

    id: int
    numero: str
    dispositif: str
    statut: str


class DeclarationBrief(NamedTuple):
    """A declaration of the convention, in a line."""

    id: int
    periode: Periode
    etat: str


@dataclass(frozen=True, slots=True)
class EngagementShown:
    """A promise; `objectifs` by convention year, 0 for the whole term (R6). `has_results`: it can no longer go."""

    id: int
    indicateur: str
    rang: int
    axe: str
    libelle: str
    unite: str
    genre: str
    reference: Decimal | None
    precision: str
    has_results: bool
    objectifs: dict[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConventionPage:
    """Everything the page shows. `axes` are those on which it may promise, `annees` how many yearly targets fit."""

    id: int
    version: int
    numero: str
    departement: str
    signataire_id: int
    signataire: str
    categorie: str
    dispositif: str
    statut: str
    etat: str
    rythme: str
    signee_le: date | None
    debut: date
    fin: date
    resiliee_le: date | None
    motif_resiliation: str
    cosignataire: str
    is_in_plan_10000: bool
    notes: str
    texte: SignedText | None
    precedente: ConventionLinked | None
    suite: ConventionLinked | None
    axes: tuple[Axe, ...]
    annees: int
    engagements: tuple[EngagementShown, ...]
    declarations: tuple[DeclarationBrief, ...]

    def of_axe(self, axe: str) -> tuple[EngagementShown, ...]:
        return tuple(e for e in self.engagements if e.axe == axe)


def read_convention(*, actor: Acteur, convention_id: int, now: datetime) -> ConventionPage:
    """The convention's page, in a constant number of statements; NotFound when it is not the actor's."""
    c = read(db.session(), Convention, convention_id, actor, "Cette convention")
    suite = _linked(Convention.precedente_id == c.id)
    is_renewed = suite is not None and suite.statut != PROJET
    dates = Dates(c.statut, c.debut, c.fin, c.resiliee_le, is_renewed)
    return ConventionPage(
        id=c.id,
        version=c.version,
        numero=c.numero,
        departement=c.departement_code,
        signataire_id=c.signataire_id,
        signataire=c.signataire.nom,
        categorie=c.signataire.categorie,
        dispositif=c.dispositif,
        statut=c.statut,
        etat=etat(dates, local_date(now, c.departement_code)),
        rythme=c.rythme,
        signee_le=c.signee_le,
        debut=c.debut,
        fin=c.fin,
        resiliee_le=c.resiliee_le,
        motif_resiliation=c.motif_resiliation,
        cosignataire=c.cosignataire,
        is_in_plan_10000=c.is_in_plan_10000,
        notes=c.notes,
        texte=_signed_text(c.texte_signe_id),
        precedente=_linked(Convention.id == c.precedente_id),
        suite=suite,
        axes=axes_of(catalogue(), c.dispositif, c.is_in_plan_10000),
        annees=target_years(c.debut, c.fin),
        engagements=_engagements_shown(c.id),
        declarations=_declarations(c.id),
    )


def read_signed_text(*, actor: Acteur, convention_id: int) -> Download:
    """The PDF of the signed text, by right over the convention; NotFound without one."""
    c = read(db.session(), Convention, convention_id, actor, "Cette convention")
    query = select(Fichier.nom, Fichier.media_type, Fichier.octets, Fichier.sha256).where(
        Fichier.id == c.texte_signe_id
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound("Ce texte signé")
    return Download._make(row)


def _signed_text(fichier_id: int | None) -> SignedText | None:
    query = select(Fichier.nom, Fichier.taille, Fichier.created_at).where(Fichier.id == fichier_id)
    row = db.session.execute(query).first() if fichier_id else None
    return SignedText._make(row) if row else None


def _linked(condition: ColumnElement[bool]) -> ConventionLinked | None:
    c = Convention
    row = db.session.execute(select(c.id, c.numero, c.dispositif, c.statut).where(condition)).first()
    return ConventionLinked._make(row) if row else None


def _declarations(convention_id: int) -> tuple[DeclarationBrief, ...]:
    d = Declaration
    rows = db.session.execute(select(d.id, d.periode, d.etat).where(d.convention_id == convention_id))
    found = [DeclarationBrief(key, Periode.from_code(code), state) for key, code, state in rows]
    return tuple(sorted(found, key=lambda d: (d.periode.fin, d.id), reverse=True))


def _engagements_shown(convention_id: int) -> tuple[EngagementShown, ...]:
    """In the order of the grid, free ones by rank."""
    e = Engagement
    query = select(e.id, e.indicateur, e.rang, e.libelle, e.unite, e.reference, e.precision)
    targets = targets_where(db.session(), Convention.id == convention_id)
    grid = catalogue().indicateurs
    order = {code: rank for rank, code in enumerate(grid)}
    rows = [row for row in db.session.execute(query.where(e.convention_id == convention_id)) if row.indicateur in grid]
    told = engagements_told(db.session(), convention_id)
    return tuple(
        EngagementShown(
            id=row.id,
            indicateur=row.indicateur,
            rang=row.rang,
            axe=grid[row.indicateur].axe,
            libelle=row.libelle or grid[row.indicateur].libelle,
            unite=row.unite or grid[row.indicateur].unite,
            genre=grid[row.indicateur].genre,
            reference=row.reference,
            precision=row.precision,
            has_results=row.id in told,
            objectifs=targets.get(row.id, {}),
        )
        for row in sorted(rows, key=lambda row: (order[row.indicateur], row.rang))
    )
