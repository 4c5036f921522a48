"""A préfecture's own columns, and the values typed in them: no figure reads any of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from paqte.domain.conventions.propres import GENRES, TITLE, key_of, read_own, told_own
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import ColonnePropre, Departement, Signataire, ValeurPropre
from paqte.queries.perimetre import require_departement, to_change
from paqte.queries.reglages.reglages import read_limits
from paqte.services.textes import fitted_line, required
from paqte.services.transaction import note, touch, transaction

WHAT = "Cette colonne"
MEANWHILE = "Quelqu’un d’autre a modifié cette fiche pendant votre saisie : comparez, puis enregistrez à nouveau."


def keep_column(*, actor: Acteur, departement: str, titre: str, genre: str, now: datetime) -> int:
    """Keep a column under this title and give its key: that of the département which bears it already, else a new one.

    Refused when it bears it with another kind, or when the département keeps as many as it may.
    """
    require_departement(actor, departement)
    with transaction(actor=actor, now=now) as session:
        # Two at once take turns: neither passes the limit, nor bears the other's title.
        session.execute(select(Departement.code).where(Departement.code == departement).with_for_update(key_share=True))
        known = _bearing(session, departement, titre)
        if known is not None:
            refuse_other_kind(known.titre, known.genre, genre)
            return known.id
        row = ColonnePropre(departement_code=departement, created_at=now, genre=_checked_kind(genre))
        _name(session, row, titre)
        _refuse_one_more(session, departement)
        session.add(row)
        session.flush()
        return row.id


def refuse_other_kind(titre: str, known: str, asked: str) -> None:
    """Refused when a column kept with one kind is asked with another."""
    if known != asked:
        raise Refused(
            f"« {titre} » est déjà gardée dans votre département, comme « {GENRES[known].lower()} » : "
            "choisissez la même sorte, ou supprimez d’abord la colonne."
        )


def change_column(*, actor: Acteur, colonne_id: int, titre: str, is_listed: bool, now: datetime) -> None:
    """Give it another title, show it in the list of signatories or not. Refused when another bears the title."""
    with transaction(actor=actor, now=now) as session:
        row = to_change(session, ColonnePropre, colonne_id, actor, WHAT)
        _name(session, row, titre)
        row.is_listed = is_listed


def remove_column(*, actor: Acteur, colonne_id: int, now: datetime) -> str:
    """Take a column out, with all that stands in it; gives its title."""
    with transaction(actor=actor, now=now) as session:
        row = to_change(session, ColonnePropre, colonne_id, actor, WHAT)
        mine = ValeurPropre.colonne_id == row.id
        count = session.scalar(select(func.count()).where(mine, ValeurPropre.valeur != "")) or 0
        place, titre = row.departement_code, row.titre
        told = {"titre": titre, "valeurs": count}
        note(session, "supprimer_colonne", "departement", place, departement=place, avant=told)
        session.execute(delete(ValeurPropre).where(mine).execution_options(synchronize_session=False))
        session.delete(row)
        return titre


def keep_own_values(
    *, actor: Acteur, signataire_id: int, version: int | None, typed: Mapping[int, str], now: datetime
) -> bool:
    """Keep what was typed for a signatory, by column; whether anything changed. '' empties a value.

    Refused beside `propre_<column>` when it is not of the column's kind; NotFound for a column or a signatory of
    another département; Conflict, with what the base holds, when somebody saved since `version`.
    """
    with transaction(actor=actor, now=now) as session:
        signataire = to_change(session, Signataire, signataire_id, actor, "Ce signataire")
        columns = {key: to_change(session, ColonnePropre, key, actor, WHAT) for key in typed}
        query = select(ValeurPropre).where(ValeurPropre.signataire_id == signataire_id).order_by(ValeurPropre.id)
        rows = {row.colonne_id: row for row in session.scalars(query)}
        if signataire.version != version:
            held = {
                f"propre_{key}": told_own(c.genre, rows[key].valeur) if key in rows else ""
                for key, c in columns.items()
            }
            raise Conflict(MEANWHILE, held | {"version": str(signataire.version)})
        kept = _read_typed(columns, typed)
        changed = {key: valeur for key, valeur in kept.items() if valeur != (rows[key].valeur if key in rows else "")}
        for key, valeur in changed.items():
            if key in rows:
                rows[key].valeur = valeur
            else:
                session.add(ValeurPropre(colonne_id=key, signataire_id=signataire_id, valeur=valeur))
        if changed:
            touch(signataire)
        return bool(changed)


def _read_typed(columns: Mapping[int, ColonnePropre], typed: Mapping[int, str]) -> dict[int, str]:
    kept, errors = {}, {}
    for key, text in typed.items():
        try:
            kept[key] = read_own(columns[key].genre, text)
        except ValueError as error:
            errors[f"propre_{key}"] = str(error)
    if errors:
        raise Refused(errors)
    return kept


def _checked_kind(genre: str) -> str:
    if genre not in GENRES:
        raise Refused({"genre": "Choisissez une sorte dans la liste."})
    return genre


def _name(session: Session, row: ColonnePropre, titre: str) -> None:
    name = required(fitted_line(titre, TITLE, "titre"), "titre", "Donnez un titre à cette colonne.")
    other = _bearing(session, row.departement_code, name)
    if other is not None and other.id != row.id:
        raise Refused({"titre": f"Une colonne s’appelle déjà « {other.titre} » : choisissez un autre titre."})
    row.titre, row.cle = name, key_of(name)


def _bearing(session: Session, departement: str, titre: str) -> ColonnePropre | None:
    c = ColonnePropre
    with session.no_autoflush:
        return session.scalar(select(c).where(c.departement_code == departement, c.cle == key_of(titre)))


def _refuse_one_more(session: Session, departement: str) -> None:
    c, most = ColonnePropre, read_limits()["colonnes_propres"]
    with session.no_autoflush:
        count = session.scalars(select(func.count(c.id)).where(c.departement_code == departement)).one()
    if count >= most:
        some = f"{most} colonne{'s' if most > 1 else ''}"
        raise Refused({"titre": f"Votre département garde déjà {some} de son tableau : supprimez-en une d’abord."})
