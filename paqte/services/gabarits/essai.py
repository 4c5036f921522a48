"""Trying a template before it serves: the last period of a département, filled with it and beside the one in force."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.documents.registre import of_template
from paqte.domain.editions.editions import GABARIT_BILAN
from paqte.domain.personnes.acteurs import Acteur
from paqte.queries.gabarits.gabarits import where_to_try
from paqte.queries.perimetre import require_admin
from paqte.reporting.classeurs.formats import FORMATS
from paqte.reporting.relecture.gabarits_compares import EcartGabarit, compare_templates
from paqte.reporting.relecture.relecture import WorkbookReread, read_back
from paqte.reporting.remplissage.classeur import fill
from paqte.reporting.remplissage.gabarits.gabarit import GabaritRefused, check_template, told_lacking
from paqte.reporting.remplissage.plan.format import EMPREINTE, VERSION_GABARIT
from paqte.services.editions import GabaritLu, compute_document, named, template_in_force

LARGEST = 10 * 1024 * 1024
# What a workbook says of its own template: it differs, and must.
OF_THE_TEMPLATE = frozenset({EMPREINTE, VERSION_GABARIT, "b_meta_gabarit", "b_meta_donnees"})


@dataclass(frozen=True, slots=True)
class Trial:
    """A dry run. `ancien` is None, and `ancien_refuse` says why, when the template in force cannot serve.

    `remarque` says what the new one does not show, though it serves.
    """

    departement: str
    periode: Periode
    version: str
    nouveau: bytes
    ancien: bytes | None
    ancien_nom: str
    ancien_refuse: str
    ecarts: tuple[EcartGabarit, ...]
    remarque: str = ""


def examine_template(
    *,
    actor: Acteur,
    nom: str,
    octets: bytes,
    now: datetime,
    genre: str = GABARIT_BILAN,
    departement: str | None = None,
) -> Trial:
    """Check a template and fill with it the last closed period of a département, by default the busiest.

    What is filled is read again and must say the very figures that the template in force says. GabaritRefused with
    the names at fault; nothing is written.
    """
    require_admin(actor)
    check_size(octets)
    tried = check_template(octets, FORMATS[genre])
    version, remark = tried.version, told_lacking(tried)
    place = where_to_try(departement)
    document_kind = of_template(genre)
    periode = last_closed(local_date(now, place), document_kind.rythme)
    document = compute_document(document_kind, actor=actor, departement=place, periode=periode, now=now)
    nouveau, said = _filled(document, GabaritLu(named(nom, hashlib.sha256(octets).hexdigest()), "", octets, genre))
    try:
        serving = template_in_force(departement=place, now=now, genre=genre)
    except GabaritRefused as refused:
        return Trial(place, periode, version, nouveau, None, "", str(refused), (), remark)
    ancien, expected = _filled(document, serving)
    _require_same_figures(expected, said)
    ecarts = tuple(compare_templates(serving.octets, octets, FORMATS[genre]))
    return Trial(place, periode, version, nouveau, ancien, serving.nom, "", ecarts, remark)


def check_size(octets: bytes) -> None:
    """Refused when the file is heavier than any template; kept from being opened at all."""
    if len(octets) > LARGEST:
        raise GabaritRefused(f"le fichier pèse plus de {LARGEST // 1024**2} Mo")


def _filled(document: Any, used: GabaritLu) -> tuple[bytes, WorkbookReread]:
    format = FORMATS[used.genre]
    filled = fill(replace(document, versions=replace(document.versions, gabarit=used.nom)), used.octets, format)
    return filled, read_back(filled, format)


def _says_as_much(expected: Sequence[Mapping[str, Any]], said: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two tables have the same rows, in the columns that both show: one may be older than a column."""
    return len(expected) == len(said) and all(
        was[heading] == now[heading]
        for was, now in zip(expected, said, strict=True)
        for heading in was.keys() & now.keys()
    )


def _require_same_figures(expected: WorkbookReread, said: WorkbookReread) -> None:
    tables = [name for name, rows in expected.tableaux.items() if not _says_as_much(rows, said.tableaux.get(name, ()))]
    kept = expected.champs.keys() - OF_THE_TEMPLATE
    fields = [name for name in sorted(kept) if expected.champs[name] != said.champs.get(name)]
    if tables or fields:
        raise GabaritRefused(f"rempli, il ne redonne pas les mêmes valeurs ({', '.join([*tables, *fields])})")
