"""Many at once: numbers stay apart, one signatory is recorded once, one enterprise serves all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.erreurs import Refused
from paqte.models import Convention, Entreprise, Signataire
from paqte.services.conventions.conventions import create_convention
from paqte.services.conventions.signataires import add_signataire
from tests.factories import CAMILLE, ZOE, a_departement, a_signataire, a_siret, an_identite, some_termes

pytestmark = pytest.mark.lent

CROWD = 8


def together(app: Any, act: Callable[[int], Any]) -> list[Any]:
    """What each of the threads gave, each with a session of its own."""

    def run(rank: int) -> Any:
        with app.app_context():
            return act(rank)

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(run, range(CROWD)))


def test_conventions_typed_at_once_draw_different_numbers(app: Any, session: Any, now: datetime) -> None:
    signataire = a_signataire()
    together(
        app,
        lambda _: create_convention(actor=CAMILLE, signataire_id=signataire, termes=some_termes(), now=now),
    )
    assert sorted(session.scalars(select(Convention.numero))) == [f"41-2025-{n:03}" for n in range(1, CROWD + 1)]


def test_R3_a_siret_typed_at_once_by_several_people_is_recorded_once(app: Any, session: Any, now: datetime) -> None:
    a_departement("41")

    def add(_: int) -> str:
        try:
            add_signataire(actor=CAMILLE, departement="41", identite=an_identite(), now=now)
        except Refused as refusal:
            return ", ".join(refusal.errors)
        return "enregistré"

    answers = together(app, add)
    assert sorted(answers) == ["enregistré", *["identifiant"] * (CROWD - 1)]
    assert session.scalar(select(func.count()).select_from(Signataire)) == 1


def test_R3_two_departements_recording_a_siren_at_once_share_its_enterprise(
    app: Any, session: Any, now: datetime
) -> None:
    for code in ("41", "972"):
        a_departement(code)

    def add(rank: int) -> None:
        actor = (CAMILLE, ZOE)[rank % 2]
        identite = an_identite(identifiant=a_siret(1, rank + 1))
        add_signataire(actor=actor, departement=str(actor.departement), identite=identite, now=now)

    together(app, add)
    assert session.scalar(select(func.count()).select_from(Signataire)) == CROWD
    assert session.scalar(select(func.count()).select_from(Entreprise)) == 1


def test_R35_records_of_one_siren_typed_at_once_have_one_nature(app: Any, session: Any, now: datetime) -> None:
    a_departement("41")

    def add(rank: int) -> None:
        identite = an_identite(identifiant=a_siret(1, rank + 1), nature=("entreprise", "reseau")[rank % 2])
        add_signataire(actor=CAMILLE, departement="41", identite=identite, now=now)

    together(app, add)
    assert session.scalar(select(func.count()).select_from(Signataire)) == CROWD
    assert len(set(session.scalars(select(Signataire.nature)))) == 1
