"""What is put at the head of every document, and what it tells of its last edition (R19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.calendrier.periodes import time_zone
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.lignes.lignes import LigneCorrection, Versions
from paqte.domain.editions.regles import EN_VIGUEUR
from paqte.domain.indicateurs.catalogue import Catalogue


def entete(
    kind: type[Document],
    donnees: DonneesBilan,
    grid: Catalogue,
    *,
    edition: int,
    now: datetime,
    gabarit: str,
    corrections: tuple[LigneCorrection, ...],
) -> dict[str, Any]:
    """Whose it is, of which period, made when and with what. `corrections` tell what changed since the last one."""
    return {
        "departement": donnees.departement,
        "departement_nom": donnees.departement_nom,
        "prefecture": donnees.prefecture,
        "periode": donnees.periode.code,
        "periode_libelle": donnees.periode.libelle,
        "edition": edition,
        "genere_le": made_on(now, donnees.departement),
        "versions": Versions(grid.version_on(donnees.periode.dernier_jour).code, gabarit, EN_VIGUEUR, kind.version()),
        "corrections": corrections,
    }


def made_on(now: datetime, departement: str) -> str:
    """ "2026-11-22T10:00:00+01:00": the moment of a document, as told in its département."""
    return now.astimezone(time_zone(departement)).isoformat(timespec="seconds")
