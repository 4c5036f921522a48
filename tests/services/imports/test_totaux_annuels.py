"""What a file tells of a whole year stands in its last period: no other period of the year adds to it (R11, R20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.avancement import VOIE
from paqte.domain.declarations.reponses import AnswerTyped, Saisie, SaisieRefused
from paqte.domain.statuts.declarations import TOTAL_ANNUEL
from paqte.importing.tracker.targets import REALISATION
from paqte.models import Declaration, Engagement, db
from paqte.queries.declarations import list_echeances
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.suivi.avancements import read_verdicts
from paqte.queries.suivi.entreprise_chiffres import achieved
from paqte.services.conventions.suites import renew_convention
from paqte.services.declarations import open_declaration, submit_declaration
from paqte.services.declarations.declarations import reopen_declaration, validate_declaration
from paqte.services.declarations.preuves.attestations import issue_attestation
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, a_siren, a_siret
from tests.services.imports.test_tracker import Rows, kept, refusals, take

pytestmark = pytest.mark.usefixtures("session")
HEADS = ["SIRET", "Raison sociale", "Signée le"]
COMPANY = [a_siret(1), "Élan", "03/01/2025"]
WHY = "Deux alternants de plus, arrivés en juin."


@pytest.fixture(autouse=True)
def departement(session: Any) -> None:
    a_departement("41")


def told(now: datetime, **columns: str) -> list[str]:
    """Import a row whose columns are « Alternants {period} »; what was refused, sentence by sentence."""
    rows: Rows = [
        [*HEADS, *(f"Alternants {name.replace('_', ' ')}" for name in columns)],
        [*COMPANY, *columns.values()],
    ]
    return [sentence for *_, sentence in refusals(take(rows, now))]


def year_told(now: datetime) -> None:
    """« 2025 : 6 », borne by the second semester."""
    assert told(now, **{"2025": "6"}) == []


def declared() -> set[tuple[str, Any]]:
    return {(periode, valeur) for _, _, periode, valeur, *_ in kept()}


def act(does: Callable[..., Any], periode: str, now: datetime, **more: Any) -> None:
    key = db.session.scalars(select(Declaration.id).where(Declaration.periode == periode)).one()
    page = read_declaration(actor=CAMILLE, declaration_id=key)
    db.session.rollback()
    does(actor=CAMILLE, now=now, declaration_id=key, version=page.version, **more)


def typed(periode: Periode, valeur: int, now: datetime, why: str = "") -> tuple[str, ...]:
    """Send a number for the period by hand, once the sentence it asks for is `why`; the findings it met."""
    convention = db.session.scalars(select(Declaration.convention_id)).first()
    db.session.rollback()
    key = open_declaration(actor=CAMILLE, now=now, convention_id=convention or 0, periode=periode)
    page = read_declaration(actor=CAMILLE, declaration_id=key)
    db.session.rollback()
    (line,) = page.lignes
    explained = {(line.engagement_id, "dans_annee"): why}
    saisie = Saisie({line.engagement_id: AnswerTyped(valeur=Decimal(valeur))}, None, explained)
    try:
        submit_declaration(actor=CAMILLE, now=now, declaration_id=key, version=page.version, saisie=saisie)
    except SaisieRefused as refused:
        return tuple(c.phrase for c in refused.constats)
    return ()


S1, S2 = Periode(2025, "S", 1), Periode(2025, "S", 2)
COUNTED = "Le 2e semestre 2025 porte déjà le total de l’année 2025 : ce nombre y serait compté une deuxième fois."


@pytest.mark.parametrize("is_sealed", [False, True], ids=["sent", "validated"])
def test_R20_a_later_file_adds_no_period_to_a_year_told_before(now: datetime, is_sealed: bool) -> None:
    """« 2025 : 6 », then in another file « S1 2025 : 2 », made 8 in the year."""
    year_told(now)
    if is_sealed:
        act(validate_declaration, S2.code, now)
    (sentence,) = told(now, S1_2025="2")
    assert sentence == f"{COUNTED} Videz la case, ou corrigez d’abord le 2e semestre 2025.", "a file explains nothing"
    assert declared() == {(S2.code, 6)} or is_sealed


def test_R13_a_zero_adds_nothing_and_the_same_file_twice_changes_nothing(now: datetime) -> None:
    year_told(now)
    year_told(now)
    assert told(now, S1_2025="0") == []
    assert declared() == {(S1.code, 0), (S2.code, 6)}


def test_R17_whoever_types_a_period_of_that_year_is_warned_and_may_say_why(now: datetime) -> None:
    year_told(now)
    (warned,) = typed(S1, 2, now)
    assert warned.startswith(COUNTED) and "Faites corriger le 2e semestre 2025" in warned
    assert typed(S1, 2, now, WHY) == ()
    assert declared() == {(S1.code, 2), (S2.code, 6)}


def test_R18_once_the_last_period_is_corrected_it_bears_its_own_part_alone(now: datetime) -> None:
    year_told(now)
    act(validate_declaration, S2.code, now)
    act(reopen_declaration, S2.code, now, motif="Ce total est celui de l’année.")
    assert typed(S2, 4, now) == ()
    assert typed(S1, 2, now) == ()
    assert declared() == {(S1.code, 2), (S2.code, 4)}


def test_R18_a_year_reopened_and_left_as_it_is_still_says_that_it_is_one(now: datetime) -> None:
    year_told(now)
    act(validate_declaration, S2.code, now)
    act(reopen_declaration, S2.code, now, motif="À relire.")
    page = read_declaration(actor=CAMILLE, declaration_id=db.session.scalars(select(Declaration.id)).one())
    assert [ligne.actuelle.origine for ligne in page.lignes if ligne.actuelle] == [TOTAL_ANNUEL]
    db.session.rollback()
    assert typed(S1, 2, now)[0].startswith(COUNTED)


def test_a_semester_told_as_such_is_added_to_the_other(now: datetime) -> None:
    assert told(now, S2_2025="6") == told(now, S1_2025="2") == []
    assert declared() == {(S1.code, 2), (S2.code, 6)}


def test_R17_a_year_that_a_warning_marks_is_still_told_as_one(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """60 after 1 is a jump: the sentence that the import writes for it leaves the year a year."""
    monkeypatch.setitem(globals(), "COMPANY", [*COMPANY[:2], "03/01/2024"])
    assert told(now, S2_2024="1") == []
    assert told(now, **{"2025": "60"}) == []
    assert told(now, S1_2025="2")[0].startswith(COUNTED)


def test_R17_a_period_is_not_held_against_the_whole_year_before_it(now: datetime) -> None:
    """20 in a semester after « 2025 : 6 » asked why it jumped, and 2 read « − 4 par rapport au 2e semestre 2025 »."""
    year_told(now)
    assert typed(Periode(2026, "S", 1), 20, now) == ()
    key = db.session.scalars(select(Declaration.id).where(Declaration.periode == "2026-S1")).one()
    (line,) = read_declaration(actor=CAMILLE, declaration_id=key).lignes
    assert line.precedente is not None
    assert (line.precedente.is_annual, line.precedente.valeur, line.evolution.is_missing) == (True, 6, True)
    db.session.rollback()
    (warned,) = typed(Periode(2026, "S", 2), 70, datetime(2027, 1, 5, tzinfo=UTC))
    assert "20" in warned, "a period is held against the period before it"


def test_R11_what_a_company_shows_says_that_its_figure_is_of_the_whole_year(now: datetime) -> None:
    """« Alternants : 6 (2e semestre 2025) » on an attestation, where 6 is the year's."""
    year_told(now)
    act(validate_declaration, S2.code, now)
    key = db.session.scalars(select(Declaration.convention_id)).one()
    db.session.rollback()
    shown = issue_attestation(actor=CAMILLE, now=now, convention_id=key)
    assert (shown.periodes, [ligne.realise for ligne in shown.lignes]) == ("année 2025", ["6\u00a0personnes"])
    (one,) = achieved("41", [key], now.date())[key]
    assert [(p.covered.code, p.valeur) for p in one.points if p.valeur] == [("2025", 6)]
    assert told(now, S1_2026="2") == []
    act(validate_declaration, "2026-S1", now)
    shown = issue_attestation(actor=CAMILLE, now=now, convention_id=key)
    assert shown.periodes == "de l’année 2025 au 1er semestre 2026"


@pytest.mark.parametrize(
    ("promised", "begun", "late"),
    [(("F1", "A1"), None, []), (("F1", "A1", "S2"), None, ["2025-S1"]), (("F1", "A1"), S1, ["2025-S1"])],
    ids=["all told", "one not told", "begun"],
)
def test_R42_a_year_told_whole_leaves_no_other_period_of_it_to_ask_the_company_for(
    now: datetime, promised: tuple[str, ...], begun: Periode | None, late: list[str]
) -> None:
    """The first semester of a known convention stayed late, and the company was reminded of what it had told."""
    company = a_signataire("Élan", siren=a_siren(1))
    key = a_convention(company, *promised, rythme="S", signee_le=date(2025, 1, 3))
    if begun:
        open_declaration(actor=CAMILLE, now=now, convention_id=key, periode=begun)

    def asked(year: int) -> list[str]:
        found = [e for e in list_echeances([company], "41", now.date()) if e.periode.annee == year and e.is_missing]
        db.session.rollback()
        return [e.periode.code for e in found]

    assert asked(2025) == ["2025-S1", "2025-S2"]
    rows: Rows = [[*HEADS, "Alternants 2025", "A1 réalisé 2025"], [a_siren(1), "Élan", "03/01/2025", "6", "4"]]
    for _ in range(2):
        said = [one.quoi for one in take(rows, now) if one.sujet == REALISATION]
        assert ["plus rien à demander" in quoi for quoi in said] in ([not late], [False])
        assert asked(2025) == late
    assert asked(2026) == ["2026-S1", "2026-S2"], "another year is asked as before"


def test_R11_nobody_is_ahead_for_having_told_a_year_at_once(now: datetime) -> None:
    """9 of 18 at the half of the term; the first semester of 2025, not asked any more, made 9 of what 6 was awaited."""
    company = a_signataire("Élan", siren=a_siren(1))
    a_convention(company, "F1", rythme="S", cibles={"F1": 18})
    assert refusals(take([["SIRET", "Alternants 2025", "Alternants S1 2026"], [a_siren(1), "6", "3"]], now)) == []
    for code in ("2025-S2", "2026-S1"):
        act(validate_declaration, code, now)
    verdict = read_verdicts(actor=CAMILLE, departement="41", now=now)[company]
    assert (verdict.code, verdict.mesures) == (VOIE, 1)


def test_R6_a_renewed_convention_takes_over_the_year_that_a_file_told(now: datetime) -> None:
    """« Des périodes manquent : l’ancienne référence reste », of a year told whole."""
    key = a_convention(a_signataire("Élan", siren=a_siren(1)), "F1", rythme="S", fin=date(2025, 12, 31))
    assert refusals(take([["SIRET", "Alternants 2025"], [a_siren(1), "6"]], now)) == []
    act(validate_declaration, "2025-S2", now)
    renewed = renew_convention(actor=CAMILLE, convention_id=key, version=1, now=now)
    references = select(Engagement.reference).where(Engagement.convention_id == renewed.convention_id)
    assert db.session.scalars(references).all() == [6]


def test_R20_a_year_that_two_conventions_share_is_put_on_neither_and_a_stock_on_the_last(now: datetime) -> None:
    """Renewed in July: the year stood in the first convention, and the second semester of the other added to it."""
    heads, company = ["SIRET", "Raison sociale"], COMPANY[:2]
    aims: Rows = [[*HEADS, "Objectif A1", "Objectif alternants"]]
    aims += [[*company, signed, "9", "9"] for signed in ("03/07/2022", "03/07/2025")]
    assert refusals(take(aims, now)) == []
    alone: dict[str, Any] = {"subjects": {REALISATION}}
    (sentence,) = [said for *_, said in refusals(take([[*heads, "Alternants 2025"], [*company, "6"]], now, **alone))]
    assert "41-2022-001 et 41-2025-001 se partagent l’année 2025 : donnez chaque période à part." in sentence
    assert refusals(take([[*heads, "A1 réalisé 2025"], [*company, "4"]], now, **alone)) == []
    assert {(code, periode, valeur) for _, code, periode, valeur, *_ in kept()} == {("A1", "2025-T4", 4)}
