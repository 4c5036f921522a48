"""What hangs on a convention or on a signatory: as long as something does, it is not removed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.statuts.conventions import PROJET
from paqte.domain.statuts.declarations import A_SAISIR
from paqte.domain.statuts.rencontres import GENRES
from paqte.models import (
    Action,
    AvisEcheance,
    Convention,
    Declaration,
    Edition,
    Justificatif,
    Rattachement,
    Realisation,
    RelanceLigne,
    Rencontre,
    RencontreSignataire,
    Retour,
    Signataire,
)


def hangs_on_convention(session: Session, convention: Convention) -> list[str]:
    """What hangs on it, a phrase each; none when a mistake of typing may be undone."""
    return [
        *_declarations_begun(session, convention),
        *_editions_since(session, convention),
        *_mails_about(session, convention),
        *_successor(session, convention),
    ]


def hangs_on_signatory(session: Session, signataire: Signataire) -> list[str]:
    """What hangs on it: conventions, actions, accesses, meetings."""
    c, a, r, m, held = Convention, Action, Rattachement, Rencontre, RencontreSignataire
    numbers = session.scalars(select(c.numero).where(c.signataire_id == signataire.id).order_by(c.numero)).all()
    actions = session.scalars(select(a.titre).where(a.signataire_id == signataire.id).order_by(a.date, a.id)).all()
    names = session.scalars(select(r.nom).where(r.signataire_id == signataire.id).order_by(r.nom, r.id)).all()
    days = select(m.genre, m.date).join(held, held.rencontre_id == m.id).where(held.signataire_id == signataire.id)
    met = session.execute(days.order_by(m.date, m.id))
    return [
        *(f"la convention {numero}" for numero in numbers),
        *(f"l’action « {titre} »" for titre in actions),
        *(f"l’accès de {nom or 'quelqu’un'}" for nom in dict.fromkeys(names)),
        *(f"la rencontre du {day:%d/%m/%Y} ({GENRES[genre]})" for genre, day in met),
    ]


def empty_declarations(session: Session, convention: Convention) -> list[Declaration]:
    """Those that somebody opened and where nothing was ever written: they go with the convention."""
    opened = select(Declaration).where(Declaration.convention_id == convention.id).order_by(Declaration.periode)
    return [row for row in session.scalars(opened) if not _is_begun(session, row)]


def _declarations_begun(session: Session, convention: Convention) -> Iterator[str]:
    d = Declaration
    for row in session.scalars(select(d).where(d.convention_id == convention.id).order_by(d.periode)):
        if _is_begun(session, row):
            yield f"la déclaration « {Periode.from_code(row.periode).libelle} », commencée"


def _is_begun(session: Session, row: Declaration) -> bool:
    written = (
        select(model.id).where(model.declaration_id == row.id).limit(1) for model in (Realisation, Retour, Justificatif)
    )
    return row.etat != A_SAISIR or any(session.scalar(query) is not None for query in written)


def _editions_since(session: Session, convention: Convention) -> Iterator[str]:
    """The editions made since it was typed, of a period that it had begun in: they counted it."""
    if convention.statut == PROJET:
        return
    e = Edition
    query = select(e.genre_document, e.periode, e.numero).where(
        e.departement_code == convention.departement_code, e.created_at >= convention.created_at
    )
    for genre, code, numero in session.execute(query.order_by(e.created_at, e.id)):
        periode = Periode.from_code(code)
        if periode.fin > convention.debut:
            yield f"l’édition n° {numero} ({DOCUMENTS[genre].nom}, {periode.libelle}), qui l’a comptée"


def _mails_about(session: Session, convention: Convention) -> Iterator[str]:
    lines = session.scalar(select(func.count()).where(RelanceLigne.convention_id == convention.id)) or 0
    notices = session.scalar(select(func.count()).where(AvisEcheance.convention_id == convention.id)) or 0
    if lines:
        yield f"{lines} rappel{'s' if lines > 1 else ''} déjà envoyé{'s' if lines > 1 else ''} à son entreprise"
    if notices:
        yield "un avis de fin de convention déjà envoyé"


def _successor(session: Session, convention: Convention) -> Iterator[str]:
    for numero in session.scalars(select(Convention.numero).where(Convention.precedente_id == convention.id)):
        yield f"la convention {numero}, qui lui fait suite"
