"""The promises of a convention: axes, references, targets, free commitments (R5, R6, R8b)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.models import Engagement, Journal, Objectif, Realisation
from paqte.queries.conventions.conventions import EngagementShown, read_convention
from paqte.queries.conventions.conventions_lues import read_conventions
from paqte.services.conventions.engagements import set_engagements
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire, bruno

pytestmark = pytest.mark.usefixtures("session")
Promise = Callable[..., None]
LIBRE = EngagementSaisi("X1", True, libelle="Arbres plantés avec le quartier", unite="arbres")


def kept(code: str, **more: Any) -> EngagementSaisi:
    return EngagementSaisi(code, True, **more)


class Page:
    """Camille on the engagements of a three-year convention of 2025."""

    def __init__(self, now: datetime, **more: Any) -> None:
        self.now = now
        self.convention = a_convention(a_signataire(), **more)

    def save(self, axe: str, *saisis: EngagementSaisi, actor: Any = CAMILLE, version: int | None = None) -> None:
        version = version or self.version
        set_engagements(
            actor=actor, convention_id=self.convention, version=version, axe=axe, saisis=saisis, now=self.now
        )

    @property
    def version(self) -> int:
        return read_convention(actor=CAMILLE, convention_id=self.convention, now=self.now).version

    @property
    def seen(self) -> dict[tuple[str, int], EngagementShown]:
        fiche = read_convention(actor=CAMILLE, convention_id=self.convention, now=self.now)
        return {(e.indicateur, e.rang): e for e in fiche.engagements}

    def refused(self, axe: str, *saisis: EngagementSaisi) -> set[str]:
        """Names of the fields at fault; nothing was saved."""
        return set(self.told(axe, *saisis))

    def told(self, axe: str, *saisis: EngagementSaisi) -> dict[str, str]:
        """What is said beside each field at fault; nothing was saved."""
        before = self.seen
        with pytest.raises(Refused) as refusal:
            self.save(axe, *saisis)
        assert self.seen == before
        return refusal.value.errors


@pytest.fixture
def page(session: Any, now: datetime) -> Page:
    return Page(now)


def test_R6_no_target_is_not_a_target_of_zero(page: Page) -> None:
    page.save("FORMER", kept("F1"), kept("F2", duree=Decimal(0)))
    assert page.seen["F1", 1].objectifs == {}
    assert page.seen["F2", 1].objectifs == {0: 0}


def test_R6_targets_are_for_the_whole_term_or_by_year_with_an_optional_reference(page: Page) -> None:
    by_year = {1: Decimal(5), 2: Decimal(0), 3: Decimal(10)}
    page.save("FORMER", kept("F1", reference=Decimal(2), annees=by_year), kept("F3", duree=Decimal(12)))
    assert (page.seen["F1", 1].reference, page.seen["F1", 1].objectifs) == (2, by_year)
    assert (page.seen["F3", 1].reference, page.seen["F3", 1].objectifs) == (None, {0: 12})


def test_R6_both_kinds_of_targets_at_once_are_refused(page: Page) -> None:
    assert page.refused("FORMER", kept("F1", duree=Decimal(3), annees={1: Decimal(1)})) == {"F1_1-duree"}


def test_R6_a_target_after_the_last_year_is_refused(page: Page) -> None:
    assert page.refused("FORMER", kept("F1", annees={4: Decimal(1)})) == {"F1_1-an4"}


def test_R6_passing_from_yearly_targets_to_one_for_the_term_replaces_them(page: Page, session: Any) -> None:
    page.save("FORMER", kept("F1", annees={1: Decimal(5), 2: Decimal(6)}))
    page.save("FORMER", kept("F1", duree=Decimal(11)))
    assert page.seen["F1", 1].objectifs == {0: 11}
    assert session.scalar(select(func.count()).select_from(Objectif)) == 1
    told = session.scalars(select(Journal).where(Journal.acte == "engager").order_by(Journal.id.desc()).limit(1)).one()
    assert json.loads(told.avant) == {"F1": "objectif 5 l’année 1, 6 l’année 2"}
    assert json.loads(told.apres) == {"F1": "objectif 11"}


def test_R6_a_change_of_target_is_told_as_a_change(page: Page, session: Any) -> None:
    page.save("FORMER", kept("F1", duree=Decimal(5)))
    page.save("FORMER", kept("F1", duree=Decimal(8)))
    line = session.scalars(select(Journal).where(Journal.objet == "objectif", Journal.acte == "modifier")).one()
    assert (line.avant, line.apres) == ('{"cible": "5"}', '{"cible": "8"}')


@pytest.mark.parametrize(
    ("axe", "code", "number"),
    [
        ("FORMER", "F1p", "100.5"),
        ("FORMER", "F1", "2.5"),
        ("FORMER", "F1", "-1"),
        ("FORMER", "F1", "NaN"),
        ("FORMER", "F1", "Infinity"),
        ("FORMER", "F1", "1e13"),
        ("RECRUTER", "R1", "2"),
    ],
)
def test_R16_a_target_no_base_could_keep_is_refused_whoever_read_it(
    page: Page, axe: str, code: str, number: str
) -> None:
    assert page.refused(axe, kept(code, duree=Decimal(number))) == {f"{code}_1-duree"}


def test_R14_the_target_of_a_ratio_is_a_percentage(page: Page) -> None:
    page.save("FORMER", kept("F1p", reference=Decimal("5"), duree=Decimal("12.5")))
    assert page.seen["F1p", 1].objectifs == {0: Decimal("12.5")}


def test_R5_several_free_commitments_have_their_own_label_and_unit(page: Page) -> None:
    second = replace(LIBRE, rang=2, libelle="Repas servis", unite="repas")
    page.save("AUTRE", LIBRE, second)
    assert [(e.libelle, e.unite) for e in page.seen.values()] == [
        ("Arbres plantés avec le quartier", "arbres"),
        ("Repas servis", "repas"),
    ]


def test_R5_a_free_commitment_asks_for_its_label_and_its_unit(page: Page) -> None:
    assert page.refused("AUTRE", kept("X1", duree=Decimal(3))) == {"X1_1-libelle", "X1_1-unite"}


def test_R5_one_axis_may_be_kept_alone_and_the_others_stay_as_they_are(page: Page) -> None:
    page.save("FORMER", kept("F1"))
    page.save("RECRUTER", kept("R3"))
    page.save("FORMER", EngagementSaisi("F1", False))
    assert list(page.seen) == [("R3", 1)]


def test_something_typed_without_its_tick_is_not_lost_but_asked_about(page: Page) -> None:
    asked = {"F1_1-retenu": "Cochez pour retenir cet engagement, ou videz ses champs."}
    assert page.told("FORMER", EngagementSaisi("F1", False, duree=Decimal(4))) == asked


def test_a_line_left_blank_and_unticked_is_nothing(page: Page) -> None:
    page.save("FORMER", EngagementSaisi("F1", False), EngagementSaisi("F2", False))
    assert page.seen == {}


def test_a_promise_with_results_is_not_taken_away_and_says_what_may_be_done(
    page: Page, session: Any, now: datetime
) -> None:
    page.save("FORMER", kept("F1", duree=Decimal(4)), kept("F2"))
    answer(page, "F1", now)
    gone = EngagementSaisi("F1", False), EngagementSaisi("F2", False)
    stays = "Des résultats sont déjà déclarés pour cet engagement : il reste. Vous pouvez en vider les objectifs."
    assert page.told("FORMER", *gone) == {"F1_1-retenu": stays}
    page.save("FORMER", kept("F1"), EngagementSaisi("F2", False))
    assert {key: e.objectifs for key, e in page.seen.items()} == {("F1", 1): {}}


def answer(page: Page, code: str, now: datetime) -> None:
    from paqte.models import Declaration

    with transaction(actor=CAMILLE, now=now) as writing:
        declaration = Declaration(
            convention_id=page.convention, departement_code="41", periode="2025-T1", etat="brouillon", created_at=now
        )
        declaration.realisations.append(
            Realisation(
                engagement_id=engagement_of_open(page, code),
                indicateur=code,
                reponse="manquante",
                saisie_le=now,
                saisie_par="Camille",
            )
        )
        writing.add(declaration)


def engagement_of_open(page: Page, code: str) -> int:
    return page.seen[code, 1].id


def test_what_goes_away_stays_in_the_history(page: Page, session: Any) -> None:
    page.save("AUTRE", LIBRE)
    page.save("AUTRE", replace(LIBRE, is_kept=False))
    assert page.seen == {}
    taken, removed = session.scalars(select(Journal).where(Journal.acte == "engager").order_by(Journal.id))
    assert (removed.objet, removed.objet_id) == ("convention", str(page.convention))
    assert removed.avant == taken.apres == '{"X1 Arbres plantés avec le quartier (arbres)": "sans objectif"}'


def test_an_indicator_closed_before_the_term_cannot_be_promised(page: Page) -> None:
    """R3e ended on 31/12/2024; the convention starts the day after (R17)."""
    assert page.refused("RECRUTER", kept("R3e")) == {""}


def test_an_indicator_closed_during_the_term_can_still_be_promised(session: Any, now: datetime) -> None:
    page = Page(now, debut=date(2024, 12, 31), fin=date(2027, 12, 30))
    page.save("RECRUTER", kept("R3e"))
    assert list(page.seen) == [("R3e", 1)]


def test_an_indicator_of_another_axis_is_refused(page: Page) -> None:
    assert page.refused("FORMER", kept("R3")) == {""}


@pytest.mark.parametrize("rang", [0, 21, -1])
def test_R5_the_rank_of_a_free_commitment_has_its_bounds(page: Page, rang: int) -> None:
    assert page.refused("AUTRE", replace(LIBRE, rang=rang)) == {""}


def test_an_indicator_of_the_grid_is_promised_once(page: Page) -> None:
    assert page.refused("FORMER", kept("F1", rang=2)) == {""}


@pytest.mark.parametrize(
    ("more", "axe", "is_open"),
    [
        ({}, "PLAN", False),
        ({"is_in_plan_10000": True}, "PLAN", True),
        ({"dispositif": "plan_10000"}, "PLAN", True),
        ({"dispositif": "plan_10000"}, "AUTRE", True),
        ({"dispositif": "plan_10000"}, "FORMER", False),
        ({"dispositif": "charte"}, "FORMER", True),
        ({}, "INCONNU", False),
    ],
)
def test_R8_the_axes_open_to_a_convention_follow_from_its_dispositif(
    session: Any, now: datetime, more: dict[str, Any], axe: str, is_open: bool
) -> None:
    page = Page(now, **more)
    if is_open:
        page.save(axe)
    else:
        with pytest.raises(NotFound):
            page.save(axe)


def test_R8_several_thematiques_are_chosen_each_with_its_forecast(session: Any, now: datetime) -> None:
    page = Page(now, is_in_plan_10000=True)
    page.save("PLAN", kept("P01", duree=Decimal(20)), kept("P12h", annees={1: Decimal("35.5")}), kept("P07"))
    assert {code: e.objectifs for (code, _), e in page.seen.items()} == {
        "P01": {0: 20},
        "P07": {},
        "P12h": {1: Decimal("35.5")},
    }


def test_saving_over_somebody_else_is_a_conflict_that_shows_both(page: Page) -> None:
    version = page.version
    page.save("FORMER", kept("F1", annees={1: Decimal(1500)}), version=version)
    with pytest.raises(Conflict) as conflict:
        page.save("FORMER", kept("F1", annees={1: Decimal(9)}), version=version)
    current = conflict.value.current
    assert (current["F1_1-an1"], current["F1_1-an2"], current["F1_1-retenu"]) == ("1\u202f500", "", "oui")
    assert int(current["version"]) == page.version


@pytest.mark.parametrize("actor", [ZOE, bruno(1)], ids=["zoe", "bruno"])
def test_nobody_else_changes_the_promises_of_camille_s_convention(page: Page, session: Any, actor: Any) -> None:
    with pytest.raises(NotFound):
        page.save("FORMER", kept("F1"), actor=actor)
    assert session.scalar(select(func.count()).select_from(Engagement)) == 0


def test_R6_the_bilan_knows_which_years_have_a_target(page: Page, session: Any) -> None:
    page.save(
        "FORMER",
        kept("F1", annees={1: Decimal(10), 3: Decimal(20)}),
        kept("F2", duree=Decimal(60)),
        kept("F3"),
    )
    (read,) = read_conventions(session, "41")
    found = {e.indicateur: (e.cible, e.annees) for e in read.engagements}
    assert found == {"F1": (Decimal(30), (1, 3)), "F2": (Decimal(60), ()), "F3": (None, ())}
