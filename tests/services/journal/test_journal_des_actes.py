"""Each act that changes no column leaves its own line: what was done, on what, in whose département, with what."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, REFERENT, Acteur
from paqte.domain.statuts.courriels import REFUSE
from paqte.domain.statuts.taches import ECHOUEE
from paqte.models import Courriel, Journal, Rattachement, Signataire, Tache, Utilisateur
from paqte.queries.conventions.conventions import read_convention
from paqte.queries.conventions.signataires import SignatairesSought
from paqte.services.comptes.acces import disable_account, enable_account, invite_again
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import close_session, open_session, record_refusal, request_link
from paqte.services.comptes.personnes import erase_account
from paqte.services.comptes.utilisateurs import disable_user, enable_user, invite_user_again
from paqte.services.conventions.retraits import delete_convention
from paqte.services.conventions.signataires import ContactTyped, change_signataire, export_list
from paqte.services.courriels.courriels import send_again
from paqte.services.declarations.preuves.attestations import make_attestation
from paqte.services.planificateur.taches import retry_task
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, an_identite, secret_received

SITE, MAIL = "https://paqte.exemple.fr", "bruno@val.test"
NOUR = Acteur(None, "Nour", ADMIN)
Line = tuple[str, str, str, str | None, dict[str, Any], dict[str, Any]]


@pytest.fixture
def acts(session: Any) -> Callable[[Callable[[], object]], list[Line]]:
    """The lines that an act leaves beside those of the columns it changes."""

    def done(act: Callable[[], object]) -> list[Line]:
        session.rollback()
        known = set(session.scalars(select(Journal.id)))
        session.rollback()
        act()
        session.rollback()
        j = Journal
        lines = session.scalars(select(j).where(j.acte.not_in(("creer", "modifier", "supprimer"))).order_by(j.id))
        return [
            (one.acte, one.objet, one.objet_id, one.departement_code, json.loads(one.avant), json.loads(one.apres))
            for one in lines
            if one.id not in known
        ]

    return done


def invited(now: datetime, *signataires: int, actor: Acteur = CAMILLE) -> None:
    given = {"courriel": MAIL, "nom": "Bruno Lenoir", "signataires": signataires}
    invite_user(actor=actor, role=ENTREPRISE, base_url=SITE, now=now, **given)


def key_of(session: Any, courriel: str = MAIL) -> int:
    return session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()


def test_the_account_of_a_company_from_the_invitation_to_the_last_session(
    session: Any, now: datetime, acts: Any
) -> None:
    mine, hers = a_signataire(), a_signataire("Distillerie (fictif)", "972")
    assert acts(lambda: invited(now, mine)) == [("inviter", "utilisateur", "1", "41", {}, {})]
    key = key_of(session)
    invited(now, hers, actor=ZOE)
    of_bruno = ("utilisateur", str(key))
    assert acts(lambda: disable_account(actor=CAMILLE, now=now, utilisateur_id=key)) == [
        ("desactiver", *of_bruno, "41", {}, {})
    ]
    assert session.get_one(Utilisateur, key).is_active, "another département still opens to him"
    assert acts(lambda: disable_account(actor=ZOE, now=now, utilisateur_id=key)) == [
        ("desactiver", *of_bruno, "972", {}, {})
    ]
    session.rollback()
    assert not session.get_one(Utilisateur, key).is_active
    assert acts(lambda: enable_account(actor=CAMILLE, now=now, utilisateur_id=key)) == [
        ("reactiver", *of_bruno, "41", {}, {})
    ]
    rows = dict(session.execute(select(Rattachement.signataire_id, Rattachement.is_suspendu)).all())
    assert rows == {mine: False, hers: True}
    again = acts(lambda: invite_again(actor=CAMILLE, now=now, utilisateur_id=key, base_url=SITE))
    assert again == [("inviter", *of_bruno, "41", {}, {})]
    disable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    enable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    disable_account(actor=ZOE, now=now, utilisateur_id=key)
    later = now + timedelta(hours=1)
    asked = acts(lambda: request_link(courriel=MAIL, origine="203.0.113.9", base_url=SITE, now=later))
    assert [line[:3] for line in asked] == [("demander_lien", *of_bruno)]
    secret = secret_received(MAIL, later)
    opened: list[Any] = []
    came = acts(lambda: opened.append(open_session(secret=secret, now=later)))
    assert [line[:3] for line in came] == [("connexion", *of_bruno)]
    actor = opened[0].acteur
    assert [line[:3] for line in acts(lambda: close_session(secret=opened[0].secret, actor=actor, now=later))] == [
        ("deconnexion", *of_bruno)
    ]


def test_an_account_that_stands_for_a_refused_invitation_is_told_as_any_other(
    session: Any, now: datetime, acts: Any
) -> None:
    mine = a_signataire()
    a_departement("972")
    given = {"courriel": MAIL, "nom": "Bruno", "base_url": SITE, "now": now}
    invite_user(actor=NOUR, role=REFERENT, departement="972", **given)
    invited(now, mine)
    key = session.scalars(select(Rattachement.utilisateur_id)).one()
    assert key != key_of(session)
    of_him = ("utilisateur", str(key), "41", {}, {})
    assert acts(lambda: disable_account(actor=CAMILLE, now=now, utilisateur_id=key)) == [("desactiver", *of_him)]
    assert acts(lambda: enable_account(actor=CAMILLE, now=now, utilisateur_id=key)) == [("reactiver", *of_him)]
    assert not session.get_one(Utilisateur, key).is_active
    again = acts(lambda: invite_again(actor=CAMILLE, now=now, utilisateur_id=key, base_url=SITE))
    assert again == [("inviter", *of_him)]
    mails = session.execute(select(Courriel.etat, Courriel.departement_code, Courriel.motif).order_by(Courriel.id))
    assert [tuple(row) for row in mails][-2:] == [("refuse", "41", "invitation"), ("en_attente", "41", "invitation")]
    erased = acts(lambda: erase_account(actor=CAMILLE, now=now, utilisateur_id=key))
    assert ("effacer", "utilisateur", str(key)) in [line[:3] for line in erased]


def test_R30_an_account_shared_with_another_department_goes_on_there(session: Any, now: datetime, acts: Any) -> None:
    mine, hers = a_signataire(), a_signataire("Distillerie (fictif)", "972")
    invited(now, mine)
    invited(now, hers, actor=ZOE)
    key = key_of(session)
    camille = replace(CAMILLE, utilisateur_id=99)
    erased = acts(lambda: erase_account(actor=camille, now=now, utilisateur_id=key))
    assert erased == [("effacer", "utilisateur", str(key), "41", {}, {})]
    assert session.scalars(select(Rattachement.signataire_id)).all() == [hers]
    assert session.get_one(Utilisateur, key).is_active


def test_what_is_asked_without_right_is_kept_at_forty_signs(now: datetime, acts: Any, session: Any) -> None:
    a_departement("41")
    refused = acts(lambda: record_refusal(actor=CAMILLE, objet="o" * 50, objet_id="7" * 50, now=now))
    assert [line[:3] for line in refused] == [("acces_refuse", "o" * 40, "7" * 40)]


def test_a_link_refused_says_why_and_beyond_five_once(now: datetime, acts: Any, session: Any) -> None:
    def ask() -> None:
        request_link(courriel="x@val.test", origine="203.0.113.9", base_url=SITE, now=now)

    def motives(lines: list[Line]) -> list[tuple[str, str, Any]]:
        return [(acte, objet, apres.get("motif")) for acte, objet, _, _, _, apres in lines]

    assert [motives(acts(ask)) for _ in range(7)] == [
        *([[("lien_refuse", "connexion", "adresse inconnue")]] * 5),
        [("lien_refuse", "connexion", "trop de demandes (adresse)")],
        [],
    ]


def test_the_accounts_of_the_state_are_closed_and_opened_in_their_own_department(
    session: Any, now: datetime, acts: Any
) -> None:
    a_departement("41")
    invite_user(actor=NOUR, role=REFERENT, courriel="c@gouv.test", nom="Camille", base_url=SITE, now=now,
                departement="41")  # fmt: skip
    key = key_of(session, "c@gouv.test")
    of_her = ("utilisateur", str(key), "41", {}, {})
    assert acts(lambda: disable_user(actor=NOUR, utilisateur_id=key, now=now)) == [("desactiver", *of_her)]
    assert acts(lambda: enable_user(actor=NOUR, utilisateur_id=key, now=now)) == [("reactiver", *of_her)]
    again = acts(lambda: invite_user_again(actor=NOUR, utilisateur_id=key, base_url=SITE, now=now))
    assert again == [("inviter", *of_her)]


def test_the_list_of_signatories_leaves_with_what_it_was_narrowed_to(session: Any, now: datetime, acts: Any) -> None:
    a_signataire("Menuiserie Val (fictif)"), a_signataire("Garage Blois (fictif)")
    sought = SignatairesSought(q="Garage")
    lines = acts(lambda: export_list(actor=CAMILLE, criteres=sought, now=now))
    assert [line[:4] for line in lines] == [("exporter", "signataire", "", "41")]
    apres = lines[0][5]
    assert (apres["lignes"], apres["q"]) == (1, "Garage") and all(apres.values())


def test_a_contact_taken_away_stays_in_the_history_of_its_signatory(session: Any, now: datetime, acts: Any) -> None:
    key = a_signataire()

    def save(*contacts: ContactTyped) -> None:
        version = session.scalar(select(Signataire.version).where(Signataire.id == key))
        change_signataire(actor=CAMILLE, signataire_id=key, version=version, identite=an_identite(), now=now,
                          contacts=contacts)  # fmt: skip

    save(ContactTyped("Bruno Garnier", "Gérant", MAIL))
    lines = acts(save)
    assert [line[:4] for line in lines] == [("retirer_contact", "signataire", str(key), "41")]
    assert lines[0][4] == {"telephone": ""}, "the person's own words stand beside the line"


def test_a_projet_deleted_stays_in_the_history_of_its_signatory(session: Any, now: datetime, acts: Any) -> None:
    signataire = a_signataire()
    key = a_convention(signataire, statut="projet", signee_le=None)
    version = read_convention(actor=CAMILLE, convention_id=key, now=now).version
    lines = acts(lambda: delete_convention(actor=CAMILLE, convention_id=key, version=version, now=now))
    assert lines == [("supprimer_convention", "signataire", str(signataire), "41", {"numero": "41-2025-001"}, {})]


def test_an_attestation_leaves_who_asked_and_its_code(session: Any, now: datetime, acts: Any) -> None:
    key = a_convention(a_signataire(), "S2")
    asked, made = acts(lambda: make_attestation(actor=CAMILLE, now=now, convention_id=key))
    assert asked == ("attester", "convention", str(key), "41", {}, {})
    assert (made[:2], len(made[2]), made[3:]) == (("emettre", "attestation"), 19, ("41", {}, {"convention": key}))


def test_a_mail_sent_again_and_a_task_taken_up_again_are_told(session: Any, now: datetime, acts: Any) -> None:
    invited(now, a_signataire())
    with transaction(actor=NOUR, now=now) as writing:
        given = {"etat": REFUSE, "erreur": "550", "essais": 3, "motif": "relance", "departement_code": "41"}
        writing.execute(update(Courriel).values(**given))
    mail = session.scalars(select(Courriel.id)).one()
    sent = acts(lambda: send_again(actor=CAMILLE, courriel_id=mail, now=now))
    assert sent == [("renvoyer", "courriel", str(mail), "41", {}, {})]
    row = session.get_one(Courriel, mail)
    assert (row.etat, row.erreur, row.essais, row.prochain_essai) == ("en_attente", "", 0, now)
    session.rollback()
    plan_all(now=now)
    task = session.scalars(select(Tache.id).where(Tache.travail == "bilan", Tache.periode == "2026-S1")).one()
    with transaction(actor=NOUR, now=now) as writing:
        writing.execute(update(Tache).where(Tache.id == task).values(etat=ECHOUEE, prise_le=now, finie_le=now))
    told: list[str] = []
    again = acts(lambda: told.append(retry_task(actor=NOUR, tache_id=task, now=now)))
    assert again == [("relancer", "tache", str(task), "41", {}, {})]
    assert told[0].endswith(" 41 2026-S1")
    assert session.get_one(Tache, task).finie_le is None
