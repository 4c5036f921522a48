"""Which editions were transmitted, to whom, and what became of each (R40)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.editions.editions import XLSX
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import XLSX as MEDIA
from paqte.domain.saisie.fichiers import Download
from paqte.domain.secret import INTERNE
from paqte.models import Courriel, Edition, EditionFichier, Transmission, db
from paqte.queries.perimetre import readable, writable


class TransmissionLue(NamedTuple):
    """One file on its way to one address. `etat` is that of its mail, "" of one that went another way.

    `recu_le` is when the mail server took it, None while it did not; `erreur` says why.
    """

    edition_id: int
    destinataire: str
    diffusion: str
    moyen: str
    par: str
    transmise_le: datetime
    etat: str
    recu_le: datetime | None
    erreur: str


def transmissions_of(*, actor: Acteur, editions: Iterable[int]) -> dict[int, list[TransmissionLue]]:
    """What was transmitted of each of these editions that the actor may read, the latest first."""
    t, c = Transmission, Courriel
    query = (
        select(t.edition_id, t.destinataire, t.diffusion, t.moyen, t.par, t.transmise_le, c.etat, c.envoye_le, c.erreur)
        .outerjoin(c, c.id == t.courriel_id)
        .where(t.edition_id.in_(list(editions)), readable(t, actor))
        .order_by(t.transmise_le.desc(), t.id.desc())
    )
    found: dict[int, list[TransmissionLue]] = {}
    for key, to, diffusion, moyen, par, quand, etat, recu, erreur in db.session.execute(query):
        told = TransmissionLue(key, to, diffusion, moyen, par, quand, etat or "", recu, erreur or "")
        found.setdefault(key, []).append(told)
    return found


# Made once: naming a table another way costs more than what is asked of it.
_FORMER, _LATER, _AGAIN = aliased(Edition), aliased(Edition), aliased(Transmission)


class EditionAwaited(NamedTuple):
    """The last edition of a document and period of which a former one was transmitted and this one was not."""

    id: int
    genre_document: str
    periode: Periode
    numero: int
    avant_id: int


def editions_to_send_again(*, actor: Acteur) -> list[EditionAwaited]:
    """Editions that say something else than what was transmitted; those the actor may transmit, oldest first."""
    e, former, later, t, again = Edition, _FORMER, _LATER, Transmission, _AGAIN

    def same(other: Any) -> tuple[Any, ...]:
        return (
            other.departement_code == e.departement_code,
            other.genre_document == e.genre_document,
            other.periode == e.periode,
        )

    query = (
        select(e.id, e.genre_document, e.periode, e.numero, former.id)
        .join(former, former.numero < e.numero)
        .where(
            writable(e, actor),
            *same(former),
            exists().where(t.edition_id == former.id),
            ~exists().where(again.edition_id == e.id),
            ~exists().where(*same(later), later.numero > e.numero),
        )
        .order_by(e.periode, e.id, former.numero.desc())
    )
    found: dict[int, EditionAwaited] = {}
    for row in db.session.execute(query):
        key, genre, code, numero, before = row
        found.setdefault(key, EditionAwaited(key, genre, Periode.from_code(code), numero, before))
    return list(found.values())


def file_of(edition_id: int, diffusion: str) -> Download | None:
    """A workbook of an edition, for whoever was found entitled to transmit it; None when it has none."""
    e, f = Edition, EditionFichier
    if diffusion == INTERNE:
        query = select(e.fichier_nom, e.fichier_sha256, e.fichier).where(e.id == edition_id)
    else:
        wanted = (f.edition_id == edition_id, f.diffusion == diffusion, f.format == XLSX)
        query = select(f.nom, f.sha256, f.octets).where(*wanted)
    row = db.session.execute(query).first()
    return None if row is None else Download(row[0], MEDIA, row[2], row[1])
