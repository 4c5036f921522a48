"""What a département has already published, as the next publishable edition must know it (R23)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.apports import Document, EditionPubliable
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.editions import read_all_facts
from paqte.domain.periodes import Periode
from paqte.models import Edition

_DOCUMENTS: dict[str, type[Bilan] | type[CompteRendu]] = {"S": Bilan, "T": CompteRendu}


def published(session: Session, departement: str) -> list[EditionPubliable]:
    """Every publishable edition of the département, whatever its period, in the order they were issued."""
    e = Edition
    query = select(e.id, e.periode, e.publiable, e.faits)
    rows = session.execute(query.where(e.departement_code == departement, e.publiable.is_not(None)).order_by(e.id))
    return [
        EditionPubliable(key, _document(periode, publiable or ""), tuple(read_all_facts(faits)))
        for key, periode, publiable, faits in rows
    ]


def _document(periode: str, publiable: str) -> Document:
    return _DOCUMENTS[Periode.from_code(periode).genre].from_json(publiable)
