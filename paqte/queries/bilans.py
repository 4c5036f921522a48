"""Everything a bilan is made from, editions already issued, and what is due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.acteurs import Acteur
from paqte.domain.assemblage.donnees import (
    ActionLue,
    AvertissementLu,
    ChiffreLu,
    DeclarationLue,
    DonneesBilan,
)
from paqte.domain.bilan import Contact, Partenaire
from paqte.domain.declarations import VALIDEE
from paqte.domain.erreurs import NotFound
from paqte.domain.periodes import Periode, last_closed, local_date
from paqte.domain.pilotage import due_date
from paqte.models import (
    Action,
    Avertissement,
    ChiffreContexte,
    Declaration,
    Departement,
    Edition,
    Qpv,
    Realisation,
    Referent,
    Rubrique,
    Signataire,
    db,
)
from paqte.models import Partenaire as PartenaireTable
from paqte.queries import faits, reglages
from paqte.queries.conventions_lues import read_conventions
from paqte.queries.perimetre import readable, require_readable_departement


def read_donnees(session: Session, departement: str, periode: Periode) -> DonneesBilan:
    """What one bilan needs, in a constant number of statements. NotFound for an unknown département."""
    place = session.execute(
        select(Departement.nom, Departement.prefecture).where(Departement.code == departement)
    ).first()
    if place is None:
        raise NotFound("Ce département")
    parts = [p.code for p in (periode, *periode.parts("T"))]
    return DonneesBilan(
        departement=departement,
        departement_nom=place.nom,
        prefecture=place.prefecture,
        periode=periode,
        referents=_referents(session, departement),
        rubriques=_rubriques(session, departement),
        partenaires=_partenaires(session, departement),
        conventions=read_conventions(session, departement),
        declarations=_declarations(session, departement, parts),
        faits=faits.validated(session, departement, periode),
        avertissements=_avertissements(session, departement, parts),
        actions=_actions(session, departement, periode),
        chiffres=_chiffres(session, departement),
    )


def _referents(session: Session, departement: str) -> tuple[Contact, ...]:
    query = select(Referent.nom, Referent.fonction, Referent.courriel, Referent.telephone)
    rows = session.execute(query.where(Referent.departement_code == departement).order_by(Referent.rang, Referent.id))
    return tuple(Contact(*row) for row in rows)


def _rubriques(session: Session, departement: str) -> dict[str, str]:
    query = select(Rubrique.code, Rubrique.texte).where(Rubrique.departement_code == departement)
    return dict(session.execute(query).tuples().all())


def _partenaires(session: Session, departement: str) -> tuple[Partenaire, ...]:
    t = PartenaireTable
    query = select(t.nom, t.nature, t.role).where(t.departement_code == departement).order_by(t.rang, t.id)
    return tuple(Partenaire(*row) for row in session.execute(query))


def _declarations(session: Session, departement: str, periodes: list[str]) -> tuple[DeclarationLue, ...]:
    d = Declaration
    query = select(d.id, d.convention_id, d.periode, d.etat, d.transmise_le, d.validee_le, d.motif_reouverture)
    rows = session.execute(query.where(d.departement_code == departement, d.periode.in_(periodes)))
    return tuple(DeclarationLue(*row) for row in rows)


def _avertissements(session: Session, departement: str, periodes: list[str]) -> tuple[AvertissementLu, ...]:
    query = (
        select(
            Declaration.convention_id,
            Declaration.periode,
            func.coalesce(Realisation.indicateur, ""),
            Avertissement.message,
            Avertissement.commentaire,
        )
        .join(Declaration, Declaration.id == Avertissement.declaration_id)
        .outerjoin(
            Realisation,
            (Realisation.declaration_id == Avertissement.declaration_id)
            & (Realisation.engagement_id == Avertissement.engagement_id),
        )
        .where(
            Declaration.departement_code == departement,
            Declaration.etat == VALIDEE,
            Declaration.periode.in_(periodes),
        )
        .order_by(Avertissement.id)
    )
    return tuple(AvertissementLu(*row) for row in session.execute(query))


def _actions(session: Session, departement: str, periode: Periode) -> tuple[ActionLue, ...]:
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
            Action.date >= periode.debut,
            Action.date < periode.fin,
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
    return tuple(ChiffreLu(*row) for row in session.execute(query))


class EditionLue(NamedTuple):
    """An issued edition as lists show it; moments are aware."""

    id: int
    departement: str
    periode: str
    numero: int
    sha256: str
    fichier_sha256: str
    fichier_nom: str
    produite_par: str
    created_at: datetime
    publiee_le: datetime | None


def _editions(actor: Acteur) -> Any:
    e = Edition
    return select(
        e.id,
        e.departement_code,
        e.periode,
        e.numero,
        e.sha256,
        e.fichier_sha256,
        e.fichier_nom,
        e.produite_par,
        e.created_at,
        e.publiee_le,
    ).where(readable(Edition, actor))


def list_editions(*, actor: Acteur, periode: str | None = None) -> list[EditionLue]:
    """Editions this actor may read, the latest period and number first."""
    query = _editions(actor)
    if periode is not None:
        query = query.where(Edition.periode == periode)
    query = query.order_by(Edition.periode.desc(), Edition.departement_code, Edition.numero.desc())
    return [EditionLue(*row) for row in db.session.execute(query)]


def read_edition(*, actor: Acteur, edition_id: int) -> EditionLue:
    """One edition, or NotFound."""
    row = db.session.execute(_editions(actor).where(Edition.id == edition_id)).first()
    if row is None:
        raise NotFound("Cette édition")
    return EditionLue(*row)


class FichierEdition(NamedTuple):
    nom: str
    sha256: str
    octets: bytes


def read_edition_file(*, actor: Acteur, edition_id: int) -> FichierEdition:
    """The very bytes that were issued, or NotFound (contract: downloads checked by right)."""
    e = Edition
    query = select(e.fichier_nom, e.fichier_sha256, e.fichier).where(e.id == edition_id, readable(Edition, actor))
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound("Cette édition")
    return FichierEdition(*row)


class BilanDu(NamedTuple):
    """A closed semester whose bilan is due and has no edition."""

    departement: str
    periode: Periode
    due_le: date


def due_bilans(*, now: datetime) -> list[BilanDu]:
    """Every closed semester past its due date and without edition, département by département, oldest first (R12)."""
    places = db.session.execute(
        select(Departement.code, Departement.premier_semestre).where(Departement.premier_semestre.is_not(None))
    ).all()
    issued = {
        (code, periode) for code, periode in db.session.execute(select(Edition.departement_code, Edition.periode))
    }
    delays = reglages.integers("bilan_delai_jours")
    due = []
    for code, first in places:
        today = local_date(now, code)
        for periode in _closed_since(Periode.from_code(first or ""), today):
            day = due_date(periode, delays(code))
            if today >= day and (code, periode.code) not in issued:
                due.append(BilanDu(code, periode, day))
    return sorted(due, key=lambda b: (b.periode.debut, b.departement))


def _closed_since(first: Periode, today: date) -> list[Periode]:
    """Semesters over, from the first one that the département uses PAQTE for."""
    closed = []
    current = first
    last = last_closed(today, "S")
    while current.debut <= last.debut:
        closed.append(current)
        current = current.suivante
    return closed


def check_readable(*, actor: Acteur, departement: str) -> None:
    """NotFound unless this actor may read the bilan of that département."""
    require_readable_departement(actor, departement)
