"""Where a rule on conventions and their periods stops: the very day, the one of two, the name told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.conventions import PROJET
from paqte.importing.officiel import OfficialQpv
from paqte.models import (
    Anteriorite,
    Convention,
    Fichier,
    Journal,
    Qpv,
)
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.conventions.situations.fins import ConventionEnding
from paqte.services.conventions.anteriorites import (
    AnterioritesTyped,
    ConventionTerms,
    QuestionRefused,
    former_periods,
    keep_former_of_all,
)
from paqte.services.conventions.conventions import create_convention, next_number, warnings_of
from paqte.services.conventions.debut import _expected
from paqte.services.conventions.retraits import delete_convention
from paqte.services.conventions.suites import attach_signed_text, end_convention, sign_convention
from paqte.services.courriels.annonces import Announcement, _ending_line
from paqte.services.reglages.reglages import _where_it_fails
from paqte.services.reglages.territoire import load_qpv
from paqte.services.transaction import transaction
from tests.factories import A_PDF, CAMILLE, a_convention, a_departement, a_signataire, some_termes
from tests.services.refus import refusals

SITE = "https://paqte.exemple.fr"
SECOND = timedelta(seconds=1)


def version_of(key: int, now: datetime) -> int:
    return read_convention(actor=CAMILLE, convention_id=key, now=now).version


def test_R4_a_signature_is_at_the_latest_today_and_the_last_day(session: Any, now: datetime) -> None:
    def sign(day: date | None, **more: Any) -> dict[str, str] | str:
        key = a_convention(a_signataire(), statut=PROJET, signee_le=None, **more)
        act: Callable[[], Any] = lambda: sign_convention(  # noqa: E731
            actor=CAMILLE, convention_id=key, version=1, signee_le=day, now=now
        )
        try:
            act()
        except Refused as refused:
            return refused.errors
        session.rollback()
        return str(session.get_one(Convention, key).statut)

    late = {"signee_le": "La signature suit la fin de la convention : vérifiez ces dates."}
    to_come = {"signee_le": "Cette date est à venir : enregistrez la signature quand elle a eu lieu."}
    over = {"fin": date(2026, 10, 31)}
    assert sign(None) == {"signee_le": "Indiquez la date de signature, par exemple 31/12/2026."}
    assert (sign(date(2026, 11, 22)), sign(date(2026, 11, 23))) == ("signee", to_come)
    assert (sign(date(2026, 10, 31), **over), sign(date(2026, 11, 1), **over)) == ("signee", late)


def test_R4_a_signature_typed_with_the_terms_has_the_same_bounds(session: Any, now: datetime) -> None:
    signataire = a_signataire()

    def create(signee_le: date, fin: date) -> str:
        termes = some_termes(signee_le=signee_le, fin=fin)
        made = create_convention(actor=CAMILLE, signataire_id=signataire, termes=termes, now=now)
        return read_convention(actor=CAMILLE, convention_id=made.convention_id, now=now).statut

    late = {"signee_le": "La signature suit la fin de la convention : vérifiez ces dates."}
    to_come = {"signee_le": "Cette date est à venir : enregistrez la signature quand elle a eu lieu."}
    assert refusals(lambda: create(date(2026, 11, 23), date(2027, 12, 31))) == to_come
    assert refusals(lambda: create(date(2026, 11, 1), date(2026, 10, 31))) == late
    assert create(date(2026, 10, 31), date(2026, 10, 31)) == "signee"


def test_R4_an_early_end_is_between_the_first_day_and_the_last(session: Any, now: datetime) -> None:
    key = a_convention(a_signataire())

    def end(day: date | None, motif: str = "Départ") -> dict[str, str]:
        return refusals(
            lambda: end_convention(actor=CAMILLE, convention_id=key, version=1, resiliee_le=day, motif=motif, now=now)
        )

    told = {"resiliee_le": "Indiquez le dernier jour de la convention, entre le 01/01/2025 et le 31/12/2027."}
    assert [end(day) for day in (None, date(2024, 12, 31), date(2028, 1, 1))] == [told] * 3
    why = {"motif": "Expliquez pourquoi en une phrase : elle reste dans l’historique."}
    assert (end(date(2026, 1, 1), " "), end(None, "")) == (why, {**told, **why})
    end_convention(actor=CAMILLE, convention_id=key, version=1, resiliee_le=date(2025, 1, 1), motif=" Départ ", now=now)
    row = session.get_one(Convention, key)
    assert (row.statut, row.resiliee_le, row.motif_resiliation) == ("resiliee", date(2025, 1, 1), "Départ")


def test_a_projet_deleted_takes_its_text_along_and_another_s_stays(session: Any, now: datetime) -> None:
    signataire = a_signataire()
    keys = [a_convention(signataire, statut=PROJET, signee_le=None) for _ in range(2)]
    for key in keys:
        attach_signed_text(actor=CAMILLE, convention_id=key, version=1, nom="texte.pdf", octets=A_PDF, now=now)
    session.rollback()
    kept = session.get_one(Convention, keys[1]).texte_signe_id
    version = version_of(keys[0], now)
    assert delete_convention(actor=CAMILLE, convention_id=keys[0], version=version, now=now) == signataire
    session.rollback()
    assert session.scalars(select(Fichier.id)).all() == [kept]
    assert session.scalars(select(Convention.id)).all() == [keys[1]]


def test_R1_only_two_signed_conventions_of_a_kind_that_meet_are_told(session: Any) -> None:
    signataire = a_signataire()
    mine = a_convention(signataire, debut=date(2025, 1, 1), fin=date(2027, 12, 31))
    meeting = a_convention(signataire, debut=date(2027, 12, 31), fin=date(2030, 12, 30))
    a_convention(signataire, debut=date(2028, 1, 1), fin=date(2030, 12, 31))
    a_convention(signataire, debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    former = a_convention(signataire, debut=date(2022, 1, 2), fin=date(2025, 1, 1))
    a_convention(signataire, statut=PROJET, signee_le=None)
    a_convention(signataire, dispositif="charte")
    a_convention(a_signataire("Autre (fictif)"))
    over = {"resiliee_le": date(2024, 12, 31), "motif_resiliation": "x", "statut": "resiliee"}
    a_convention(signataire, debut=date(2024, 1, 1), fin=date(2026, 12, 31), **over)
    numbers = [session.get_one(Convention, key).numero for key in sorted((meeting, former))]
    told = "Ces dates chevauchent la convention {} : les mêmes résultats seraient déclarés deux fois."
    assert list(warnings_of(session, session.get_one(Convention, mine))) == [told.format(n) for n in numbers]


def test_a_number_follows_the_highest_of_its_department_and_year(session: Any) -> None:
    a_departement("972")
    signataire = a_signataire()
    for numero in ("41-2026-007", "41-2025-050", "972-2026-090", "41-2026-x99"):
        a_convention(signataire)
        with transaction(actor=PLANIFICATEUR, now=datetime(2026, 1, 1, tzinfo=UTC)) as writing:
            last = writing.scalars(select(Convention).order_by(Convention.id.desc())).first()
            last.numero = numero
    assert [next_number(session, d, y) for d, y in (("41", 2026), ("41", 2024), ("972", 2026))] == [
        "41-2026-008",
        "41-2024-001",
        "972-2026-091",
    ]


PERIODS = tuple(Periode.from_code(f"2026-T{n}") for n in (1, 2, 3))
SIGNED = ConventionTerms("paqte", "T", date(2026, 1, 1), None, True)


def test_R42_only_a_signed_convention_asks_about_periods_already_over(session: Any, now: datetime) -> None:
    a_departement("41")

    def asked(**changes: Any) -> tuple[Periode, ...]:
        return former_periods(actor=CAMILLE, departement="41", duree=replace(SIGNED, **changes), now=now)

    assert asked() == PERIODS
    assert asked(is_signed=False) == asked(dispositif="charte") == ()
    assert asked(fin=date(2025, 12, 31)) == ()
    assert asked(fin=date(2026, 6, 30)) == PERIODS[:2]
    assert asked(debut=date(2026, 4, 1)) == PERIODS[1:]


def test_R42_a_convention_that_begins_earlier_asks_about_the_periods_it_did_not_cover(
    session: Any, now: datetime
) -> None:
    key = a_convention(a_signataire(), "S2", debut=date(2026, 4, 1), signee_le=date(2026, 4, 1))

    def asked(debut: date) -> tuple[Periode, ...]:
        terms = replace(SIGNED, debut=debut)
        return former_periods(actor=CAMILLE, departement="41", duree=terms, now=now, convention_id=key)

    assert asked(date(2026, 1, 1)) == PERIODS[:1]
    assert asked(date(2026, 4, 1)) == ()


def test_R42_each_question_is_named_and_what_is_asked_counts_from_today(session: Any, now: datetime) -> None:
    signataire = a_signataire()

    def create(**answer: Any) -> int:
        return create_convention(
            actor=CAMILLE, signataire_id=signataire, now=now, anterieures=AnterioritesTyped(**answer),
            termes=some_termes(debut=date(2026, 4, 1), signee_le=date(2026, 4, 1)),
        ).convention_id  # fmt: skip

    told = "L’échéance de ces périodes est passée : 2e trimestre 2026, 3e trimestre 2026. "
    asks = {"anterieures": told + "Cochez les déclarations à demander, ou aucune."}
    with pytest.raises(QuestionRefused) as refused:
        create(posees=())
    assert (refused.value.errors, refused.value.periodes) == (asks, PERIODS[1:])
    early = "La période « 2026-T4 » n’est pas à demander : son échéance n’est pas passée."
    assert refusals(lambda: create(demandees=["2026-T4"])) == {"": early}
    assert QuestionRefused(()).errors == {"": "Aucune période n’est plus à demander : enregistrez."}
    key = create(demandees=["2026-T3"], posees=["2026-T2", "2026-T3"])
    a = Anteriorite
    rows = session.execute(select(a.periode, a.is_owed, a.depuis).where(a.convention_id == key).order_by(a.periode))
    today = date(2026, 11, 22)
    assert [tuple(row) for row in rows] == [("2026-T2", False, today), ("2026-T3", True, today)]


def test_R12_a_first_semester_that_cannot_be_says_which_can() -> None:
    possible = tuple(Periode.from_code(code) for code in ("2026-S2", "2026-S1", "2025-S2"))
    choose = "Choisissez un semestre, par exemple 2026-S1."
    before = (
        "Aucune convention n’est saisie avant le 2e semestre 2025 : choisissez à partir de celui-là, "
        "ou saisissez d’abord les conventions plus anciennes."
    )
    told = {
        None: choose,
        "2026-T1": choose,
        "2027-S1": "Ce semestre est à venir : choisissez au plus tard le 2e semestre 2026.",
        "2025-S1": before,
    }
    assert {code: _expected(Periode.from_code(code) if code else None, possible) for code in told} == told


def test_R12_a_national_delay_that_breaks_some_departments_names_four(session: Any) -> None:
    told = {
        ("A (1)",): "un département qui a ses propres réglages : A (1). Voyez d’abord avec sa préfecture.",
        ("A (1)", "B (2)"): "2 départements qui ont leurs propres réglages : A (1), B (2). Voyez d’abord avec leurs "
        "préfectures.",
        tuple("ABCD"): "4 départements qui ont leurs propres réglages : A, B, C, D. Voyez d’abord avec leurs "
        "préfectures.",
        tuple("ABCDE"): "5 départements qui ont leurs propres réglages : A, B, C, D et 1 autre. Voyez d’abord avec "
        "leurs préfectures.",
        tuple("ABCDEF"): "6 départements qui ont leurs propres réglages : A, B, C, D et 2 autres. Voyez d’abord avec "
        "leurs préfectures.",
    }
    assert {names: _where_it_fails(names) for names in told} == {
        names: f"Ce ne serait plus vrai dans {sentence}" for names, sentence in told.items()
    }


def test_R4_the_days_left_of_a_convention_are_said() -> None:
    ending = ConventionEnding(7, "41-2025-001", "paqte", 1, "Val", "41", date(2027, 5, 20), "")
    lines = [_ending_line(Announcement(ending, 90, days), SITE) for days in (0, 1, 2)]
    assert [line["reste"] for line in lines] == ["aujourd’hui", "demain", "dans 2 jours"]
    link = f"{SITE}/connexion/[lien-personnel]?next=/referent/conventions/7"
    common = {"signataire": "Val", "numero": "41-2025-001", "fin": "20/05/2027", "lien": link}
    assert lines[0] == {**common, "reste": "aujourd’hui"}


def test_R25_a_list_changes_what_it_names_and_says_it_in_the_journal(session: Any, now: datetime) -> None:
    a_departement("41")

    def qpv(code: str, nom: str) -> OfficialQpv:
        given = {"generation": 2024, "du": date(2024, 1, 1), "au": None, "communes": "Blois"}
        return OfficialQpv(code=code, nom=nom, departement_code="41", **given)

    def load(*rows: OfficialQpv) -> tuple[list[str], list[str]]:
        found = load_qpv(actor=CAMILLE, quartiers=rows, now=now)
        assert bool(found) == bool(found.added or found.changed)
        return [row["code"] for row in found.added], [row["code"] for row in found.changed]

    north, south = qpv("QN04101M", "Nord"), qpv("QN04102M", "Sud")
    assert load() == ([], [])
    assert load(north, south) == (["QN04101M", "QN04102M"], [])
    assert load(north, south) == ([], [])
    assert load(qpv("QN04101M", "Blois Nord")) == ([], ["QN04101M"])
    session.rollback()
    names = dict(session.execute(select(Qpv.code, Qpv.nom)).all())
    assert names == {"QN04101M": "Blois Nord", "QN04102M": "Sud"}
    lines = session.execute(select(Journal.objet, Journal.apres).where(Journal.acte == "charger").order_by(Journal.id))
    assert [tuple(line) for line in lines] == [
        ("qpv", '{"ajoutes": 2, "modifies": []}'),
        ("qpv", '{"ajoutes": 0, "modifies": ["QN04101M"]}'),
    ]


def test_R42_a_period_that_becomes_followed_asks_only_what_was_typed_after_its_due_date(
    session: Any, now: datetime
) -> None:
    """2026-T1 was due on 20 April: typed that day a convention owes it, typed the day after it is settled apart."""
    signataire, periode = a_signataire(), Periode.from_code("2026-T1")
    on_time, late, charte, projet, elsewhere = (
        a_convention(signataire),
        a_convention(signataire),
        a_convention(signataire, dispositif="charte"),
        a_convention(signataire, statut=PROJET, signee_le=None),
        a_convention(a_signataire("Distillerie (fictif)", "972")),
    )
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        for key, day in ((on_time, 20), (late, 21), (charte, 21), (projet, 21), (elsewhere, 21)):
            writing.get_one(Convention, key).created_at = datetime(2026, 4, day, 9, tzinfo=UTC)
    for _ in range(2):
        with transaction(actor=PLANIFICATEUR, now=now) as writing:
            keep_former_of_all(writing, "41", [periode], now, is_owed=True)
    a = Anteriorite
    rows = session.execute(select(a.convention_id, a.periode, a.is_owed, a.depuis)).all()
    assert [tuple(row) for row in rows] == [(late, "2026-T1", True, date(2026, 11, 22))]
