"""Bilans received as workbooks: what counts in a national sum, and what became of every one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select

from paqte.domain.assemblage.nation import PartDepartement, PartRecue
from paqte.domain.assemblage.territoires.ecrites import part_again
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import ODS, XLSX, Download
from paqte.domain.statuts.recus import A_DECIDER, INTACT, MARQUES, RETENU
from paqte.models import BilanRecu, Departement, Edition, db
from paqte.queries.perimetre import received

WHAT = "Ce bilan reçu"


class RecuLu(NamedTuple):
    """A bilan received. `is_overtaken`: its département issued its own since, which counts instead."""

    id: int
    departement: str
    nom: str
    periode: str
    numero: int
    sha256: str
    fichier: str
    fichier_sha256: str
    contenu: str
    etat: str
    marque: str
    raison: str
    motif: str
    constats: str
    recu_par: str
    recu_le: datetime
    decide_par: str
    decide_le: datetime | None
    version: int
    is_overtaken: bool

    @property
    def part(self) -> PartDepartement:
        """What it brings to a sum."""
        return part_again(self.contenu, self.departement, self.nom, PartRecue(self.id, self.marque, self.raison))

    @property
    def is_counted(self) -> bool:
        """Whether its figures stand in the national sum."""
        return self.etat == RETENU and not self.is_overtaken

    @property
    def is_waiting(self) -> bool:
        return self.etat == A_DECIDER

    @property
    def is_marked(self) -> bool:
        return self.marque != INTACT

    @property
    def prise(self) -> str:
        """How its figures were taken."""
        return MARQUES[self.marque]


def list_received(*, actor: Acteur, periode: Periode) -> list[RecuLu]:
    """Every one of a semester that the actor may read, by département, the latest first."""
    query = _received(actor).where(BilanRecu.periode == periode.code)
    rows = db.session.execute(query.order_by(BilanRecu.departement_code, BilanRecu.id.desc()))
    return list(map(RecuLu._make, rows))


def counted_received(*, actor: Acteur, periode: Periode) -> list[RecuLu]:
    """Those whose figures stand in the national sum, in order of département."""
    query = _received(actor).where(BilanRecu.periode == periode.code, BilanRecu.etat == RETENU, ~_overtaken())
    return list(map(RecuLu._make, db.session.execute(query.order_by(BilanRecu.departement_code))))


def last_counted_before(*, actor: Acteur, periode: Periode) -> dict[str, RecuLu]:
    """Of each département, the last that counts in the sum of a semester before that one."""
    query = _received(actor).where(BilanRecu.periode < periode.code, BilanRecu.etat == RETENU, ~_overtaken())
    found = map(RecuLu._make, db.session.execute(query.order_by(BilanRecu.periode, BilanRecu.id)))
    return {one.departement: one for one in found}


def counted_by_semester(*, actor: Acteur) -> dict[str, int]:
    """How many count, by code of semester."""
    r = BilanRecu
    query = (
        select(r.periode, func.count())
        .where(received(r, actor), r.etat == RETENU, ~_overtaken())
        .group_by(r.periode)
        .order_by(r.periode)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def read_received(*, actor: Acteur, recu_id: int) -> RecuLu:
    """NotFound alike whether it does not exist or is another's."""
    row = db.session.execute(_received(actor).where(BilanRecu.id == recu_id)).first()
    if row is None:
        raise NotFound(WHAT)
    return RecuLu(*row)


def file_received(*, actor: Acteur, recu_id: int) -> Download:
    """The very bytes that were handed in."""
    r = BilanRecu
    query = select(r.nom, r.octets, r.fichier_sha256).where(r.id == recu_id, received(r, actor))
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound(WHAT)
    media_type = ODS if ODS.encode() in row.octets[:100] else XLSX
    return Download(row.nom, media_type, row.octets, row.fichier_sha256)


def _received(actor: Acteur) -> Any:
    r, d = BilanRecu, Departement
    columns = (
        r.id, r.departement_code, d.nom, r.periode, r.numero, r.sha256, r.nom, r.fichier_sha256, r.contenu, r.etat,
        r.marque, r.raison, r.motif, r.constats, r.recu_par, r.created_at, r.decide_par, r.decide_le, r.version,
    )  # fmt: skip
    return select(*columns, _overtaken()).join(d, d.code == r.departement_code).where(received(r, actor))


def _overtaken() -> ColumnElement[bool]:
    """Whether the département issued its own edition in this base."""
    e, r = Edition, BilanRecu
    return exists().where(e.departement_code == r.departement_code, e.genre_document == BILAN, e.periode == r.periode)
