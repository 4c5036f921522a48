"""What two places used to say otherwise of what is owed: by hand, one rule a test (R12, R13, R18, R42)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import REFERENT
from paqte.models import Anteriorite, Convention, Courriel, Departement, Utilisateur
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.declarations.attendus import list_echeances
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.listes.declarations import owed_declarations
from paqte.queries.suivi.accueil import home
from paqte.queries.suivi.entreprise import list_followed, read_espace
from paqte.services.conventions.anteriorites import AnterioritesTyped, QuestionRefused
from paqte.services.conventions.conventions import ConventionTyped, create_convention
from paqte.services.conventions.engagements import set_engagements
from paqte.services.courriels.relances import remind
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    save_draft,
    send_back,
    submit_and_validate,
    submit_declaration,
)
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, LONG_AGO, a_convention, a_signataire, bruno, engagement_of

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
TODAY = date(2026, 11, 28)
T1, T2, T3, S1 = (Periode.from_code(f"2026-{code}") for code in ("T1", "T2", "T3", "S1"))


def typed(convention: int, periode: Periode, use_case: Any, now: datetime = NOW) -> int:
    key = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=periode)
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(3))})
    use_case(actor=CAMILLE, now=now, declaration_id=key, version=1, saisie=saisie)
    return key


def late(signataire: int, *periodes: Periode, now: datetime = NOW) -> tuple[list[str], list[str]]:
    """The codes of what is late, on the référent's list and on the company's page."""
    lines = owed_declarations(actor=CAMILLE, departement="41", periodes=periodes, now=now).lignes
    dates = list_echeances([signataire], "41", now.date())
    listed = sorted(line.periode.code for line in lines if line.is_late)
    return listed, sorted(e.periode.code for e in dates if e.is_late and e.periode in periodes)


def test_R42_what_is_owed_stays_owed_on_every_page_whatever_its_age(session: Any) -> None:
    signataire = a_signataire()
    a_convention(signataire, "S2", debut=date(2021, 1, 1), fin=date(2021, 3, 31))
    with transaction(actor=CAMILLE, now=NOW) as writing:
        writing.execute(update(Departement).values(premier_semestre="2021-S1"))
    old = Periode.from_code("2021-T1")
    assert late(signataire, old) == (["2021-T1"], ["2021-T1"])


def test_R18_a_question_sent_back_or_a_correction_makes_late_nobody_who_had_answered(session: Any) -> None:
    signataire = a_signataire()
    convention = a_convention(signataire, "S2")
    october = datetime(2026, 10, 12, 9, tzinfo=UTC)
    key = typed(convention, T3, submit_declaration, october)
    asked = {engagement_of(convention, "S2"): "Est-ce bien trois ?"}
    version = read_declaration(actor=CAMILLE, declaration_id=key).version
    send_back(actor=CAMILLE, now=NOW, declaration_id=key, version=version, commentaires=asked)
    other = typed(convention, T2, submit_and_validate, datetime(2026, 7, 3, 9, tzinfo=UTC))
    version = read_declaration(actor=CAMILLE, declaration_id=other).version
    reopen_declaration(actor=CAMILLE, now=NOW, declaration_id=other, version=version, motif="Chiffre repris.")
    typed(convention, T1, save_draft)
    assert late(signataire, T1, T2, T3) == (["2026-T1"], ["2026-T1"])


def test_R12_the_home_page_calls_late_what_the_list_does_each_by_its_own_day(session: Any) -> None:
    july = datetime(2026, 7, 5, 9, tzinfo=UTC)
    signataire = a_signataire()
    a_convention(signataire, "S2")
    assert late(signataire, S1, now=july)[0] == ["2026-T1"]
    (attente,) = home(actor=CAMILLE, now=july).attentes
    assert (attente.periode.code, attente.declarations) == ("2026-S1", 2)
    assert (attente.en_retard, attente.depuis, attente.dues_le) == (1, date(2026, 4, 20), date(2026, 7, 20))


def test_R42_what_was_asked_late_hides_nothing_that_is_late_already(session: Any) -> None:
    first, second = a_convention(a_signataire("A (fictif)"), "S2"), a_convention(a_signataire("B (fictif)"), "S2")
    typed(first, T1, submit_and_validate), typed(second, T1, submit_and_validate)
    typed(first, T2, submit_and_validate)
    with transaction(actor=CAMILLE, now=NOW) as writing:
        told = {"is_owed": True, "depuis": date(2026, 11, 20)}
        writing.add(Anteriorite(convention_id=second, periode="2026-T2", **told))
    attente = home(actor=CAMILLE, now=NOW).attentes[0]
    assert (attente.declarations, attente.en_retard, attente.dues_le) == (1, 0, date(2026, 12, 10))
    third = a_convention(a_signataire("C (fictif)"), "S2")
    typed(third, T1, submit_and_validate)
    attente = home(actor=CAMILLE, now=NOW).attentes[0]
    assert (attente.declarations, attente.en_retard, attente.depuis) == (2, 1, date(2026, 7, 20))
    assert attente.dues_le == date(2026, 12, 10)


def test_R7_a_declaration_of_a_charte_is_validated_by_nobody(session: Any) -> None:
    convention = a_convention(a_signataire(), "S2")
    typed(convention, T3, submit_declaration)
    assert home(actor=CAMILLE, now=NOW).a_valider == 1
    with transaction(actor=CAMILLE, now=NOW) as writing:
        writing.get_one(Convention, convention).dispositif = "charte"
    assert home(actor=CAMILLE, now=NOW).a_valider == 0


def test_R12_the_mail_before_the_bilan_counts_all_that_waits_to_be_validated_as_the_home_page_does(
    session: Any,
) -> None:
    with transaction(actor=CAMILLE, now=LONG_AGO) as writing:
        writing.add(Departement(code="41", nom="Loir-et-Cher", prefecture="Blois", premier_semestre="2026-S2"))
        writing.flush()
        writing.add(Utilisateur(nom="Camille", courriel="camille@exemple.fr", role=REFERENT, departement_code="41",
                                is_active=True, created_at=LONG_AGO))  # fmt: skip
    typed(a_convention(a_signataire(), "S2"), T1, submit_declaration)
    assert home(actor=CAMILLE, now=NOW).a_valider == 1
    assert remind(departement="41", periode=S1, etape="lecture", now=NOW, base_url="http://localhost") == 1
    sent = the_mail(session)
    assert "1 déclaration attend votre validation" in sent and "Il ne manque aucune réponse" in sent


def the_mail(session: Any) -> str:
    return " ".join(session.scalars(select(Courriel.texte)).one().split())


def test_R42_a_draft_that_nobody_asked_for_is_nothing_to_do_and_has_no_day(session: Any) -> None:
    signataire = a_signataire()
    convention = a_convention(signataire, "S2")
    with transaction(actor=CAMILLE, now=NOW) as writing:
        writing.execute(update(Departement).values(premier_semestre="2026-S2"))
    typed(convention, T1, save_draft)
    me = bruno(signataire)
    assert [s.a_faire for s in list_followed(actor=me, now=NOW)] == [1], "the third quarter alone"
    page = read_espace(actor=me, signataire_id=signataire, now=NOW)
    assert [e.periode.code for e in page.a_faire] == ["2026-T3"]
    assert [e.periode.code for e in page.commencees] == ["2026-T1"]
    # What the référent asks back is something to do, and late for nobody.
    key = typed(convention, T2, submit_declaration)
    asked = {engagement_of(convention, "S2"): "Est-ce bien trois ?"}
    version = read_declaration(actor=CAMILLE, declaration_id=key).version
    send_back(actor=CAMILLE, now=NOW, declaration_id=key, version=version, commentaires=asked)
    page = read_espace(actor=me, signataire_id=signataire, now=NOW)
    assert [(e.periode.code, e.is_late) for e in page.a_faire] == [("2026-T2", False), ("2026-T3", True)]


def test_R41_promises_given_after_a_due_date_ask_nothing_of_the_periods_over_unless_the_referent_says_so(
    session: Any,
) -> None:
    january, today = datetime(2026, 1, 5, 9, tzinfo=UTC), NOW
    signataire = a_signataire()
    termes = ConventionTyped("paqte", date(2026, 1, 1), signee_le=date(2025, 12, 1))
    key = create_convention(actor=CAMILLE, signataire_id=signataire, termes=termes, now=january).convention_id
    promise = {"actor": CAMILLE, "convention_id": key, "axe": "SENSIBILISER", "now": today,
               "saisis": [EngagementSaisi("S2", True)]}  # fmt: skip
    seen = read_convention(actor=CAMILLE, convention_id=key, now=today).version
    with pytest.raises(QuestionRefused, match="1er trimestre 2026, 2e trimestre 2026, 3e trimestre 2026"):
        set_engagements(**promise, version=seen, anterieures=AnterioritesTyped((), ()))
    session.rollback()
    asked = AnterioritesTyped(["2026-T3"], ["2026-T1", "2026-T2", "2026-T3"])
    set_engagements(**promise, version=seen, anterieures=asked)
    owed = {e.periode.code: (e.limite, e.is_late) for e in list_echeances([signataire], "41", TODAY) if e.is_owed}
    assert owed == {"2026-T3": (date(2026, 12, 18), False), "2026-T4": (date(2027, 1, 20), False)}
    # A second promise changes nothing of what was settled; nor does it ask again.
    seen = read_convention(actor=CAMILLE, convention_id=key, now=today).version
    more = {**promise, "axe": "FORMER", "saisis": [EngagementSaisi("F1", True)]}
    set_engagements(**more, version=seen, anterieures=AnterioritesTyped((), ()))
    assert {e.periode.code for e in list_echeances([signataire], "41", TODAY) if e.is_owed} == set(owed)
