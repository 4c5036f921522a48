"""How much a company, a signatory and a person may send in all and in a day, also when two send at once (R29)."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ADMIN, Acteur
from paqte.models import Action, Fichier, Journal, Reglage, db
from paqte.queries.reglages.reglages import read_national, version_of
from paqte.services.comptes.connexion import record_refusal
from paqte.services.declarations.preuves.actions import ActionTyped, propose_action
from paqte.services.declarations.preuves.justificatifs import add_evidence, remove_evidence
from paqte.services.pieces import FichierReady, FichierReceived
from paqte.services.reglages.reglages import save_national_settings, save_settings
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, bruno
from tests.services.declarations.test_declarations import Maison

ALIX = Acteur(None, "Alix", ADMIN)
MO = 1024 * 1024


@pytest.fixture(autouse=True)
def sound_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file holds is another matter: here, only how many and how large."""
    ready = "paqte.services.declarations.preuves.{}.examine"
    for place in ("justificatifs", "actions"):
        monkeypatch.setattr(
            ready.format(place), lambda piece, **_: FichierReady(piece.nom, "application/pdf", piece.octets)
        )


@pytest.fixture
def maison(session: Any, now: datetime) -> Maison:
    return Maison(now, "R3", "S2")


@pytest.fixture
def contact(maison: Maison) -> Acteur:
    return bruno(maison.signataire)


def limit(now: datetime, **values: int) -> None:
    with transaction(actor=ALIX, now=now) as session:
        session.add_all(Reglage(departement_code=None, cle=cle, valeur=str(value)) for cle, value in values.items())


def add(maison: Maison, actor: Acteur, octets: int = 10, code: str = "R3", now: datetime | None = None) -> int:
    return add_evidence(
        actor=actor,
        now=now or maison.now,
        declaration_id=maison.id,
        engagement_id=maison.keys[code],
        piece=FichierReceived("a.pdf", b"a" * octets),
    )


def tell(maison: Maison, actor: Acteur, now: datetime, piece: FichierReceived | None = None) -> int:
    told = ActionTyped(date=now.date(), axe=next(iter(catalogue().axes)), titre="Forum", texte="Un forum.")
    return propose_action(actor=actor, now=now, signataire_id=maison.signataire, action=told, piece=piece)


@pytest.mark.parametrize(
    ("cle", "said"),
    [
        ("quota_signataire_fichiers", "Ce signataire a atteint 2 pièces"),
        ("quota_entreprise_fichiers", "Cette entreprise a atteint 2 pièces"),
        ("quota_jour_fichiers", "2 pièces ont déjà été jointes en vingt-quatre heures"),
    ],
)
def test_a_quota_of_files_is_kept_for_answers_and_actions_together(
    maison: Maison, contact: Acteur, session: Any, now: datetime, cle: str, said: str
) -> None:
    limit(now, **{cle: 2})
    add(maison, contact)
    tell(maison, contact, now, FichierReceived("photo.jpg", b"a"))
    for once_more in (
        lambda: add(maison, contact, code="S2"),
        lambda: tell(maison, contact, now, FichierReceived("b.jpg", b"a")),
    ):
        with pytest.raises(Refused) as refused:
            once_more()
        assert refused.value.errors["fichier"].startswith(said) and "référent" in refused.value.errors["fichier"]
    assert session.scalar(select(func.count(Fichier.id))) == 2
    assert session.scalar(select(func.count(Action.id))) == 1


@pytest.mark.parametrize("cle", ["quota_signataire_mo", "quota_entreprise_mo", "quota_jour_mo"])
def test_a_quota_of_bytes_takes_the_last_byte_and_not_one_more(
    maison: Maison, contact: Acteur, now: datetime, cle: str
) -> None:
    limit(now, **{cle: 1})
    add(maison, contact, MO - 10)
    with pytest.raises(Refused, match="1 Mo de pièces"):
        add(maison, contact, 11)
    add(maison, contact, 10)


def test_what_was_taken_away_counts_in_the_day_and_no_longer_the_day_after(
    maison: Maison, contact: Acteur, now: datetime
) -> None:
    limit(now, quota_jour_fichiers=2)
    for _ in range(2):
        remove_evidence(actor=contact, now=now, justificatif_id=add(maison, contact))
    with pytest.raises(Refused, match="joignez la suite demain"):
        add(maison, contact, now=now + timedelta(hours=23, minutes=59))
    add(maison, contact, now=now + timedelta(hours=24, minutes=1))


def test_actions_told_in_a_day_have_a_quota(maison: Maison, contact: Acteur, session: Any, now: datetime) -> None:
    limit(now, quota_jour_actions=2)
    tell(maison, contact, now - timedelta(hours=25))
    for _ in range(2):
        tell(maison, contact, now)
    with pytest.raises(Refused, match=r"2 actions ont déjà été racontées.*Gardez votre texte"):
        tell(maison, contact, now)
    assert session.scalar(select(func.count(Action.id))) == 3


@pytest.mark.parametrize("are_files_first", [True, False])
def test_the_files_of_a_day_and_its_actions_are_counted_apart(
    maison: Maison, contact: Acteur, now: datetime, are_files_first: bool
) -> None:
    limit(now, quota_jour_fichiers=2, quota_jour_actions=2)

    def files() -> None:
        remove_evidence(actor=contact, now=now, justificatif_id=add(maison, contact))
        add(maison, contact)
        with pytest.raises(Refused, match="2 pièces ont déjà été jointes"):
            add(maison, contact)

    def actions() -> None:
        tell(maison, contact, now), tell(maison, contact, now)
        with pytest.raises(Refused, match="2 actions ont déjà été racontées"):
            tell(maison, contact, now)

    for act in (files, actions) if are_files_first else (actions, files):
        act()


def test_two_who_send_at_once_do_not_pass_a_quota_together(
    app: Any, maison: Maison, contact: Acteur, session: Any, now: datetime
) -> None:
    limit(now, quota_signataire_fichiers=1)
    session.rollback()
    told, start = list[str](), threading.Barrier(4)

    def send() -> None:
        with app.app_context():
            start.wait()
            try:
                add(maison, contact)
                told.append("kept")
            except Refused as refused:
                told.append(str(refused)[:14])
            finally:
                db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["Ce signataire ", "Ce signataire ", "Ce signataire ", "kept"]
    assert session.scalar(select(func.count(Fichier.id))) == 1


def test_limits_are_set_by_an_administrator_for_everybody_and_by_no_referent(maison: Maison, now: datetime) -> None:
    def save(**values: str) -> None:
        save_national_settings(actor=ALIX, now=now, version=version_of(read_national()), values=values)

    save(quota_signataire_mo="3")
    assert read_national()["quota_signataire_mo"][:2] == ("3", "200")
    for wrong in ("0", "-1", "1,5", "beaucoup", "1000001"):
        with pytest.raises(Refused) as refused:
            save(quota_signataire_mo=wrong)
        assert set(refused.value.errors) == {"quota_signataire_mo"}
    with pytest.raises(Refused, match="n’existe pas"):
        save_settings(actor=CAMILLE, now=now, departement="41", version=None, values={"quota_signataire_mo": "9"})
    save(quota_signataire_mo="")
    assert read_national()["quota_signataire_mo"].valeur == "200"


def test_a_refused_read_leaves_one_line_a_minute_for_a_person_and_kind(
    maison: Maison, contact: Acteur, session: Any, now: datetime
) -> None:
    def refuse(actor: Acteur, objet: str, seconds: float, times: int = 50) -> None:
        for rank in range(times):
            moment = now + timedelta(seconds=seconds)
            record_refusal(actor=actor, objet=objet, objet_id=str(rank), now=moment)

    def lines() -> int:
        return session.scalar(select(func.count(Journal.id)).where(Journal.acte == "acces_refuse"))

    hers = Acteur(77, "Bruno", contact.role, None, contact.signataires)
    refuse(hers, "introuvable", 0)
    assert lines() == 1
    refuse(hers, "introuvable", 59)
    refuse(hers, "admin.comptes", 59)
    refuse(Acteur(78, "Zoé", CAMILLE.role, "972"), "introuvable", 59)
    assert lines() == 3
    refuse(hers, "introuvable", 61)
    assert lines() == 4


def test_refused_reads_of_a_day_stop_filling_the_journal(maison: Maison, session: Any, now: datetime) -> None:
    limit(now, quota_jour_refus=3)
    for minute in range(0, 20, 2):
        record_refusal(
            actor=Acteur(77, "Bruno", CAMILLE.role, "41"),
            objet="introuvable",
            objet_id="1",
            now=now + timedelta(minutes=minute),
        )
    assert session.scalar(select(func.count(Journal.id)).where(Journal.acte == "acces_refuse")) == 3
