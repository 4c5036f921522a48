"""An animateur is reminded of the conventions given to him, and of nothing else, unless it is turned off (R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, Acteur
from paqte.domain.statuts.courriels import SANS_OBJET, Message
from paqte.models import Courriel
from paqte.queries.courriels.relances import SANS_COMPTE, forecast
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.courriels import send_due
from paqte.services.courriels.relances import remind
from paqte.services.declarations.declarations import submit_declaration
from paqte.services.reglages.reglages import save_settings
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire
from tests.services.maison import T3, Maison

SITE = "https://paqte.exemple.fr"
DAY = datetime(2026, 10, 16, 8, tzinfo=UTC)
LATER = DAY + timedelta(hours=3)
INES = "ines@face.test"
RUNS = {"debut": date(2026, 7, 1), "fin": date(2029, 6, 30)}


@pytest.fixture
def two(session: Any) -> tuple[Maison, int]:
    """A company with two conventions of which Inès is given the first, and another company she has nothing of."""
    made = Maison(DAY, "S2", **RUNS)
    second = a_convention(made.signataire, "R3", **RUNS)
    a_convention(a_signataire("À d’autres (fictif)"), "S2", **RUNS)
    invite(CAMILLE, made.convention)
    send_due(transport=[].append, now=DAY)
    return made, second


def invite(actor: Acteur, *conventions: int) -> None:
    invite_user(
        actor=actor, role=ANIMATEUR, courriel=INES, nom="Inès Delorme", base_url=SITE, now=DAY, conventions=conventions
    )


def setting(answer: str, actor: Acteur = CAMILLE, departement: str = "41") -> None:
    save_settings(
        actor=actor, now=DAY, departement=departement, version=version_of(read_settings(departement)),
        values={"relances_animateurs": answer, "relances_jours": "-4, 3"},
    )  # fmt: skip


def send(departement: str = "41", now: datetime = DAY) -> int:
    return remind(departement=departement, periode=T3, etape="relance-4", now=now, base_url=SITE)


def left(now: datetime = LATER) -> list[Message]:
    gone: list[Message] = []
    send_due(transport=gone.append, now=now)
    return gone


def test_R12_she_is_told_of_her_conventions_alone_and_once_a_day(two: tuple[Maison, int], session: Any) -> None:
    setting("oui")
    assert send() == 1 and send() == 0
    (mail,) = left()
    assert mail.destinataire == INES
    told = mail.texte.replace("\u00a0", " ")
    assert told.count("à remplir") == 1 and "41-2025-001" in told and "À d’autres" not in told
    assert "Camille" in told or "préfecture" in told.casefold()


def test_R12_a_signatory_whose_waiting_convention_is_not_hers_is_still_to_be_called(
    two: tuple[Maison, int], session: Any
) -> None:
    made, _second = two
    made.call(submit_declaration, key=made.opened(T3), saisie=made.saisie(S2=4))
    found = forecast(departement="41", periode=T3, etape="relance-4", day=date(2026, 10, 16))
    assert found.destinataires == ()
    assert {e.motif for e in found.ecartes} == {SANS_COMPTE} and len(found.ecartes) == 2


@pytest.mark.parametrize("when", ["before", "while the server is down"])
def test_turned_off_she_receives_none_not_even_one_that_waited(
    two: tuple[Maison, int], session: Any, when: str
) -> None:
    setting("oui" if when != "before" else "non")
    assert send() == (0 if when == "before" else 1)
    setting("non")
    assert left() == []
    session.rollback()
    states = session.execute(select(Courriel.etat, Courriel.erreur).where(Courriel.motif == "relance")).all()
    assert [tuple(one) for one in states] == (
        [] if when == "before" else [(SANS_OBJET, "Les rappels aux animateurs sont coupés dans ce département.")]
    )


def test_a_reminder_of_a_convention_taken_from_her_while_the_server_was_down_does_not_leave(
    two: tuple[Maison, int], session: Any
) -> None:
    made, _second = two
    setting("oui")
    assert send() == 1
    made.call(submit_declaration, key=made.opened(T3), saisie=made.saisie(S2=4))
    assert left() == []


def test_R30_one_departement_that_turned_it_off_is_not_told_of_in_the_mail_of_another(
    two: tuple[Maison, int], session: Any
) -> None:
    far = a_convention(a_signataire("Atelier des îles (fictif)", "972"), "S2", **RUNS)
    invite(ZOE, far)
    left(DAY)
    setting("oui")
    setting("non", ZOE, "972")
    assert (send("972"), send()) == (0, 1)
    (mail,) = left()
    assert "îles" not in mail.texte


@pytest.mark.parametrize("answer", ["peut-être", "1", "oui non"])
def test_the_setting_is_yes_or_no(two: tuple[Maison, int], session: Any, answer: str) -> None:
    with pytest.raises(Refused):
        setting(answer)
