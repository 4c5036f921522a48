"""One declaration, read whole in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from paqte.domain.attendus import owed_indicators
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import Catalogue, catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import ANNEE, year_reached
from paqte.domain.statuts.declarations import A_COMPLETER, A_SAISIR, MANQUANTE, TOTAL_ANNUEL, TRANSMISE, VALIDEE
from paqte.models import (
    Avertissement,
    Convention,
    Declaration,
    Engagement,
    Retour,
    Signataire,
    db,
)
from paqte.queries.conventions import targets_where
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration, ReponseLue, RetourLu
from paqte.queries.perimetre import readable
from paqte.queries.reponses import AnswerKept, read_kept

SENT = (TRANSMISE, A_COMPLETER, VALIDEE)

_PARTIES = (
    Convention.numero.label("convention"),
    Convention.signataire_id,
    Signataire.nom.label("signataire"),
    Signataire.effectif,
)
_TERM = (Convention.debut, Convention.fin, Convention.precedente_id)
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
    *_PARTIES,
)
_NOT_OPENED: Mapping[str, Any] = {
    "id": 0,
    "version": 0,
    "etat": A_SAISIR,
    "transmise_le": None,
    "transmise_par": "",
    "is_on_behalf": False,
    "validee_le": None,
    "validee_par": "",
    "texte_libre": "",
    "motif_reouverture": "",
}


def read_declaration(*, actor: Acteur, declaration_id: int) -> DeclarationShown:
    """The declaration and the findings on its stored answers; NotFound when it is not the actor's to read.

    Seven statements, whatever the number of engagements.
    """
    found = read_declarations(actor=actor, keys=[declaration_id])
    if not found:
        raise NotFound("Cette déclaration")
    return found[0]


def read_declarations(*, actor: Acteur, keys: Collection[int]) -> list[DeclarationShown]:
    """Those of these keys that are the actor's to read, each once and in the order given, with their findings.

    Seven statements, whatever their number.
    """
    headers = _headers(actor, Declaration.id.in_(keys))
    return _read_whole(actor, [headers[key] for key in dict.fromkeys(keys) if key in headers])


def read_to_type(*, actor: Acteur, conventions: Collection[int], periode: Periode) -> dict[int, DeclarationShown]:
    """The declaration of each of these conventions for a period, by convention, those that nobody opened included.

    One not opened yet has 0 for key and for version. Conventions that are not the actor's to read have none. Eight
    statements, whatever their number.
    """
    of_period = Declaration.convention_id.in_(conventions) & (Declaration.periode == periode.code)
    opened = _headers(actor, of_period).values()
    known = {page.convention_id for page, _ in opened}
    others = _unopened(actor, [key for key in conventions if key not in known], periode)
    return {page.convention_id: page for page in _read_whole(actor, [*opened, *others])}


def _read_whole(actor: Acteur, headers: Sequence[tuple[DeclarationShown, int | None]]) -> list[DeclarationShown]:
    """These declarations with all that stands in them, in the same order."""
    if not headers:
        return []
    keys = [page.id for page, _ in headers if page.id]
    conventions = {page.convention_id for page, _ in headers}
    targets = targets_where(db.session(), Convention.id.in_(conventions))
    engagements, former = _engagements(_with_renewed(headers)), _former(actor, headers)
    answers, explained, asked = _answers_kept(keys), _explanations(keys), _returns(keys)
    found = []
    for page, predecessor in headers:
        retours = asked.get(page.id, {})
        before = _former_of(page, predecessor, former, engagements)
        years = _bearers(page, former)
        beside = _Beside(targets, answers.get(page.id, {}), before, explained.get(page.id, {}), retours, years)
        lignes = _engagement_lines(page, engagements.get(page.convention_id, ()), beside)
        found.append(replace(page, lignes=lignes, retours=retours.get(None, ())).with_findings())
    return found


def _headers(actor: Acteur, wanted: ColumnElement[bool]) -> dict[int, tuple[DeclarationShown, int | None]]:
    """Each by key, with the key of the convention that it renews."""
    query = (
        select(*_HEADER, Declaration.periode.label("code"), *_TERM)
        .join(Convention, Convention.id == Declaration.convention_id)
        .join(Signataire, Signataire.id == Convention.signataire_id)
        .where(wanted, readable(Declaration, actor))
        .order_by(Declaration.id)
    )
    return {row["id"]: _header(dict(row)) for row in db.session.execute(query).mappings()}


def _unopened(
    actor: Acteur, conventions: Collection[int], periode: Periode
) -> list[tuple[DeclarationShown, int | None]]:
    """What the declarations of these conventions would be, were they opened."""
    query = (
        select(*_PARTIES, Convention.id.label("convention_id"), *_TERM)
        .add_columns(Convention.departement_code.label("departement"))
        .join(Signataire, Signataire.id == Convention.signataire_id)
        .where(Convention.id.in_(conventions), readable(Convention, actor))
        .order_by(Convention.id)
    )
    return [_header({**_NOT_OPENED, "code": periode.code, **row}) for row in db.session.execute(query).mappings()]


def _header(values: dict[str, Any]) -> tuple[DeclarationShown, int | None]:
    periode = Periode.from_code(values.pop("code"))
    debut, fin = values.pop("debut"), values.pop("fin")
    predecessor: int | None = values.pop("precedente_id")
    annee = year_reached(debut, fin, periode.dernier_jour)
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
    annees: Mapping[int, Periode]


def _engagements(conventions: Collection[int]) -> dict[int, list[_Engagement]]:
    """Those of each convention that the grid knows."""
    query = select(
        Engagement.convention_id,
        Engagement.id,
        Engagement.indicateur,
        Engagement.rang,
        Engagement.libelle,
        Engagement.unite,
        Engagement.precision,
        Engagement.reference,
    ).where(Engagement.convention_id.in_(conventions))
    found: dict[int, list[_Engagement]] = {}
    for convention, *row in db.session.execute(query):
        engagement = _Engagement._make(row)
        if engagement.indicateur in catalogue().indicateurs:
            found.setdefault(convention, []).append(engagement)
    return found


def _engagement_lines(
    page: DeclarationShown, engagements: Collection[_Engagement], beside: _Beside
) -> tuple[LigneDeclaration, ...]:
    grid = catalogue()
    owed = set(owed_indicators([e.indicateur for e in engagements], page.periode, grid))
    order = {code: rank for rank, code in enumerate(grid.indicateurs)}
    in_order = sorted(engagements, key=lambda e: (order[e.indicateur], e.rang))
    return tuple(_engagement_line(e, grid, beside, page.annee, e.indicateur in owed) for e in in_order)


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
        dans_annee=beside.annees.get(e.id),
    )


def _answers_kept(declarations: Collection[int]) -> dict[int, dict[int, ReponseLue]]:
    """The answers of each declaration, by engagement."""
    kept = read_kept(db.session(), Declaration.id.in_(declarations))
    return {key: {a.engagement: _as_read(a) for a in answers} for (key, *_), answers in kept.items()}


def _as_read(kept: AnswerKept) -> ReponseLue:
    return ReponseLue._make(kept[3:])


# What was sent, by convention and period: of which engagement, and the answer.
_Sent = dict[tuple[int, str], list[tuple[int, ReponseLue]]]


def _former(actor: Acteur, headers: Collection[tuple[DeclarationShown, int | None]]) -> _Sent:
    """Answers sent for the periods before, of these conventions and of those they renew that the actor may read.

    And for those that follow in the same year: one of them may bear the value of the whole year (R11).
    """
    d = Declaration
    periodes = {page.periode for page, _ in headers}
    kept = read_kept(
        db.session(),
        d.convention_id.in_(_with_renewed(headers)),
        d.periode.in_({near.code for p in periodes for near in (p.precedente, *_later_in_year(p))}),
        d.etat.in_(SENT),
        readable(d, actor),
    )
    return {
        (convention, periode): [(a.engagement, _as_read(a)) for a in answers if a.reponse != MANQUANTE]
        for (_, convention, periode), answers in kept.items()
    }


def _with_renewed(headers: Collection[tuple[DeclarationShown, int | None]]) -> set[int]:
    return {key for page, predecessor in headers for key in (page.convention_id, predecessor) if key}


def _former_of(
    page: DeclarationShown, predecessor: int | None, sent: _Sent, engagements: Mapping[int, Collection[_Engagement]]
) -> dict[int | tuple[str, int], ReponseLue]:
    """Those of the period before one declaration: by engagement, and by indicator of the convention it renews."""
    before = page.periode.precedente.code
    former: dict[int | tuple[str, int], ReponseLue] = dict(sent.get((page.convention_id, before), ()))
    renewed = {e.id: (e.indicateur, e.rang) for e in engagements.get(predecessor or 0, ())}
    answers = sent.get((predecessor or 0, before), ())
    return former | {renewed[engagement]: answer for engagement, answer in answers if engagement in renewed}


def _later_in_year(periode: Periode) -> list[Periode]:
    """The periods of its kind that follow it in its civil year."""
    return [p for p in Periode.containing(periode.debut, ANNEE).parts(periode.genre) if p.debut >= periode.fin]


def _bearers(page: DeclarationShown, sent: _Sent) -> dict[int, Periode]:
    """By engagement, the later period of the same year whose answer is the value of the whole year (R11)."""
    return {
        engagement: later
        for later in _later_in_year(page.periode)
        for engagement, answer in sent.get((page.convention_id, later.code), ())
        if answer.origine == TOTAL_ANNUEL
    }


def _explanations(declarations: Collection[int]) -> dict[int, dict[int, dict[str, str]]]:
    a = Avertissement
    query = select(a.declaration_id, a.engagement_id, a.code, a.commentaire).where(a.declaration_id.in_(declarations))
    found: dict[int, dict[int, dict[str, str]]] = {}
    for declaration, engagement, code, sentence in db.session.execute(query):
        found.setdefault(declaration, {}).setdefault(engagement or 0, {})[code] = sentence
    return found


def _returns(declarations: Collection[int]) -> dict[int, dict[int | None, tuple[RetourLu, ...]]]:
    r = Retour
    query = (
        select(r.declaration_id, r.engagement_id, r.commentaire, r.par, r.created_at, r.is_answered)
        .where(r.declaration_id.in_(declarations))
        .order_by(r.id)
    )
    found: dict[int, dict[int | None, tuple[RetourLu, ...]]] = {}
    for declaration, *row in db.session.execute(query):
        retour = RetourLu._make(row)
        own = found.setdefault(declaration, {})
        own[retour.engagement_id] = (*own.get(retour.engagement_id, ()), retour)
    return found
