"""The answers of a base as rows, for counts that no part of the product has a part in: its own tables, its seals."""

from __future__ import annotations

from typing import Any

NAMES = ("engagement_id", "indicateur", "reponse", "valeur", "numerateur", "denominateur")
_NUMBERS = {"engagement_id", "valeur", "numerateur", "denominateur"}


def _read(dialect: str, place: int, name: str) -> str:
    if dialect == "sqlite":
        return f"json_extract(a.value, '$[{place}]') AS {name}"
    kind = "numeric" if name in _NUMBERS else "text"
    return f"CAST(a.value ->> {place} AS {kind}) AS {name}"


def answers_as_rows(dialect: str = "sqlite") -> str:
    """A table to select from: each answer of each declaration, whether it stands in a row or under a seal."""
    each = "json_each(d.sceau)" if dialect == "sqlite" else "json_array_elements(CAST(d.sceau AS json))"
    sealed = ", ".join(_read(dialect, place, name) for place, name in enumerate(NAMES))
    named = "a" if dialect == "sqlite" else "a(value)"
    return (
        f"(SELECT declaration_id, {', '.join(NAMES)} FROM realisation UNION ALL "
        f"SELECT d.id, {sealed} FROM declaration d, {each} AS {named} WHERE d.hors_sceau IS NOT NULL)"
    )


def answers_of(session: Any) -> str:
    """The same for the base of this session."""
    return answers_as_rows(session.get_bind().dialect.name)


def rows_by_hand(declaration: int) -> tuple[str, str]:
    """Statements that put the answers of a seal back in rows, for who opens a declaration by hand; on SQLite."""
    sealed = ", ".join(_read("sqlite", place, name) for place, name in enumerate(NAMES))
    beside = "commentaire, saisie_le, saisie_par, is_on_behalf, origine"
    return (
        f"INSERT INTO realisation (declaration_id, {', '.join(NAMES)}, {beside}) "
        f"SELECT d.id, {sealed}, '', d.created_at, '', 0, 'formulaire' FROM declaration d, json_each(d.sceau) AS a "
        f"WHERE d.id = {declaration} AND d.hors_sceau IS NOT NULL",
        f"UPDATE declaration SET hors_sceau = NULL WHERE id = {declaration}",
    )
