"""One declaration, read whole in a constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import or_, select

from paqte.domain.attendus import owed_indicators
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import Catalogue, catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import years_of
from paqte.domain.statuts.declarations import A_COMPLETER, MANQUANTE, TRANSMISE, VALIDEE
from paqte.models import (
    Avertissement,
    Convention,
    Declaration,
    Engagement,
    Realisation,
    Retour,
    Signataire,
    db,
)
from paqte.queries.conventions import targets_where
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration, ReponseLue, RetourLu
from paqte.queries.perimetre import readable

SENT = (TRANSMISE, A_COMPLETER, VALIDEE)

_HEADER = (
    Declaration.id,
    Declaration.version,
    Declaration.etat,
    Declaration.transmise_le,
    Declaration.transmise_par,
    Declaration.is_on_behalf,
    Declaration.validee_le,
    Declaration.validee_par,
    Declaration.texte_libre,
    Declaration.motif_reouverture,
    Declaration.convention_id,
    Declaration.departement_code.label("departement"),
    Convention.numero.label("convention"),
    Convention.signataire_id,
    Signataire.nom.label("signataire"),
    Signataire.effectif,
)
_ANSWER = (
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


def read_declaration(*, actor: Acteur, declaration_id: int) -> DeclarationShown:
    """The declaration and the findings on its stored answers; NotFound when it is not the actor's to read.

    Seven statements, whatever the number of engagements.
    """
    page, predecessor = _header(actor, declaration_id)
    retours = _returns(page.id)
    beside = _Beside(
        targets_where(db.session(), Convention.id == page.convention_id),
        _answers_kept(page.id),
        _former(actor, page, predecessor),
        _explanations(page.id),
        retours,
    )
    whole = replace(page, lignes=_engagement_lines(page, beside), retours=retours.get(None, ()))
    return whole.with_findings()


def _header(actor: Acteur, declaration_id: int) -> tuple[DeclarationShown, int | None]:
    query = (
        select(*_HEADER, Declaration.periode.label("code"), Convention.debut, Convention.precedente_id)
        .join(Convention, Convention.id == Declaration.convention_id)
        .join(Signataire, Signataire.id == Convention.signataire_id)
        .where(Declaration.id == declaration_id, readable(Declaration, actor))
    )
    row = db.session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("Cette déclaration")
    values = dict(row)
    periode = Periode.from_code(values.pop("code"))
    debut: date = values.pop("debut")
    predecessor: int | None = values.pop("precedente_id")
    annee = years_of(debut, max(debut, periode.dernier_jour))
    is_first = debut >= periode.debut and predecessor is None
    return DeclarationShown(periode=periode, annee=annee, is_first=is_first, **values), predecessor


class _Engagement(NamedTuple):
    id: int
    indicateur: str
    rang: int
    libelle: str
    unite: str
    precision: str
    reference: Decimal | None


class _Beside(NamedTuple):
    """What stands beside the engagements; targets by engagement and year, former answers also by (indicator, rank)."""

    cibles: Mapping[int, Mapping[int, Decimal]]
    actuelles: Mapping[int, ReponseLue]
    precedentes: Mapping[int | tuple[str, int], ReponseLue]
    explications: Mapping[int, Mapping[str, str]]
    retours: Mapping[int | None, tuple[RetourLu, ...]]


def _engagement_lines(page: DeclarationShown, beside: _Beside) -> tuple[LigneDeclaration, ...]:
    grid = catalogue()
    query = select(
        Engagement.id,
        Engagement.indicateur,
        Engagement.rang,
        Engagement.libelle,
        Engagement.unite,
        Engagement.precision,
        Engagement.reference,
    ).where(Engagement.convention_id == page.convention_id)
    engagements = [e for e in map(_Engagement._make, db.session.execute(query)) if e.indicateur in grid.indicateurs]
    owed = set(owed_indicators([e.indicateur for e in engagements], page.periode, grid))
    order = {code: rank for rank, code in enumerate(grid.indicateurs)}
    engagements.sort(key=lambda e: (order[e.indicateur], e.rang))
    return tuple(_engagement_line(e, grid, beside, page.annee, e.indicateur in owed) for e in engagements)


def _engagement_line(e: _Engagement, grid: Catalogue, beside: _Beside, annee: int, is_owed: bool) -> LigneDeclaration:
    indicateur = grid.indicateurs[e.indicateur]
    targets = beside.cibles.get(e.id, {})
    renewed = None if indicateur.traits.is_free else beside.precedentes.get((e.indicateur, e.rang))
    return LigneDeclaration(
        engagement_id=e.id,
        indicateur=indicateur,
        libelle=e.libelle or indicateur.libelle,
        unite=e.unite or indicateur.unite,
        precision=e.precision,
        is_owed=is_owed,
        reference=e.reference,
        cible_annee=targets.get(annee),
        cible_terme=targets.get(0),
        actuelle=beside.actuelles.get(e.id),
        precedente=beside.precedentes.get(e.id) or renewed,
        explications=beside.explications.get(e.id, {}),
        retours=beside.retours.get(e.id, ()),
    )


def _answers_kept(declaration_id: int) -> dict[int, ReponseLue]:
    query = select(Realisation.engagement_id, *_ANSWER).where(Realisation.declaration_id == declaration_id)
    return {row[0]: ReponseLue._make(row[1:]) for row in db.session.execute(query)}


def _former(actor: Acteur, page: DeclarationShown, predecessor: int | None) -> dict[int | tuple[str, int], ReponseLue]:
    """Answers sent for the period before, of this convention or of the one it renews when the actor may read it."""
    query = (
        select(Engagement.convention_id, Engagement.id, Engagement.indicateur, Engagement.rang, *_ANSWER)
        .join(Realisation, Realisation.engagement_id == Engagement.id)
        .join(Declaration, Declaration.id == Realisation.declaration_id)
        .where(
            or_(Declaration.convention_id == page.convention_id, Declaration.convention_id == predecessor),
            Declaration.periode == page.periode.precedente.code,
            Declaration.etat.in_(SENT),
            Realisation.reponse != MANQUANTE,
            readable(Declaration, actor),
        )
    )
    former: dict[int | tuple[str, int], ReponseLue] = {}
    for convention, engagement, indicateur, rang, *answer in db.session.execute(query):
        key = engagement if convention == page.convention_id else (indicateur, rang)
        former[key] = ReponseLue._make(answer)
    return former


def _explanations(declaration_id: int) -> dict[int, dict[str, str]]:
    query = select(Avertissement.engagement_id, Avertissement.code, Avertissement.commentaire).where(
        Avertissement.declaration_id == declaration_id
    )
    found: dict[int, dict[str, str]] = {}
    for engagement, code, sentence in db.session.execute(query):
        found.setdefault(engagement or 0, {})[code] = sentence
    return found


def _returns(declaration_id: int) -> dict[int | None, tuple[RetourLu, ...]]:
    query = (
        select(Retour.engagement_id, Retour.commentaire, Retour.par, Retour.created_at, Retour.is_answered)
        .where(Retour.declaration_id == declaration_id)
        .order_by(Retour.id)
    )
    found: dict[int | None, tuple[RetourLu, ...]] = {}
    for row in map(RetourLu._make, db.session.execute(query)):
        found[row.engagement_id] = (*found.get(row.engagement_id, ()), row)
    return found
