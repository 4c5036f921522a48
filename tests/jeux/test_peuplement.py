"""Synthetic volume is valid: what the base holds, what the controls accept, what a bilan can be made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.signataires import SignataireTyped
from paqte.domain.declarations.controles import Contexte, Reponse, check, errors
from paqte.domain.declarations.sceau import unseal
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import operator
from paqte.jeux.fictif import is_fictitious
from paqte.jeux.peuplement import populate
from paqte.models import Declaration, Entreprise, Signataire, db
from paqte.queries.reponses import read_kept
from paqte.services.conventions.signataires import add_signataire
from paqte.services.reglages.territoire import load_territories
from tests.editions import compute_bilan
from tests.reponses_comptees import answers_of

pytestmark = pytest.mark.lent

OPERATOR = operator()


@pytest.fixture
def volume(session: Any, now: datetime) -> Iterator[dict[str, int]]:
    """Two départements of eight enterprises over four quarters."""
    load_territories(actor=OPERATOR, now=now)
    yield dict(populate(actor=OPERATOR, departements=2, entreprises=8, periodes=4, graine=41, now=now))


def test_it_fills_the_first_empty_departements(session: Any, volume: dict[str, int], now: datetime) -> None:
    assert list(volume) == ["01", "02"]
    assert session.scalar(text(f"SELECT count(*) FROM {answers_of(session)} r")) == sum(volume.values())
    assert all(map(is_fictitious, session.scalars(select(Entreprise.siren))))
    (more,) = populate(actor=OPERATOR, departements=1, entreprises=3, periodes=1, graine=41, now=now)
    assert more[0] == "03"
    assert session.scalar(select(func.count(Signataire.id))) == 2 * 8 + 3


def test_its_answers_raise_no_error_and_its_seals_hold_them(session: Any, volume: dict[str, int]) -> None:
    grid = catalogue()
    for declaration in session.scalars(select(Declaration)):
        (kept,) = read_kept(db.session(), Declaration.id == declaration.id).values()
        given = [Reponse(*answer[1:7]) for answer in kept]
        assert errors(check(given, Contexte(Periode.from_code(declaration.periode), grid))) == ()
        assert (len(declaration.realisations) == 0) == (declaration.sceau is not None)
        if declaration.sceau is not None:
            sealed = {(s.engagement, s.reponse, _exact(s.valeur)) for s in unseal(declaration.sceau)}
            assert sealed == {(r.engagement, r.reponse, _exact(r.valeur)) for r in given}


def _exact(number: Any) -> Decimal | None:
    return None if number is None else Decimal(number)


def test_people_can_go_on_typing_in_a_filled_base(session: Any, volume: dict[str, int], now: datetime) -> None:
    """The keys given in bulk do not stand in the way of the next ones."""
    identite = SignataireTyped("732 829 320 00074", "Nouvelle venue (fictif)", "entreprise")
    key = add_signataire(actor=OPERATOR, departement="01", identite=identite, now=now)
    assert key > 2 * 8


def test_a_bilan_is_made_of_it(session: Any, volume: dict[str, int], now: datetime) -> None:
    bilan = compute_bilan(actor=OPERATOR, departement="02", periode=Periode.from_code("2026-S1"), now=now)
    assert bilan.comptes.entreprises == 8
    assert sum(ligne.realise.valeur is not None for ligne in bilan.indicateurs) > 20


def test_more_than_there_is_room_for_is_refused(session: Any, now: datetime) -> None:
    load_territories(actor=OPERATOR, now=now)
    with pytest.raises(Refused, match="107 départements"):
        next(populate(actor=OPERATOR, departements=108, entreprises=1, periodes=1, graine=1, now=now))
    with pytest.raises(Refused, match="SIREN inventés"):
        next(populate(actor=OPERATOR, departements=100, entreprises=2_000, periodes=1, graine=1, now=now))
