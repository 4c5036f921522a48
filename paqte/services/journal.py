"""Writing the journal: the lines of a transaction, gathered while it runs, are chained and written as it ends.

Together and last, so that on PostgreSQL the journal is held for that moment alone, and its lines follow one another
in the order of the commits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, inspect, select, text
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.effacement import PERSONAL
from paqte.domain.personnes.journal.chaine import DEBUT, Maillon, chained, salt, sealed
from paqte.models.base import Base
from paqte.models.commun import Journaled
from paqte.models.journal import Journal, JournalAuteur, JournalPersonne
from paqte.queries.cles import bears
from paqte.queries.perimetre import standing

# Whoever adds to the journal on PostgreSQL takes turns until the commit; the number is PAQTE's own.
POSTGRES_LOCK = 41_2020
# What a thing without a département of its own hangs on: a company's answers stand in its référent's journal too.
OWNERS = ("declaration", "engagement", "convention", "signataire", "action", "fichier")
Part = tuple[str, str, Any]
Places = dict[tuple[str, str], str | None]
Row = dict[str, Any]


@dataclass(slots=True)
class JournalEntry:
    """A line not yet written. `sujet` is whose the `personal` columns are, `owners` what the thing hangs on."""

    acte: str
    objet: str
    objet_id: str
    departement: str | None
    avant: Mapping[str, Any]
    apres: Mapping[str, Any]
    sujet: str = ""
    personal: frozenset[str] = PERSONAL
    owners: tuple[tuple[str, int], ...] = ()
    is_of_thing: bool = False


@dataclass(slots=True)
class Pen:
    """Who writes in this transaction, when, and the lines gathered so far."""

    actor: Acteur
    now: datetime
    is_snapshot: bool = False
    lines: list[JournalEntry] = field(default_factory=list)


def lines_of_flush(session: Session) -> Iterator[JournalEntry]:
    """The lines of what a flush has just written, things in the order of their making, then of their numbers."""
    acts = (
        ("creer", list(session.new)),
        ("modifier", sorted(filter(_is_journaled, session.dirty), key=_rank)),
        ("supprimer", sorted(filter(_is_journaled, session.deleted), key=_rank)),
    )
    for acte, things in acts:
        for thing in filter(_is_journaled, things):
            avant, apres = _before_after(thing, acte)
            if avant or apres or acte != "modifier":
                yield _entry_of(acte, thing, avant, apres)


def write_lines(session: Session, plume: Pen) -> None:
    """Chain and write what was gathered; the caller commits next."""
    if not plume.lines:
        return
    _settle_departements(session, plume)
    former = _hold_the_last(session, plume)
    authors: dict[str | None, tuple[int, str]] = {}
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for line in plume.lines:
        author = authors.get(line.departement) or _author(session, plume, line.departement)
        authors[line.departement] = author
        row, found = _stored(plume, line, author, former)
        former = row["empreinte"]
        rows.append(row)
        if found:
            key = _insert(session, rows)
            parts += [{**part, "journal_id": key} for part in found]
    _insert(session, rows)
    if parts:
        session.execute(insert(JournalPersonne), parts)
    plume.lines.clear()


def _insert(session: Session, rows: list[dict[str, Any]]) -> int:
    """Write these lines and forget them; gives the number of the last."""
    if not rows:
        return 0
    last = rows.pop()
    if rows:
        session.execute(insert(Journal), rows)
        rows.clear()
    return session.scalars(insert(Journal).returning(Journal.id), [last]).one()


def _stored(
    plume: Pen, line: JournalEntry, author: tuple[int, str], former: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    avant, apres, personal = _parted(line)
    found = [_part(*one) for one in personal]
    told = Maillon(
        plume.now, plume.actor.utilisateur_id, author[1], line.acte, line.objet, line.objet_id, line.departement,
        _json(avant), _json(apres), [(part["champ"], part["sujet"], part["empreinte"]) for part in found],
    )  # fmt: skip
    row = {
        "quand": told.quand,
        "utilisateur_id": told.utilisateur_id,
        "auteur_id": author[0],
        "acte": told.acte,
        "objet": told.objet,
        "objet_id": told.objet_id,
        "departement_code": told.departement,
        "avant": told.avant,
        "apres": told.apres,
        "empreinte": chained(former, told),
    }
    return row, found


def _parted(line: JournalEntry) -> tuple[dict[str, Any], dict[str, Any], list[Part]]:
    """The values that stay in the line, and those that belong to a person."""
    personal: list[Part] = []
    kept: dict[str, dict[str, Any]] = {}
    for side, values in (("avant", line.avant), ("apres", line.apres)):
        hers = {name for name, value in values.items() if line.sujet and value and name in line.personal}
        personal += [(f"{side}.{name}", line.sujet, values[name]) for name in values if name in hers]
        kept[side] = {name: value for name, value in values.items() if name not in hers}
    return kept["avant"], kept["apres"], personal


def _part(champ: str, sujet: str, valeur: Any) -> dict[str, Any]:
    sel, words = salt(), plain(valeur)
    return {"champ": champ, "sujet": sujet, "valeur": words, "sel": sel, "empreinte": sealed(sel, champ, sujet, words)}


def _author(session: Session, plume: Pen, departement: str | None) -> tuple[int, str]:
    """The row that bears the writer's name in this département, and its hash."""
    a, actor = JournalAuteur, plume.actor
    key = actor.utilisateur_id
    whose = bears(a.utilisateur_id, key) if key is not None else a.utilisateur_id.is_(None)
    where = bears(a.departement_code, departement) if departement is not None else a.departement_code.is_(None)
    query = select(a.id, a.empreinte).where(whose, where, a.nom == actor.nom, a.efface_le.is_(None)).order_by(a.id)
    found = session.execute(query.limit(1)).first()
    if found is not None:
        return found.id, found.empreinte
    sel = salt()
    given = {"utilisateur_id": key, "departement_code": departement, "nom": actor.nom, "sel": sel}
    empreinte = sealed(sel, key, departement, actor.nom)
    made = insert(a).returning(a.id)
    return session.scalars(made, [{**given, "empreinte": empreinte}]).one(), empreinte


def _hold_the_last(session: Session, plume: Pen) -> str:
    """The hash of the last line, which nobody follows until this transaction ends."""
    last = select(Journal.empreinte).order_by(Journal.id.desc()).limit(1)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRES_LOCK})
        if plume.is_snapshot:
            # Its own reads are of a moment that is past: what was written since is asked beside.
            with session.get_bind().connect() as beside:  # type: ignore[union-attr]
                return beside.scalar(last) or DEBUT
    return session.scalar(last) or DEBUT


def _settle_departements(session: Session, plume: Pen) -> None:
    """Give each line its département: the thing's, that of what it hangs on, the writer's, or the act's only one."""
    known: Places = {(line.objet, line.objet_id): line.departement for line in plume.lines if line.departement}
    for line in plume.lines:
        if line.departement is None:
            line.departement = _departement_of(session, line, known)
    places = {line.departement for line in plume.lines if line.departement is not None}
    for line in plume.lines:
        if line.departement is None and line.is_of_thing:
            line.departement = standing(plume.actor) or (next(iter(places)) if len(places) == 1 else None)


def _departement_of(session: Session, line: JournalEntry, known: Places) -> str | None:
    asked = list(line.owners)
    if not line.is_of_thing and line.objet in (*OWNERS, "justificatif") and line.objet_id.isdigit():
        asked.append((line.objet, int(line.objet_id)))
    return next(filter(None, (_place_of(session, name, key, known) for name, key in asked)), None)


def _place_of(session: Session, name: str, key: int, known: Places) -> str | None:
    """The département of this thing, or of what it hangs on; a thing deleted in the same act is known from its line."""
    mark = (name, str(key))
    if mark not in known:
        known[mark] = None
        row = session.get(_models()[name], key)
        if row is not None:
            owners = _owners(row)
            found = (_place_of(session, *owner, known) for owner in owners)
            known[mark] = getattr(row, "departement_code", None) or next(filter(None, found), None)
    return known[mark]


def _models() -> dict[str, Any]:
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}


def _owners(thing: Any) -> tuple[tuple[str, int], ...]:
    """What it hangs on, by key: read from memory, since a flush asks nothing of the base."""
    loaded = inspect(thing).dict
    return tuple((name, loaded[f"{name}_id"]) for name in OWNERS if loaded.get(f"{name}_id") is not None)


def _is_journaled(thing: Any) -> bool:
    return isinstance(thing, Journaled)


def _rank(thing: Any) -> tuple[str, list[str | int]]:
    return thing.__tablename__, list(inspect(thing).mapper.primary_key_from_instance(thing))


def _entry_of(acte: str, thing: Any, avant: dict[str, Any], apres: dict[str, Any]) -> JournalEntry:
    objet, key = thing.__tablename__, _key(thing)
    if "notes" in thing.__personal__:
        avant.pop("notes", None)  # what they said before is in the line that wrote it
    place = inspect(thing).dict.get("departement_code")
    sujet = f"{objet}/{key}" if thing.__personal__ else ""
    return JournalEntry(
        acte, objet, key, place, avant, apres, sujet, thing.__personal__, _owners(thing), is_of_thing=True
    )


def _before_after(thing: Any, acte: str) -> tuple[dict[str, Any], dict[str, Any]]:
    avant: dict[str, Any] = {}
    apres: dict[str, Any] = {}
    state = inspect(thing)
    for column in state.mapper.column_attrs:
        key = column.key
        if key in ("id", "version") or key in thing.__unjournaled__:
            continue
        history = state.attrs[key].history
        if acte == "supprimer":
            avant[key] = history.unchanged[0] if history.unchanged else None
        elif acte == "creer" and history.added and history.added[0] not in (None, ""):
            apres[key] = history.added[0]
        elif acte == "modifier" and history.has_changes() and history.added:
            before = history.deleted[0] if history.deleted else None
            if before != history.added[0]:
                avant[key], apres[key] = before, history.added[0]
    return avant, apres


def _key(thing: Any) -> str:
    return "/".join(str(part) for part in inspect(thing).mapper.primary_key_from_instance(thing))


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=plain)


def plain(value: Any) -> str:
    """What JSON cannot say, as a text: a day, an exact number; of bytes, how many."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return f"{len(value)} octets"
    return str(value)
