"""What an import shows of a file handed in and keeps of a look at it, to the last sign."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from paqte.domain.erreurs import Conflict, NotFound
from paqte.domain.personnes.acteurs import REFERENT, Acteur
from paqte.domain.statuts.imports import A_ESSAYER, ANNULE, ANNULER, APPLIQUER, ESSAYE, VALIDER
from paqte.models import Importation, Utilisateur
from paqte.services.imports import OutcomeSaid
from paqte.services.imports.importations import (
    _claim,
    _close,
    _held,
    described_sheets,
    packed,
    unpacked,
)
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_departement, a_siret
from tests.services.imports.test_tracker import a_workbook
from tests.services.refus import refusals

# What is said and kept, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True
LINES = [OutcomeSaid("entreprise", "cree", "Élan (fictif)", "", 2)]


@pytest.fixture
def importation(session: Any, now: datetime) -> int:
    a_departement("41")
    with transaction(actor=CAMILLE, now=now) as writing:
        user = Utilisateur(courriel="c@pref.test", nom="Camille", role=REFERENT, departement_code="41", created_at=now)
        writing.add(user)
        writing.flush()
        given = {"departement_code": "41", "utilisateur_id": user.id, "created_at": now}
        row = Importation(nom="suivi.csv", etat=A_ESSAYER, correspondance="[]", **given)
        writing.add(row)
        writing.flush()
        return row.id


def held(session: Any, key: int) -> tuple[str, str, list[OutcomeSaid], Any]:
    session.rollback()
    row = session.get_one(Importation, key)
    found = (row.etat, row.message, unpacked(row.lignes), row.prise_le)
    session.rollback()
    return found


def test_a_column_shows_three_different_values_of_sixty_signs_and_its_heading_of_a_hundred_and_twenty() -> None:
    names = ["Un", "Un", "d" * 61, "Trois", "Quatre"]
    rows = [["SIRET", "Raison sociale", "H" * 130]]
    rows += [[a_siret(rank), nom, ""] for rank, nom in enumerate(names, 1)]
    (sheet,) = described_sheets(a_workbook([*rows, *(["TOTAL " + "t" * 90, "", ""] for _ in range(41))]))
    shown = [(column["titre"], column["exemples"]) for column in sheet["colonnes"]]
    assert shown[:2] == [("SIRET", [a_siret(1), a_siret(2), a_siret(3)]), ("Raison sociale", ["Un", "d" * 60, "Trois"])]
    assert [titre for titre, _ in shown[2:]] in ([], ["H" * 120])
    aside = sheet["ecartees"]
    assert (len(aside), {text for _, _, text in aside}) == (40, {"TOTAL " + "t" * 74})


def test_what_a_look_said_is_kept_whole_and_its_refusal_to_the_thousandth_sign(
    session: Any, now: datetime, importation: int
) -> None:
    assert unpacked(None) == [] and unpacked(packed(LINES)) == LINES
    assert _claim(now) == importation
    assert held(session, importation)[3] == now
    _close(importation, A_ESSAYER, LINES, "é" * 1_001, now)
    assert held(session, importation) == (A_ESSAYER, "é" * 1_000, LINES, None)
    _close(importation, ESSAYE, None, "", now)
    assert held(session, importation) == (ESSAYE, "", LINES, None), "the lines of before stand"
    _close(importation, ANNULE, [], "x", now)
    assert held(session, importation) == (ESSAYE, "", LINES, None), "no work waits for it any more"


def test_a_file_whose_holder_fell_silent_for_a_quarter_of_an_hour_is_taken_again(
    session: Any, now: datetime, importation: int
) -> None:
    lease = timedelta(minutes=15)
    taken = [_claim(now), _claim(now), _claim(now + lease), _claim(now + lease + timedelta(seconds=1))]
    assert taken == [importation, None, None, importation]


def test_an_act_on_an_import_that_moved_or_is_another_s_says_so(session: Any, now: datetime, importation: int) -> None:
    def held(act: str, version: int = 1, actor: Acteur = CAMILLE) -> Importation:
        return _held(session, actor, importation, version, act)

    with pytest.raises(Conflict) as moved:
        held(ANNULER, version=7)
    told = "Cet import a changé depuis que vous avez ouvert cette page : regardez où il en est."
    assert (str(moved.value), moved.value.current) == (told, {"version": "1"})
    late = {"": "Cet import est « essai en cours » : ce n’est plus possible."}
    assert refusals(lambda: held(APPLIQUER)) == refusals(lambda: held(VALIDER)) == late
    with pytest.raises(NotFound, match=r"^Cet import "):
        held(ANNULER, actor=ZOE)
    assert held(ANNULER).id == importation
