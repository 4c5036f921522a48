"""Versions of a template: kept for trial, put in force from a date, withdrawn; editions keep theirs (R19)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.editions.editions import GABARIT_BILAN
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import clean_line
from paqte.models import Edition, Gabarit
from paqte.queries.gabarits.gabarits import METROPOLE, comes_into_force_on
from paqte.queries.perimetre import require_admin
from paqte.reporting.classeurs.formats import FORMATS
from paqte.reporting.remplissage.gabarits.gabarit import check_received, check_template
from paqte.services.editions import named
from paqte.services.gabarits.essai import check_size, examine_template
from paqte.services.transaction import note, transaction


def propose_template(*, actor: Acteur, nom: str, octets: bytes, now: datetime, genre: str = GABARIT_BILAN) -> int:
    """Keep a sound template for trial: it serves nobody yet. Gives its key.

    GabaritRefused with the names at fault; Refused when these very bytes are installed already.
    """
    require_admin(actor)
    check_size(octets)
    check_received(octets)
    check_template(octets, FORMATS[genre])
    with transaction(actor=actor, now=now) as session:
        return _row_of_bytes(session, nom, octets, genre, now).id


def install_template(
    *,
    actor: Acteur,
    nom: str,
    octets: bytes,
    en_vigueur_le: date | None,
    now: datetime,
    genre: str = GABARIT_BILAN,
    departement: str | None = None,
) -> int:
    """Put a template in force from a civil day on, after a dry run; gives its key.

    Refused: a day that is over or already another's, the very bytes installed already, a template that cannot make
    a whole bilan. Whatever is refused, the former goes on serving.
    """
    require_admin(actor)
    day = _day_to_come(en_vigueur_le, local_date(now, METROPOLE))
    check_size(octets)
    check_received(octets)
    examine_template(actor=actor, nom=nom, octets=octets, now=now, genre=genre, departement=departement)
    with transaction(actor=actor, now=now) as session:
        row = _row_of_bytes(session, nom, octets, genre, now)
        other = comes_into_force_on(session, row.genre, day)
        if other is not None:
            raise Refused(
                {"en_vigueur_le": f"Le modèle n° {other.id} entre en vigueur ce jour-là : retirez-le d’abord."}
            )
        row.installe_par, row.en_vigueur_le, row.retire_le = actor.nom, day, None
        note(session, "installer", "gabarit", row.id, apres={"en_vigueur_le": day.isoformat(), "sha256": row.sha256})
        return row.id


def withdraw_template(*, actor: Acteur, gabarit_id: int, now: datetime) -> None:
    """Take an installed template out of service at once: the one before it serves again. Its editions keep it."""
    require_admin(actor, "Ce modèle")
    with transaction(actor=actor, now=now) as session:
        row = _to_change(session, gabarit_id)
        if not row.installe_par or row.retire_le is not None:
            raise Refused("Ce modèle n’est pas installé : il n’y a rien à retirer.")
        row.retire_le = local_date(now, METROPOLE)
        note(session, "retirer", "gabarit", row.id)


def discard_template(*, actor: Acteur, gabarit_id: int, now: datetime) -> None:
    """Forget a template kept for trial. Refused for one that was installed or that an edition used."""
    require_admin(actor, "Ce modèle")
    with transaction(actor=actor, now=now) as session:
        row = _to_change(session, gabarit_id)
        used = session.scalar(select(Edition.id).where(Edition.gabarit_id == row.id).limit(1))
        if row.installe_par or used is not None:
            raise Refused("Ce modèle a été installé ou a servi : il se garde.")
        session.delete(row)


def _to_change(session: Session, gabarit_id: int) -> Gabarit:
    row = session.get(Gabarit, gabarit_id, with_for_update=True)
    if row is None:
        raise NotFound("Ce modèle")
    return row


def _row_of_bytes(session: Session, nom: str, octets: bytes, genre: str, now: datetime) -> Gabarit:
    """The row of these bytes, made when there is none; Refused when they are installed."""
    sha256 = hashlib.sha256(octets).hexdigest()
    row = session.scalar(select(Gabarit).where(Gabarit.sha256 == sha256).with_for_update())
    if row is not None and row.installe_par and row.retire_le is None:
        raise Refused(
            f"Ce modèle est déjà installé, n° {row.id}, en vigueur le {row.en_vigueur_le:%d/%m/%Y} : "
            "retirez-le d’abord pour changer sa date."
        )
    if row is None:
        row = Gabarit(
            nom=named(clean_line(nom)[0] or "gabarit", sha256),
            sha256=sha256,
            octets=octets,
            genre=genre,
            en_vigueur_le=local_date(now, METROPOLE),
            created_at=now,
        )
        session.add(row)
        session.flush()
    return row


def _day_to_come(day: date | None, today: date) -> date:
    if day is None:
        raise Refused({"en_vigueur_le": "Indiquez à partir de quel jour il sert, par exemple 01/01/2027."})
    if day < today:
        raise Refused({"en_vigueur_le": f"Ce jour est passé : choisissez au plus tôt le {today:%d/%m/%Y}."})
    return day
