"""Many declarations typed as one table: each kept whole or not at all, by the use cases of the form (R13, R17, R18)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.champs import read_changes
from paqte.domain.declarations.reponses import Saisie
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.queries.declarations.lecture.champs_remplis import values_kept
from paqte.queries.declarations.lecture.declaration import read_to_type
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.services.declarations.declarations import open_declaration, save_draft, submit_declaration

# The version of a declaration that was just opened.
FIRST = 1
UNKNOWN_CELL = "Une case ne correspond plus à un engagement de cette convention : rouvrez la page."


class LigneTyped(NamedTuple):
    """What was typed into the row of one convention.

    `version` is that of its declaration as the page showed it, 0 when nobody had opened it; `texts` what its cells say
    now, by name of field, those that were touched alone.
    """

    version: int
    texts: Mapping[str, str]


class LignesKept(NamedTuple):
    """Key and version of each declaration kept, by convention, and of the others why nothing of them is."""

    gardees: Mapping[int, tuple[int, int]]
    refusees: Mapping[int, Refused]


def save_rows(*, actor: Acteur, now: datetime, periode: Periode, rows: Mapping[int, LigneTyped]) -> LignesKept:
    """Keep the draft of each declaration typed into, by convention, opening those that nobody had (R5, R12).

    What one is refused holds none of the others back: a text that cannot be read, a declaration that somebody changed
    since `version` (Conflict), one that was sent, a convention that is not the actor's.
    """
    pages = read_to_type(actor=actor, conventions=list(rows), periode=periode)
    kept: dict[int, tuple[int, int]] = {}
    refused: dict[int, Refused] = {}
    for convention, row in rows.items():
        try:
            if convention not in pages:
                raise NotFound("Cette convention")
            kept[convention] = _save(actor, now, pages[convention], row)
        except Refused as refusal:
            refused[convention] = refusal
    return LignesKept(kept, refused)


def send_rows(
    *, actor: Acteur, now: datetime, versions: Mapping[int, tuple[int, int]], among: Collection[int]
) -> LignesKept:
    """Send the declarations of these conventions as they are kept, each standing or falling alone (R17).

    `versions` are their keys and versions by convention, as read or just kept.
    """
    sent: dict[int, tuple[int, int]] = {}
    refused: dict[int, Refused] = {}
    for convention in among:
        key, version = versions[convention]
        try:
            submit_declaration(actor=actor, now=now, declaration_id=key, version=version, saisie=Saisie({}))
        except Refused as refusal:
            refused[convention] = refusal
        else:
            sent[convention] = (key, version)
    return LignesKept(sent, refused)


def _save(actor: Acteur, now: datetime, page: DeclarationShown, row: LigneTyped) -> tuple[int, int]:
    """Key and new version of the declaration. What cannot be read opens nothing."""
    fields = page.all_fields()
    if row.texts.keys() - {asked.nom for asked in fields}:
        raise Refused(UNKNOWN_CELL)
    saisie = read_changes(fields, values_kept(page), row.texts)
    key, version = page.id, row.version
    if not key:
        key = open_declaration(actor=actor, now=now, convention_id=page.convention_id, periode=page.periode)
        version = row.version or FIRST
    return key, save_draft(actor=actor, now=now, declaration_id=key, version=version, saisie=saisie)
