"""What the answers of one convention weigh in the last bilan that may go out, for those who gave them (R23)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.assemblage.diffusion.parts import PartTold, part_told
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import inside
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.editions.editions import read_facts_about
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Edition, Entreprise, Signataire, db
from paqte.queries.perimetre import readable


class PartsTold(NamedTuple):
    """The period of the bilan, and a part by code of indicator."""

    periode: Periode
    parts: Mapping[str, PartTold]


def parts_told(*, actor: Acteur, departement: str, convention_id: int, codes: Collection[str]) -> PartsTold | None:
    """The part of a convention in the last bilan that has a publishable version; None when it has none to tell.

    Of flows alone, none under secret (R23). A figure that editions of the same period tell differently is left out:
    their difference would tell a late answer. Four statements at most.
    """
    issued = _last_issued(departement)
    counted = {code for code in codes if _adds_up(code)} - catalogue().secrets
    if not issued or not counted:
        return None
    periode = Periode.from_code(issued[-1].periode)
    totals = _told_alike(issued, counted)
    faits = inside(read_facts_about(issued[-1].faits, totals.keys()), periode)
    known = _SirensTold.of(actor, {f.signataire for f in faits})
    told = {
        code: part_told(total, [f for f in faits if f.indicateur == code], convention_id, *known)
        for code, total in totals.items()
    }
    parts = {code: part for code, part in told.items() if part is not None}
    return PartsTold(periode, parts) if parts else None


class _Issued(NamedTuple):
    periode: str
    publiable: str
    faits: str


def _last_issued(departement: str) -> Sequence[_Issued]:
    """The publishable bilans of the last period that has one, in the order they were issued."""
    e = Edition
    of_bilans = (e.departement_code == departement, e.genre_document == BILAN, e.publiable.is_not(None))
    last = select(e.periode).where(*of_bilans).order_by(e.periode.desc(), e.id).limit(1).scalar_subquery()
    rows = select(e.periode, e.publiable, e.faits).where(*of_bilans, e.periode == last).order_by(e.numero, e.id)
    return [_Issued._make(row) for row in db.session.execute(rows)]


def _adds_up(code: str) -> bool:
    indicateur = catalogue().indicateurs.get(code)
    return indicateur is not None and indicateur.traits.adds_over_time and indicateur.traits.adds_years


def _told_alike(issued: Sequence[_Issued], codes: Collection[str]) -> dict[str, Decimal]:
    """The totals over all signatories that every edition of the period tells, and tells alike."""
    told = [_totals(one.publiable, codes) for one in issued]
    return {code: total for code, total in told[-1].items() if all(one.get(code) == total for one in told)}


def _totals(publiable: str, codes: Collection[str]) -> dict[str, Decimal]:
    document = DOCUMENTS[BILAN].document.from_json(publiable, frozenset({LigneIndicateur}))
    rows = [row for _, part in document.parts_of(LigneIndicateur) for row in part if row.code in codes]
    # Of several lines of an indicator, the last is of everybody (R38).
    last = {row.code: row.realise.valeur for row in rows}
    return {code: valeur for code, valeur in last.items() if valeur is not None}


class _SirensTold(NamedTuple):
    """The SIREN of each signatory, and those of which the actor may read the answers already."""

    sirens: Mapping[int, str]
    known: frozenset[str]

    @classmethod
    def of(cls, actor: Acteur, signataires: Collection[int]) -> _SirensTold:
        s = Signataire
        query = select(s.id, Entreprise.siren).join(Entreprise, Entreprise.id == s.entreprise_id)
        sirens = {row.id: row.siren for row in db.session.execute(query.where(s.id.in_(signataires)))}
        hers = db.session.execute(query.where(s.id.in_(signataires), readable(s, actor)))
        return cls(sirens, frozenset(siren for _, siren in hers))
