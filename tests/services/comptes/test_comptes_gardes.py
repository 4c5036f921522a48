"""What is kept of accounts and of lists, for how long, and what an account may be given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.personnes.sessions import HABIT_LIFE, LONGEST_FORM
from paqte.models import (
    ContactSignataire,
    Envoi,
    ListKept,
    Utilisateur,
)
from paqte.queries.comptes.comptes import actor_of
from paqte.services.comptes import effacement
from paqte.services.comptes.comptes import invite_user, purge_expired
from paqte.services.comptes.habitudes import keep_habit
from paqte.services.comptes.invitations import invite_contacts
from paqte.services.comptes.personnes import export_contact
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_convention, a_departement
from tests.services.journal.test_journal_des_comptes import account, invite, last, signataire, written
from tests.services.refus import refusals

SITE = "https://paqte.exemple.fr"
SECOND = timedelta(seconds=1)
__all__ = ["signataire"]


def test_how_a_list_is_looked_at_is_kept_up_to_a_thousand_signs_and_a_year(
    session: Any, now: datetime, signataire: int
) -> None:
    key = account(session, "camille@pref.test")
    camille = replace(CAMILLE, utilisateur_id=key)

    def kept() -> list[tuple[str, str, datetime]]:
        session.rollback()
        h = ListKept
        return [tuple(row) for row in session.execute(select(h.liste, h.filtres, h.gardee_le).order_by(h.id))]

    def keep(filtres: str, moment: datetime = now, liste: str = "signataires", actor: Acteur = camille) -> None:
        session.rollback()
        keep_habit(actor=actor, liste=liste, filtres=filtres, now=moment)

    keep("a" * 1_000)
    assert kept() == [("signataires", "a" * 1_000, now)]
    keep("a" * 1_001)
    keep("b", actor=PLANIFICATEUR)
    keep("a" * 1_000, now + timedelta(days=1))
    assert kept() == [("signataires", "a" * 1_000, now)], "the same, a day later"
    keep("a" * 1_000, now + timedelta(days=1) + SECOND)
    assert kept()[0][2] == now + timedelta(days=1) + SECOND
    keep("x", liste="conventions")
    keep("", now + timedelta(days=2))
    assert [row[0] for row in kept()] == ["conventions"]
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add_all(Envoi(cle=str(n) * 32, quand=now - LONGEST_FORM - n * SECOND) for n in range(2))
    assert purge_expired(actor=PLANIFICATEUR, now=now) == 1
    assert purge_expired(actor=PLANIFICATEUR, now=now + HABIT_LIFE) >= 1
    assert [row[0] for row in kept()] == ["conventions"]
    purge_expired(actor=PLANIFICATEUR, now=now + HABIT_LIFE + SECOND)
    assert kept() == []


def test_many_invited_at_once_are_told_by_their_number(session: Any, now: datetime, signataire: int) -> None:
    a_convention(signataire)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        rows = [ContactSignataire(signataire_id=signataire, nom=f"C{n}", courriel=f"c{n}@val.test", created_at=now)
                for n in range(3)]  # fmt: skip
        writing.add_all(rows)
        writing.flush()
        keys = [row.id for row in rows]
    start = last(session)
    done = invite_contacts(actor=CAMILLE, now=now, contacts=keys[:2], base_url=SITE)
    assert (done.faits, done.refuses) == (tuple(keys[:2]), {})
    batch, *others = written(session, start)
    assert batch == ("inviter", "selection", "", "41", {"nombre": 2})
    assert [line[:2] for line in others] == [("inviter", "utilisateur")] * 2
    export_contact(actor=CAMILLE, now=now, signataire_id=signataire, contact_id=keys[2])
    assert written(session)[-1] == ("exporter_donnees", "contact_signataire", str(keys[2]), "41", {})


def test_R30_the_names_taken_off_are_those_of_these_columns() -> None:
    assert {f"{column.class_.__name__}.{column.key}" for column in effacement.AUTHORED} == {
        "Declaration.transmise_par", "Declaration.validee_par", "Realisation.saisie_par", "Retour.par",
        "Justificatif.par", "Signalement.par", "Signalement.traite_par", "Transmission.par", "Veille.traite_par",
        "Gabarit.installe_par", "BilanRecu.recu_par", "BilanRecu.decide_par",
    }  # fmt: skip
    assert set(effacement.CARDS) == {"contact_signataire", "referent"}


def test_a_regional_account_is_given_a_region_that_exists_and_nothing_else(session: Any, now: datetime) -> None:
    a_departement("41")

    def told(role: str, **more: Any) -> dict[str, str]:
        return refusals(lambda: invite(now, role, "x@pref.test", **more))

    assert told("region") == {"region": "Donnez le code de la région, par exemple 24."}
    assert told("region", region="99") == {"region": "La région « 99 » n’existe pas."}
    whole = {"departement": "Le compte d’une préfecture de région lit tous les départements de sa région."}
    assert told("region", region="24", departement="41") == whole
    only = {"region": "Seul le compte d’une préfecture de région reçoit une région."}
    assert told("referent", region="24", departement="41") == only
    assert told("national", departement="9" * 20) == {"departement": f"Le département « {'9' * 10} » n’existe pas."}
    fictive = {"courriel": "Ce nom de domaine n’existe pas : saisissez une adresse qui reçoit du courriel."}
    given: dict[str, Any] = {"departement": "41", "by_mail": False}
    refused = refusals(
        lambda: invite_user(
            actor=PLANIFICATEUR, role=REFERENT, courriel="x@paqte.invalid", nom="X", base_url=SITE, now=now, **given
        )
    )
    assert refused == fictive
    local = {**given, "base_url": "http://127.0.0.1:8000"}
    assert invite_user(actor=PLANIFICATEUR, role=REFERENT, courriel="x@paqte.invalid", nom="X", now=now, **local)
    assert actor_of(session.scalars(select(Utilisateur)).one()).departement == "41"
