"""The journal as it is read: lines with what is still kept of people (R30)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from paqte.domain.personnes.effacement import erased_value
from paqte.models import Journal, JournalPersonne, db

AT_ONCE = 2_000
_SIDES = ("avant", "apres")


class LigneJournal(NamedTuple):
    """One act, with the words of people that are still kept."""

    id: int
    quand: datetime
    qui: str
    acte: str
    objet: str
    objet_id: str
    departement: str | None
    avant: dict[str, Any]
    apres: dict[str, Any]


def lines_where(
    *conditions: Any, limit: int | None = None, start: int = 0, is_latest_first: bool = False
) -> list[LigneJournal]:
    """The lines that meet these conditions, in the order they were written. Two statements."""
    j = Journal
    columns = (j.id, j.quand, j.qui, j.acte, j.objet, j.objet_id, j.departement_code, j.avant, j.apres)
    query = select(*columns).where(*conditions)
    ordered = query.order_by(j.id.desc()) if is_latest_first else query.order_by(j.id)
    rows: Sequence[Any] = db.session.execute(ordered.limit(limit).offset(start)).all()
    said = _said([row.id for row in rows])
    return [
        LigneJournal(*row[:7], *({**json.loads(row[7 + n]), **said[row.id][side]} for n, side in enumerate(_SIDES)))
        for row in rows
    ]


def latest_lines(
    *, departement: str | None = None, objet: str | None = None, objet_id: str | None = None, limit: int
) -> list[LigneJournal]:
    """The last lines, narrowed when asked, in the order they were written."""
    j = Journal
    asked = ((j.departement_code, departement), (j.objet, objet), (j.objet_id, objet_id))
    met = [column == value for column, value in asked if value is not None]
    return list(reversed(lines_where(*met, limit=limit, is_latest_first=True)))


def _said(keys: Collection[int]) -> Mapping[int, Mapping[str, dict[str, Any]]]:
    """What each line says of people, « Personne effacée » where it was erased."""
    found: defaultdict[int, dict[str, dict[str, Any]]] = defaultdict(lambda: {side: {} for side in _SIDES})
    p = JournalPersonne
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = select(p.journal_id, p.champ, p.valeur, p.efface_le).where(p.journal_id.in_(some))
        for key, champ, valeur, efface_le in db.session.execute(query):
            side, _, name = champ.partition(".")
            found[key][side][name] = valeur if efface_le is None else erased_value(name)
    return found
