"""Two machines, four schedulers and four web processes on one PostgreSQL base; one machine falls in the middle."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from paqte.models import Courriel, Edition, EditionTerritoire
from tests.fixtures_acteurs import ALIX, CAMILLE, invitation_of
from tests.ops.machines.conftest import PUBLISHED
from tests.ops.machines.machine import Machine, Visitor, link_in

pytestmark = pytest.mark.lent

ENOUGH, MANY = 12, 200
STALL = 120  # seconds
Left = Callable[[], int]
Serve = Callable[[], list[int]]


def test_what_one_process_begins_any_other_of_any_machine_ends(
    two: list[Machine], serve: Serve, mailbox: Any, accounts: Any, session: Any
) -> None:
    """A link asked here and taken there, followed elsewhere; the session; the end of it; and who insists."""
    one, other, third, fourth = serve()
    two[1].schedule()
    camille = Visitor()
    assert camille.send(one, other, "/connexion", courriel=CAMILLE.courriel).status == 302
    link = link_in(wait_for_mails(mailbox, 1)[0])
    assert "Code affiché" not in camille.get(third, link).text  # known to be the browser that asked
    assert "Code affiché" in Visitor().get(third, link).text
    assert camille.send(third, fourth, link).status == 302
    assert [camille.get(port, "/referent/").status for port in (one, other, third, fourth)] == [200] * 4
    assert camille.get(one, link).status == 410
    copy = Visitor()
    copy.cookies = dict(camille.cookies)
    assert camille.send(other, one, "/compte", nom="Camille Aubry-Roy").status == 302
    assert "Camille Aubry-Roy" in camille.get(third, "/compte").text
    assert camille.post(other, "/deconnexion", camille.get(one, "/compte")).status == 302
    assert [copy.get(port, "/referent/").status for port in (one, other, third, fourth)] == [302] * 4
    assert_counted_together([one, other, third, fourth], session)


def assert_counted_together(ports: list[int], session: Any) -> None:
    """Five links an address, twenty an origin, over all processes: one was asked for already."""
    for rank in range(12):
        Visitor().send(ports[rank % 4], ports[(rank + 1) % 4], "/connexion", courriel=CAMILLE.courriel)
    session.rollback()
    asked = select(Courriel.id).where(Courriel.destinataire == CAMILLE.courriel, Courriel.motif == "connexion")
    assert len(session.scalars(asked).all()) == 5
    answers = [
        Visitor().send(ports[rank % 4], ports[rank % 3], "/connexion", courriel=f"p{rank}@nulle-part.test").status
        for rank in range(24)
    ]
    assert answers == [302] * 15 + [429] * 9


def test_a_machine_falls_and_the_other_ends_the_work_each_document_once(
    two: list[Machine], serve: Serve, owe: Callable[[int], int], left: Left, session: Any
) -> None:
    _survive(ENOUGH, two, serve, owe, left, session)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_machine_falls_among_two_hundred_periods(
    two: list[Machine], serve: Serve, owe: Callable[[int], int], left: Left, session: Any
) -> None:
    _survive(MANY, two, serve, owe, left, session)


def _survive(least: int, two: list[Machine], serve: Serve, owe: Callable[[int], int], left: Left, session: Any) -> None:
    falling, staying = two
    due, ports = owe(least), serve()
    for machine in (*two, *two):
        machine.schedule()
    wait_until(left, due // 2)
    assert_served(ports, editions(session))
    falling.fall()
    lost = visible(falling.reports)
    wait_until(left, 0)
    found = editions(session)
    assert Counter((e.departement_code, e.genre_document, e.periode, e.numero) for e in found) == {
        (e.departement_code, e.genre_document, e.periode, 1): 1 for e in found
    }
    assert len(found) == due
    told = Counter(session.scalars(select(Courriel.texte).where(Courriel.motif.in_(PUBLISHED))))
    assert len(told) == due and set(told.values()) == {1}
    assert_served(staying.ports, found)
    assert lost and not lost.keys() <= visible(staying.reports).keys(), "the machine fell before it did anything"
    done = staying.run("document", "publier")
    assert done.returncode == 0, done.stderr
    here = visible(staying.reports)
    assert {e.fichier_nom: e.fichier_sha256 for e in found}.items() <= here.items()
    sums = session.execute(select(EditionTerritoire.fichier_nom, EditionTerritoire.fichier_sha256)).all()
    assert {tuple(row) for row in sums} <= set(here.items())
    assert lost.items() <= here.items()


def editions(session: Any) -> list[Edition]:
    session.rollback()
    return list(session.scalars(select(Edition).where(Edition.publiee_le.is_not(None)).order_by(Edition.id)))


def visible(reports: Path) -> dict[str, str]:
    """Each file that people see, with the hash of its content."""
    seen = [path for path in reports.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in seen}


def wait_until(left: Left, few: int) -> None:
    """Until so few documents are to be issued; what counts is that the work goes on."""
    before, moved = left(), time.monotonic()
    while (now := left()) > few:
        if now < before:
            before, moved = now, time.monotonic()
        assert time.monotonic() < moved + STALL, f"{now} documents n’avancent plus"
        time.sleep(0.1)


def wait_for_mails(mailbox: Any, many: int) -> list[str]:
    deadline = time.monotonic() + STALL
    while len(mailbox.messages) < many:
        assert time.monotonic() < deadline, "aucun courriel n’est parti"
        time.sleep(0.05)
    return [message.get_body(("plain",)).get_content() for message in mailbox.messages]


def assert_served(ports: list[int], found: list[Edition]) -> None:
    """Every process gives the very bytes of every edition, whichever machine made it."""
    assert found
    alix, link = Visitor(), link_in(invitation_of(ALIX))
    assert alix.send(ports[0], ports[-1], link).status == 302
    for port in ports:
        given = {e.id: hashlib.sha256(alix.get(port, f"/bilans/{e.id}").body).hexdigest() for e in found}
        assert given == {e.id: e.fichier_sha256 for e in found}
