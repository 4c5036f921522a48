"""The disk is watched before it fills, wherever somebody looks."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest

from paqte.models import Reglage
from paqte.services.planificateur.verification import check_installation
from paqte.services.transaction import transaction
from tests.factories import CAMILLE

Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(
    ("free_mo", "written", "is_low"),
    [(1023, "1\u202f023", True), (1024, "1\u202f024", False), (0, "0", True)],
)
def test_sante_and_verifier_say_that_the_disk_fills(
    app: Any, client: Any, now: Any, monkeypatch: pytest.MonkeyPatch, free_mo: int, written: str, is_low: bool
) -> None:
    monkeypatch.setattr("paqte.services.alertes.shutil.disk_usage", lambda _: Usage(1, 1, free_mo * 1024**2))
    assert client.get("/sante").json["disque"] is not is_low
    with app.app_context():
        found = {one.sujet: one for one in check_installation(app.extensions["paqte"], now=now, is_thorough=False)}
    assert found["disque"].is_good is not is_low
    assert f"{written} Mo libres" in found["disque"].phrase


def test_the_threshold_is_a_setting(app: Any, client: Any, now: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paqte.services.alertes.shutil.disk_usage", lambda _: Usage(1, 1, 900 * 1024**2))
    assert client.get("/sante").json["disque"] is False
    with app.app_context(), transaction(actor=CAMILLE, now=now) as session:
        session.add(Reglage(departement_code=None, cle="disque_alerte_mo", valeur="500"))
    assert client.get("/sante").json["disque"] is True
