"""Every command that takes a territory refuses a code that is none: an empty answer would say that nothing is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from paqte.cli.commandes import paqte as command

OPTIONS = {"--departement": ("99", "", " ", "*", "../41", "4l", "41/2026-S1", "a" * 300), "--region": ("99", "", "41")}


def taking(option: str, group: Any = command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The commands that have this option."""
    found = []
    for name, child in getattr(group, "commands", {}).items():
        found += taking(option, child, (*path, name))
    return found or [path] * any(option in one.opts for one in group.params)


TAKEN = [(option, path) for option in OPTIONS for path in taking(option)]


def test_the_commands_that_take_a_territory_are_found() -> None:
    assert ("--departement", ("bilan", "lister")) in TAKEN and ("--region", ("bilan", "produire")) in TAKEN
    assert len(TAKEN) > 12


@pytest.mark.parametrize(("option", "path"), TAKEN)
def test_a_code_that_is_none_is_refused_with_code_2_in_a_sentence(
    option: str, path: tuple[str, ...], paqte: Callable[..., Any]
) -> None:
    for code in OPTIONS[option]:
        refused = paqte(*path, option, code)
        assert refused.code == 2, (path, code)
        assert f"« {code} » n’est pas le code d’un" in refused.erreur


def test_a_code_is_taken_as_people_write_it(demonstration: Any, paqte: Callable[..., Any]) -> None:
    listed = paqte("bilan", "lister", "--departement", " 41 ")
    assert listed.code == 0 and listed.lignes
    assert paqte("relances", "simuler", "--departement", "2a").sortie == (
        "Rien n’est attendu de personne aux étapes à venir.\n"
    )
