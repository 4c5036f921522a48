"""Bilans received as workbooks: taken in, decided one by one, withdrawn; none is ever changed in silence (R19, R20)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.nation import LigneNation, merge_parts
from paqte.domain.assemblage.territoires.ecrites import part_kept
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.lignes.libelles import capitalized
from paqte.domain.documents.registre import BILAN
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import Download
from paqte.domain.saisie.textes import clean_line
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.domain.statuts.recus import (
    A_DECIDER,
    ECARTER,
    ETATS,
    GARDER,
    INTACT,
    REMPLACER,
    RETENU,
    RETIRER,
    TRANSITIONS,
)
from paqte.models import BilanRecu, Departement, Edition
from paqte.ops.antivirus import AntivirusRefused, scan
from paqte.queries.editions.recus import WHAT, RecuLu, file_received
from paqte.queries.perimetre import received, require_receiver
from paqte.services.editions.recus import checked_reason
from paqte.services.editions.recus_lus import PartLue, WorkbookReceived, read_files
from paqte.services.transaction import note, transaction

MEANWHILE = "Ce bilan reçu a changé depuis que vous avez ouvert cette page : regardez où il en est."


class DepositOutcome(NamedTuple):
    """What became of a file: its key when it was kept, 0 when it was refused; whether it counts; and what is said."""

    nom: str
    recu_id: int
    departement: str
    is_counted: bool
    phrase: str


def deposit_bilans(
    *, actor: Acteur, fichiers: Sequence[WorkbookReceived], periode: Periode, now: datetime, antivirus: str = ""
) -> list[DepositOutcome]:
    """Take in workbooks of a semester: what is sound counts at once, what somebody may decide of waits, the rest is
    refused with a sentence. Each is dealt with by itself; a département that has its own edition here takes none.
    """
    require_receiver(actor)
    if periode.genre != SEMESTRE:
        raise Refused("Un bilan reçu porte sur un semestre : par exemple 2026-S1.")
    read = list(_looked_at(fichiers, periode, antivirus))
    twice = Counter(one.part.departement for one in read if one.part is not None)
    with transaction(actor=actor, now=now) as session:
        return [_dealt(session, one, periode, actor, now, is_alone=_is_alone(one, twice)) for one in read]


def keep_received(*, actor: Acteur, recu_id: int, version: int | None, raison: str, now: datetime) -> None:
    """Have one count that waited; the former one of its département is replaced. One that nothing proves asks why."""
    require_receiver(actor)
    with transaction(actor=actor, now=now) as session:
        row = _held(session, actor, recu_id, version, GARDER)
        if own := _own_edition(session, row.departement_code, row.periode):
            raise Refused(f"Ce département a produit son bilan dans l’application (édition n° {own}) : il compte seul.")
        row.raison = checked_reason(raison) if row.marque != INTACT else clean_line(raison)[0]
        former = session.scalar(_counting(row.departement_code, row.periode))
        if former is not None:
            _move_on(former, REMPLACER, actor, now)
            former.motif = f"Remplacé par {row.nom}, reçu plus tard."[:500]
            session.flush()
        _move_on(row, GARDER, actor, now)


def discard_received(*, actor: Acteur, recu_id: int, version: int | None, now: datetime) -> None:
    """Give up one that waited: it never counted."""
    require_receiver(actor)
    with transaction(actor=actor, now=now) as session:
        _move_on(_held(session, actor, recu_id, version, ECARTER), ECARTER, actor, now)


def withdraw_received(*, actor: Acteur, recu_id: int, version: int | None, motif: str, now: datetime) -> None:
    """Take one out of the sums where it counted, and say why."""
    require_receiver(actor)
    with transaction(actor=actor, now=now) as session:
        row = _held(session, actor, recu_id, version, RETIRER)
        row.motif = checked_reason(motif)
        _move_on(row, RETIRER, actor, now)


def hand_received(*, actor: Acteur, recu_id: int, now: datetime) -> Download:
    """The file as it was received; the journal says who took it (R30)."""
    with transaction(actor=actor, now=now) as session:
        found = file_received(actor=actor, recu_id=recu_id)
        place = session.get_one(BilanRecu, recu_id).departement_code
        note(session, "telecharger", "bilan_recu", recu_id, departement=place)
        return found


def lines_received(recu: RecuLu) -> tuple[LigneNation, ...]:
    """The figures of one, line by line, as the national sum would take them."""
    return merge_parts((recu.part,), catalogue()).lignes


def _looked_at(fichiers: Sequence[WorkbookReceived], periode: Periode, antivirus: str) -> Iterator[PartLue]:
    """Each file in order, those that the antivirus refuses never read."""
    refused = {rank: refusal for rank, one in enumerate(fichiers) if (refusal := _infection(antivirus, one))}
    read = read_files([one for rank, one in enumerate(fichiers) if rank not in refused], periode)
    for rank, one in enumerate(fichiers):
        yield PartLue(one, None, refused[rank]) if rank in refused else next(read)


def _infection(antivirus: str, fichier: WorkbookReceived) -> str:
    try:
        scan(antivirus, fichier.octets)
    except AntivirusRefused as refused:
        return str(refused)
    return ""


def _is_alone(read: PartLue, given: Counter[str]) -> bool:
    return read.part is None or given[read.part.departement] == 1


def _dealt(
    session: Session, read: PartLue, periode: Periode, actor: Acteur, now: datetime, *, is_alone: bool
) -> DepositOutcome:
    try:
        row, phrase = _taken_in(session, read, periode, actor, now, is_alone=is_alone)
    except Refused as refused:
        said = {"fichier": _file_name(read.fichier), "motif": str(refused)}
        note(session, "refuser", "bilan_recu", apres=said)
        return DepositOutcome(_file_name(read.fichier), 0, "", is_counted=False, phrase=str(refused))
    return DepositOutcome(row.nom, row.id, row.departement_code, row.etat == RETENU, phrase)


def _taken_in(
    session: Session, read: PartLue, periode: Periode, actor: Acteur, now: datetime, *, is_alone: bool
) -> tuple[BilanRecu, str]:
    part, digest = read.part, hashlib.sha256(read.fichier.octets).hexdigest()
    if part is None or part.recue is None:
        raise Refused(read.refus)
    if own := _own_edition(session, part.departement, periode.code):
        raise Refused(
            f"{part.nom} ({part.departement}) a produit son bilan dans l’application (édition n° {own}) : "
            "c’est lui qui compte."
        )
    if session.get(Departement, part.departement) is None:
        raise Refused(f"le département {part.departement} n’est pas connu de cette base.")
    _check_new(session, part.departement, periode, digest)
    former = session.scalar(_counting(part.departement, periode.code))
    found = [read.refus] if read.refus else []
    if former is not None:
        found.append(f"un autre bilan de ce département est déjà additionné ({former.nom}) : celui-ci le remplacerait.")
    if not is_alone:
        found.append("plusieurs fichiers de ce dépôt sont de ce département : un seul peut compter.")
    row = BilanRecu(
        departement_code=part.departement,
        periode=periode.code,
        numero=part.numero,
        sha256=part.sha256,
        nom=_file_name(read.fichier),
        octets=read.fichier.octets,
        fichier_sha256=digest,
        contenu=part_kept(part),
        etat=A_DECIDER if found else RETENU,
        marque=part.recue.marque,
        constats="\n".join((*found, *(gap for gap in read.constats if gap not in read.refus))),
        recu_par=actor.nom,
        created_at=now,
    )
    session.add(row)
    session.flush()
    told = [*found[:1], *map(capitalized, found[1:])]
    return row, " ".join(told) or "Reçu, intact : ses chiffres comptent."


def _check_new(session: Session, departement: str, periode: Periode, digest: str) -> None:
    r = BilanRecu
    same = select(r.etat).where(
        r.departement_code == departement,
        r.periode == periode.code,
        r.fichier_sha256 == digest,
        r.etat.in_((A_DECIDER, RETENU)),
    )
    if (etat := session.scalar(same.order_by(r.id))) is not None:
        raise Refused(f"ce fichier est déjà reçu ({ETATS[etat].lower()}).")


def _counting(departement: str, periode: str):  # type: ignore[no-untyped-def]
    r = BilanRecu
    return select(r).where(r.departement_code == departement, r.periode == periode, r.etat == RETENU)


def _own_edition(session: Session, departement: str, periode: str) -> int | None:
    """The number of the last edition that this département issued in this base, None without any."""
    e = Edition
    query = select(e.numero).where(e.departement_code == departement, e.periode == periode, e.genre_document == BILAN)
    return session.scalar(query.order_by(e.numero.desc()).limit(1))


def _held(session: Session, actor: Acteur, key: int, version: int | None, act: str) -> BilanRecu:
    row = session.scalar(select(BilanRecu).where(BilanRecu.id == key, received(BilanRecu, actor)))
    if row is None:
        raise NotFound(WHAT)
    if (row.etat, act) not in TRANSITIONS:
        raise Refused(f"Ce bilan reçu est « {ETATS[row.etat].lower()} » : ce n’est plus possible.")
    if row.version != version:
        raise Conflict(MEANWHILE, {"version": str(row.version)})
    return row


def _move_on(row: BilanRecu, act: str, actor: Acteur, now: datetime) -> None:
    row.etat, row.decide_par, row.decide_le = TRANSITIONS[row.etat, act], actor.nom, now


def _file_name(fichier: WorkbookReceived) -> str:
    return clean_line(fichier.nom)[0][:200] or "fichier"
