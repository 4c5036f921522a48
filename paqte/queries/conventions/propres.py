"""A préfecture's own columns and what stands in them: its référents read them, nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select

from paqte.domain.conventions.propres import OUINON, REMPLIE, TEXTE, VIDE, read_own, told_own
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import searchable
from paqte.models import ColonnePropre, Signataire, ValeurPropre, db
from paqte.queries.perimetre import to_change, writable

WHAT = "Cette colonne"
SHOWN = 8


class ColonneKept(NamedTuple):
    """A column of the département's own; `nombre` is how many signatories have a value in it."""

    id: int
    titre: str
    genre: str
    is_listed: bool
    nombre: int


class ColonneContent(NamedTuple):
    """What goes with a column: the first signatories that have a value in it, and what it says."""

    colonne: ColonneKept
    valeurs: tuple[tuple[int, str, str], ...]


def own_columns(*, actor: Acteur, departement: str) -> tuple[ColonneKept, ...]:
    """Those of the département in the order they came; none for whoever is not its référent."""
    c, v = ColonnePropre, ValeurPropre
    count = select(func.count(v.id)).where(v.colonne_id == c.id, v.valeur != "").scalar_subquery()
    query = select(c.id, c.titre, c.genre, c.is_listed, count).where(
        c.departement_code == departement, writable(c, actor)
    )
    return tuple(map(ColonneKept._make, db.session.execute(query.order_by(c.id))))


def own_column_content(*, actor: Acteur, colonne_id: int) -> ColonneContent:
    """A column with the first of what stands in it; NotFound for another département's."""
    row = to_change(db.session(), ColonnePropre, colonne_id, actor, WHAT)
    columns = own_columns(actor=actor, departement=row.departement_code)
    s, v = Signataire, ValeurPropre
    query = select(s.id, s.nom, v.valeur).join(v, v.signataire_id == s.id).where(v.colonne_id == row.id, v.valeur != "")
    found = db.session.execute(query.order_by(s.recherche, s.id).limit(SHOWN))
    told = tuple((key, nom, told_own(row.genre, valeur)) for key, nom, valeur in found)
    return ColonneContent(next(c for c in columns if c.id == row.id), told)


def own_values(*, actor: Acteur, signataires: Collection[int]) -> dict[int, dict[int, str]]:
    """What stands in each column of these signatories, as it is kept, by signatory then column."""
    c, v = ColonnePropre, ValeurPropre
    query = select(v.signataire_id, v.colonne_id, v.valeur).join(c, c.id == v.colonne_id)
    query = query.where(v.signataire_id.in_(list(signataires)), v.valeur != "", writable(c, actor))
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for key, colonne, valeur in db.session.execute(query):
        found[key][colonne] = valeur
    return dict(found)


def signatories_with(*, actor: Acteur, colonne: ColonneKept, choix: str, cherche: str) -> frozenset[int]:
    """The signatories whose value in this column is as asked: `choix` of its choices, `cherche` what was typed beside.

    Of a text every word must be in it; a figure or a day is the one typed, and none when that is neither.
    """
    c, v, s = ColonnePropre, ValeurPropre, Signataire
    query = select(v.signataire_id, v.valeur).join(c, c.id == v.colonne_id)
    filled = dict(db.session.execute(query.where(v.colonne_id == colonne.id, v.valeur != "", writable(c, actor))).all())
    if choix == VIDE:
        every = db.session.scalars(select(s.id).where(writable(s, actor)))
        return frozenset(every).difference(filled)
    if choix != REMPLIE or colonne.genre == OUINON:
        return frozenset(key for key, valeur in filled.items() if valeur == choix)
    return frozenset(key for key, valeur in filled.items() if _says(colonne.genre, valeur, cherche))


def _says(genre: str, valeur: str, cherche: str) -> bool:
    if genre == TEXTE:
        said = searchable(valeur)
        return all(word in said for word in searchable(cherche).split())
    try:
        return read_own(genre, cherche) in ("", valeur)
    except ValueError:
        return False
