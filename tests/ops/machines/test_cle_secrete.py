"""One base, one secret key: a machine with another is refused, a rotation is followed, a lost key is left behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.config import Settings
from paqte.domain.personnes.acteurs import operator
from paqte.models import Journal, SecretKnown, db
from paqte.ops.base.damage import BaseRefused
from paqte.ops.base.garde import hold_secret, secret_mark, tell_secret
from paqte.services.comptes.entree.secret import adopt_secret

FIRST, SECOND, THIRD = (f"une clé secrète de cette maison, la {rank}" for rank in ("première", "seconde", "dernière"))


@pytest.fixture
def machine(app: Any) -> Settings:
    """One of production, on this test's base."""
    return replace(app.extensions["paqte"], env="production", secret_key=FIRST)


def noted(app: Any) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(SecretKnown.empreinte)))


def test_the_first_machine_is_noted_and_another_key_is_refused(machine: Settings, app: Any) -> None:
    assert tell_secret(machine).startswith("pas encore notée")
    hold_secret(machine)
    assert tell_secret(machine) == "celle de la base."
    kept = noted(app)
    assert len(kept) == 1 and FIRST not in kept[0]
    stranger = replace(machine, secret_key=SECOND)
    for act in (hold_secret, tell_secret):
        with pytest.raises(BaseRefused, match="n’est pas celle des machines"):
            act(stranger)
    assert noted(app) == kept
    hold_secret(machine)


def test_a_rotation_is_followed_one_machine_after_the_other(machine: Settings) -> None:
    hold_secret(machine)
    turned = replace(machine, secret_key=SECOND, anciennes_cles=(THIRD, FIRST))
    hold_secret(turned)
    assert tell_secret(turned) == "celle de la base."
    with pytest.raises(BaseRefused):
        hold_secret(machine)
    hold_secret(replace(machine, secret_key=FIRST, anciennes_cles=(SECOND,)))
    hold_secret(machine)


def test_a_key_that_is_lost_is_left_behind_by_an_order_alone_and_the_journal_keeps_it(
    machine: Settings, app: Any, now: datetime
) -> None:
    hold_secret(machine)
    anew = replace(machine, secret_key=THIRD)
    with pytest.raises(BaseRefused):
        hold_secret(anew)
    with app.app_context():
        adopt_secret(actor=operator(), empreinte=secret_mark(THIRD), now=now)
        last = select(Journal.acte, Journal.objet, Journal.qui).order_by(Journal.id.desc()).limit(1)
        assert tuple(db.session.execute(last).one()) == ("adopter", "cle_secrete", operator().nom)
    hold_secret(anew)
    with pytest.raises(BaseRefused):
        hold_secret(machine)


def test_a_demonstration_draws_its_key_anew_on_a_file_of_its_own_and_nowhere_else(machine: Settings) -> None:
    shown = replace(machine, env="demonstration")
    hold_secret(shown)
    other = replace(shown, secret_key=SECOND)
    if "sqlite" in shown.database_url:
        hold_secret(other)
        assert tell_secret(other) == "celle de la base."
        return
    with pytest.raises(BaseRefused):
        hold_secret(other)


def test_two_machines_that_start_at_once_with_two_keys_are_not_both_served(machine: Settings, app: Any) -> None:
    def start(key: str) -> bool:
        try:
            hold_secret(replace(machine, secret_key=key))
        except BaseRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as at_once:
        served = list(at_once.map(start, (FIRST, SECOND)))
    assert (len(noted(app)), served.count(True)) == (1, 1)


def test_machines_of_one_key_start_all_at_once(machine: Settings, app: Any) -> None:
    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(hold_secret, [machine] * 8))
    assert len(noted(app)) == 1
