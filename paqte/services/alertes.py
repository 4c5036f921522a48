"""What an administrator must hear of before it stops people: the disk that fills, quotas nearly reached."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.textes import french_order
from paqte.models import Journal, JournalAuteur, Signataire
from paqte.queries.reglages import read_limits
from paqte.services.quotas import evidence

_MO = 1024 * 1024
# Told while there is still something to do about it.
NEARLY = 90
SHOWN = 20


def low_disk(places: Iterable[Path]) -> tuple[str, str]:
    """(what is missing, with what to do, "" when enough is free; how much is free) where these folders lie."""
    least = read_limits()["disque_alerte_mo"]
    free = {place: shutil.disk_usage(place).free // _MO for place in map(_existing, places)}
    place, left = min(free.items(), key=lambda item: item[1])
    if left >= least:
        return "", f"{written(left)} Mo libres, seuil {written(least)} Mo."
    return (
        f"il reste {written(left)} Mo libres sur le disque de {place}, sous le seuil de {written(least)} Mo : "
        "libérez de la place avant qu’il ne soit plein, ou changez le réglage « disque_alerte_mo »."
    ), ""


def alarms(session: Session, places: Iterable[Path], now: datetime) -> list[str]:
    """Each thing to do, in a sentence; a disk that does not say is another check's matter."""
    try:
        disk = low_disk(places)[0]
    except OSError:
        disk = ""
    found = [f"{disk[0].upper()}{disk[1:]}"] if disk else []
    found += _near_quotas(session, "signataire", Signataire.id)
    found += _near_quotas(session, "entreprise", Signataire.entreprise_id)
    found += _insistent(session, now)
    hidden = len(found) - SHOWN
    return [*found[:SHOWN], f"Et {hidden} autres quotas presque atteints."] if hidden > 1 else found


def _near_quotas(session: Session, what: str, key: Any) -> list[str]:
    """Evidence kept by signatory or by company, from nine tenths of what is allowed on."""
    limits = read_limits()
    most_files, most_mo = limits[f"quota_{what}_fichiers"], limits[f"quota_{what}_mo"]
    query = evidence().add_columns(func.min(Signataire.nom)).group_by(key)
    held = [(files, int(octets) / _MO, nom) for files, octets, nom in session.execute(query)]
    held.sort(key=lambda one: (french_order(one[2]), one))
    return [
        f"Pièces de {nom} ({what}) : {written(files)} sur {written(most_files)}, {written(int(mo))} Mo sur "
        f"{written(most_mo)}. Voyez avec son référent lesquelles retirer, ou changez les réglages "
        f"« quota_{what}_fichiers » et « quota_{what}_mo »."
        for files, mo, nom in held
        if files * 100 >= most_files * NEARLY or mo * 100 >= most_mo * NEARLY
    ]


def _insistent(session: Session, now: datetime) -> list[str]:
    """Accounts refused as often as a day allows: somebody tries every address."""
    most, j, a = read_limits()["quota_jour_refus"], Journal, JournalAuteur
    query = (
        select(a.nom, func.count())
        .join(j, j.auteur_id == a.id)
        .where(j.acte == "acces_refuse", j.quand > now - timedelta(hours=24), a.utilisateur_id.is_not(None))
        .group_by(a.utilisateur_id, a.nom)
        .having(func.count() >= most)
    )
    return [
        f"Compte de {nom} : {written(refused)} accès refusés en vingt-quatre heures, le maximum noté. Appelez la "
        "personne, puis désactivez le compte si ce n’est pas elle."
        for nom, refused in sorted(session.execute(query), key=lambda one: (french_order(one[0]), one[1]))
    ]


def _existing(folder: Path) -> Path:
    """The folder, or what it will be made in."""
    return next(place for place in (folder, *folder.parents) if place.exists())
