"""A base put back is compared with the one it replaces, thing by thing, and says in words what differs."""

from __future__ import annotations

import errno
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT
from paqte.domain.statuts.courriels import Message
from paqte.models import Courriel, Journal, NumeroEdition, Rattachement, Restauration, Tache, Tour, Utilisateur, db
from paqte.reporting.publies import NumeroPublished
from paqte.services.courriels.boite import queue_mail
from paqte.services.planificateur import restauration
from paqte.services.planificateur.failures import in_plain_words
from paqte.services.planificateur.passes import mark_alive, record_tour
from paqte.services.planificateur.release import confirm_restoration
from paqte.services.planificateur.restauration import FormerBase, Powers, RestaurationFound, hold, read_traces
from paqte.services.transaction import transaction
from tests.factories import a_convention, a_departement, a_signataire

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
VAL = ("41/000000001", "")


def powers(role: str = "referent", place: str = "41", *given: tuple[str, str], is_active: bool = True) -> Powers:
    return Powers(is_active, role, place, frozenset(given))


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (powers("entreprise", "", VAL), ""),
        (powers("entreprise", "", VAL, ("41/000000002", "")), ""),
        (powers("entreprise", ""), "des accès lui avaient été retirés"),
        (powers("animateur", "", VAL), "son rôle ou son département avait changé"),
        (powers("entreprise", "41", VAL), "son rôle ou son département avait changé"),
        (powers("entreprise", "", VAL, is_active=False), "il était désactivé"),
        (None, "il n’existait plus"),
    ],
)
def test_R30_an_account_that_could_do_less_stays_closed_and_says_why(before: Powers | None, said: str) -> None:
    former = {} if before is None else {"b@val.test": before}
    now = powers("entreprise", "", VAL)
    assert restauration._why_closed(now, former, "b@val.test") == said
    unread = "la base précédente ne se lisait plus : rien ne dit qu’il était encore ouvert"
    assert restauration._why_closed(now, None, "b@val.test") == unread


def a_task(travail: str, etat: str, now: datetime, periode: str = "2026-T3") -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        taken = None if etat == "prevue" else now
        given = {"prise_le": taken, "finie_le": taken if etat == "faite" else None}
        row = Tache(travail=travail, departement_code="41", periode=periode, etat=etat, due_le=now, essais=0, **given)
        writing.add(row)


def a_mail(motif: str, now: datetime, to: str = "bruno@val.test", etat: str = "en_attente") -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        queue_mail(writing, Message(to, motif, "Texte"), motif=motif, now=now).etat = etat


@pytest.fixture
def monde(session: Any, now: datetime) -> str:
    """The 41: Camille, Bruno who has a company and one convention of another; gives the address of the base."""
    first, second = a_signataire(), a_signataire("Rives (fictif)")
    convention = a_convention(second)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        people = (("camille@41.test", REFERENT, "41", True), ("bruno@val.test", "animateur", None, True),
                  ("parti@41.test", REFERENT, "41", False))  # fmt: skip
        for courriel, role, place, is_active in people:
            given = {"role": role, "departement_code": place, "is_active": is_active, "created_at": now}
            writing.add(Utilisateur(courriel=courriel, nom="X", **given))
            writing.flush()
        bruno = writing.scalars(select(Utilisateur.id).where(Utilisateur.role == "animateur")).one()
        for signataire, one in ((first, None), (second, convention)):
            right = {"signataire_id": signataire, "convention_id": one, "is_suspendu": False}
            writing.add(Rattachement(utilisateur_id=bruno, **right))
    url: str = db.engine.url.render_as_string(hide_password=False)
    return url


OF_BRUNO = powers("animateur", "", VAL, ("41/000000002", "41-2025-001"))


def test_what_a_base_tells_of_accounts_numbers_tasks_and_mails_is_read_whole(monde: str, now: datetime) -> None:
    for travail, etat in (("ouverture", "faite"), ("relance+3", "faite"), ("lecture", "faite"), ("bilan", "faite"),
                          ("relance-4", "prevue")):  # fmt: skip
        a_task(travail, etat, now)
    for motif, etat in (("relance", "envoye"), ("renvoi", "refuse"), ("bilan", "en_attente")):
        a_mail(motif, now, etat=etat)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        given = {"departement_code": "41", "periode": "2026-S1", "numero": 3}
        writing.add(NumeroEdition(genre_document="bilan", **given))
    db.session.rollback()
    traces = read_traces(monde)
    assert traces.comptes == {
        "camille@41.test": powers(), "bruno@val.test": OF_BRUNO, "parti@41.test": powers(is_active=False),
    }  # fmt: skip
    assert traces.numeros == {NumeroPublished("41", "2026-S1", 3, "bilan")}
    assert traces.taches == {(travail, "41", "2026-T3") for travail in ("ouverture", "relance+3", "lecture")}
    assert traces.courriels is not None
    assert {row[:2] for row in traces.courriels} == {("bruno@val.test", "relance"), ("bruno@val.test", "renvoi")}


def test_of_a_base_that_is_not_there_or_does_not_read_nothing_is_known(tmp_path: Path) -> None:
    assert read_traces(f"sqlite:///{tmp_path / 'absente.sqlite'}") == FormerBase()
    broken = tmp_path / "abimee.sqlite"
    broken.write_bytes(b"nothing of a base" * 99)
    assert read_traces(f"sqlite:///{broken}") == FormerBase()


def held(url: str, now: datetime, **traces: Any) -> RestaurationFound:
    db.session.rollback()
    db.session.remove()
    published: set[NumeroPublished] = traces.pop("published", set())
    precedente: Path | None = traces.pop("precedente", Path("/sauvegardes/ancienne.sqlite"))
    given = FormerBase(**traces)
    return hold(url, traces=given, published=published, source=Path("/x/copie.zip"), precedente=precedente, now=now)


def test_R30_what_differs_is_said_and_kept_with_the_restoration(monde: str, session: Any, now: datetime) -> None:
    a_task("ouverture", "prevue", now)
    a_task("lecture", "faite", now)
    for motif in ("relance", "renvoi", "connexion", "invitation", "nouvelle_adresse"):
        a_mail(motif, now)
    sent = {("bruno@val.test", "relance", str(quand)) for quand in raw_moments()}
    later = now + HOUR
    done = {(travail, "41", "2026-T3") for travail in ("ouverture", "lecture", "relance+3")}
    former = {"bruno@val.test": OF_BRUNO, "nouvelle@41.test": powers(), "parti@41.test": powers()}
    numbers = {NumeroPublished("41", "2026-S1", 2, "bilan"), NumeroPublished("41", "2026-T2", 1)}
    found = held(monde, later, comptes=former, numeros=numbers, taches=done, courriels=sent,
                 published={NumeroPublished("41", "2026-S1", 1, "bilan")})  # fmt: skip
    assert found.comptes == {"camille@41.test": "il n’existait plus"}
    assert (found.perdus, found.deja_faites, found.deja_partis, found.non_compares) == (["nouvelle@41.test"], 2, 1, [])
    assert "41 2026-S1 édition 1" in found.numeros and "41 2026-S1 édition 2" in found.numeros
    assert dict(session.execute(select(Utilisateur.courriel, Utilisateur.is_active)).all()) == {
        "camille@41.test": False, "bruno@val.test": True, "parti@41.test": False,
    }  # fmt: skip
    t = Tache
    told = "Faite avant le retour à une sauvegarde : rien n’est parti une seconde fois."
    columns = (t.travail, t.etat, t.prise_le, t.finie_le, t.message)
    assert [tuple(row) for row in session.execute(select(*columns).order_by(t.travail))] == [
        ("lecture", "faite", now, now, ""), ("ouverture", "faite", later, later, told),
        ("relance+3", "faite", later, later, told),
    ]  # fmt: skip
    dead = "Son lien ne fonctionne plus depuis le retour à une sauvegarde : demandez-en un nouveau."
    gone = "Déjà parti avant le retour à une sauvegarde."
    c = Courriel
    states = {row[0]: tuple(row[1:]) for row in session.execute(select(c.motif, c.etat, c.erreur, c.envoye_le))}
    assert states == {
        "relance": ("envoye", gone, now), "renvoi": ("en_attente", "", None), "connexion": ("refuse", dead, None),
        "invitation": ("refuse", dead, None), "nouvelle_adresse": ("refuse", dead, None),
    }  # fmt: skip
    row = session.scalars(select(Restauration)).one()
    assert (row.quand, row.sauvegarde, row.precedente) == (later, "copie.zip", "ancienne.sqlite")
    kept = json.loads(row.constat)
    assert (kept["comptes"], kept["deja_faites"], kept["perdus"]) == (found.comptes, 2, ["nouvelle@41.test"])
    n = NumeroEdition
    numeros = session.execute(select(n.departement_code, n.genre_document, n.periode, n.numero).order_by(n.numero))
    assert ("41", "bilan", "2026-S1", 2) in {tuple(row) for row in numeros}


def raw_moments() -> list[Any]:
    """Moments of the mails as the base keeps them: what tells one from another."""
    from sqlalchemy import text

    found = db.session.scalars(text("SELECT CAST(cree_le AS VARCHAR) FROM courriel")).all()
    db.session.rollback()
    return list(found)


def test_R30_where_the_former_base_does_not_read_every_account_waits_and_where_there_was_none_all_serve(
    monde: str, session: Any, now: datetime
) -> None:
    alone = held(monde, now, precedente=None)
    unread = ["comptes", "numéros d’édition", "tâches", "courriels"]
    assert (alone.comptes, alone.perdus, alone.non_compares) == ({}, [], unread)
    assert session.scalars(select(Restauration.precedente)).all() == [""]
    found = held(monde, now, numeros=set(), courriels=set())
    why = "la base précédente ne se lisait plus : rien ne dit qu’il était encore ouvert"
    assert found.comptes == {"camille@41.test": why, "bruno@val.test": why}, "one closed already is not told"
    assert found.non_compares == ["comptes", "tâches"]


def test_R19_a_number_is_said_with_its_document_where_several_are_made_for_such_a_period() -> None:
    said = [restauration._number_said(NumeroPublished("41", periode, 2, genre))
            for periode, genre in (("2026-S1", "bilan"), ("2026-T2", "export"), ("2026-T2", "autre"))]  # fmt: skip
    assert [one.endswith(" édition 2") for one in said] == [True] * 3
    assert said[0] == "41 2026-S1 édition 2"


# --- what somebody then confirms ---------------------------------------------------------------------------


@pytest.fixture
def waiting(monde: str, session: Any, now: datetime) -> datetime:
    """A restoration that put Camille to sleep, with tasks and mails that wait; gives the moment of the confirmation."""
    a_mail("relance", now)
    a_mail("renvoi", now + SECOND)
    for travail, moment in (("ouverture", now), ("relance+3", now), ("lecture", now + 2 * HOUR), ("bilan", now)):
        a_task(travail, "prevue", moment)
    constat = {"comptes": {"camille@41.test": "il n’existait plus"}, "perdus": []}
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(Utilisateur.__table__.update().values(is_active=False))
        given = {"quand": now, "sauvegarde": "copie.zip", "precedente": "", "constat": json.dumps(constat)}
        writing.add(Restauration(**given))
    return now + HOUR


def test_what_is_dropped_opened_or_passed_over_is_what_was_asked_and_no_more(waiting: datetime, session: Any) -> None:
    now = waiting - HOUR
    confirm_restoration(
        actor=PLANIFICATEUR, now=waiting, is_mail_sent=False, is_task_done=False, is_account_opened=True
    )
    session.rollback()
    c, t, u = Courriel, Tache, Utilisateur
    mails = [tuple(row) for row in session.execute(select(c.motif, c.etat, c.erreur).order_by(c.id))]
    assert [mail[:2] for mail in mails] == [("relance", "refuse"), ("renvoi", "en_attente")]
    assert mails[0][2] == "Abandonné à la reprise : il était peut-être parti avant le retour à une sauvegarde."
    passed = ("faite", waiting, waiting, "Passée à la reprise : aucun courriel.")
    tasks = session.execute(select(t.travail, t.etat, t.prise_le, t.finie_le, t.message).order_by(t.travail))
    assert [tuple(row) for row in tasks] == [
        ("bilan", "prevue", None, None, ""), ("lecture", "prevue", None, None, ""), ("ouverture", *passed),
        ("relance+3", *passed),
    ]  # fmt: skip
    opened = session.scalars(select(u.courriel).where(u.is_active)).all()
    assert opened == ["camille@41.test"]
    row = session.scalars(select(Restauration)).one()
    assert (row.quand, row.confirmee_le) == (now, waiting)
    j = Journal
    line = session.execute(select(j.objet, j.objet_id, j.apres).where(j.acte == "confirmer")).one()
    assert tuple(line) == ("restauration", str(row.id), '{"sauvegarde": "copie.zip"}')
    session.rollback()
    with pytest.raises(Refused, match="Aucun retour à une sauvegarde n’attend de confirmation"):
        confirm_restoration(
            actor=PLANIFICATEUR, now=waiting, is_mail_sent=True, is_task_done=True, is_account_opened=True
        )


def test_what_is_let_go_on_stays_as_it_was(waiting: datetime, session: Any) -> None:
    confirm_restoration(actor=PLANIFICATEUR, now=waiting, is_mail_sent=True, is_task_done=True, is_account_opened=False)
    session.rollback()
    assert session.scalars(select(Courriel.etat)).all() == ["en_attente"] * 2
    assert session.scalars(select(Tache.etat)).all() == ["prevue"] * 4
    assert session.scalars(select(Utilisateur.id).where(Utilisateur.is_active)).all() == []


# --- what failed, and the last run of each job -------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "le disque est plein : libérez de la place"),
        (errno.EDQUOT, "le quota du disque est atteint : libérez de la place"),
        (errno.EROFS, "le dossier est en lecture seule : rendez-le inscriptible"),
        (errno.EACCES, "le dossier refuse l’écriture : donnez-en le droit au compte qui lance PAQTE"),
        (errno.EPERM, "le dossier refuse l’écriture : donnez-en le droit au compte qui lance PAQTE"),
        (errno.EIO, "le disque ne répond plus : vérifiez-le"),
    ],
)
def test_what_the_disk_refuses_is_one_whole_sentence(number: int, said: str) -> None:
    assert in_plain_words(OSError(number, "x", "/srv")) == f"Écriture impossible, /srv : {said}."
    assert in_plain_words(OSError(number, "x")) == f"Écriture impossible, {said}."
    unknown = "Erreur inattendue (OSError) : voir le journal du planificateur."
    assert in_plain_words(OSError(errno.EXDEV, "x", "/srv")) == unknown


def test_the_last_run_of_a_job_is_kept_over_the_former_one_and_failures_in_a_row_are_counted(
    session: Any, now: datetime
) -> None:
    a_departement("41")

    def run(rank: int, error: Exception | None = None, faits: int = 0) -> tuple[Any, ...]:
        moment = now + rank * HOUR
        given = {"commence_le": moment, "now": moment + SECOND, "prochain_le": moment + HOUR}
        record_tour(travail="envoi", par="p" * 99, faits=faits, error=error, **given)
        session.rollback()
        row = session.scalars(select(Tour)).one()
        found = (row.etat, row.echecs, row.faits, row.message)
        assert (row.commence_le, row.fini_le, row.prochain_le, row.par) == (moment, moment + SECOND, moment + HOUR,
                                                                           "p" * 80)  # fmt: skip
        session.rollback()
        return found

    failed = Refused("Il manque ceci.")
    assert run(0, faits=3) == ("bon", 0, 3, "")
    assert [run(rank, failed) for rank in (1, 2)] == [
        ("echec", 1, 0, "Il manque ceci."), ("echec", 2, 0, "Il manque ceci."),
    ]  # fmt: skip
    assert run(3, Refused("x" * 1_001)) == ("echec", 3, 0, "x" * 1_000)
    assert run(4) == ("bon", 0, 0, "")
    ended = now + 4 * HOUR + SECOND
    for seconds, kept in ((59, 0), (60, 60), (1, 60), (0, 0)):
        mark_alive(travail="envoi", now=ended + seconds * SECOND)
        session.rollback()
        assert session.scalars(select(Tour.fini_le)).one() == ended + kept * SECOND
        session.rollback()
    mark_alive(travail="autre", now=now)
    assert session.scalars(select(Tour.travail)).all() == ["envoi"]
