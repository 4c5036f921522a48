"""Everything a bilan is made from, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.donnees import (
    ActionLue,
    AvertissementLu,
    ChiffreLu,
    DeclarationLue,
    DonneesBilan,
    OrigineLue,
)
from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.rubriques import RubriqueLue, texts_of
from paqte.domain.documents.lignes.lignes import Contact, LignePartenaire
from paqte.domain.erreurs import NotFound
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import (
    Action,
    Avertissement,
    ChiffreContexte,
    Declaration,
    Departement,
    Engagement,
    Qpv,
    Referent,
    Signataire,
)
from paqte.models import Partenaire as PartenaireTable
from paqte.models.mouvement import DATES, LIENS, RESTE, SIGNES
from paqte.queries.conventions import read_apart
from paqte.queries.declarations import origins
from paqte.queries.kept import Subjects, kept, looking
from paqte.queries.pilotage import rubrique_lines
from paqte.queries.reglages import read_agenda
from paqte.queries.sommes import read_answers


def read_donnees(session: Session, departement: str, periode: Periode) -> DonneesBilan:
    """What one bilan needs, in a constant number of statements. NotFound for an unknown département."""
    return read_several(session, departement, (periode,))[periode]


def read_several(session: Session, departement: str, periodes: Collection[Periode]) -> dict[Periode, DonneesBilan]:
    """The same for several periods at once, in as many statements as for one; what they share is read once.

    What a declaration of another period cannot move is not read again when one does.
    """
    parts = {p: frozenset(p.declared()) for p in periodes}
    every = frozenset().union(*parts.values())
    span = min(p.debut for p in periodes), max(p.fin for p in periodes)

    def beside() -> _BilanBeside:
        return _read_beside(session, departement, *span)

    def declared() -> _PeriodesMade:
        return _read_declared(session, departement, every)

    with looking(session, departement):
        told = kept(session, departement, ("autour", span), beside, Subjects.of(SIGNES, DATES, RESTE))
        given = kept(session, departement, ("declare", every), declared, Subjects.of(SIGNES, LIENS, RESTE, *every))
        conventions, chartes = read_apart(session, departement)
        answers = read_answers(session, departement)
    return {
        p: DonneesBilan(
            departement=departement,
            departement_nom=told.nom,
            prefecture=told.prefecture,
            periode=p,
            referents=told.referents,
            rubriques={r.code: r.texte for r in texts_of(p, told.textes)},
            partenaires=told.partenaires,
            conventions=conventions,
            chartes=chartes,
            declarations=tuple(d for d in given.declarations if d.periode in parts[p]),
            faits=answers.until(p),
            avertissements=tuple(a for a in given.avertissements if a.periode in parts[p]),
            actions=tuple(a for a in told.actions if p.debut <= a.date < p.fin),
            chiffres=told.chiffres,
            origines=tuple(o for code in sorted(parts[p]) for o in given.origines.get(code, ())),
            agenda=told.agenda,
        )
        for p in periodes
    }


class _BilanBeside(NamedTuple):
    """What a bilan tells beside declarations and what was signed."""

    nom: str
    prefecture: str
    textes: Sequence[RubriqueLue]
    actions: tuple[ActionLue, ...]
    referents: tuple[Contact, ...]
    partenaires: tuple[LignePartenaire, ...]
    chiffres: tuple[ChiffreLu, ...]
    agenda: Agenda


class _PeriodesMade(NamedTuple):
    """The declarations of some periods, what was warned of them, and how their answers were typed, by period."""

    declarations: tuple[DeclarationLue, ...]
    avertissements: tuple[AvertissementLu, ...]
    origines: Mapping[str, Sequence[OrigineLue]]


def _read_beside(session: Session, departement: str, debut: date, fin: date) -> _BilanBeside:
    place = session.execute(
        select(Departement.nom, Departement.prefecture).where(Departement.code == departement)
    ).first()
    if place is None:
        raise NotFound("Ce département")
    return _BilanBeside(
        place.nom,
        place.prefecture,
        rubrique_lines(session, departement),
        _actions(session, departement, debut, fin),
        _referents(session, departement),
        _partenaires(session, departement),
        _chiffres(session, departement),
        read_agenda(departement),
    )


def _read_declared(session: Session, departement: str, codes: Collection[str]) -> _PeriodesMade:
    return _PeriodesMade(
        _declarations(session, departement, codes),
        _avertissements(session, departement, codes),
        origins(session, departement, codes),
    )


def _referents(session: Session, departement: str) -> tuple[Contact, ...]:
    query = select(Referent.nom, Referent.fonction, Referent.courriel, Referent.telephone)
    rows = session.execute(query.where(Referent.departement_code == departement).order_by(Referent.rang, Referent.id))
    return tuple(Contact(*row) for row in rows)


def _partenaires(session: Session, departement: str) -> tuple[LignePartenaire, ...]:
    t = PartenaireTable
    query = select(t.nom, t.nature, t.role).where(t.departement_code == departement).order_by(t.rang, t.id)
    return tuple(LignePartenaire(*row) for row in session.execute(query))


def _declarations(session: Session, departement: str, periodes: Collection[str]) -> tuple[DeclarationLue, ...]:
    d = Declaration
    sent = (d.transmise_le, d.validee_le, d.motif_reouverture, d.premier_envoi_le)
    query = select(d.id, d.convention_id, d.periode, d.etat, *sent)
    rows = session.execute(query.where(d.departement_code == departement, d.periode.in_(periodes)).order_by(d.id))
    return tuple(DeclarationLue(*row) for row in rows)


def _avertissements(session: Session, departement: str, periodes: Collection[str]) -> tuple[AvertissementLu, ...]:
    query = (
        select(
            Declaration.convention_id,
            Declaration.periode,
            func.coalesce(Engagement.indicateur, ""),
            Avertissement.message,
            Avertissement.commentaire,
        )
        .join(Declaration, Declaration.id == Avertissement.declaration_id)
        .outerjoin(Engagement, Engagement.id == Avertissement.engagement_id)
        .where(
            Declaration.departement_code == departement,
            Declaration.etat == VALIDEE,
            Declaration.periode.in_(periodes),
        )
        .order_by(Avertissement.id)
    )
    return tuple(AvertissementLu(*row) for row in session.execute(query))


def _actions(session: Session, departement: str, debut: date, fin: date) -> tuple[ActionLue, ...]:
    query = (
        select(
            Action.date,
            func.coalesce(Signataire.nom, "").label("signataire"),
            Action.axe,
            Action.titre,
            Action.texte,
            Action.lieu,
            Action.beneficiaires,
            Qpv.nom.label("qpv"),
        )
        .outerjoin(Signataire, Signataire.id == Action.signataire_id)
        .outerjoin(Qpv, Qpv.id == Action.qpv_id)
        .where(
            Action.departement_code == departement,
            Action.is_proofread,
            Action.date >= debut,
            Action.date < fin,
        )
        .order_by(Action.date, Action.id)
    )
    return tuple(_action(row) for row in session.execute(query))


def _action(row: Any) -> ActionLue:
    place = ", ".join(filter(None, [row.lieu, f"QPV {row.qpv}" if row.qpv else ""]))
    return ActionLue(row.date, row.signataire, row.axe, row.titre, row.texte, place, row.beneficiaires)


def _chiffres(session: Session, departement: str) -> tuple[ChiffreLu, ...]:
    c = ChiffreContexte
    query = select(c.code, c.valeur, c.date, c.precision, c.source).where(c.departement_code == departement)
    return tuple(ChiffreLu(*row) for row in session.execute(query.order_by(c.date, c.id)))
