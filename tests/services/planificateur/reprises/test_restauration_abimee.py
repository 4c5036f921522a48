"""The base that is replaced no longer reads: every account sleeps until somebody confirms, and it is said (R30)."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR
from paqte.models import Utilisateur, db
from paqte.ops.base.backup import save_base
from paqte.services.planificateur.release import confirm_restoration
from paqte.services.planificateur.restauration import restore
from paqte.services.transaction import transaction

ABOUT_PAGES = True  # about files: a base that is one


def test_R30_accounts_that_could_not_be_compared_are_asked_about(
    app: Any, session: Any, tmp_path: Path, now: datetime
) -> None:
    settings = app.extensions["paqte"]
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Utilisateur(courriel="nadia@cget.test", nom="Nadia", role=NATIONAL, created_at=now))
    saved = save_base(settings.database_url, tmp_path / "copies", now)
    db.session.remove()
    db.engine.dispose()
    Path(settings.database_url.removeprefix("sqlite:///")).write_bytes(os.urandom(40_000))
    done = restore(settings=settings, source=saved, now=now)
    assert not done.is_sound
    assert done.constat.non_compares == ["comptes", "numéros d’édition", "tâches", "courriels"]
    assert list(done.constat.comptes) == ["nadia@cget.test"]
    assert db.session.scalar(select(Utilisateur.is_active)) is False
    confirm_restoration(actor=PLANIFICATEUR, now=now, is_mail_sent=True, is_task_done=True, is_account_opened=True)
    db.session.expire_all()
    assert db.session.scalar(select(Utilisateur.is_active)) is True


def test_R30_on_a_machine_without_a_base_accounts_open_and_it_is_said_that_nothing_was_compared(
    app: Any, session: Any, tmp_path: Path, now: datetime
) -> None:
    settings = app.extensions["paqte"]
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Utilisateur(courriel="nadia@cget.test", nom="Nadia", role=NATIONAL, created_at=now))
    saved = save_base(settings.database_url, tmp_path / "copies", now)
    db.session.remove()
    db.engine.dispose()
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
    done = restore(settings=settings, source=saved, now=now)
    assert (done.precedente, done.constat.comptes) == (None, {})
    assert "comptes" in done.constat.non_compares
    assert db.session.scalar(select(Utilisateur.is_active)) is True
