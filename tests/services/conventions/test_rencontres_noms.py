"""How long the names typed at a meeting without a card are kept (R30)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from paqte.models import Journal
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.comptes.conservation import erase_expired
from paqte.services.reglages.reglages import save_settings
from tests.factories import CAMILLE, a_convention, a_signataire
from tests.services.conventions.test_rencontres import COMITE, NOW, a_card, names, recorded


def test_R30_a_name_typed_at_a_meeting_with_nobody_goes_so_many_years_after_it_and_not_the_day_before(
    session: Any,
) -> None:
    """Two years after it was held, or typed when that came later."""
    signataire = a_signataire()
    odile = a_card(signataire, "Odile Marchand")
    a_convention(signataire, debut=date(2026, 1, 1), fin=date(2028, 12, 31))
    comite = recorded(COMITE, date=date(2026, 9, 4), contacts=(odile,), autres="Awa Diop")
    typed_late = recorded(COMITE, date=date(2025, 1, 8), autres="Léo Petit")
    visit = recorded(signataires=(signataire,), autres="Jean Bon")
    shown = [(2028, 8, 31), (2028, 9, 1), (2028, 9, 4), (2028, 9, 5), (2030, 12, 31), (2031, 1, 1)]
    found = []
    for day in shown:
        erase_expired(now=datetime(*day, 9, tzinfo=UTC))
        session.expire_all()
        found.append((names(typed_late)[0], names(comite)[-1], names(visit)[0]))
    gone = "Personne effacée"
    assert found == [
        ("Léo Petit", "Awa Diop", "Jean Bon"),
        (gone, "Awa Diop", "Jean Bon"),
        (gone, "Awa Diop", "Jean Bon"),
        (gone, gone, "Jean Bon"),
        (gone, gone, "Jean Bon"),
        (gone, gone, gone),
    ]


def test_R30_names_typed_at_meetings_with_a_signatory_that_has_no_card_end_too_and_each_place_by_its_years(
    session: Any,
) -> None:
    alone = a_signataire()
    met = recorded(signataires=(alone,), autres="Awa Diop")
    other = recorded(COMITE, autres="Léo Petit")
    save_settings(
        actor=CAMILLE,
        now=NOW,
        departement="41",
        version=version_of(read_settings("41")),
        values={"conservation_annees": "5"},
    )
    erase_expired(now=datetime(2031, 8, 31, 9, tzinfo=UTC))
    session.expire_all()
    assert (names(met), names(other)) == (["Awa Diop"], ["Léo Petit"])
    erase_expired(now=datetime(2031, 9, 1, 9, tzinfo=UTC))
    session.expire_all()
    assert (names(met), names(other)) == (["Personne effacée"], ["Personne effacée"])
    told = session.execute(select(Journal.objet, Journal.apres).where(Journal.acte == "oublier")).all()
    assert [tuple(line) for line in told] == [("rencontre", '{"presents": 2}')]
