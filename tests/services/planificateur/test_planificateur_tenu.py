"""What the scheduler writes of itself: its runs, its tasks, and what it may move or close (R12)."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.calendrier.planification import EcartPrevision
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE, REFUSE
from paqte.domain.statuts.taches import ECHOUEE, EN_COURS, FAITE, PREVUE
from paqte.models import Courriel, Journal, Restauration, Tache, Tour, Utilisateur
from paqte.services.planificateur.due import courriels
from paqte.services.planificateur.failures import in_plain_words
from paqte.services.planificateur.passes import mark_alive, record_tour
from paqte.services.planificateur.release import confirm_restoration
from paqte.services.planificateur.taches import Claim, TacheDone, Workshop, claim, do_claimed, retry_task, run_due
from paqte.services.reglages.planification import _apply
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_departement

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLACE = Workshop("essai:1", Path("/nulle/part"), "https://paqte.exemple.fr")
S1 = Periode.from_code("2026-S1")


def test_a_run_is_written_over_the_former_and_its_failures_in_a_row_are_counted(session: Any) -> None:
    def record(**more: Any) -> tuple[Any, ...]:
        given = {"travail": "courriels", "par": "p" * 90, "commence_le": TEN - MINUTE, "now": TEN}
        record_tour(**given, prochain_le=TEN + MINUTE, **more)
        session.rollback()
        tour = session.scalars(select(Tour)).one()
        assert (tour.commence_le, tour.fini_le, tour.prochain_le) == (TEN - MINUTE, TEN, TEN + MINUTE)
        assert (tour.travail, tour.par) == ("courriels", "p" * 80)
        return tour.etat, tour.faits, tour.message, tour.echecs

    assert record() == ("bon", 0, "", 0)
    assert record(faits=7) == ("bon", 7, "", 0)
    assert record(error=Refused("m" * 1_001)) == ("echec", 0, "m" * 1_000, 1)
    assert record(error=Refused("Non.")) == ("echec", 0, "Non.", 2)
    assert record(faits=1) == ("bon", 1, "", 0)


def test_a_long_run_says_that_it_lives_once_a_minute_and_moves_no_other(session: Any) -> None:
    for travail in ("courriels", "menage"):
        record_tour(travail=travail, par="p", commence_le=TEN, now=TEN, prochain_le=TEN)

    def seen(now: datetime) -> dict[str, datetime]:
        mark_alive(travail="courriels", now=now)
        session.rollback()
        return dict(session.execute(select(Tour.travail, Tour.fini_le)).all())

    assert seen(TEN + MINUTE - timedelta(seconds=1)) == {"courriels": TEN, "menage": TEN}
    assert seen(TEN + MINUTE) == {"courriels": TEN + MINUTE, "menage": TEN}
    mark_alive(travail="inconnu", now=TEN + MINUTE)
    assert len(session.scalars(select(Tour)).all()) == 2


WRITE = "Écriture impossible, "
RIGHTS = "le dossier refuse l’écriture : donnez-en le droit au compte qui lance PAQTE."
FAILURES: tuple[tuple[Exception, str], ...] = (
    (OSError(errno.ENOSPC, "x", "/srv"), f"{WRITE}/srv : le disque est plein : libérez de la place."),
    (OSError(errno.EDQUOT, "x"), f"{WRITE}le quota du disque est atteint : libérez de la place."),
    (OSError(errno.EROFS, "x"), f"{WRITE}le dossier est en lecture seule : rendez-le inscriptible."),
    (OSError(errno.EACCES, "x"), f"{WRITE}{RIGHTS}"),
    (OSError(errno.EPERM, "x"), f"{WRITE}{RIGHTS}"),
    (OSError(errno.EIO, "x"), f"{WRITE}le disque ne répond plus : vérifiez-le."),
    (Refused("Non."), "Non."),
    (KeyError("x"), "Erreur inattendue (KeyError) : voir le journal du planificateur."),
    (OSError(errno.EPIPE, "x"), "Erreur inattendue (BrokenPipeError) : voir le journal du planificateur."),
)


def test_each_failure_has_its_sentence() -> None:
    assert [(error, in_plain_words(error)) for error, _ in FAILURES] == list(FAILURES)


def tasks(session: Any) -> dict[str, Tache]:
    session.rollback()
    return {one.travail: one for one in session.scalars(select(Tache))}


@pytest.fixture
def three(session: Any) -> dict[str, int]:
    """Three tasks of Loir-et-Cher: one to come, one taken, one done."""
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=TEN) as writing:
        for travail, etat in (("bilan", PREVUE), ("export", EN_COURS), ("lecture", FAITE)):
            given = {"travail": travail, "departement_code": "41", "periode": "2026-S1", "etat": etat}
            writing.add(Tache(**given, due_le=TEN, essais=0, prise_le=None if etat == PREVUE else TEN))
    return {travail: one.id for travail, one in tasks(session).items()}


def test_R12_a_plan_made_again_moves_and_drops_only_what_nobody_took(session: Any, three: dict[str, int]) -> None:
    later = TEN + timedelta(days=9)
    with transaction(actor=PLANIFICATEUR, now=TEN) as writing:
        _apply(writing, "41", EcartPrevision({}, dict.fromkeys(three.values(), later), ()))
    assert {t: one.due_le for t, one in tasks(session).items()} == {"bilan": later, "export": TEN, "lecture": TEN}
    with transaction(actor=PLANIFICATEUR, now=TEN) as writing:
        _apply(writing, "41", EcartPrevision({}, {}, tuple(three.values())))
    assert set(tasks(session)) == {"export", "lecture"}
    with transaction(actor=PLANIFICATEUR, now=TEN) as writing:
        _apply(writing, "41", EcartPrevision({("bilan", "2026-S2"): later}, {}, ()))
    made = tasks(session)["bilan"]
    assert (made.departement_code, made.periode, made.etat, made.due_le) == ("41", "2026-S2", PREVUE, later)
    assert (made.prise_par, made.essais, made.message, made.prise_le) == ("", 0, "", None)


def test_a_task_is_claimed_once_with_who_took_it_and_when(session: Any, three: dict[str, int]) -> None:
    def take(travail: str, par: str = "essai") -> Claim | None:
        return claim(travail=travail, departement="41", periode=S1, par=par, now=TEN)

    assert take("bilan", "p" * 90) == Claim(three["bilan"], "bilan", "41", S1, TEN, "p" * 80, TEN)
    row = tasks(session)["bilan"]
    assert (row.etat, row.prise_par, row.prise_le, row.finie_le, row.essais) == (EN_COURS, "p" * 80, TEN, None, 1)
    assert [take("bilan"), take("export"), take("lecture")] == [None, None, None]
    assert take("ouverture") is not None
    made = tasks(session)["ouverture"]
    assert (made.departement_code, made.periode, made.due_le, made.essais) == ("41", "2026-S1", TEN, 1)


def do(travail: str, use_case: Any, now: datetime = TEN) -> Any:
    return do_claimed(use_case=use_case, place=PLACE, travail=travail, departement="41", periode=S1, clock=lambda: now)


def test_a_task_is_closed_with_its_sentence_unless_another_took_it_meanwhile(
    session: Any, three: dict[str, int]
) -> None:
    told: list[str] = []

    def done(prise: Claim, place: Workshop) -> TacheDone:
        assert place is PLACE
        return TacheDone("d" * 1_001, closing=lambda _session: told.append(prise.travail))

    def fails(_prise: Claim, _place: Workshop) -> TacheDone:
        raise Refused("Impossible.")

    assert do("bilan", done) is not None
    row = tasks(session)["bilan"]
    assert (row.etat, row.finie_le, row.message, told) == (FAITE, TEN, "d" * 1_000, ["bilan"])
    assert do("bilan", done) is None
    assert do("ouverture", fails) is None
    row = tasks(session)["ouverture"]
    assert (row.etat, row.finie_le, row.message) == (ECHOUEE, TEN, "Impossible.")

    def taken_by_another(**changes: Any) -> Any:
        def use_case(prise: Claim, place: Workshop) -> TacheDone:
            with transaction(actor=PLANIFICATEUR, now=TEN) as writing:
                writing.execute(update(Tache).where(Tache.id == prise.tache_id).values(**changes))
            return done(prise, place)

        return use_case

    do("relance-3", taken_by_another(prise_par="autre"))
    do("relance+3", taken_by_another(prise_le=TEN + MINUTE))
    assert {tasks(session)[one].etat for one in ("relance-3", "relance+3")} == {EN_COURS}
    assert told == ["bilan"], "what must be told is told by whoever closes it"


def test_what_nobody_foresaw_leaves_its_trace_in_the_log_and_a_refusal_leaves_none(
    session: Any, three: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    def fails(error: Exception) -> Any:
        def use_case(_prise: Claim, _place: Workshop) -> TacheDone:
            raise error

        return use_case

    do("ouverture", fails(Refused("Impossible.")))
    assert [r for r in caplog.records if r.exc_info] == []
    do("bilan", fails(KeyError("essai")))
    (told,) = [r for r in caplog.records if r.exc_info]
    assert told.getMessage() == "bilan 41 2026-S1"


def test_a_run_passes_over_what_it_has_no_use_case_for_and_stops_between_two(
    session: Any, three: dict[str, int]
) -> None:
    with transaction(actor=PLANIFICATEUR, now=TEN) as writing:
        for travail in ("relance-3", "relance+3"):
            given = {"departement_code": "41", "periode": "2026-S1", "etat": PREVUE, "due_le": TEN}
            writing.add(Tache(travail=travail, essais=0, **given))
    stops: Iterator[bool] = iter([False, True])
    found = run_due(
        use_cases={"relance": lambda _prise, _place: TacheDone("Fait")},
        place=PLACE,
        clock=lambda: TEN,
        is_stopping=lambda: next(stops),
    )
    assert [(prise.departement, done.phrase) for prise, done in found] == [("41", "Fait")]
    states = {t: one.etat for t, one in tasks(session).items()}
    assert states["bilan"] == PREVUE and sorted((states["relance-3"], states["relance+3"])) == [FAITE, PREVUE]


def test_only_a_failed_task_of_one_s_own_is_taken_up_again(session: Any, three: dict[str, int]) -> None:
    with pytest.raises(Refused, match=r"41 2026-S1 : cette tâche n’est pas en échec, il n’y a rien à relancer."):
        retry_task(actor=CAMILLE, tache_id=three["bilan"], now=TEN)
    with pytest.raises(NotFound, match="Cette tâche n’existe pas"):
        retry_task(actor=ZOE, tache_id=three["bilan"], now=TEN)


def test_a_mail_missed_by_more_than_a_week_does_not_leave(session: Any) -> None:
    a_departement("41")
    prise = Claim(1, "ouverture", "41", S1, TEN, "essai", TEN)
    assert courriels(prise, PLACE).phrase == "Aucun courriel : rien n’attendait"
    late = "Sans objet : ce jour est passé depuis plus d’une semaine, aucun courriel n’est parti."
    assert courriels(replace(prise, prise_le=TEN + timedelta(days=8)), PLACE).phrase == late


@pytest.fixture
def held(session: Any, three: dict[str, int]) -> None:
    """A restoration that waits, a mail of before and one of after, one already sent, an account put to sleep."""
    with transaction(actor=PLANIFICATEUR, now=TEN) as writing:
        constat = '{"comptes": {"a@b.test": "x"}}'
        writing.add(Restauration(sauvegarde="a.zip", quand=TEN, constat=constat))
        for rank, (etat, moment) in enumerate(((EN_ATTENTE, TEN), (EN_ATTENTE, TEN + MINUTE), (ENVOYE, TEN))):
            mail = {"destinataire": f"{rank}@b.test", "sujet": "s", "texte": "t", "html": "h", "motif": "relance"}
            writing.add(Courriel(**mail, nomme="", etat=etat, cree_le=moment, prochain_essai=moment))
        for rank, address in enumerate(("a@b.test", "z@b.test")):
            user = {"courriel": address, "nom": f"N{rank}", "role": "national", "is_active": False}
            writing.add(Utilisateur(**user, created_at=TEN))
        for travail, day in (("ouverture", 0), ("relance-3", 0), ("relance+3", 9)):
            task = {"travail": travail, "departement_code": "41", "periode": "2026-S1", "etat": PREVUE, "essais": 0}
            writing.add(Tache(**task, due_le=TEN + timedelta(days=day)))


def confirmed(session: Any, **asked: bool) -> tuple[list[str], dict[str, str], list[str]]:
    default = {"is_mail_sent": True, "is_task_done": True, "is_account_opened": False}
    confirm_restoration(actor=CAMILLE, now=TEN + MINUTE, **{**default, **asked})
    session.rollback()
    mails = list(session.scalars(select(Courriel.etat).order_by(Courriel.destinataire)))
    states = {one.travail: one.etat for one in tasks(session).values()}
    open_now = list(session.scalars(select(Utilisateur.courriel).where(Utilisateur.is_active)))
    assert session.scalars(select(Restauration.confirmee_le)).one() == TEN + MINUTE
    (line,) = session.scalars(select(Journal).where(Journal.acte == "confirmer"))
    sauvegarde = session.scalars(select(Restauration.sauvegarde)).one()
    assert (line.objet, json.loads(line.apres)) == ("restauration", {"sauvegarde": sauvegarde})
    return mails, states, open_now


TO_COME = {"bilan": PREVUE, "export": EN_COURS, "lecture": FAITE, "ouverture": PREVUE, "relance-3": PREVUE,
           "relance+3": PREVUE}  # fmt: skip


def test_R30_a_restoration_confirmed_lets_leave_what_was_held(session: Any, held: None) -> None:
    assert confirmed(session) == ([EN_ATTENTE, EN_ATTENTE, ENVOYE], TO_COME, [])
    with pytest.raises(Refused, match=r"Aucun retour à une sauvegarde n’attend de confirmation."):
        confirm_restoration(actor=CAMILLE, now=TEN, is_mail_sent=True, is_task_done=True, is_account_opened=False)


def test_R30_mails_of_before_may_be_dropped(session: Any, held: None) -> None:
    assert confirmed(session, is_mail_sent=False) == ([REFUSE, EN_ATTENTE, ENVOYE], TO_COME, [])
    told = "Abandonné à la reprise : il était peut-être parti avant le retour à une sauvegarde."
    assert session.scalars(select(Courriel.erreur).where(Courriel.etat == REFUSE)).all() == [told]


def test_R30_mails_due_may_be_passed_over_and_accounts_opened(session: Any, held: None) -> None:
    found = confirmed(session, is_task_done=False, is_account_opened=True)
    passed = {**TO_COME, "ouverture": FAITE, "relance-3": FAITE}
    assert found == ([EN_ATTENTE, EN_ATTENTE, ENVOYE], passed, ["a@b.test"])
    row = tasks(session)["ouverture"]
    told = "Passée à la reprise : aucun courriel."
    assert (row.message, row.prise_le, row.finie_le) == (told, TEN + MINUTE, TEN + MINUTE)
