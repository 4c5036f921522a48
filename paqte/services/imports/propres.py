"""The columns of a tracker that the préfecture keeps for itself: their values beside the signatories of its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from sqlalchemy import select

from paqte.domain.conventions.propres import key_of, own_of, own_target, read_own, told_own
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.importing.tracker.tables import TableFound
from paqte.models import ColonnePropre, Signataire, ValeurPropre, db
from paqte.queries.conventions.propres import own_columns
from paqte.services.conventions import keep_column, keep_own_values
from paqte.services.imports.reading import EntryGiven, EntryReader, ImportContext, shown_at


def own_targets(*, actor: Acteur, departement: str) -> dict[str, str]:
    """What the columns that the département keeps already are known by: the key of their title, and their target."""
    columns = own_columns(actor=actor, departement=departement)
    return {key_of(c.titre): own_target(c.genre, c.titre) for c in columns}


def with_own(table: TableFound, own: Mapping[str, str]) -> TableFound:
    """The table whose columns that nothing else knows are those the département keeps: of two alike, the first."""
    taken: set[str] = set()
    columns = []
    for column in table.columns:
        target = column.target or own.get(key_of(column.heading), "")
        columns.append(column._replace(target="" if target and target in taken else target))
        taken.add(target)
    return table._replace(columns=tuple(columns))


class OwnColonnesTold:
    """What the rows of a file say in the columns that the préfecture keeps; they are kept as columns with it."""

    def __init__(self, contexte: ImportContext, targets: Collection[str]) -> None:
        self.contexte = contexte
        self.columns: dict[str, tuple[int, str]] = {}
        for target in targets:
            if (own := own_of(target)) is not None:
                genre, titre = own
                key = keep_column(
                    actor=contexte.actor,
                    departement=contexte.departement,
                    titre=titre,
                    genre=genre,
                    now=contexte.now,
                )
                self.columns[target] = key, genre
        c, v = ColonnePropre, ValeurPropre
        query = select(v.signataire_id, v.colonne_id, v.valeur).join(c, c.id == v.colonne_id)
        found = db.session.execute(query.where(c.departement_code == contexte.departement)) if self.columns else ()
        self.known = {(key, colonne): valeur for key, colonne, valeur in found}
        self.told: dict[tuple[int, str], tuple[EntryGiven, str]] = {}

    def read(self, reader: EntryReader) -> dict[str, str]:
        """What a row says in each of them, by target: blank cells say nothing."""
        found = {target: reader.get(target, partial(read_own, genre)) for target, (_, genre) in self.columns.items()}
        return {target: valeur for target, valeur in found.items() if valeur}

    def keep(self, row: EntryGiven, signataire: int, said: Mapping[str, str]) -> bool:
        """Keep it beside the signatory; whether anything changed. Two rows of one sheet that differ are refused; of two
        sheets, the first read is right."""
        wanted: dict[int, str] = {}
        for target, valeur in said.items():
            first, before = self.told.setdefault((signataire, target), (row, valeur))
            if before != valeur and first.found.sheet == row.found.sheet:
                genre = self.columns[target][1]
                shown = told_own(genre, before)
                raise Refused(
                    {target: f"{shown_at(first)} dit « {shown} » pour le même signataire : gardez une seule valeur."}
                )
            key = self.columns[target][0]
            if self.known.get((signataire, key), "") != before:
                wanted[key] = before
        if not wanted:
            return False
        version = db.session.get_one(Signataire, signataire).version
        typed = {key: told_own(self._kind_of(key), valeur) for key, valeur in wanted.items()}
        keep_own_values(
            actor=self.contexte.actor, signataire_id=signataire, version=version, typed=typed, now=self.contexte.now
        )
        self.known |= {(signataire, key): valeur for key, valeur in wanted.items()}
        return True

    def _kind_of(self, colonne: int) -> str:
        return next(genre for key, genre in self.columns.values() if key == colonne)
