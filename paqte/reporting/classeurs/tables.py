"""The workbook of a document that asks for none of its own look: a first sheet, then a sheet a table (R19)."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

from paqte.domain.colonnes import ENTIER, NOMBRE, TEXTE, Colonne
from paqte.domain.documents.commun.genre import GenreDocument
from paqte.domain.documents.lignes.tables import VERSIONS, Comparaison
from paqte.reporting.classeurs import valeurs
from paqte.reporting.classeurs.communs import META_TABLEAU, cleanings, corrections, meta_fields, reading_notes
from paqte.reporting.remplissage.plan.format import GABARITS, META, PAS, SIMPLE, UNITES, Format, NamedCell, Table

# What Excel takes for a name of sheet.
LONGEST = 31


def plain_workbook(genre: GenreDocument) -> Format:
    """The workbook of a document, from the tables and columns it says.

    Lone records stand on its first sheet with corrections and notes; each table of rows has a sheet of its name.
    """
    first, tables = genre.court, [t for t in genre.document.tables if t is not VERSIONS]
    listed = [t for t in tables if t.champ and t.montrees]
    return Format(
        genre=genre.gabarit,
        marque=genre.marque,
        nom=genre.le,
        un=f"{genre.un} du PAQTE",
        fichier=genre.fichier,
        feuilles=(first, *(_sheet_name(t) for t in listed), META),
        champs=(
            NamedCell("b_bandeau", first, partial(_banner, genre)),
            NamedCell("b_prefecture", first, valeurs.prefecture),
            NamedCell("b_departement", first, valeurs.place),
            NamedCell("b_periode", first, attrgetter("periode_libelle")),
            NamedCell("b_dates", first, lambda d: valeurs.period_dates(d.periode)),
            NamedCell("b_edition", first, valeurs.edition_phrase),
            *meta_fields(genre.marque),
        ),
        tableaux=(
            *(_table_of_record(t, first, rank) for rank, t in enumerate(tables) if t not in listed),
            corrections(first),
            reading_notes(first),
            cleanings(first),
            *(_table_of_sheet(t) for t in listed),
            META_TABLEAU,
        ),
        gabarit=GABARITS / f"{genre.code}.xlsx",
    )


def _sheet_name(table: Comparaison) -> str:
    return table.tableau[:LONGEST]


def _banner(genre: GenreDocument, document: Any) -> str:
    return f"{genre.titre} du PAQTE · {valeurs.subtitle(document)}"


def _table_of_sheet(table: Comparaison) -> Table:
    has_units = any(c.format == NOMBRE for c in table.montrees)
    return Table(
        f"t_{table.champ}",
        _sheet_name(table),
        attrgetter(table.champ),
        table.montrees,
        "Néant.",
        UNITES if has_units else SIMPLE,
        intitule=table.tableau,
        liste=table.champ.capitalize(),
    )


def _table_of_record(table: Comparaison, feuille: str, rank: int) -> Table:
    """A lone record, or the document itself: a row a column, with its heading."""
    half = PAS // 2
    columns = (
        Colonne("", table.tableau, TEXTE, largeur=half, valeur=lambda pair: pair[0].titre),
        Colonne("", "Valeur", TEXTE, largeur=PAS - half, valeur=lambda pair: pair[1]),
    )
    return Table(f"t_releve_{rank}", feuille, partial(_headed_values, table), columns, "Néant.", intitule=table.tableau)


def _headed_values(table: Comparaison, document: Any) -> list[tuple[Colonne, str]]:
    record = getattr(document, table.champ) if table.champ else document
    return [(c, _as_text(c.of(record), c)) for c in table.colonnes]


def _as_text(value: Any, colonne: Colonne) -> str:
    if value is None:
        return ""
    return f"{value:d}" if colonne.format == ENTIER else str(value)
