"""Which state of a département's rows this is: another one each time something that a document reads changes (R19)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import DDL, BigInteger, String, event
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.statuts.declarations import NEVER_SENT
from paqte.models.base import Base

# What every département reads stands under no code.
COMMUN = ""
# What moved: who signed what, the dates asked of them, whose answers a declaration's are, everything else that a
# document tells; a declaration moves under the code of its own period, and the sums of another stand.
SIGNES, DATES, LIENS, RESTE = "signes", "dates", "liens", "reste"


class Mouvement(Base):
    """The mark of a state, drawn at random: a state that came back from a back-up bears that of the time.

    `operation` is 0 on SQLite, where one writes at a time; on PostgreSQL the number of the transaction, so that two
    who write for one département never wait for each other. Triggers write here, and nobody else.
    """

    __tablename__ = "mouvement"

    departement_code: Mapped[str] = mapped_column(String(3), primary_key=True)
    sujet: Mapped[str] = mapped_column(String(7), primary_key=True)
    operation: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    jeton: Mapped[int] = mapped_column(BigInteger)


_CONVENTION = "(SELECT departement_code FROM convention WHERE id = {row}.convention_id)"
_DECLARATION = "(SELECT departement_code FROM declaration WHERE id = {row}.declaration_id)"
_ENGAGEMENT = (
    "(SELECT c.departement_code FROM engagement e JOIN convention c ON c.id = e.convention_id "
    "WHERE e.id = {row}.engagement_id)"
)
# Every table that a document is made from, and whose row it is. One that is not here changes no document: a test
# changes each column of each table to see.
LUES: dict[str, str] = {
    "departement": "{row}.code",
    **dict.fromkeys(
        (
            *("action", "campagne_scellee", "chiffre_contexte", "convention", "declaration", "edition"),
            *("numero_edition", "partenaire", "qpv", "referent", "reglage", "rubrique", "signataire"),
        ),
        "{row}.departement_code",
    ),
    **dict.fromkeys(("anteriorite", "engagement"), _CONVENTION),
    **dict.fromkeys(("avertissement", "justificatif", "realisation"), _DECLARATION),
    "objectif": _ENGAGEMENT,
    "entreprise": "''",
}
_PERIODE = "{row}.periode"
SUJETS: dict[str, str] = {
    **dict.fromkeys(("departement", "convention", "signataire", "anteriorite", "engagement", "objectif"), SIGNES),
    "entreprise": SIGNES,
    **dict.fromkeys(("campagne_scellee", "reglage"), DATES),
}
# What is being typed is in no figure: a draft that stays one moves nothing, however often it is kept.
_DRAFTS = ", ".join(f"'{etat}'" for etat in sorted(NEVER_SENT))
_OF_DRAFT = f"EXISTS (SELECT 1 FROM declaration WHERE id = {{row}}.declaration_id AND etat IN ({_DRAFTS}))"
# An answer that goes under the seal, or comes back from it, is the same answer.
_IN_NO_FIGURE = (
    "EXISTS (SELECT 1 FROM declaration WHERE id = {row}.declaration_id "
    f"AND (etat IN ({_DRAFTS}) OR hors_sceau IS NOT NULL))"
)

# A convention that changes hands takes its answers with it, whatever their period.
_HANDS = "OF id, signataire_id, departement_code, dispositif"
_ANSWERED = "EXISTS (SELECT 1 FROM declaration WHERE convention_id = {row}.id)"

_SHOWN = {
    "sqlite": re.compile(r"(?P<body>CREATE TRIGGER (?P<name>\w+).*)"),
    "postgresql": re.compile(r".* FUNCTION (?P<name>\w+_mouvement_\w+)\(\) .*\$\$(?P<body>.*)\$\$"),
}


class _Marking(NamedTuple):
    """One trigger: its name, after what, the rows whose place and subject it marks, and what tells that it need not."""

    name: str
    after: str
    table: str
    marks: tuple[tuple[str, str], ...]
    idle: str


def movement_triggers(dialect: str) -> list[str]:
    """The statements by which a base marks every change of what documents read, whoever makes it and by what way."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def movement_bodies(dialect: str) -> dict[str, str]:
    """By trigger, what the base shows of it: its whole statement on SQLite, what it runs on PostgreSQL."""
    found = (_SHOWN[dialect].match(statement) for statement in movement_triggers(dialect))
    return {m["name"]: m["body"] for m in found if m}


def _markings() -> Iterator[_Marking]:
    for table, place in LUES.items():
        for act, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            subject = _PERIODE if table == "declaration" else f"'{SUJETS.get(table, RESTE)}'"
            marks = tuple((place.format(row=row), subject.format(row=row)) for row in rows)
            yield _Marking(f"{table}_mouvement_{act.lower()}", act, table, marks, _idle(table, act, rows))
    place = LUES["convention"]
    for act, rows in (("INSERT", ("NEW",)), (f"UPDATE {_HANDS}", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        marks = tuple((place.format(row=row), f"'{LIENS}'") for row in rows)
        idle = " AND ".join(f"NOT {_ANSWERED.format(row=row)}" for row in rows)
        yield _Marking(f"liens_mouvement_{act.split()[0].lower()}", act, "convention", marks, idle)


def _sqlite() -> list[str]:
    made = []
    for one in _markings():
        body = " ".join(_sqlite_mark(*mark) for mark in one.marks)
        when = f" WHEN NOT ({one.idle})" if one.idle else ""
        made.append(f"CREATE TRIGGER {one.name} AFTER {one.after} ON {one.table}{when} BEGIN {body} END")
    return made


def _sqlite_mark(place: str, subject: str) -> str:
    return (
        "INSERT INTO mouvement (departement_code, sujet, operation, jeton) "
        f"VALUES (COALESCE({place}, ''), {subject}, 0, random() / 4096) "
        "ON CONFLICT (departement_code, sujet, operation) DO UPDATE SET jeton = excluded.jeton;"
    )


def _idle(table: str, act: str, rows: tuple[str, ...]) -> str:
    """What tells that a change is of a draft that stays one; '' where nothing does."""
    if table == "declaration" and act == "UPDATE":
        same = " AND ".join(f"NEW.{name} = OLD.{name}" for name in ("etat", "convention_id", "periode"))
        return f"OLD.etat IN ({_DRAFTS}) AND {same}"
    told = {"realisation": _IN_NO_FIGURE, "avertissement": _OF_DRAFT}.get(table)
    if told:
        return " AND ".join(told.format(row=row) for row in rows)
    return ""


def _postgresql() -> list[str]:
    made = [
        "CREATE OR REPLACE FUNCTION mouvement_note(place varchar, quoi varchar) RETURNS void LANGUAGE sql AS $$ "
        "INSERT INTO mouvement (departement_code, sujet, operation, jeton) "
        "VALUES (COALESCE(place, ''), quoi, txid_current(), (random() * 4503599627370496)::bigint) "
        "ON CONFLICT (departement_code, sujet, operation) DO UPDATE SET jeton = excluded.jeton $$"
    ]
    for one in _markings():
        marks = " ".join(f"PERFORM mouvement_note({place}, {subject});" for place, subject in one.marks)
        body = f"IF NOT ({one.idle}) THEN {marks} END IF;" if one.idle else marks
        made.append(
            f"CREATE OR REPLACE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body} RETURN NULL; END $$"
        )
        made.append(
            f"CREATE TRIGGER {one.name} AFTER {one.after} ON {one.table} FOR EACH ROW EXECUTE FUNCTION {one.name}()"
        )
    return made


for _dialect in ("sqlite", "postgresql"):
    for _statement in movement_triggers(_dialect):
        event.listen(Base.metadata, "after_create", DDL(_statement).execute_if(dialect=_dialect))
