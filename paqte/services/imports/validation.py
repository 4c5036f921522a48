"""Validating together what an import sent: by the scheduler, declaration by declaration, each journaled (R18)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import others
from paqte.models import Declaration
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.planificateur.imports_transmis import read_sent
from paqte.services.declarations import validate_declaration

_NAMED = 5


def versions_of(session: Any, sent: Sequence[int]) -> bytes:
    """The declarations sent with the version each has now, as they are kept."""
    found: list[tuple[int, int]] = []
    for start in range(0, len(sent), 500):
        some = sent[start : start + 500]
        query = select(Declaration.id, Declaration.version).where(Declaration.id.in_(some)).order_by(Declaration.id)
        found += [(key, version) for key, version in session.execute(query)]
    return zlib.compress(json.dumps(found).encode())


def validate_waiting(
    key: int, actor: Acteur, clock: Callable[[], datetime], progress: Callable[[int, int], None]
) -> str:
    """Validate what this import sent and nobody has touched since; gives what is said of it.

    Nobody is written to: companies typed nothing of it.
    """
    waiting = read_sent(actor=actor, importation_id=key).waiting
    refused: list[str] = []
    for rank, (declaration, version) in enumerate(waiting.items(), 1):
        try:
            validate_declaration(actor=actor, now=clock(), declaration_id=declaration, version=version)
        except Refused as refusal:
            page = read_declaration(actor=actor, declaration_id=declaration)
            refused.append(f"{page.signataire}, {page.periode.libelle} : {refusal}")
        progress(rank, len(waiting))
    done = len(waiting) - len(refused)
    told = f"{done} déclaration{'s' if done > 1 else ''} validée{'s' if done > 1 else ''}."
    if refused:
        more = f" … et {others(len(refused) - _NAMED)}." if len(refused) > _NAMED else ""
        told += f" Non validées : {' ; '.join(refused[:_NAMED])}{more}"
    return told
