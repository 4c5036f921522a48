"""Each act on an account leaves one line, of the département where it was done, and says what was done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, NATIONAL, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.personnes.jetons import digest
from paqte.domain.statuts.courriels import Message
from paqte.models import (
    Courriel,
    JetonConnexion,
    Journal,
    JournalPersonne,
    Reglage,
    SessionOuverte,
    Utilisateur,
)
from paqte.queries.journal import check_chain, lines_where
from paqte.services.comptes.acces import disable_account, enable_account, invite_again
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import (
    RequestSource,
    close_session,
    end_session,
    open_session,
    record_dead_link,
    record_refusal,
    request_link,
    use_up,
)
from paqte.services.comptes.identite import ask_new_address, change_own_name
from paqte.services.comptes.personnes import erase_account, erase_user, export_account
from paqte.services.comptes.utilisateurs import (
    disable_by_address,
    disable_user,
    enable_user,
    hand_link,
    invite_user_again,
    withdraw_departement,
)
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_departement, a_signataire
from tests.services.refus import refusals

SITE = "https://paqte.exemple.fr"
SECOND = timedelta(seconds=1)
OF_ROWS = ("creer", "modifier", "supprimer", "charger")
Line = tuple[str, str, str, str | None, dict[str, Any]]


def written(session: Any, since: int = 0) -> list[Line]:
    """What was noted since then: act, thing, its number, département, and what it says."""
    session.rollback()
    j = Journal
    columns = (j.acte, j.objet, j.objet_id, j.departement_code, j.apres)
    rows = session.execute(select(*columns).where(j.id > since, j.acte.not_in(OF_ROWS)).order_by(j.id)).all()
    session.rollback()
    return [(*row[:4], json.loads(row[4])) for row in rows]


def last(session: Any) -> int:
    session.rollback()
    return session.scalar(select(func.max(Journal.id))) or 0


def account(session: Any, courriel: str) -> int:
    session.rollback()
    key: int = session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()
    session.rollback()
    return key


def invite(now: datetime, role: str, courriel: str, actor: Acteur = PLANIFICATEUR, **more: Any) -> str:
    given = {"nom": courriel[:5].title(), "base_url": SITE, "now": now, **more}
    return invite_user(actor=actor, role=role, courriel=courriel, **given)


@pytest.fixture
def signataire(session: Any, now: datetime) -> int:
    """Camille's company, and hers and Zoé's accounts; Ada runs the installation."""
    key = a_signataire()
    a_departement("972")
    for role, courriel, place in ((REFERENT, "camille@pref.test", "41"), (REFERENT, "zoe@pref.test", "972"),
                                  (ADMIN, "ada@paqte.test", None)):  # fmt: skip
        invite(now, role, courriel, departement=place, by_mail=False)
    return key


def test_R30_what_a_referent_does_with_an_account_is_a_line_of_her_departement(
    session: Any, now: datetime, signataire: int
) -> None:
    start = last(session)
    invite(now, ENTREPRISE, "bruno@val.test", CAMILLE, signataires=[signataire])
    key = account(session, "bruno@val.test")
    hers = {"actor": CAMILLE, "now": now, "utilisateur_id": key}
    invite_again(**hers, base_url=SITE)
    disable_account(**hers)
    with pytest.raises(Refused, match="désactivé"):
        invite_again(**hers, base_url=SITE)
    enable_account(**hers)
    export_account(**hers)
    erase_account(**hers)
    acts = ("inviter", "inviter", "desactiver", "reactiver", "exporter_donnees", "effacer")
    # An erased account had no département of its own.
    places = ("41", "41", "41", "41", "41", None)
    told = [(acte, "utilisateur", str(key), place, {}) for acte, place in zip(acts, places, strict=True)]
    assert written(session, start) == told


def test_R30_what_is_shared_with_another_departement_is_suspended_and_erased_in_one_alone(
    session: Any, now: datetime, signataire: int
) -> None:
    other = a_signataire("Rhum (fictif)", "972")
    zoe = Acteur(account(session, "zoe@pref.test"), "Zoé", REFERENT, "972")
    for actor, key in ((CAMILLE, signataire), (zoe, other)):
        invite(now, ENTREPRISE, "bruno@val.test", actor, signataires=[key])
    key, start = account(session, "bruno@val.test"), last(session)
    hers = {"actor": CAMILLE, "now": now, "utilisateur_id": key}
    disable_account(**hers)
    assert session.get_one(Utilisateur, key).is_active, "the 972 still counts on it"
    enable_account(**hers)
    erase_account(**hers)
    acts = ("desactiver", "reactiver", "effacer")
    assert written(session, start) == [(acte, "utilisateur", str(key), "41", {}) for acte in acts]
    assert session.get_one(Utilisateur, key).courriel == "bruno@val.test"


def test_R30_an_address_that_serves_elsewhere_leaves_in_the_41_what_an_invitation_leaves(
    session: Any, now: datetime, signataire: int
) -> None:
    start = last(session)
    for _ in range(2):
        invite(now, ENTREPRISE, "zoe@pref.test", CAMILLE, signataires=[signataire])
    shadow = session.scalars(select(Utilisateur.id).order_by(Utilisateur.id.desc()).limit(1)).one()
    assert written(session, start) == [("inviter", "utilisateur", str(shadow), "41", {})] * 2
    c = Courriel
    rows = session.execute(select(c.motif, c.departement_code, c.appui, c.etat, c.destinataire).order_by(c.id)).all()
    told = ("invitation", "41", f'{{"compte": {shadow}}}')
    assert [tuple(row) for row in rows] == [
        (*told, "refuse", "zoe@pref.test"), (*told, "en_attente", "zoe@pref.test"),
    ]  # fmt: skip
    (_, text) = session.scalars(select(c.texte).order_by(c.id)).all()
    assert CAMILLE.nom in text and f"{SITE}/connexion" in text
    start = last(session)
    enable_account(actor=CAMILLE, now=now, utilisateur_id=shadow)
    assert written(session, start) == [("reactiver", "utilisateur", str(shadow), "41", {})]
    assert not session.get_one(Utilisateur, shadow).is_active, "nobody ever signs in by it"


def test_an_invitation_says_who_invites_to_which_companies_and_until_when(
    session: Any, now: datetime, signataire: int
) -> None:
    others = [a_signataire("Rives (fictif)"), a_signataire("Ébène (fictif)")]
    invite(now, ENTREPRISE, "bruno@val.test", CAMILLE, signataires=[signataire, *others])
    invite(now, ANIMATEUR, "anne@val.test", signataires=[signataire])
    invite(now, REFERENT, "denis@pref.test", departement="41")
    session.rollback()
    c = Courriel
    rows = session.execute(select(c.motif, c.departement_code, c.texte).order_by(c.id)).all()
    assert [row[:2] for row in rows] == [("invitation", "41")] * 3
    bruno, anne, denis = (row[2] for row in rows)
    assert f"{CAMILLE.nom} " in bruno and "L’équipe de PAQTE" not in bruno and "L’équipe de PAQTE" in anne + denis
    places = [bruno.index(nom) for nom in ("Ébène (fictif)", "Menuiserie Val (fictif)", "Rives (fictif)")]
    assert places == sorted(places), "in the order of the alphabet"
    for text in (bruno, anne, denis):
        assert "3 jours" in text and f"{SITE}/connexion/[lien-personnel]" in text and f"{SITE}/connexion\n" in text


def test_what_an_administrator_does_with_an_account_of_the_state_is_a_line_of_its_departement(
    session: Any, now: datetime, signataire: int
) -> None:
    ada, camille = account(session, "ada@paqte.test"), account(session, "camille@pref.test")
    actor, start = Acteur(ada, "Ada", ADMIN), last(session)
    own = {"actor": actor, "utilisateur_id": camille, "now": now}
    disable_user(**own)
    assert refusals(lambda: invite_user_again(**own, base_url=SITE)) == {
        "": "Ce compte est désactivé : réactivez-le avant de l’inviter à nouveau."
    }
    with pytest.raises(NotFound, match="Ce compte n’existe pas"):
        hand_link(actor=actor, courriel="camille@pref.test", base_url=SITE, now=now)
    enable_user(**own)
    invite_user_again(**own, base_url=SITE)
    assert hand_link(actor=actor, courriel="camille@pref.test", base_url=SITE, now=now).startswith(f"{SITE}/connexion/")
    session.rollback()
    link = session.scalars(select(JetonConnexion).order_by(JetonConnexion.id.desc())).first()
    assert (link.cree_le, link.expire_le, link.motif) == (now, now + timedelta(hours=1), "invitation")
    disable_by_address(actor=actor, courriel=" Camille@pref.test ", now=now)
    acts = ("desactiver", "reactiver", "inviter", "inviter", "desactiver")
    assert written(session, start) == [(acte, "utilisateur", str(camille), "41", {}) for acte in acts]
    assert refusals(lambda: disable_by_address(actor=actor, courriel="x@pref.test", now=now)) == {
        "": "Aucun compte ne porte cette adresse : rien n’a changé."
    }
    assert refusals(lambda: disable_user(actor=actor, utilisateur_id=ada, now=now)) == {
        "": "Vous ne pouvez pas désactiver votre propre compte : demandez-le à un autre administrateur."
    }
    zoe = {"actor": actor, "utilisateur_id": account(session, "zoe@pref.test"), "now": now}
    assert refusals(lambda: withdraw_departement(**zoe, departement="41")) == {
        "": "Ce compte n’a pas ce département : rien n’a changé."
    }
    assert refusals(lambda: withdraw_departement(**zoe, departement="972")) == {
        "": "C’est le seul département de ce référent : désactivez plutôt son compte."
    }
    hers = Acteur(zoe["utilisateur_id"], "Zoé", REFERENT, "972")
    acts_of_admin: list[Any] = [
        lambda: disable_user(actor=hers, utilisateur_id=camille, now=now),
        lambda: enable_user(actor=hers, utilisateur_id=camille, now=now),
        lambda: invite_user_again(actor=hers, utilisateur_id=camille, base_url=SITE, now=now),
        lambda: hand_link(actor=hers, courriel="camille@pref.test", base_url=SITE, now=now),
        lambda: disable_by_address(actor=hers, courriel="camille@pref.test", now=now),
        lambda: withdraw_departement(actor=hers, utilisateur_id=camille, departement="41", now=now),
    ]
    for act in acts_of_admin:
        with pytest.raises(NotFound, match=r"^Ce compte n’existe pas ou ne vous est pas ouvert"):
            act()


# --- sessions and links ------------------------------------------------------------------------------------


def test_a_session_opened_ended_and_closed_leaves_its_lines(session: Any, now: datetime, signataire: int) -> None:
    request_link(courriel="camille@pref.test", origine="192.0.2.1", base_url=SITE, now=now)
    mails: list[Message] = []
    send_due(transport=mails.append, now=now)
    secret = mails[0].texte.partition("/connexion/")[2].split()[0]
    source = RequestSource("2001:db8:1:2:3::4", "N" * 99)
    opened = open_session(secret=secret, now=now, depuis=source)
    key = account(session, "camille@pref.test")
    row = session.scalars(select(SessionOuverte)).one()
    assert (row.utilisateur_id, row.ouverte_le, row.vue_le) == (key, now, now)
    assert (row.origine, row.reseau, row.navigateur) == ("2001:db8:1:2:3::4", source.reseau, "N" * 80)
    number, actor = row.id, opened.acteur
    session.rollback()
    with pytest.raises(NotFound, match=r"^Cette session n’existe pas"):
        end_session(actor=replace(actor, utilisateur_id=key + 1), session_id=number, now=now)
    end_session(actor=actor, session_id=number, now=now)
    close_session(secret=opened.secret, actor=actor, now=now)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        assert use_up(writing, 999, now) is False
    hers = ("utilisateur", str(key))
    assert written(session)[-4:] == [
        ("demander_lien", *hers, "41", {}), ("connexion", *hers, None, {}),
        ("deconnexion", *hers, None, {"session": number}), ("deconnexion", *hers, None, {}),
    ]  # fmt: skip


def test_a_link_that_opens_nothing_leaves_one_line_a_minute_a_reason_and_an_origin(
    session: Any, now: datetime, signataire: int
) -> None:
    key = account(session, "camille@pref.test")
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        given = {"utilisateur_id": key, "cree_le": now, "expire_le": now}
        writing.add(JetonConnexion(empreinte=digest("perime"), motif="connexion", **given))
    here, there = RequestSource("192.0.2.1"), RequestSource("198.51.100.7")
    start = last(session)
    for secret, source, seconds in (
        ("inconnu", here, 0), ("autre", here, 0), ("perime", here, 0), ("inconnu", there, 0), ("inconnu", here, 59),
        ("inconnu", here, 60),
    ):  # fmt: skip
        record_dead_link(secret=secret, now=now + seconds * SECOND, depuis=source)
    unknown, dead = ("connexion_refusee", "connexion", "", None), ("connexion_refusee", "utilisateur", str(key))
    found = written(session, start)
    assert [line[:4] for line in found] == [unknown, (*dead, found[1][3]), unknown, unknown]
    assert found[1][3] in (None, "41")
    p = JournalPersonne
    told = session.execute(
        select(p.champ, p.valeur, p.sujet).where(p.journal_id > start).order_by(p.journal_id, p.champ)
    ).all()
    trails = [digest(f"origine:{source.reseau}")[:32] for source in (here, here, there, here)]
    assert [tuple(row) for row in told] == [("apres.adresse", trail, "connexion") for trail in trails]
    assert [line[4]["motif"] for line in found] == ["lien inconnu", "lien périmé", "lien inconnu", "lien inconnu"]


def test_somebody_who_insists_leaves_one_line_a_minute_and_so_many_a_day(
    session: Any, now: datetime, signataire: int
) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Reglage(departement_code=None, cle="quota_jour_refus", valeur="3"))
    key = account(session, "camille@pref.test")
    camille = replace(CAMILLE, utilisateur_id=key)
    start = last(session)

    def refuse(objet: str, seconds: int, actor: Acteur = camille) -> None:
        record_refusal(actor=actor, objet=objet, objet_id="7" * 50, now=now + seconds * SECOND)

    for objet, seconds in (("bilan", 0), ("bilan", 59), ("convention" * 9, 59), ("bilan", 60), ("bilan", 200)):
        refuse(objet, seconds)
    number = "7" * 40
    assert written(session, start) == [
        ("acces_refuse", "bilan", number, None, {}), ("acces_refuse", ("convention" * 9)[:40], number, None, {}),
        ("acces_refuse", "bilan", number, None, {}),
    ]  # fmt: skip
    refuse("bilan", 24 * 3600 - 1)
    assert len(written(session, start)) == 3, "three in twenty-four hours"
    refuse("bilan", 24 * 3600)
    assert len(written(session, start)) == 4, "the first is a day old"
    for _ in range(2):
        refuse("bilan", 0, PLANIFICATEUR)
    assert len(written(session, start)) == 6, "nobody's account is told apart"


def test_a_new_address_asked_for_is_a_line_and_a_mail_of_the_place_whoever_has_it(
    session: Any, now: datetime, signataire: int
) -> None:
    key = account(session, "camille@pref.test")
    camille, start = replace(CAMILLE, utilisateur_id=key), last(session)
    for address in ("neuve@pref.test", "zoe@pref.test"):
        ask_new_address(actor=camille, courriel=address, base_url=SITE, now=now)
    assert written(session, start) == [("demander_adresse", "utilisateur", str(key), "41", {})] * 2
    c = Courriel
    rows = session.execute(select(c.destinataire, c.motif, c.departement_code, c.utilisateur_id).order_by(c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("neuve@pref.test", "nouvelle_adresse", "41", key), ("zoe@pref.test", "adresse_changee", "41", None),
    ]  # fmt: skip
    first = session.scalars(select(c.texte).order_by(c.id)).first()
    assert "24 heures" in first and f"{SITE}/connexion/[lien-personnel]" in first
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Utilisateur).where(Utilisateur.id == key).values(is_active=False))
    for actor in (camille, replace(CAMILLE, utilisateur_id=999), PLANIFICATEUR):
        with pytest.raises(NotFound, match=r"^Ce compte n’existe pas"):
            change_own_name(actor=actor, nom="Autre", now=now)


def test_R30_a_sign_in_says_from_where_until_its_person_is_erased(session: Any, now: datetime) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        person = Utilisateur(courriel="nadia@etat.test", nom="Nadia Seck", role=NATIONAL, created_at=now)
        writing.add(person)
        writing.flush()
        key = person.id
    link = hand_link(actor=PLANIFICATEUR, courriel="nadia@etat.test", base_url=SITE, now=now)
    source = RequestSource("192.0.2.7", "Firefox sur Windows")
    open_session(secret=link.partition("/connexion/")[2], now=now, depuis=source)
    line = lines_where(Journal.acte == "connexion")[0]
    assert line.apres == {"depuis": "192.0.2.7, Firefox sur Windows"}
    stored = session.scalars(select(Journal.apres).where(Journal.id == line.id)).one()
    assert stored == "{}", "its words stand beside the line, where they may be taken away"
    erase_user(actor=PLANIFICATEUR, utilisateur_id=key, now=now)
    assert lines_where(Journal.id == line.id)[0].apres == {"depuis": "effacé"}
    assert check_chain().fautes == ()
