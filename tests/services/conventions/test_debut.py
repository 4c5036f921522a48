"""Since when a préfecture uses PAQTE: without any demonstration, its bilans become due (R12)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.documents.registre import BILAN
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Departement, Edition, Journal
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.conventions.debut import StartShown, read_start
from paqte.services.conventions.conventions import change_convention, create_convention
from paqte.services.conventions.debut import change_start
from paqte.services.conventions.engagements import set_engagements
from paqte.services.conventions.signataires import add_signataire
from paqte.services.conventions.suites import sign_convention
from paqte.services.planificateur.due import produce_due
from paqte.services.planificateur.taches import Workshop
from paqte.services.reglages.territoire import load_territories
from paqte.services.transaction import transaction
from tests.editions import list_semesters
from tests.factories import CAMILLE, ZOE, an_identite, bruno, some_termes

S2 = Periode.from_code("2026-S2")
AFTER = datetime(2027, 2, 15, 9, tzinfo=UTC)


@pytest.fixture
def blois(session: Any, now: datetime) -> Any:
    """A base as installed: départements, nobody in them."""
    load_territories(actor=CAMILLE, now=now)
    return session


def type_one(now: datetime, actor: Acteur = CAMILLE, **termes: Any) -> int:
    """A signatory and its convention, as the référent types them."""
    identite = an_identite()
    signataire = add_signataire(
        actor=actor, departement=actor.departement or "", identite=identite, contacts=(), now=now
    )
    given = create_convention(actor=actor, signataire_id=signataire, termes=some_termes(**termes), now=now)
    return given.convention_id


def promise(key: int, now: datetime) -> None:
    """S2, as its page does."""
    version = read_convention(actor=CAMILLE, convention_id=key, now=now).version
    set_engagements(
        actor=CAMILLE,
        convention_id=key,
        version=version,
        axe="SENSIBILISER",
        saisis=[EngagementSaisi("S2", True)],
        now=now,
    )


def start_of(session: Any, departement: str = "41") -> str | None:
    session.rollback()
    return session.get(Departement, departement).premier_semestre


def seen(now: datetime, actor: Acteur = CAMILLE) -> StartShown:
    return read_start(actor=actor, departement="41", now=now)


def change(code: str, now: datetime, actor: Acteur = CAMILLE, version: int | None = None) -> None:
    change_start(
        actor=actor,
        departement="41",
        version=seen(now).version if version is None else version,
        semestre=Periode.from_code(code) if code else None,
        now=now,
    )


@pytest.mark.parametrize(
    ("termes", "issued"), [({}, [("41", "2026-S2", 1)]), ({"signee_le": None}, [])], ids=["signée", "projet"]
)
def test_R12_the_first_complete_convention_makes_the_bilan_of_its_semester_due(
    blois: Any, now: datetime, tmp_path: Path, termes: dict[str, Any], issued: list[tuple[str, str, int]]
) -> None:
    place = Workshop("essai", tmp_path / "reports", "http://localhost")
    promise(type_one(now, **termes), now)
    assert [prise for prise, _ in produce_due(place=place, clock=lambda: now) if prise.travail == BILAN] == []
    produce_due(place=place, clock=lambda: AFTER)
    bilans = select(Edition.departement_code, Edition.periode, Edition.numero).where(Edition.periode.like("%S%"))
    blois.rollback()
    assert [tuple(row) for row in blois.execute(bilans)] == issued


def test_R12_the_semester_is_that_of_the_legal_time_of_the_departement(blois: Any) -> None:
    """At 2 in the morning UTC on 1 January it is still 2026 in Martinique, and already 2027 in Blois."""
    moment = datetime(2027, 1, 1, 2, tzinfo=UTC)
    type_one(moment)
    type_one(moment, ZOE)
    assert (start_of(blois), start_of(blois, "972")) == ("2027-S1", "2026-S2")


def test_R12_the_conventions_that_follow_do_not_move_the_first_semester(blois: Any, now: datetime) -> None:
    first = type_one(now)
    later = now + timedelta(days=400)
    create_convention(actor=CAMILLE, signataire_id=1, termes=some_termes(dispositif="charte"), now=later)
    change_convention(actor=CAMILLE, convention_id=first, version=1, termes=some_termes(rythme="S"), now=later)
    assert start_of(blois) == "2026-S2"


@pytest.mark.parametrize("by", ["signature", "correction"])
def test_R12_a_projet_of_before_starts_its_departement_when_it_is_signed(blois: Any, now: datetime, by: str) -> None:
    key = type_one(now, signee_le=None)
    with transaction(actor=CAMILLE, now=now) as writing:  # as bases were before this rule
        writing.get_one(Departement, "41").premier_semestre = None
    later = datetime(2027, 1, 5, 9, tzinfo=UTC)
    if by == "signature":
        sign_convention(actor=CAMILLE, convention_id=key, version=1, signee_le=date(2026, 12, 1), now=later)
    else:
        change_convention(actor=CAMILLE, convention_id=key, version=1, termes=some_termes(), now=later)
    assert start_of(blois) == "2027-S1"


def test_a_convention_refused_starts_nothing(blois: Any, now: datetime) -> None:
    with pytest.raises(Refused):
        type_one(now, debut=None)
    assert start_of(blois) is None


def test_R43_going_back_to_an_earlier_semester_proposes_its_bilans_and_produces_none(
    blois: Any, now: datetime, tmp_path: Path
) -> None:
    promise(type_one(now), now)
    change("2025-S2", now)
    assert start_of(blois) == "2025-S2"
    place = Workshop("essai", tmp_path / "reports", "http://localhost")
    assert produce_due(place=place, clock=lambda: now) == []
    proposed = [p.periode.code for p in list_semesters(actor=CAMILLE, now=now) if p.is_proposed]
    assert proposed == ["2026-S1", "2025-S2"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("2027-S1", "à venir : choisissez au plus tard le 2e semestre 2026"),
        ("2024-S2", "avant le 1er semestre 2025"),
        ("2026-T3", "Choisissez un semestre"),
        ("", "Choisissez un semestre"),
    ],
)
def test_a_semester_to_come_or_without_anybody_is_refused(blois: Any, now: datetime, code: str, said: str) -> None:
    type_one(now)
    with pytest.raises(Refused) as refusal:
        change(code, now)
    assert said in refusal.value.errors["semestre"]
    assert start_of(blois) == "2026-S2"


def test_the_semesters_offered_go_from_today_back_to_the_first_convention(blois: Any, now: datetime) -> None:
    assert seen(now) == StartShown(None, (S2,))
    type_one(now)
    assert [p.code for p in seen(now).possibles] == ["2026-S2", "2026-S1", "2025-S2", "2025-S1"]


def test_two_people_who_change_it_at_once_do_not_overwrite_each_other_unseen(blois: Any, now: datetime) -> None:
    type_one(now)
    opened = seen(now).version
    change("2026-S1", now)
    told = "^Quelqu’un d’autre a changé ce semestre pendant votre saisie : comparez, puis enregistrez.$"
    with pytest.raises(Conflict, match=told) as conflict:
        change("2025-S1", now, version=opened)
    assert conflict.value.current["semestre"] == "2026-S1"
    change("2025-S1", now, version=int(conflict.value.current["version"]))
    assert start_of(blois) == "2025-S1"


@pytest.mark.parametrize("actor", [ZOE, bruno(1)], ids=["Zoé", "Bruno"])
def test_nobody_else_reads_or_changes_it(blois: Any, now: datetime, actor: Acteur) -> None:
    type_one(now)
    for call in (lambda: seen(now, actor), lambda: change("2026-S1", now, actor)):
        with pytest.raises(NotFound):
            call()
    assert start_of(blois) == "2026-S2"


def test_each_change_stands_in_the_journal(blois: Any, now: datetime) -> None:
    type_one(now)
    change("2026-S1", now)
    changes = select(Journal).where(Journal.objet == "departement", Journal.objet_id == "41")
    lines = blois.scalars(changes.order_by(Journal.id))
    assert [(line.qui, json.loads(line.avant), json.loads(line.apres)) for line in lines] == [
        (CAMILLE.nom, {"premier_semestre": None}, {"premier_semestre": "2026-S2"}),
        (CAMILLE.nom, {"premier_semestre": "2026-S2"}, {"premier_semestre": "2026-S1"}),
    ]
