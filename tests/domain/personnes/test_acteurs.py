"""Who acts."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from paqte.domain.personnes.acteurs import (
    ADMIN,
    EVERYTHING,
    PLANIFICATEUR,
    READS,
    REFERENT,
    ROLES,
    SYSTEME,
    TABLE,
    Acteur,
    operator,
)


def test_the_system_acts_but_nobody_signs_in_as_it() -> None:
    assert PLANIFICATEUR.role == operator().role == SYSTEME
    assert SYSTEME not in ROLES
    assert PLANIFICATEUR.utilisateur_id is None
    assert operator("Nuit").nom == "Nuit"


def test_an_actor_reaches_nothing_unless_told() -> None:
    bare = Acteur(1, "Camille", REFERENT)
    assert bare.departement is None
    assert bare.signataires == frozenset()


def test_the_rights_of_an_actor_cannot_be_changed_under_way() -> None:
    camille = Acteur(1, "Camille", REFERENT, "41")
    with pytest.raises(FrozenInstanceError):
        camille.role = ADMIN  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        camille.departement = "972"  # type: ignore[misc]
    assert replace(camille, departement="972") != camille


def test_stored_roles_are_short_ascii_and_labels_are_for_reading() -> None:
    assert all(code.isascii() and code.islower() and len(code) <= 12 for code in ROLES)
    assert len(set(ROLES.values())) == len(ROLES)


def test_the_guide_of_rights_says_of_each_role_what_the_table_says() -> None:
    text = (Path(__file__).parents[3] / "docs" / "securite.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.split("| rôle |")[1].split("\n\n")[0].splitlines()[2:]]
    told = {row[0]: row for row in rows}
    assert list(told) == [role.libelle for role in TABLE.values()]
    for role in TABLE.values():
        _, reads, acts, invites = told[role.libelle]
        assert (reads == "tout") == (role.reach == EVERYTHING), role
        assert (acts == "lit seulement") == (role.acts == READS), role
        assert (invites == "personne") == (not role.invites), role
