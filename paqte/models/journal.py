"""The journal: who, when, what, before, after. Lines are only ever added, and the base itself refuses anything else.

What belongs to a person stands beside the lines, by key, and is the only part that may be erased (R30): the line keeps
a salted hash of it, so that the chain of hashes is the same before and after.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, ForeignKey, Index, String, Text, event, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class JournalAuteur(Base, Identified):
    """The name under which an account wrote in a département; erasing the person empties it and its salt."""

    __tablename__ = "journal_auteur"
    __table_args__ = (Index("ix_journal_auteur_compte", "utilisateur_id", "departement_code"),)

    utilisateur_id: Mapped[int | None]
    departement_code: Mapped[str | None] = mapped_column(String(3))
    nom: Mapped[str] = mapped_column(String(120))
    sel: Mapped[str] = mapped_column(String(32))
    empreinte: Mapped[str] = mapped_column(String(64))
    efface_le: Mapped[datetime | None] = mapped_column(Moment)


class Journal(Base, Identified):
    """One act on one thing. `avant` and `apres` are JSON objects of the columns that changed, but those of persons."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_objet", "objet", "objet_id"),
        Index("ix_journal_departement_quand", "departement_code", "quand"),
    )

    quand: Mapped[datetime] = mapped_column(Moment)
    utilisateur_id: Mapped[int | None]
    auteur_id: Mapped[int] = mapped_column(ForeignKey("journal_auteur.id"), index=True)
    acte: Mapped[str] = mapped_column(String(40))
    objet: Mapped[str] = mapped_column(String(40))
    objet_id: Mapped[str] = mapped_column(String(40), default="")
    departement_code: Mapped[str | None] = mapped_column(String(3))
    avant: Mapped[str] = mapped_column(Text, default="{}")
    apres: Mapped[str] = mapped_column(Text, default="{}")
    empreinte: Mapped[str] = mapped_column(String(64), unique=True)
    qui: Mapped[str] = column_property(
        select(JournalAuteur.nom).where(JournalAuteur.id == auteur_id).correlate_except(JournalAuteur).scalar_subquery()
    )


class JournalPersonne(Base, Identified):
    """What a line says of a person: which column of it (`apres.nom`), whose (`contact_signataire/7`), and the words."""

    __tablename__ = "journal_personne"
    __table_args__ = (Index("ix_journal_personne_sujet", "sujet"),)

    journal_id: Mapped[int] = mapped_column(ForeignKey("journal.id"), index=True)
    champ: Mapped[str] = mapped_column(String(60))
    sujet: Mapped[str] = mapped_column(String(60))
    valeur: Mapped[str] = mapped_column(Text)
    sel: Mapped[str] = mapped_column(String(32))
    empreinte: Mapped[str] = mapped_column(String(64))
    efface_le: Mapped[datetime | None] = mapped_column(Moment)


# The one change that is let through beside the journal: words and salt taken away, the rest as it was.
_KEPT = {
    "journal_auteur": ("id", "utilisateur_id", "departement_code", "empreinte"),
    "journal_personne": ("id", "journal_id", "champ", "sujet", "empreinte"),
}
REFUSAL = "le journal ne se modifie pas"


def _erased(table: str, differs: str) -> str:
    same = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _KEPT[table])
    return f"OLD.efface_le IS NOT NULL OR NEW.efface_le IS NULL OR NEW.sel <> '' OR {same}"


def triggers(dialect: str) -> list[str]:
    """The statements by which a base refuses to change or delete what the journal holds."""
    return _sqlite_triggers() if dialect == "sqlite" else _postgresql_triggers()


def _sqlite_triggers() -> list[str]:
    stop = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    made = ["CREATE TRIGGER journal_modifie BEFORE UPDATE ON journal " + stop]
    for table in _KEPT:
        made.append(f"CREATE TRIGGER {table}_modifie BEFORE UPDATE ON {table} WHEN {_erased(table, 'IS NOT')} {stop}")
    for table in ("journal", *_KEPT):
        made.append(f"CREATE TRIGGER {table}_supprime BEFORE DELETE ON {table} {stop}")
        # INSERT OR REPLACE deletes without saying so.
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        made.append(f"CREATE TRIGGER {table}_remplace BEFORE INSERT ON {table} WHEN {taken} {stop}")
    return made


def _postgresql_triggers() -> list[str]:
    stop = "EXECUTE FUNCTION journal_refuse()"
    made = [
        "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER journal_modifie BEFORE UPDATE ON journal FOR EACH ROW {stop}",
    ]
    for table in _KEPT:
        changed = _erased(table, "IS DISTINCT FROM")
        made.append(f"CREATE TRIGGER {table}_modifie BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) {stop}")
    for table in ("journal", *_KEPT):
        made.append(f"CREATE TRIGGER {table}_supprime BEFORE DELETE ON {table} FOR EACH ROW {stop}")
        made.append(f"CREATE TRIGGER {table}_vide BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {stop}")
    return made


for _dialect in ("sqlite", "postgresql"):
    for _statement in triggers(_dialect):
        event.listen(JournalPersonne.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))
