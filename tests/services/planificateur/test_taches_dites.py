"""What a task that was done tells, to whom, and how it is kept; what an operator's check is called."""

from __future__ import annotations

import json
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.saisie.dates import read_date
from paqte.models import AvisEcheance, Courriel, KeptConsolidation, Mouvement, Tache, Utilisateur
from paqte.services.declarations.formulaires.formulaires import _action_typed, _question_of
from paqte.services.editions import EditionIssued
from paqte.services.planificateur import disque, due, echeances, taches, verification
from paqte.services.planificateur.disque import is_disk_low, warn_administrators
from paqte.services.planificateur.echeances import warn_ends
from paqte.services.planificateur.mouvements import keep_sums, make_sums_again
from paqte.services.planificateur.taches import TacheDone, Workshop, claim, do_claimed, retry_task, run_due
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire
from tests.services.journal.test_journal_des_comptes import last, written
from tests.services.maison import Maison
from tests.services.refus import refusals

SITE = "https://paqte.exemple.fr"
NOW = datetime(2026, 10, 16, 8, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(hours=24)
T3 = Periode.from_code("2026-T3")
Usage = namedtuple("Usage", "total used free")


def people(now: datetime = NOW) -> dict[str, int]:
    """Two référentes of the 41, one who left, Zoé of the 972, and two administrators."""
    a_departement("41"), a_departement("972")
    rows = [("camille@p.test", REFERENT, "41", True), ("denis@p.test", REFERENT, "41", True),
            ("partie@p.test", REFERENT, "41", False), ("zoe@p.test", REFERENT, "972", True),
            ("ada@p.test", ADMIN, None, True), ("eve@p.test", ADMIN, None, True)]  # fmt: skip
    found = {}
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        for courriel, role, place, is_active in rows:
            given = {"role": role, "departement_code": place, "is_active": is_active, "created_at": now}
            row = Utilisateur(courriel=courriel, nom=courriel.split("@")[0].title(), **given)
            writing.add(row)
            writing.flush()
            found[courriel] = row.id
    return found


def mails(session: Any, motif: str) -> list[tuple[Any, ...]]:
    session.rollback()
    c = Courriel
    columns = (c.destinataire, c.departement_code, c.utilisateur_id, c.appui, c.sujet, c.texte)
    rows = session.execute(select(*columns).where(c.motif == motif).order_by(c.id)).all()
    session.rollback()
    return [(*row[:3], json.loads(row[3]), *row[4:]) for row in rows]


@pytest.mark.parametrize("code", [BILAN, COMPTE_RENDU])
def test_R40_a_document_made_is_told_to_its_referents_alone(session: Any, code: str) -> None:
    keys, genre = people(), DOCUMENTS[code]
    made = EditionIssued(5, "41", "2026-S1", 2, "a" * 64, "b" * 64, "x.xlsx", True)
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        due._tell_referents(writing, genre, made, SITE, NOW)
    found = mails(session, genre.travail)
    assert [row[:4] for row in found] == [
        (courriel, "41", keys[courriel], {"edition": 5}) for courriel in ("camille@p.test", "denis@p.test")
    ]
    told = found[0][5]
    assert (
        f"{SITE}/connexion/[lien-personnel]?next=/bilans/5" in told and "L’édition n°\u00a02" in told and "41" in told
    )
    if code == BILAN:
        assert found[0][4] == "Bilan PAQTE 41, 1er semestre 2026 : à relire"


def a_task(etat: str, travail: str = "relance+3", **more: Any) -> int:
    taken = None if etat == "prevue" else NOW
    given = {"departement_code": "41", "periode": "2026-T3", "due_le": NOW, "essais": 0, "prise_le": taken, **more}
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        row = Tache(travail=travail, etat=etat, finie_le=taken if etat in ("faite", "echouee") else None, **given)
        writing.add(row)
        writing.flush()
        return row.id


def state(session: Any, key: int) -> tuple[Any, ...]:
    session.rollback()
    row = session.get_one(Tache, key)
    found = (row.etat, row.due_le, row.prise_par, row.prise_le, row.finie_le, row.essais, row.message)
    session.rollback()
    return found


def test_a_task_is_closed_waits_again_or_is_given_up_and_each_is_kept_whole(session: Any) -> None:
    a_departement("41")
    place = Workshop("p" * 99, Path("/nowhere"), SITE)
    given: dict[str, Any] = {"place": place, "travail": "relance+3", "departement": "41", "periode": T3}
    key, later, par = a_task("prevue"), NOW + DAY, "p" * 80

    def done(outcome: Any) -> Any:
        def use_case(prise: Any, place: Workshop) -> TacheDone:
            assert (prise.tache_id, prise.travail, prise.departement, prise.periode) == (key, "relance+3", "41", T3)
            assert state(session, key)[:6] == ("en_cours", NOW, par, NOW, None, 1)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return do_claimed(use_case=use_case, clock=lambda: NOW, **given)

    assert done(TacheDone("plus tard", until=later)) is not None
    assert state(session, key) == ("prevue", later, "", None, None, 0, "plus tard")
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.execute(update(Tache).values(due_le=NOW))
    assert done(Refused("m" * 1_001)) is None
    assert state(session, key) == ("echouee", NOW, par, NOW, NOW, 1, "m" * 1_000)
    assert claim(travail="relance+3", departement="41", periode=T3, par="x", now=NOW) is None, "it rests a minute"
    told_of: list[Any] = []
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.execute(update(Tache).where(Tache.id == key).values(etat="prevue", essais=0))
    prise, closed = done(TacheDone("2 courriels", closing=told_of.append))
    assert (closed.phrase, prise.prise_le, len(told_of)) == ("2 courriels", NOW, 1)
    assert state(session, key) == ("faite", NOW, par, NOW, NOW, 1, "2 courriels")
    assert claim(travail="relance+3", departement="41", periode=T3, par="x", now=NOW + DAY) is None
    # One that its holder lost meanwhile is closed by nobody else.
    taches._finish(replace(prise, prise_par="another"), TacheDone("autre", closing=told_of.append), NOW)
    assert (state(session, key)[6], len(told_of)) == ("2 courriels", 1)
    fresh = claim(travail="ouverture", departement="41", periode=T3, par="x", now=NOW)
    assert fresh is not None and (fresh.due_le, fresh.prise_par, fresh.prise_le) == (NOW, "x", NOW)


def test_a_task_that_failed_alone_is_taken_up_again(session: Any) -> None:
    a_departement("41"), a_departement("972")
    key = a_task("echouee")
    start = last(session)
    assert retry_task(actor=CAMILLE, tache_id=key, now=NOW).endswith(" 41 2026-T3")
    assert written(session, start) == [("relancer", "tache", str(key), "41", {})]
    assert state(session, key)[4] is None
    with pytest.raises(NotFound, match="Cette tâche n’existe pas"):
        retry_task(actor=ZOE, tache_id=key, now=NOW)
    other = a_task("prevue", "lecture")
    told = refusals(lambda: retry_task(actor=CAMILLE, tache_id=other, now=NOW))[""]
    assert told.endswith("41 2026-T3 : cette tâche n’est pas en échec, il n’y a rien à relancer.")


def test_due_tasks_are_done_until_somebody_stops_and_unknown_ones_are_passed_over(session: Any) -> None:
    a_departement("41")
    for travail in ("autre", "lecture", "ouverture", "relance+3"):
        a_task("prevue", travail)
    seen: list[str] = []

    def use_case(prise: Any, _place: Workshop) -> TacheDone:
        seen.append(prise.travail)
        return TacheDone("fait")

    cases = {"lecture": use_case, "ouverture": use_case, "relance": use_case}
    place = Workshop("p", Path("/nowhere"), SITE)
    found = run_due(use_cases=cases, place=place, clock=lambda: NOW, is_stopping=lambda: len(seen) == 2)
    assert ([prise.travail for prise, _ in found], seen) == (["lecture", "ouverture"], ["lecture", "ouverture"])


def test_R12_a_step_missed_by_a_week_sends_nothing_and_what_left_is_counted(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Workshop("p", Path("/nowhere"), SITE)
    asked: list[dict[str, Any]] = []

    def told(sent: int, late: timedelta = timedelta(0)) -> str:
        monkeypatch.setattr(due, "remind", lambda **given: asked.append(given) or sent)
        prise = taches.Claim(1, "relance+3", "41", T3, NOW - late, "p", NOW)
        return due.courriels(prise, place).phrase

    assert [told(sent) for sent in (0, 1, 2)] == ["Aucun courriel : rien n’attendait", "1 courriel", "2 courriels"]
    missed = "Sans objet : ce jour est passé depuis plus d’une semaine, aucun courriel n’est parti."
    assert told(3, timedelta(days=9)) == missed
    assert asked[0] == {"departement": "41", "periode": T3, "etape": "relance+3", "now": NOW, "base_url": SITE}
    assert len(asked) == 3


# --- ends, disk, sums --------------------------------------------------------------------------------------


def test_R4_an_end_told_is_written_with_its_threshold_and_its_mails_rest_on_it(session: Any) -> None:
    keys = people()
    late = a_convention(a_signataire("Rives (fictif)"), debut=date(2023, 11, 1), fin=date(2026, 11, 15))
    soon = a_convention(a_signataire("Val (fictif)"), debut=date(2023, 11, 1), fin=date(2026, 10, 31))
    far = a_convention(a_signataire("Loin (fictif)"), debut=date(2024, 11, 1), fin=date(2027, 10, 31))
    assert warn_ends(now=NOW, base_url=SITE) == 2
    a = AvisEcheance
    rows = session.execute(select(a.convention_id, a.seuil, a.fin, a.created_at).order_by(a.convention_id)).all()
    assert [tuple(row) for row in rows] == [
        (late, 30, date(2026, 11, 15), NOW), (soon, 30, date(2026, 10, 31), NOW),
    ]  # fmt: skip
    rests = {"base_url": SITE, "fins": {str(late): "2026-11-15", str(soon): "2026-10-31"}}
    assert [row[:4] for row in mails(session, echeances.MOTIF)] == [
        (who, "41", keys[who], rests) for who in ("camille@p.test", "denis@p.test")
    ]
    assert echeances.MOTIF == "echeance" and far
    assert warn_ends(now=NOW, base_url=SITE) == 0


def test_administrators_are_told_of_a_low_disk_once_a_day_and_the_mail_that_waits_gives_its_place(
    app: Any, session: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = people()
    base, reports = tmp_path / "base", tmp_path / "reports"
    base.mkdir(), reports.mkdir()
    settings = replace(app.extensions["paqte"], instance=base, reports=reports, base_url=SITE)
    left = {str(base): 9_999, str(reports): 9_999}
    usage = "paqte.services.alertes.shutil.disk_usage"
    monkeypatch.setattr(usage, lambda folder: Usage(1, 1, left[str(folder)] * 1024**2))
    assert (warn_administrators(settings=settings, now=NOW), is_disk_low(settings)) == (0, False)
    for low in (base, reports):
        left |= {str(base): 9_999, str(reports): 9_999, str(low): 3}
        assert is_disk_low(settings) is True
    assert warn_administrators(settings=settings, now=NOW) == 2
    assert warn_administrators(settings=settings, now=NOW + DAY - SECOND) == 0
    assert warn_administrators(settings=settings, now=NOW + DAY) == 2
    session.rollback()
    c = Courriel
    states = session.execute(select(c.destinataire, c.etat, c.departement_code).order_by(c.id)).all()
    ada, eve = ("ada@p.test", "eve@p.test")
    assert [tuple(row) for row in states] == [
        (ada, "refuse", None), (eve, "refuse", None), (ada, "en_attente", None), (eve, "en_attente", None),
    ]  # fmt: skip
    found = mails(session, "alerte")
    assert [row[2:4] for row in found[:2]] == [
        (keys[who], {"base_url": SITE, "dossiers": [str(base), str(reports)]}) for who in (ada, eve)
    ]
    assert "Ada" in found[0][5] and str(reports) in found[0][5] and disque.ONE_A_DAY == DAY

    def refuse(_folder: object) -> None:
        raise OSError

    monkeypatch.setattr(usage, refuse)
    assert is_disk_low(settings) is False


def test_R20_sums_thrown_away_are_made_again_under_a_new_mark(session: Any, now: datetime) -> None:
    maison = Maison(now, "S2")
    from paqte.services.declarations.declarations import submit_and_validate

    maison.call(submit_and_validate, saisie=maison.saisie(S2=4))
    actor = Acteur(None, "Nour", ADMIN)
    keep_sums(actor=actor, now=now)
    count = select(func.count()).select_from(KeptConsolidation)
    session.rollback()
    before = session.scalar(count)
    marks = select(Mouvement.jeton).where(Mouvement.departement_code == "", Mouvement.sujet == "")
    session.rollback()
    assert keep_sums(actor=actor, now=now) == 0, "nothing moved"
    assert make_sums_again(actor=actor, now=now) == before
    session.rollback()
    (first,) = session.scalars(marks).all()
    session.rollback()
    make_sums_again(actor=actor, now=now)
    session.rollback()
    (second,) = session.scalars(marks).all()
    assert first != second and session.scalar(count) == before


def test_each_check_that_takes_long_or_reads_the_base_is_one_of_these() -> None:
    assert {"courriel", "journal", "antivirus", "réponses", "sommes"} == verification.LONG
    assert {
        "comptes", "disque", "planificateur", "reprise", "travaux", "gabarit", "clé secrète",
        "journal", "réponses", "sommes",
    } == verification.IN_BASE  # fmt: skip
    assert verification._last(None, NOW) == "il n’est jamais passé sur cette base."
    assert verification._place_of(OSError()) == "" and verification._place_of(OSError(1, "x", "/a")) == " (/a)"
    with pytest.raises(Refused, match="pas regardé : la base ne se lit pas"):
        verification._unread()


# --- an action told in a form ------------------------------------------------------------------------------


def test_R16_an_action_told_in_a_form_is_read_or_says_what_it_lacks(session: Any, now: datetime) -> None:
    from paqte.domain.declarations.formulaires import ActionReceived

    whole = {"date": "12/03/2026", "axe": "sensibiliser", "titre": " Forum ", "texte": "Deux matinées.",
             "lieu": "Blois", "personnes": "1 200"}  # fmt: skip

    def typed(**changes: str) -> Any:
        values = {**dict.fromkeys(ActionReceived._fields, ""), **whole, "ou": "A7", **changes}
        return _action_typed(ActionReceived(**values))

    one = typed()
    assert (one.date, one.axe, one.titre, one.texte, one.lieu, one.beneficiaires) == (
        read_date("12/03/2026"), "SENSIBILISER", "Forum", "Deux matinées.", "Blois", 1_200,
    )  # fmt: skip
    assert [typed(personnes=text).beneficiaires for text in ("", "Néant", "0")] == [None, 0, 0]
    for missing in ("titre", "texte"):
        with pytest.raises(ValueError, match="donnez un titre à cette action, et racontez-la en quelques lignes"):
            typed(**{missing: ""})
    with pytest.raises(ValueError, match="choisissez l’axe dans la liste : Sensibiliser, "):
        typed(axe="Danser")
    page = Maison(now, "S2").read()
    key = page.lignes[0].engagement_id
    title = page.lignes[0].libelle
    assert [_question_of(page, key, label) for label in ("", title, "Le")] == [title, title, f"{title} : Le"]
    assert _question_of(page, 99, "Le") == " : Le"
