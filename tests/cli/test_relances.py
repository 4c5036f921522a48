"""`paqte relances simuler` says who would get what, and sends nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.ops import clock


def test_a_simulation_says_who_would_get_what_and_why_the_others_would_not(
    paqte: Callable[..., Any], demonstration: Any
) -> None:
    before = waiting(paqte)
    present = Periode.containing(local_date(clock.now(), "41"), "T")
    shown = paqte("relances", "simuler", "--departement", "41", "--periode", present.code)
    assert shown.code == 0
    lines = [line.split("\t") for line in shown.sortie.splitlines()]
    assert all(len(line) == 5 and re.fullmatch(r"\d{4}-\d\d-\d\d", line[0]) for line in lines)
    assert {line[2] for line in lines} == {present.code}
    assert {"Ouverture de la saisie", "Relance J−15", "Relance J+10"} <= {line[1] for line in lines}
    assert any("@" in line[3] for line in lines), "somebody would be written to"
    assert any(line[3] == "-" and "à appeler" in line[4] for line in lines)
    assert "Rappel" in before and waiting(paqte) == before


def waiting(paqte: Callable[..., Any]) -> str:
    """The mails as listed, without the secrets of their links, drawn anew at each reading."""
    listed: str = paqte("courriels", "lister", "--tous").sortie
    return re.sub(r"/connexion/[\w-]{43}", "/connexion/…", listed)
