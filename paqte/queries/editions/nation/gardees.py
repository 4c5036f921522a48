"""What each edition brings to the sum of a territory: read where it is kept, else made from what it froze (R20)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import func, select

from paqte.domain.assemblage.empreinte import rules_digest
from paqte.domain.assemblage.nation import PartDepartement, part_of
from paqte.domain.assemblage.territoires.ecrites import edition_part_again, edition_part_kept
from paqte.domain.assemblage.territoires.trimestre import part_of_quarter
from paqte.domain.documents.registre import BILAN, SOMMES
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.models import Edition, KeptPart, db
from paqte.queries.editions.nation.emises import IS_LAST, sealed_edition
from paqte.queries.editions.nation.sommes import sealed_export

# The documents that a sum is made of.
SUMMED = frozenset(genre.de for genre in SOMMES.values())


class PartMade(NamedTuple):
    """A part as the base keeps it: its edition, the mark of what it was made from, its bytes."""

    edition_id: int
    etat: str
    contenu: bytes


def part_of_edition(genre: str, edition_id: int, sha256: str) -> PartDepartement:
    """What the edition of this hash brings; last_editions has said that it may be read."""
    query = select(KeptPart.contenu).where(KeptPart.edition_id == edition_id, KeptPart.etat == _mark(sha256))
    contenu = db.session.scalar(query)
    return _anew(genre, edition_id) if contenu is None else _unpacked(contenu, edition_id)


def stale_parts(departement: str) -> Iterator[PartMade]:
    """Those of the last edition of each document and period that the base should keep and does not."""
    for edition_id, genre, sha256, etat in db.session.execute(_last_of(departement)).all():
        if etat != _mark(sha256):
            yield PartMade(edition_id, _mark(sha256), _packed(_anew(genre, edition_id)))


def parts_of_before(departement: str) -> list[int]:
    """Editions whose part is kept and that another followed: no sum is made of them any more."""
    e, k = Edition, KeptPart
    query = select(e.id).join(k, k.edition_id == e.id).where(e.departement_code == departement, ~IS_LAST).order_by(e.id)
    return list(db.session.scalars(query))


def wrong_parts(departement: str) -> list[str]:
    """Editions whose part, kept under the mark of the present, is not what they give: "2026-S1, édition 2"."""
    k, e = KeptPart, Edition
    query = (
        select(e.id, e.genre_document, e.periode, e.numero, e.sha256, k.etat, k.contenu)
        .join(k, k.edition_id == e.id)
        .where(e.departement_code == departement)
        .order_by(e.id)
    )
    return [
        f"{periode}, édition {numero}"
        for edition_id, genre, periode, numero, sha256, etat, contenu in db.session.execute(query).all()
        if etat == _mark(sha256) and contenu != _packed(_anew(genre, edition_id))
    ]


def _last_of(departement: str) -> Any:
    e, k = Edition, KeptPart
    return (
        select(e.id, e.genre_document, e.sha256, func.coalesce(k.etat, ""))
        .outerjoin(k, k.edition_id == e.id)
        .where(e.departement_code == departement, e.genre_document.in_(SUMMED), IS_LAST)
        .order_by(e.id)
    )


def _mark(sha256: str) -> str:
    """Other rules, or another grid, may find other figures in the same edition."""
    return f"{sha256} {rules_digest().hex()}"


def _anew(genre: str, edition_id: int) -> PartDepartement:
    if genre == BILAN:
        return part_of(sealed_edition(edition_id), catalogue())
    export: Any = sealed_export(edition_id)
    return part_of_quarter(export, catalogue(), edition_id)


def _packed(part: PartDepartement) -> bytes:
    return zlib.compress(edition_part_kept(part).encode(), 6)


def _unpacked(contenu: bytes, edition_id: int) -> PartDepartement:
    return edition_part_again(zlib.decompress(contenu).decode(), edition_id)
