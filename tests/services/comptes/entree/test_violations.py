"""What browsers report of the policy of our pages: counted, bounded, told to administrators, and forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, PLANIFICATEUR, Acteur
from paqte.domain.personnes.entree.violations import MOST_AN_HOUR, PER_ORIGIN, ViolationSaid
from paqte.models import Journal, TentativeConnexion, Utilisateur, ViolationCounted, db
from paqte.queries.comptes.entree.violations import violations_lately
from paqte.services.comptes.comptes import purge_expired
from paqte.services.comptes.entree.surete import warn_of_attempts
from paqte.services.comptes.entree.violations import TooManyReports, record_violations
from paqte.services.transaction import transaction

if TYPE_CHECKING:
    from flask import Flask

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAGE = "/referent/conventions/<int:convention_id>"
INLINE = ViolationSaid("script-src-elem", PAGE, "en_ligne")
OUTSIDE = ViolationSaid("img-src", "/connexion", "ailleurs")
ADDED = ViolationSaid("script-src", PAGE, "extension")


def counted() -> dict[tuple[str, str, str], int]:
    v = ViolationCounted
    rows = db.session.execute(
        select(v.directive, v.page, v.source, func.sum(v.combien)).group_by(v.directive, v.page, v.source)
    )
    return {tuple(row[:3]): row[3] for row in rows}


def report(*said: ViolationSaid, origine: str = "192.0.2.7", now: datetime = NOW) -> None:
    record_violations(violations=said, origine=origine, now=now)


def an_administrator() -> Acteur:
    with transaction(actor=PLANIFICATEUR, now=NOW - DAY) as writing:
        ada = Utilisateur(courriel="ada@paqte.test", nom="Ada", role=ADMIN, is_active=True, created_at=NOW - DAY)
        writing.add(ada)
        writing.flush()
        return Acteur(ada.id, "Ada", ADMIN)


def test_the_same_thing_is_one_row_an_hour_however_often_it_is_told(session: Any) -> None:
    report(INLINE, INLINE, OUTSIDE)
    report(INLINE, origine="2001:db8::1", now=NOW + MINUTE)
    report(INLINE, now=NOW + HOUR)
    assert counted() == {tuple(INLINE): 4, tuple(OUTSIDE): 1}
    hours = session.execute(
        select(ViolationCounted.heure, ViolationCounted.combien).order_by(ViolationCounted.id)
    ).all()
    assert sorted(count for _, count in hours) == [1, 1, 3]
    assert {hour.minute for hour, _ in hours} == {0}
    assert session.scalar(select(func.count()).select_from(Journal)) == 0, "a flood of reports fills no journal"


def test_one_origin_is_no_longer_heard_after_twenty_and_writes_nothing_more(session: Any) -> None:
    for rank in range(PER_ORIGIN):
        report(INLINE, origine=f"2001:db8:0:1::{rank:x}")
    for _ in range(3):
        with pytest.raises(TooManyReports):
            report(INLINE, OUTSIDE, origine="2001:db8:0:1::ffff")
    assert counted() == {tuple(INLINE): PER_ORIGIN}
    assert session.scalar(select(func.count()).select_from(TentativeConnexion)) == PER_ORIGIN
    report(INLINE, origine="2001:db8:0:2::1")
    report(INLINE, origine="2001:db8:0:1::1", now=NOW + 16 * MINUTE)
    assert counted() == {tuple(INLINE): PER_ORIGIN + 2}


def test_a_crowd_is_bounded_by_the_hour(session: Any) -> None:
    session.add(ViolationCounted(heure=NOW.replace(minute=0), combien=MOST_AN_HOUR - 1, **INLINE._asdict()))
    session.commit()
    report(OUTSIDE, origine="198.51.100.1")
    with pytest.raises(TooManyReports):
        report(OUTSIDE, origine="198.51.100.2")
    report(OUTSIDE, origine="198.51.100.2", now=NOW + HOUR)
    assert counted()[tuple(OUTSIDE)] == 2


def test_no_count_is_lost_between_two_who_report_at_once(app: Flask) -> None:
    """On SQLite one of them may be given up; what was taken is counted whole."""

    def send(rank: int) -> int:
        with app.app_context():
            try:
                report(INLINE, OUTSIDE, origine=f"192.0.2.{rank}")
            except Exception as error:
                assert "locked" in str(error), error
                return 0
            return 1

    with ThreadPoolExecutor(8) as at_once:
        taken = sum(at_once.map(send, range(32)))
    with app.app_context():
        assert taken > 0
        assert counted() == {tuple(INLINE): taken, tuple(OUTSIDE): taken}


def test_administrators_read_the_most_frequent_first_and_nobody_else_does(session: Any) -> None:
    ada = an_administrator()
    report(OUTSIDE, INLINE, INLINE)
    report(INLINE, now=NOW - 8 * DAY)
    shown = violations_lately(actor=ada, now=NOW)
    assert [(one.directive, one.page, one.source, one.combien) for one in shown] == [
        ("script-src-elem", PAGE, "code écrit dans la page", 2), ("img-src", "/connexion", "autre site", 1),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        violations_lately(actor=Acteur(ada.utilisateur_id, "Nadia", NATIONAL), now=NOW)


def test_a_burst_is_written_about_once_a_day_and_extensions_of_browsers_are_none(session: Any) -> None:
    an_administrator()
    for rank in range(5):
        report(*[ADDED] * 20, *[INLINE] * (10 if rank < 4 else 9), origine=f"192.0.2.{rank}")
    assert warn_of_attempts(base_url="https://paqte.exemple.fr", now=NOW + MINUTE) == 0
    report(INLINE, origine="192.0.2.77")
    assert warn_of_attempts(base_url="https://paqte.exemple.fr", now=NOW + MINUTE) == 1
    report(*[INLINE] * 20, origine="192.0.2.78", now=NOW + HOUR)
    assert warn_of_attempts(base_url="https://paqte.exemple.fr", now=NOW + HOUR) == 0


def test_what_is_a_month_old_is_forgotten(session: Any) -> None:
    report(INLINE, now=NOW - 32 * DAY)
    report(OUTSIDE, now=NOW - 29 * DAY)
    purge_expired(actor=PLANIFICATEUR, now=NOW)
    assert counted() == {tuple(OUTSIDE): 1}
