"""Whether the chain of the journal holds, and the base still refuses to change it (R30)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text

from paqte.domain.personnes.chaine import DEBUT, Maillon, chained, sealed
from paqte.domain.personnes.effacement import ACTES_EFFACEMENT, NOM_EFFACE
from paqte.models import Journal, JournalAuteur, JournalPersonne, db
from paqte.models.journal import REFUSAL, triggers
from paqte.models.mouvement import movement_bodies

AT_ONCE = 2_000
# Beyond these nothing more is learnt: the first says where to look.
MOST_FAULTS = 20
_NAME_OF_TRIGGER = re.compile(r"CREATE TRIGGER (\w+)")
# Name and text of each trigger that acts; PostgreSQL writes its own text of one: what it runs, then.
_GUARDS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT t.tgname AS name, p.prosrc AS sql FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = current_schema()",
}


class JournalChain(NamedTuple):
    """What was found of the chain: how many lines, the last hash, how many words erased, and what does not hold."""

    lignes: int
    derniere: str
    effacees: int
    fautes: tuple[str, ...]


def check_chain() -> JournalChain:
    """Read the whole journal again, line by line, and look whether the base still refuses to change it."""
    erasures = set(db.session.scalars(select(Journal.quand).where(Journal.acte.in_(sorted(ACTES_EFFACEMENT)))))
    faults = [*_faults_of_guards(), *_faults_of_authors(erasures), *_faults_of_words(erasures)]
    lines, former = 0, DEBUT
    for key, kept, told in _links():
        if chained(former, told) != kept:
            faults.append(
                f"la ligne {key} du {told.quand:%d/%m/%Y %H:%M} UTC a été modifiée, ou une ligne a été ôtée avant elle"
            )
        former, lines = kept, lines + 1
    p, a = JournalPersonne, JournalAuteur
    erased = sum(len(db.session.scalars(select(m.id).where(m.efface_le.is_not(None))).all()) for m in (p, a))
    return JournalChain(lines, former, erased, tuple(faults[:MOST_FAULTS]))


def _faults_of_guards() -> Iterator[str]:
    """Triggers by which the base refuses a change, missing, put to sleep or written over; and others beside them."""
    dialect = db.session.get_bind().dialect.name
    wanted = {m[1]: statement for statement in triggers(dialect) if (m := _NAME_OF_TRIGGER.match(statement))}
    rows = db.session.execute(text(_GUARDS[dialect]))
    marks = movement_bodies(dialect)
    found: dict[str, str] = {name: sql for name, sql in rows if marks.get(name) != sql}
    for name in sorted(wanted.keys() - found.keys()):
        yield f"le verrou {name} de la base a été ôté : le journal peut être modifié"
    for name, sql in sorted(found.items()):
        if name not in wanted:
            yield f"le déclencheur {name[:60]} n’est pas de PAQTE : il peut modifier la base"
        elif sql != wanted[name] if dialect == "sqlite" else f"RAISE EXCEPTION '{REFUSAL}'" not in sql:
            yield f"le verrou {name} de la base a été modifié"


def _links() -> Iterator[tuple[int, str, Maillon]]:
    """Each line in order: its number, the hash it bears, and what the hash is of."""
    j, a = Journal, JournalAuteur
    columns = (j.quand, j.utilisateur_id, a.empreinte.label("auteur"), j.acte, j.objet, j.objet_id, j.departement_code)
    query = select(j.id, j.empreinte, *columns, j.avant, j.apres).outerjoin(a, a.id == j.auteur_id).order_by(j.id)
    last = 0
    while rows := db.session.execute(query.where(j.id > last).limit(AT_ONCE)).all():
        parts = _parts(last, rows[-1].id)
        for row in rows:
            yield row.id, row.empreinte, Maillon(*row[2:], parts.get(row.id, ()))
        last = rows[-1].id


def _parts(after: int, until: int) -> dict[int, list[tuple[str, str, str]]]:
    p = JournalPersonne
    query = select(p.journal_id, p.champ, p.sujet, p.empreinte).where(p.journal_id > after, p.journal_id <= until)
    found: defaultdict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for key, *part in db.session.execute(query.order_by(p.id)):
        found[key].append((part[0], part[1], part[2]))
    return dict(found)


def _faults_of_authors(erasures: Collection[datetime]) -> Iterator[str]:
    a = JournalAuteur
    columns = (a.id, a.utilisateur_id, a.departement_code, a.nom, a.sel, a.empreinte, a.efface_le)
    for key, who, place, nom, sel, kept, erased in db.session.execute(select(*columns).order_by(a.id)):
        if erased is None and sealed(sel, who, place, nom) != kept:
            yield f"le nom d’auteur {key} a été modifié"
        if erased is not None and erased not in erasures:
            yield f"le nom d’auteur {key} a été ôté sans acte d’effacement"
        if erased is not None and nom != NOM_EFFACE:
            yield f"le nom d’auteur {key} a été modifié"


def _faults_of_words(erasures: Collection[datetime]) -> Iterator[str]:
    p, last = JournalPersonne, 0
    columns = (p.id, p.journal_id, p.champ, p.sujet, p.valeur, p.sel, p.empreinte, p.efface_le)
    query = select(*columns).order_by(p.id).limit(AT_ONCE)
    while rows := db.session.execute(query.where(p.id > last)).all():
        for key, line, champ, sujet, valeur, sel, kept, erased in rows:
            if erased is None and sealed(sel, champ, sujet, valeur) != kept:
                yield f"la ligne {line} : {champ} a été modifié"
            if erased is not None and erased not in erasures:
                yield f"la ligne {line} : {champ} a été ôté sans acte d’effacement"
            if erased is not None and valeur:
                yield f"la ligne {line} : {champ} a été modifié"
            last = key
