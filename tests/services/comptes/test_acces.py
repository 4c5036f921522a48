"""What a référent does with the accounts of her companies and animateurs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, REFERENT, Acteur
from paqte.domain.personnes.sessions import INVITATION_LIFE
from paqte.models import Courriel, Journal, Rattachement, Utilisateur
from paqte.queries.comptes.comptes import find_session, is_link_open
from paqte.queries.comptes.invitations import access_of_signatory, list_access, read_access
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.preuves.actions import read_action
from paqte.queries.suivi.entreprise import list_followed, read_espace
from paqte.services.comptes.acces import disable_account, enable_account, give_access, invite_again, withdraw_right
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.connexion import LinkRefused, SessionOpened, open_session
from paqte.services.conventions.retraits import delete_convention
from paqte.services.declarations.declarations import open_declaration, submit_declaration
from paqte.services.declarations.preuves.actions import ActionTyped, propose_action
from paqte.services.declarations.preuves.attestations import make_attestation
from tests.factories import (
    CAMILLE,
    ZOE,
    a_convention,
    a_departement,
    a_signataire,
    bruno,
    engagement_of,
    secret_received,
)

SITE = "https://paqte.exemple.fr"


def invite(now: datetime, *signataires: int, actor: Any = CAMILLE, role: str = ENTREPRISE, **asked: Any) -> str:
    """The secret of the link."""
    given = {"courriel": "bruno@val.test", "nom": "Bruno Lenoir", **asked}
    invite_user(actor=actor, role=role, signataires=signataires, base_url=SITE, now=now, **given)
    return secret_received(given["courriel"], now)


def key_of(session: Any, courriel: str = "bruno@val.test") -> int:
    return session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()


def sees(opened: SessionOpened, now: datetime) -> frozenset[int] | None:
    """Signatories the session sees at its next request; None when it is closed."""
    found = find_session(secret=opened.secret, now=now)
    return found.acteur.signataires if found else None


def test_a_referent_invites_contacts_and_animateurs_of_her_own_signatories(session: Any, now: datetime) -> None:
    val, loir = a_signataire("Val (fictif)"), a_signataire("Loir (fictif)")
    secret = invite(now, val)
    invite(now, val, role=ANIMATEUR, courriel="face@face.test", nom="Inès (FACE)")
    invite(now, loir, role=ANIMATEUR, courriel="face@face.test", nom="Inès (FACE)")
    assert open_session(secret=secret, now=now).acteur.signataires == {val}
    assert [(a.nom, [s.id for s in a.signataires]) for a in list_access(actor=CAMILLE)] == [
        ("Bruno Lenoir", [val]),
        ("Inès (FACE)", [loir, val]),
    ]
    mail = session.scalars(select(Courriel).where(Courriel.destinataire == "bruno@val.test")).one()
    assert mail.departement_code == "41" and "Val (fictif)" in mail.texte and CAMILLE.nom in mail.texte


def test_a_referent_invites_nobody_else_and_nowhere_else(session: Any, now: datetime) -> None:
    elsewhere = a_signataire("Rhum (fictif)", "972")
    val = a_signataire("Val (fictif)")
    for role in (REFERENT, "national", "admin"):
        with pytest.raises(NotFound):
            invite(now, val, role=role)
    for key in (elsewhere, 999_999):
        with pytest.raises(NotFound, match="Ce signataire n’existe pas"):
            invite(now, val, key)
    with pytest.raises(Refused):
        invite(now)
    assert session.scalar(select(Utilisateur)) is None


def test_an_account_she_knows_of_another_kind_is_refused_in_a_sentence(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    invite(now, val, role=ANIMATEUR, courriel="face@face.test", nom="Inès")
    with pytest.raises(Refused, match="sert déjà à un compte"):
        invite(now, val, courriel="face@face.test", nom="X")


def test_a_contact_known_elsewhere_gains_the_signatory_and_nothing_is_told_of_elsewhere(
    session: Any, now: datetime
) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    invite(now, rhum, actor=ZOE)
    secret = invite(now, val)
    assert open_session(secret=secret, now=now).acteur.signataires == {val, rhum}
    assert [s.id for s in read_access(actor=CAMILLE, utilisateur_id=key_of(session)).signataires] == [val]


def test_an_invitation_serves_once_for_three_days_and_the_last_one_only(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    first, second = invite(now, val), invite(now, val)
    almost = now + INVITATION_LIFE - timedelta(seconds=1)
    assert not is_link_open(secret=first, now=now)
    assert is_link_open(secret=second, now=almost) and not is_link_open(secret=second, now=now + INVITATION_LIFE)
    open_session(secret=second, now=almost)
    with pytest.raises(LinkRefused):
        open_session(secret=second, now=almost)


def test_a_right_withdrawn_acts_at_the_next_request(session: Any, now: datetime) -> None:
    val, loir = a_signataire("Val (fictif)"), a_signataire("Loir (fictif)")
    opened = open_session(secret=invite(now, val, loir), now=now)
    withdraw_right(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataire_id=val)
    assert sees(opened, now) == {loir}
    with pytest.raises(NotFound):
        withdraw_right(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataire_id=val)
    assert access_of_signatory(actor=CAMILLE, signataire_id=val) == []


def test_an_account_disabled_is_out_at_the_next_request_and_back_when_enabled(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    opened, key = open_session(secret=invite(now, val), now=now), key_of(session)
    secret = invite(now, val)
    disable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    assert sees(opened, now) is None
    assert not is_link_open(secret=secret, now=now)
    with pytest.raises(Refused, match="désactivé"):
        invite_again(actor=CAMILLE, now=now, utilisateur_id=key, base_url=SITE)
    enable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    assert sees(opened, now) is None, "a closed session stays closed"
    invite_again(actor=CAMILLE, now=now, utilisateur_id=key, base_url=SITE)


def test_an_account_another_departement_uses_goes_on_there_when_it_is_disabled(session: Any, now: datetime) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    invite(now, val)
    invite(now, rhum, actor=ZOE)
    disable_account(actor=CAMILLE, now=now, utilisateur_id=key_of(session))
    assert read_access(actor=ZOE, utilisateur_id=key_of(session)).is_active
    give_access(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataires={val})
    assert len(read_access(actor=ZOE, utilisateur_id=key_of(session)).signataires) == 1


def test_an_animateur_sees_exactly_what_is_ticked(session: Any, now: datetime) -> None:
    val, loir, cher = (a_signataire(f"{nom} (fictif)") for nom in ("Val", "Loir", "Cher"))
    opened = open_session(secret=invite(now, val, loir, role=ANIMATEUR), now=now)
    give_access(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataires={loir, cher})
    assert sees(opened, now) == {loir, cher}
    with pytest.raises(Refused, match="Gardez au moins un signataire"):
        give_access(actor=CAMILLE, now=now, utilisateur_id=key_of(session), signataires=())


def test_Zoe_cannot_touch_the_accounts_of_the_41_nor_tell_them_from_none(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    a_departement("972")
    invite(now, val)
    for key in (key_of(session), 999_999):
        for act in (disable_account, enable_account):
            with pytest.raises(NotFound, match=r"^Ce compte n’existe pas"):
                act(actor=ZOE, now=now, utilisateur_id=key)
        with pytest.raises(NotFound, match=r"^Ce compte"):
            invite_again(actor=ZOE, now=now, utilisateur_id=key, base_url=SITE)
        with pytest.raises(NotFound, match=r"^Ce compte"):
            give_access(actor=ZOE, now=now, utilisateur_id=key, signataires={val})
        with pytest.raises(NotFound, match=r"^Cet accès"):
            withdraw_right(actor=ZOE, now=now, utilisateur_id=key, signataire_id=val)
    assert list_access(actor=ZOE) == []


def test_each_gesture_leaves_a_journal_line_in_the_departement(session: Any, now: datetime) -> None:
    val, loir = a_signataire("Val (fictif)"), a_signataire("Loir (fictif)")
    invite(now, val, loir)
    key = key_of(session)
    withdraw_right(actor=CAMILLE, now=now, utilisateur_id=key, signataire_id=val)
    disable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    enable_account(actor=CAMILLE, now=now, utilisateur_id=key)
    session.rollback()
    lines = session.execute(
        select(Journal.acte, Journal.objet)
        .where(Journal.departement_code == "41", Journal.objet.in_(("utilisateur", "rattachement")))
        .where(Journal.qui == CAMILLE.nom)
        .order_by(Journal.id)
    ).all()
    assert [tuple(line) for line in lines if line[0] != "modifier"] == [
        ("creer", "utilisateur"),
        ("creer", "rattachement"),
        ("creer", "rattachement"),
        ("inviter", "utilisateur"),
        ("supprimer", "rattachement"),
        ("desactiver", "utilisateur"),
        ("reactiver", "utilisateur"),
    ]


def test_the_list_says_who_signed_in_last_and_what_became_of_the_invitation(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    secret = invite(now, val)
    (before,) = list_access(actor=CAMILLE)
    assert (before.connexion, before.courriel_etat) == (None, "envoye")
    open_session(secret=secret, now=now + timedelta(minutes=5))
    (after,) = list_access(actor=CAMILLE)
    assert after.connexion == now + timedelta(minutes=5)


def test_an_animateur_has_the_conventions_ticked_and_not_their_sisters(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    first, second = a_convention(val, "S2"), a_convention(val, "S2")
    invite_user(
        actor=CAMILLE, role=ANIMATEUR, courriel="i@face.test", nom="Inès", conventions=[first], base_url=SITE, now=now
    )
    opened = open_session(secret=secret_received("i@face.test", now), now=now)
    ines = opened.acteur
    assert (ines.signataires, ines.conventions) == (frozenset(), {first})
    espace = read_espace(actor=ines, signataire_id=val, now=now)
    assert [c.id for c in espace.conventions] == [first]
    assert {e.convention_id for e in espace.echeances} == {first}
    alone = list_followed(actor=ines, now=now)[0].a_faire
    assert 0 < alone < list_followed(actor=bruno(val), now=now)[0].a_faire
    window = Periode.from_code("2026-T2")
    for absent in (second, 999_999):
        with pytest.raises(NotFound, match=r"^Cette convention n’existe pas"):
            open_declaration(actor=ines, now=now, convention_id=absent, periode=window)
        with pytest.raises(NotFound, match=r"^Cette convention n’existe pas"):
            make_attestation(actor=ines, now=now, convention_id=absent)
    give_access(actor=CAMILLE, now=now, utilisateur_id=ines.utilisateur_id or 0, signataires=(), conventions={second})
    found = find_session(secret=opened.secret, now=now)
    assert found and found.acteur.conventions == {second}, "it acts at the next request"


def test_what_hangs_on_the_whole_signatory_is_closed_to_whoever_has_one_convention(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    convention = a_convention(val, "S2")
    told = ActionTyped(now.date(), "RECRUTER", "Forum", "Un forum.")
    key = propose_action(actor=bruno(val), now=now, signataire_id=val, action=told)
    ines = Acteur(7, "Inès", ANIMATEUR, conventions=frozenset({convention}))
    assert read_action(actor=bruno(val), action_id=key).titre == "Forum"
    with pytest.raises(NotFound):
        read_action(actor=ines, action_id=key)
    assert propose_action(actor=ines, now=now, signataire_id=val, action=told) > key


def test_answers_of_the_convention_renewed_stay_with_whoever_has_it(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    old = a_convention(val, "S2", fin=date(2026, 3, 31))
    new = a_convention(val, "S2", debut=date(2026, 4, 1), precedente_id=old)
    before, after = (Periode.from_code(code) for code in ("2026-T1", "2026-T2"))
    key = open_declaration(actor=CAMILLE, now=now, convention_id=old, periode=before)
    typed = Saisie({engagement_of(old, "S2"): AnswerTyped(valeur=Decimal(4))})
    submit_declaration(actor=CAMILLE, now=now, declaration_id=key, version=1, saisie=typed)
    key = open_declaration(actor=CAMILLE, now=now, convention_id=new, periode=after)
    given = {CAMILLE: 4, Acteur(7, "Inès", ANIMATEUR, conventions=frozenset({new})): None}
    for actor, shown in given.items():
        former = read_declaration(actor=actor, declaration_id=key).lignes[0].precedente
        assert (former.valeur if former else None) == shown


def test_a_projet_deleted_takes_its_access_away_with_it(session: Any, now: datetime) -> None:
    val = a_signataire("Val (fictif)")
    projet = a_convention(val, statut="projet", signee_le=None)
    given = {"courriel": "i@face.test", "nom": "Inès", "base_url": SITE, "now": now}
    invite_user(actor=CAMILLE, role=ANIMATEUR, conventions=[projet], **given)
    delete_convention(actor=CAMILLE, convention_id=projet, version=1, now=now)
    assert list_access(actor=CAMILLE) == []


def test_conventions_are_given_one_by_one_to_animateurs_alone_and_by_who_may(session: Any, now: datetime) -> None:
    val, rhum = a_signataire("Val (fictif)"), a_signataire("Rhum (fictif)", "972")
    mine, far = a_convention(val, "S2"), a_convention(rhum, "S2")
    given = {"courriel": "i@face.test", "nom": "Inès", "base_url": SITE, "now": now}
    for key in (far, 999_999):
        with pytest.raises(NotFound, match="Cette convention n’existe pas"):
            invite_user(actor=CAMILLE, role=ANIMATEUR, conventions=[mine, key], **given)
    with pytest.raises(Refused, match="au moins une convention"):
        invite_user(actor=CAMILLE, role=ANIMATEUR, **given)
    with pytest.raises(Refused, match="Seul un animateur"):
        invite_user(actor=CAMILLE, role=ENTREPRISE, signataires=[val], conventions=[mine], **given)
    assert session.scalar(select(Utilisateur)) is None


def given_to(session: Any, key: int) -> list[tuple[int, int, int | None]]:
    """The number of each access of an account, what it opens, in the order in which they were given."""
    session.rollback()
    r = Rattachement
    query = select(r.id, r.signataire_id, r.convention_id).where(r.utilisateur_id == key)
    return [tuple(row) for row in session.execute(query.order_by(r.id))]


def test_the_number_of_an_access_stays_whatever_is_ticked_in_its_place(session: Any, now: datetime) -> None:
    """The address of her page bears it: a new tick takes it first, else the first of those that stay."""
    val, loir, cher, indre = (a_signataire(f"{nom} (fictif)") for nom in ("Val", "Loir", "Cher", "Indre"))
    invite(now, val, loir, role=ANIMATEUR)
    key = key_of(session)
    (first, *whole), (second, *_) = given_to(session, key)
    assert (whole, first < second) == ([val, None], True)

    def tick(*signataires: int, conventions: tuple[int, ...] = ()) -> list[tuple[int, int, int | None]]:
        asked = {"signataires": signataires, "conventions": conventions}
        give_access(actor=CAMILLE, now=now, utilisateur_id=key, **asked)
        return given_to(session, key)

    third = tick(cher, val)[1][0]
    assert tick(cher, val) == [(first, val, None), (third, cher, None)]
    assert tick(cher, indre) == [(first, indre, None), (third, cher, None)]
    assert [row[:2] for row in tick(val, cher, indre)][:2] == [(first, indre), (third, cher)]
    assert tick(val, cher) == [(first, val, None), (third, cher, None)]
    assert tick(cher) == [(first, cher, None)]
    for pair in combinations([a_convention(val, "S2") for _ in range(4)], 2):
        assert tick(conventions=pair)[0] == (first, val, min(pair))
        assert tick(cher) == [(first, cher, None)]
