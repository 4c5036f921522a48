"""What an import's work changes under a page that somebody still looks at, and how its end is counted (R18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from paqte.domain.erreurs import Conflict
from paqte.domain.personnes.acteurs import Acteur
from paqte.services.imports import importations
from paqte.services.imports.importations import (
    ask_application,
    ask_rehearsal,
    ask_validation,
    cancel_import,
    run_imports,
)
from tests.services.imports.test_depots import ROWS, SAID, camille, deposited, held, version_of

__all__ = ["camille"]


def worked(ask: Callable[..., None], key: int, actor: Acteur, now: datetime, **more: Any) -> int:
    """Ask for a step and have it done; the version that a page shown meanwhile sends back."""
    ask(actor=actor, importation_id=key, version=version_of(key), now=now, **more)
    shown = version_of(key)
    assert run_imports(clock=lambda: now + timedelta(hours=1)) == 1
    return shown


def test_a_page_shown_while_the_work_went_on_gives_up_nothing_that_came_of_it(camille: Acteur, now: datetime) -> None:
    """Whoever presses « Renoncer » under « en cours » would throw away a look that has ended, which she did not see."""
    key = deposited(camille, now)
    shown = worked(ask_rehearsal, key, camille, now, mapping=[SAID])
    with pytest.raises(Conflict) as conflict:
        cancel_import(actor=camille, importation_id=key, version=shown, now=now)
    assert str(conflict.value) == importations.MEANWHILE
    for ask in (ask_application, ask_validation):
        assert worked(ask, key, camille, now) < version_of(key), "each end of the work is told to the pages of before"


@pytest.mark.parametrize(
    ("count", "told"), [(1, "1 déclaration validée."), (2, "2 déclarations validées."), (4, "4 déclarations validées.")]
)
def test_what_was_validated_is_counted_in_french(camille: Acteur, now: datetime, count: int, told: str) -> None:
    key = deposited(camille, now, [*ROWS[: 2 + count], ROWS[-1]])
    worked(ask_rehearsal, key, camille, now, mapping=[SAID])
    worked(ask_application, key, camille, now)
    worked(ask_validation, key, camille, now)
    assert held(key, "message") == (told,)
