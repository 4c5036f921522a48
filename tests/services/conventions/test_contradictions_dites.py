"""What new terms would belie, what a night at the register proposes, and what is told of what was taken away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Conflict, NotFound
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import (
    ContactSignataire,
    Convention,
    Declaration,
    Departement,
    Engagement,
    Journal,
    Objectif,
    Signataire,
    Veille,
)
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.conventions.debut import read_start
from paqte.services.conventions.conventions import ConventionTyped, change_convention
from paqte.services.conventions.debut import change_start, note_complete, start_departement
from paqte.services.conventions.retraits import delete_convention, delete_signataire
from paqte.services.conventions.signataires import ContactTyped, change_signataire
from paqte.services.conventions.suites import end_convention, renew_convention, sign_convention
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, an_identite
from tests.services.journal.test_journal_des_comptes import last, written
from tests.services.refus import refusals

FIRST, SECOND_ONE, OTHER = "55208131766522", "55208131700018", "55208131700026"
MEANWHILE = "Quelqu’un d’autre vient de s’en occuper : rouvrez la page."


def terms_of(key: int, **changes: Any) -> ConventionTyped:
    with transaction(actor=PLANIFICATEUR, now=datetime(2026, 1, 1, tzinfo=UTC)) as session:
        row = session.get_one(Convention, key)
        kept = {name: getattr(row, name) for name in ConventionTyped.__dataclass_fields__}
    return replace(ConventionTyped(**kept), **changes)


def a_declaration(convention: int, periode: str, etat: str, now: datetime) -> None:
    sent = now if etat in ("transmise", "validee") else None
    seal = {"validee_le": now, "sceau": "[]"} if etat == "validee" else {}
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        given = {"convention_id": convention, "departement_code": "41", "periode": periode, "created_at": now}
        session.add(Declaration(**given, etat=etat, transmise_le=sent, **seal))


def test_an_engagement_on_an_indicator_that_the_grid_no_longer_has_lets_the_terms_be_changed(
    session: Any, now: datetime
) -> None:
    key = a_convention(a_signataire(), "S2")
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Engagement(convention_id=key, indicateur="Z9", rang=1))
    version = read_convention(actor=CAMILLE, convention_id=key, now=now).version
    given = {"actor": CAMILLE, "convention_id": key, "version": version, "now": now}
    change_convention(**given, termes=terms_of(key, cosignataire="Agglopolys"))
    assert read_convention(actor=CAMILLE, convention_id=key, now=now).version == version + 1


# --- terms -------------------------------------------------------------------------------------------------


def test_R1_R45_new_terms_that_belie_what_is_signed_promised_or_declared_say_so(session: Any, now: datetime) -> None:
    key = a_convention(a_signataire(), "S2", "P01", is_in_plan_10000=True)
    for periode, etat in (("2025-T1", "validee"), ("2026-T3", "transmise"), ("2027-T4", "a_saisir")):
        a_declaration(key, periode, etat, now)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        engagement = writing.scalars(select(Engagement).where(Engagement.indicateur == "S2")).one()
        engagement.objectifs.append(Objectif(annee=3, cible=4))

    def told(**changes: Any) -> dict[str, str]:
        version = read_convention(actor=CAMILLE, convention_id=key, now=now).version
        given = {"actor": CAMILLE, "convention_id": key, "version": version, "now": now}
        return refusals(lambda: change_convention(**given, termes=terms_of(key, **changes)))

    held = "Des engagements sont déjà pris à ce titre : retirez-les d’abord de la convention."
    outside = "Ces déclarations tomberaient hors de la convention : {}. Rouvrez d’abord celles qui sont validées, et " \
              "demandez des précisions sur celles qui sont transmises."  # fmt: skip
    first, third = "1er trimestre 2025 (validée)", "3e trimestre 2026 (transmise)"
    target = "Un objectif est fixé pour l’année 3 : retirez-le d’abord, ou gardez cette durée."
    assert told(signee_le=None) == {"signee_le": "Une convention signée garde sa date de signature."}
    assert told(is_in_plan_10000=False) == {"is_in_plan_10000": held}
    kept = "Une convention signée garde son dispositif : préparez plutôt la convention qui la suit."
    assert told(dispositif="plan_10000") == {"dispositif": kept}
    other = told(rythme="S")
    assert other["rythme"] == "Des déclarations existent déjà à l’autre rythme : il ne peut plus changer."
    assert told(debut=date(2025, 4, 1), fin=date(2028, 3, 31)) == {"debut": outside.format(first)}
    assert told(fin=date(2026, 6, 30)) == {"fin": outside.format(third)}
    assert told(debut=date(2027, 1, 1), fin=date(2029, 12, 31)) == {"debut": outside.format(f"{first}, {third}")}
    assert told(fin=date(2026, 12, 31)) == {"fin": target}
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        ended = {"statut": "resiliee", "resiliee_le": date(2027, 6, 30), "motif_resiliation": "x"}
        writing.execute(update(Convention).where(Convention.id == key).values(**ended))
    early = "La fin anticipée du 30/06/2027 tomberait hors de ces dates."
    assert told(fin=date(2027, 6, 29)) == {"fin": early}


def test_R4_dates_may_close_on_an_early_end_and_a_second_typing_sees_them(session: Any, now: datetime) -> None:
    ended = {"statut": "resiliee", "resiliee_le": date(2027, 6, 30), "motif_resiliation": "x"}
    key = a_convention(a_signataire(), **ended)
    given = {"actor": CAMILLE, "convention_id": key, "now": now}
    version = read_convention(actor=CAMILLE, convention_id=key, now=now).version
    assert change_convention(**given, version=version, termes=terms_of(key, fin=date(2027, 6, 30)))
    with pytest.raises(Conflict) as moved:
        change_convention(**given, version=version, termes=terms_of(key))
    assert (moved.value.current["fin"], moved.value.current["version"]) == ("30/06/2027", str(version + 1))


def test_R4_the_reason_of_an_early_end_is_kept_to_its_limit(session: Any, now: datetime) -> None:
    given: dict[str, Any] = {"actor": CAMILLE, "version": 1, "resiliee_le": date(2026, 1, 1), "now": now}
    keys = [a_convention(a_signataire()) for _ in range(2)]
    longest = 1_000
    told = refusals(lambda: end_convention(**given, convention_id=keys[0], motif="x" * (longest + 1)))
    assert told == {"motif": "Ce texte est trop long : 1\u202f000 caractères au plus."}
    end_convention(**given, convention_id=keys[0], motif="x" * longest)
    ended = "Cette convention a pris fin avant son échéance : créez plutôt une nouvelle convention."
    renew = {"actor": CAMILLE, "convention_id": keys[0], "version": 2, "now": now}
    assert refusals(lambda: renew_convention(**renew)) == {"": ended}
    again = refusals(lambda: end_convention(**{**given, "version": 2}, convention_id=keys[0], motif="x"))
    assert again == {"": "Cela ne se peut pas pour une convention « terminée avant son échéance »."} or list(again) == [
        ""
    ]
    sign = {"actor": CAMILLE, "convention_id": keys[1], "version": 1, "signee_le": date(2025, 1, 1), "now": now}
    assert refusals(lambda: sign_convention(**sign)) == {"": "Cela ne se peut pas pour une convention « signée »."}


def test_R7_a_charte_is_followed_by_a_convention_from_today(session: Any, now: datetime) -> None:
    charte = a_convention(a_signataire(), dispositif="charte", fin=date(2028, 6, 30))
    saved = renew_convention(actor=CAMILLE, convention_id=charte, version=1, now=now)
    session.rollback()
    row = session.get_one(Convention, saved.convention_id)
    assert (row.dispositif, row.debut, row.fin, row.numero) == (
        "paqte", date(2026, 11, 22), date(2029, 11, 21), "41-2026-001",
    )  # fmt: skip
    session.rollback()
    past = a_convention(a_signataire(), debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    late = renew_convention(actor=CAMILLE, convention_id=past, version=1, now=now)
    assert session.get_one(Convention, late.convention_id).debut == date(2026, 11, 22)


# --- what is taken away ------------------------------------------------------------------------------------


def test_what_is_taken_away_is_told_where_it_hung(session: Any, now: datetime) -> None:
    signataire = a_signataire()
    signed, projet = a_convention(signataire), a_convention(signataire, statut="projet", signee_le=None)
    start, given = last(session), {"actor": CAMILLE, "version": 1, "now": now}
    why = refusals(lambda: delete_convention(**given, convention_id=signed))
    assert list(why) == ["motif_retrait"]
    assert delete_convention(**given, convention_id=signed, motif="Saisie deux fois.") == signataire
    delete_convention(**given, convention_id=projet)
    with transaction(actor=CAMILLE, now=now) as writing:
        card = {"nom": "Marie", "courriel": "m@val.test", "created_at": now}
        writing.add(ContactSignataire(signataire_id=signataire, **card))
        writing.add(Veille(signataire_id=signataire, departement_code="41", identifiant="1", vu_le=now))
    with pytest.raises(NotFound, match="Ce signataire n’existe pas"):
        delete_signataire(**{**given, "actor": ZOE}, signataire_id=signataire, motif="x")
    with pytest.raises(Conflict):
        delete_signataire(**{**given, "version": 2}, signataire_id=signataire, motif="x")
    assert list(refusals(lambda: delete_signataire(**given, signataire_id=signataire, motif=" "))) == ["motif_retrait"]
    assert delete_signataire(**given, signataire_id=signataire, motif="Doublon.") == "Menuiserie Val (fictif)"
    of_it = ("supprimer_convention", "signataire", str(signataire), "41")
    assert written(session, start) == [
        (*of_it, {"motif": "Saisie deux fois."}), (*of_it, {}),
        ("supprimer_signataire", "departement", "41", "41", {"motif": "Doublon."}),
    ]  # fmt: skip
    avant = select(Journal.avant).where(Journal.acte == "supprimer_signataire")
    assert session.scalars(avant).one() == '{"identifiant": "000000001", "nom": "Menuiserie Val (fictif)"}'


def test_a_contact_taken_off_is_told_in_the_history_of_its_signatory(session: Any, now: datetime) -> None:
    key = a_signataire(siren=FIRST[:9])
    with transaction(actor=CAMILLE, now=now) as writing:
        rows = [ContactSignataire(signataire_id=key, nom=f"C{n}", fonction="f", created_at=now) for n in range(2)]
        writing.add_all(rows)
        writing.flush()
        kept = rows[1].id
    session.rollback()
    version, start = session.get_one(Signataire, key).version, last(session)
    identite = an_identite(identifiant=FIRST[:9])
    contacts = [ContactTyped("C1", "g", "", "", kept), ContactTyped("C2", "", "c@val.test")]
    change_signataire(actor=CAMILLE, signataire_id=key, version=version, identite=identite, contacts=contacts, now=now)
    assert written(session, start) == [("retirer_contact", "signataire", str(key), "41", {})]
    c = ContactSignataire
    rows = session.execute(select(c.nom, c.fonction, c.courriel).order_by(c.id)).all()
    assert [tuple(row) for row in rows] == [("C1", "g", ""), ("C2", "", "c@val.test")]


# --- the beginning of a département ------------------------------------------------------------------------


def test_R43_the_first_complete_convention_of_a_departement_is_remembered_and_never_later(
    session: Any, now: datetime
) -> None:
    a_departement("41")
    charte, empty = a_convention(a_signataire(), "S2", dispositif="charte"), a_convention(a_signataire())
    projet = a_convention(a_signataire(), "S2", statut="projet", signee_le=None)
    complete = a_convention(a_signataire(), "S2")

    def noted(key: int, moment: datetime, known: date | None) -> date | None:
        with transaction(actor=PLANIFICATEUR, now=moment) as writing:
            writing.get_one(Departement, "41").premiere_complete_le = known
            writing.flush()
            note_complete(writing, writing.get_one(Convention, key), moment)
        session.rollback()
        return session.get_one(Departement, "41").premiere_complete_le

    today, early = date(2026, 11, 22), date(2026, 11, 21)
    assert [noted(key, now, None) for key in (charte, empty, projet)] == [None] * 3
    assert [noted(complete, now, known) for known in (None, early, today, date(2026, 11, 23))] == [
        today, early, today, today,
    ]  # fmt: skip


def test_R12_R42_an_earlier_first_semester_asks_what_becomes_followed_and_says_when_it_moved(
    session: Any, now: datetime
) -> None:
    a_convention(a_signataire(), "S2", debut=date(2025, 1, 1))
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        row = writing.get_one(Departement, "41")
        row.premier_semestre = None
        writing.flush()
        start_departement(writing, "41", now)
        assert row.premier_semestre == "2026-S2"
        start_departement(writing, "41", now - timedelta(days=400))
        assert row.premier_semestre == "2026-S2", "one that uses PAQTE keeps its first semester"
    shown = read_start(actor=CAMILLE, departement="41", now=now)
    session.rollback()
    given: dict[str, Any] = {"actor": CAMILLE, "departement": "41", "now": now}
    with pytest.raises(Conflict) as moved:
        change_start(**given, version=shown.version + 1, semestre=Periode.from_code("2026-S1"))
    assert moved.value.current == {"semestre": "2026-S2", "version": str(shown.version)}
    change_start(**given, version=shown.version, semestre=Periode.from_code("2026-S1"), is_owed=True)
    session.rollback()
    assert session.get_one(Departement, "41").premier_semestre == "2026-S1"
    session.rollback()
    with pytest.raises(NotFound):
        change_start(**{**given, "actor": ZOE}, version=shown.version, semestre=Periode.from_code("2026-S1"))
