"""What is owed, when and by whom: one rule, read the same by every page, mail and document (R41, R42, R43, R45)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.assemblage import assemble
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.completude import Completude
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ENTREPRISE
from paqte.domain.statuts.declarations import A_COMPLETER, VALIDEE
from paqte.models import Convention, Declaration, Departement, Engagement, Rattachement, Tache, Utilisateur
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.conventions.debut import read_start
from paqte.queries.courriels.relances import forecast
from paqte.queries.declarations.attendus import list_echeances
from paqte.queries.declarations.completude import read_completeness
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.listes.declarations import owed_declarations
from paqte.queries.editions.bilans import read_donnees
from paqte.queries.editions.traces import trace
from paqte.queries.suivi.accueil import home
from paqte.queries.suivi.fiche_signataire import read_signataire
from paqte.services.conventions.anteriorites import AnterioritesTyped, QuestionRefused
from paqte.services.conventions.conventions import ConventionTyped, change_convention, create_convention
from paqte.services.conventions.debut import change_start, note_complete
from paqte.services.conventions.suites import end_convention, sign_convention
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    submit_and_validate,
)
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.editions import list_quarters, list_semesters
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, engagement_of

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
TODAY = date(2026, 11, 28)
T1, T2, T3, T4, S1, S2 = (Periode.from_code(f"2026-{code}") for code in ("T1", "T2", "T3", "T4", "S1", "S2"))
OLD = ConventionTyped("paqte", date(2025, 1, 1), signee_le=date(2024, 12, 1))


def follow_since(code: str) -> None:
    a_departement("41")
    with transaction(actor=CAMILLE, now=NOW) as session:
        session.execute(update(Departement).where(Departement.code == "41").values(premier_semestre=code))


def a_contact(signataire: int) -> None:
    with transaction(actor=CAMILLE, now=NOW) as session:
        user = Utilisateur(nom="Bruno", courriel="bruno@exemple.fr", role=ENTREPRISE, is_active=True, created_at=NOW)
        session.add(user)
        session.flush()
        session.add(Rattachement(utilisateur_id=user.id, signataire_id=signataire))


def answer(convention: int, periode: Periode, value: int, now: datetime = NOW) -> int:
    key = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=periode)
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(value))})
    submit_and_validate(actor=CAMILLE, now=now, declaration_id=key, version=1, saisie=saisie)
    return key


def lines(*periodes: Periode) -> list[tuple[str, bool, bool]]:
    found = owed_declarations(actor=CAMILLE, departement="41", periodes=periodes, now=NOW).lignes
    return [(line.periode.code, line.is_owed, line.is_late) for line in found]


def due(signataire: int) -> dict[str, date]:
    found = list_echeances([signataire], "41", TODAY)
    return {e.periode.code: e.limite for e in found if e.is_owed and e.is_open}


def bilan(session: Any, periode: Periode) -> Any:
    return assemble(read_donnees(session, "41", periode), catalogue(), edition=1, now=NOW, gabarit="v1")


def test_R42_nothing_is_owed_late_reminded_or_rated_before_the_first_followed_period(session: Any) -> None:
    follow_since("2026-S2")
    signataire = a_signataire()
    convention = a_convention(signataire, "S2")
    a_contact(signataire)
    assert lines(S1) == []
    assert lines(T3) == [("2026-T3", True, True)]
    assert read_completeness(actor=CAMILLE, periode=S1).ensemble == Completude(0, 0, 0)
    page = home(actor=CAMILLE, now=NOW)
    assert (page.attendues, page.completude) == (0, Completude(0, 0, 0))
    assert [a.periode.code for a in page.attentes] == ["2026-T3"]
    assert due(signataire) == {"2026-T3": date(2026, 10, 20)}
    assert [d.periode.code for d in read_signataire(actor=CAMILLE, signataire_id=signataire, now=NOW).dues] == [
        "2026-T3"
    ]
    assert forecast(departement="41", periode=T2, etape="relance+3", day=TODAY).destinataires == ()
    made = bilan(session, S1)
    assert (made.reponses, made.completude) == ((), ())
    assert [line for line in made.indicateurs if line.du] == []
    # What was begun for that time all the same is late for nobody.
    open_declaration(actor=CAMILLE, now=NOW, convention_id=convention, periode=T2)
    assert lines(T2) == [("2026-T2", False, False)]
    assert "2026-T2" not in due(signataire)


def test_R42_an_old_convention_typed_today_owes_no_period_whose_due_date_is_over(session: Any) -> None:
    signataire = a_signataire()
    key = create_convention(actor=CAMILLE, signataire_id=signataire, termes=OLD, now=NOW).convention_id
    promise(key)
    assert due(signataire) == {}
    assert lines(T1, T2, T3) == []
    assert [d.periode.code for d in read_signataire(actor=CAMILLE, signataire_id=signataire, now=NOW).libres][:2] == [
        "2026-T3",
        "2026-T2",
    ]
    echeances = list(list_echeances([signataire], "41", date(2027, 2, 1)))
    assert [(e.periode.code, e.is_late) for e in echeances if e.is_open] == [("2026-T4", True)]


def test_R42_the_periods_that_the_referent_asks_count_from_that_day_and_make_nobody_late(session: Any) -> None:
    signataire = a_signataire()
    key = create_convention(
        actor=CAMILLE,
        signataire_id=signataire,
        termes=OLD,
        now=NOW,
        anterieures=AnterioritesTyped(["2026-T2", "2026-T3"]),
    ).convention_id
    promise(key)
    assert due(signataire) == {"2026-T2": date(2026, 12, 18), "2026-T3": date(2026, 12, 18)}
    assert lines(T1, T2, T3) == [("2026-T2", True, False), ("2026-T3", True, False)]
    answer(key, T2, 4, datetime(2026, 12, 18, 20, tzinfo=UTC))
    assert read_completeness(actor=CAMILLE, periode=T2).ensemble == Completude(1, 1, 1), "in time on the last evening"
    answer(key, T3, 4, datetime(2026, 12, 19, 9, tzinfo=UTC))
    assert read_completeness(actor=CAMILLE, periode=T3).ensemble == Completude(1, 1, 0)
    assert read_completeness(actor=CAMILLE, periode=T1).ensemble == Completude(0, 0, 0)


def test_R42_a_period_still_open_is_owed_without_being_asked_and_cannot_be_asked(session: Any) -> None:
    october = datetime(2026, 10, 20, 9, tzinfo=UTC)
    signataire = a_signataire()
    promise(create_convention(actor=CAMILLE, signataire_id=signataire, termes=OLD, now=october).convention_id)
    assert due(signataire) == {"2026-T3": date(2026, 10, 20)}
    with pytest.raises(Refused, match="son échéance n’est pas passée"):
        create_convention(
            actor=CAMILLE, signataire_id=signataire, termes=OLD, now=october, anterieures=AnterioritesTyped(["2026-T3"])
        )


def test_R42_a_page_that_asked_about_other_periods_asks_again_and_writes_nothing(session: Any) -> None:
    signataire = a_signataire()
    for posees in ((), ("2026-T2",)):
        with pytest.raises(QuestionRefused, match="3e trimestre 2026") as asked:
            create_convention(
                actor=CAMILLE, signataire_id=signataire,
                termes=ConventionTyped("paqte", date(2026, 4, 1), signee_le=TODAY),
                now=NOW, anterieures=AnterioritesTyped((), posees),
            )  # fmt: skip
        assert asked.value.periodes == (T2, T3)
    session.rollback()
    assert session.scalars(select(Convention.id)).all() == []


def test_R42_a_projet_signed_late_or_a_term_moved_back_asks_the_same(session: Any) -> None:
    signataire = a_signataire()
    draft = ConventionTyped("paqte", date(2026, 4, 1))
    key = create_convention(actor=CAMILLE, signataire_id=signataire, termes=draft, now=NOW).convention_id
    promise(key)
    sign_convention(
        actor=CAMILLE, convention_id=key, version=version(key), signee_le=date(2026, 4, 1), now=NOW,
        anterieures=AnterioritesTyped(["2026-T3"]),
    )  # fmt: skip
    assert due(signataire) == {"2026-T3": date(2026, 12, 18)}
    earlier = ConventionTyped("paqte", date(2026, 1, 1), date(2029, 3, 31), signee_le=date(2026, 4, 1))
    change_convention(actor=CAMILLE, convention_id=key, version=version(key), termes=earlier, now=NOW)
    assert due(signataire) == {"2026-T3": date(2026, 12, 18)}, "the first quarter, newly covered, was not asked"


@pytest.mark.parametrize(
    ("told", "found"), [({}, {}), ({"is_owed": False}, {}), ({"is_owed": True}, {"2026-T2": date(2026, 12, 18)})]
)
def test_R42_a_first_semester_chosen_later_asks_nothing_of_conventions_typed_since(
    session: Any, told: dict[str, bool], found: dict[str, date]
) -> None:
    follow_since("2026-S2")
    signataire = a_signataire()
    termes = ConventionTyped("paqte", date(2026, 4, 1), signee_le=date(2026, 4, 1))
    promise(create_convention(actor=CAMILLE, signataire_id=signataire, termes=termes, now=NOW).convention_id)
    seen = read_start(actor=CAMILLE, departement="41", now=NOW).version
    change_start(actor=CAMILLE, departement="41", version=seen, semestre=S1, now=NOW, **told)
    assert due(signataire) == found


def test_R41_a_convention_without_engagement_owes_nothing_and_reminds_nobody(session: Any) -> None:
    signataire = a_signataire()
    key = a_convention(signataire)
    a_contact(signataire)
    assert lines(T3) == [] and due(signataire) == {}
    assert forecast(departement="41", periode=T3, etape="relance+3", day=TODAY).destinataires == ()
    assert bilan(session, S1).reponses == ()
    assert home(actor=CAMILLE, now=NOW).attentes == ()
    with pytest.raises(Refused, match="n’a aucun engagement à déclarer"):
        open_declaration(actor=CAMILLE, now=NOW, convention_id=key, periode=T3)


def test_R41_a_measure_closed_in_the_period_asks_nothing_and_a_free_commitment_does(session: Any) -> None:
    closed, free = a_signataire("Close (fictif)"), a_signataire("Libre (fictif)")
    a_convention(closed, "R3e")
    a_convention(free, "X1")
    assert due(closed) == {} or "2026-T3" not in due(closed)
    assert due(free)["2026-T3"] == date(2026, 10, 20)


def test_R13_an_answer_that_nobody_owed_makes_up_for_none_that_is_missing(session: Any) -> None:
    signataire = a_signataire()
    key = create_convention(
        actor=CAMILLE, signataire_id=signataire, termes=OLD, now=NOW, anterieures=AnterioritesTyped(["2026-T2"])
    ).convention_id
    promise(key)
    answer(key, T1, 5)
    assert read_completeness(actor=CAMILLE, periode=S1).ensemble == Completude(1, 0, 0)


def test_R45_a_convention_is_not_ended_before_what_is_answered_and_the_refusal_names_it(session: Any) -> None:
    key = a_convention(a_signataire(), "S2")
    first, second = answer(key, T1, 5), answer(key, T2, 7)
    ended = {"actor": CAMILLE, "convention_id": key, "motif": "Site fermé.", "now": NOW}
    with pytest.raises(Refused) as refused:
        end_convention(version=version(key), resiliee_le=date(2026, 3, 15), **ended)
    told = str(refused.value)
    assert "2e trimestre 2026 (validée)" in told and "1er trimestre" not in told
    shorter = ConventionTyped("paqte", date(2025, 1, 1), date(2026, 3, 31), signee_le=date(2025, 1, 1))
    with pytest.raises(Refused, match=r"2e trimestre 2026 \(validée\)"):
        change_convention(actor=CAMILLE, convention_id=key, version=version(key), termes=shorter, now=NOW)
    page = read_declaration(actor=CAMILLE, declaration_id=second)
    reopen_declaration(actor=CAMILLE, now=NOW, declaration_id=second, version=page.version, motif="Fin anticipée.")
    end_convention(version=version(key), resiliee_le=date(2026, 3, 15), **ended)
    states = dict(session.execute(select(Declaration.id, Declaration.etat)).all())
    assert states == {first: VALIDEE, second: A_COMPLETER}
    page = read_declaration(actor=CAMILLE, declaration_id=second)
    saisie = Saisie({engagement_of(key, "S2"): AnswerTyped(valeur=Decimal(7))})
    with pytest.raises(Refused, match="ne couvre plus la période"):
        submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=second, version=page.version, saisie=saisie)


def test_R45_a_convention_of_before_ended_over_an_answer_is_traced_to_what_its_figure_is_made_of(session: Any) -> None:
    key = a_convention(a_signataire(), "S2")
    made = {answer(key, T1, 5), answer(key, T2, 7)}
    with transaction(actor=CAMILLE, now=NOW) as writing:
        convention = writing.get_one(Convention, key)
        convention.statut, convention.resiliee_le, convention.motif_resiliation = "resiliee", date(2026, 3, 15), "Fin"
    figure = next(line for line in bilan(session, S1).indicateurs if line.code == "S2")
    found = trace(actor=CAMILLE, departement="41", periode=S1, indicateur="S2").traces
    assert figure.realise.valeur == 12
    assert {t.declaration_id for t in found if t.is_counted} == made
    assert sum(t.valeur or 0 for t in found if t.is_counted) == 12


def test_R43_what_was_over_at_the_first_complete_convention_is_proposed_and_not_produced(session: Any) -> None:
    follow_since("2026-S1")
    with transaction(actor=CAMILLE, now=NOW) as writing:
        writing.get_one(Departement, "41").premiere_complete_le = None
    plan_all(now=NOW)
    signataire = a_signataire()
    key = create_convention(actor=CAMILLE, signataire_id=signataire, termes=OLD, now=NOW).convention_id
    assert publications(session) == {("bilan", "2026-S2"), ("export", "2026-T4"), ("export", "2027-T1"),
                                     ("export", "2027-T2"), ("bilan", "2027-S1"), ("export", "2027-T3")}  # fmt: skip
    promise(key)
    later = datetime(2027, 1, 31, 9, tzinfo=UTC)
    plan_all(now=later)
    assert {("bilan", "2026-S2"), ("export", "2026-T4")} <= publications(session)
    assert not {("bilan", "2026-S1"), ("export", "2026-T3")} & publications(session)
    listed = (*list_semesters(actor=CAMILLE, now=later), *list_quarters(actor=CAMILLE, now=later))
    proposed = {p.periode.code for p in listed if p.is_proposed}
    assert proposed == {"2026-S1", "2026-T1", "2026-T2", "2026-T3"}


def test_R43_a_departement_that_stays_without_complete_convention_produces_nothing(session: Any) -> None:
    follow_since("2026-S2")
    with transaction(actor=CAMILLE, now=NOW) as writing:
        writing.get_one(Departement, "41").premiere_complete_le = None
    plan_all(now=NOW)
    later = datetime(2027, 2, 1, 9, tzinfo=UTC)
    plan_all(now=later)
    assert not {("bilan", "2026-S2"), ("export", "2026-T3"), ("export", "2026-T4")} & publications(session)


def publications(session: Any) -> set[tuple[str, str]]:
    session.rollback()
    query = select(Tache.travail, Tache.periode).where(Tache.travail.in_(("bilan", "export")))
    return {tuple(row) for row in session.execute(query)}


def promise(key: int) -> None:
    """Promise S2, as the page of engagements would."""
    with transaction(actor=CAMILLE, now=NOW) as writing:
        convention = writing.get_one(Convention, key)
        convention.engagements.append(Engagement(indicateur="S2", rang=1))
        writing.flush()
        note_complete(writing, convention, NOW)


def version(key: int) -> int:
    return read_convention(actor=CAMILLE, convention_id=key, now=NOW).version
