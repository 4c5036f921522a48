"""Passkeys: added under a name, used in place of a code, and refused whenever an answer is not what was asked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import func, select

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import ENTREPRISE, NATIONAL, PLANIFICATEUR, Acteur
from paqte.domain.personnes.entree.cles import MOST_KEYS, PasskeyHolder, passkey_holder
from paqte.models import Courriel, Journal, PasskeyAsked, PasskeyKept, SessionOuverte, Utilisateur, db
from paqte.queries.comptes.comptes import find_session
from paqte.queries.comptes.entree.facteurs import own_passkeys
from paqte.services.comptes.comptes import purge_expired
from paqte.services.comptes.connexion import RequestSource, TooManyLinks, add_session
from paqte.services.comptes.entree.cles import (
    add_passkey,
    ask_new_passkey,
    ask_passkey,
    prove_passkey,
    remove_passkey,
)
from paqte.services.comptes.entree.facteurs import (
    activate_factor,
    offered_factor,
    prepare_factor,
    prove_factor,
    remove_own_factor,
)
from paqte.services.transaction import transaction
from tests.services.comptes.entree.authentificateur import PRESENT, VERIFIED, SoftKey, written

if TYPE_CHECKING:
    from flask import Flask

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEYS = ["une clé de cette installation, longue assez"]
SITE = "https://paqte.exemple.fr"
HOLDER = PasskeyHolder("paqte.exemple.fr", SITE)
SOURCE = RequestSource("192.0.2.1", "Firefox, Windows")
REFUSED = "n’est pas acceptée"


class Person:
    """Somebody of the State whose telephone gives codes, in one browser; her device makes keys."""

    def __init__(self, nom: str) -> None:
        self.nom, self.courriel = nom, f"{nom.lower()}@anct.test"
        with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
            user = Utilisateur(courriel=self.courriel, nom=nom, role=NATIONAL, is_active=True, created_at=NOW)
            writing.add(user)
            writing.flush()
            self.key = user.id
        self.actor = Acteur(self.key, nom, NATIONAL)
        self.secret, self.other = self.comes(), self.comes()
        prepare_factor(actor=self.actor, now=NOW, cles=KEYS)
        given = offered_factor(actor=self.actor, courriel=self.courriel, cles=KEYS)
        assert given is not None
        code = {"code": pyotp.TOTP(given.secret).at(NOW), "session_secret": self.secret, "cles": KEYS}
        self.codes = activate_factor(actor=self.actor, now=NOW, **code)

    def comes(self, now: datetime = NOW) -> str:
        """Another session."""
        with transaction(actor=self.actor, now=now) as writing:
            return add_session(writing, self.actor, now, SOURCE).secret

    def asked(self, now: datetime = NOW) -> dict[str, Any]:
        return ask_passkey(actor=self.actor, session_secret=self.secret, now=now, holder=HOLDER)

    def adds(self, nom: str = "Téléphone", key: SoftKey | None = None, now: datetime = NOW, **lies: Any) -> SoftKey:
        key = key or SoftKey(SITE)
        asked = ask_new_passkey(actor=self.actor, session_secret=self.secret, now=now, holder=HOLDER)
        self.sends(nom, key.make(asked, **lies), now)
        return key

    def sends(self, nom: str, reponse: str, now: datetime = NOW) -> None:
        given = {"nom": nom, "reponse": reponse, "session_secret": self.secret, "now": now}
        add_passkey(actor=self.actor, holder=HOLDER, base_url=SITE, **given)

    def gives(self, reponse: str, now: datetime = NOW) -> None:
        given = {"reponse": reponse, "session_secret": self.secret, "now": now, "depuis": SOURCE}
        self.secret = prove_passkey(actor=self.actor, holder=HOLDER, **given).secret


@pytest.fixture
def nadia(session: Any) -> Person:
    return Person("Nadia")


def acts(session: Any) -> list[str]:
    return list(session.scalars(select(Journal.acte).order_by(Journal.id)))


def test_a_key_named_and_added_serves_in_place_of_a_code(nadia: Person, session: Any) -> None:
    key, at = nadia.adds(), NOW + 20 * MINUTE
    nadia.adds("Clé bleue")
    former = nadia.secret
    nadia.gives(key.sign(nadia.asked(at)), at)
    assert find_session(secret=former, now=at) is None, "no copy of the cookie of before serves"
    identity = find_session(secret=nadia.secret, now=at)
    assert identity is not None and identity.facteur_le == at
    assert [(one.nom, one.employee_le) for one in own_passkeys(actor=nadia.actor)] == [
        ("Téléphone", at),
        ("Clé bleue", None),
    ]
    assert acts(session)[-3:] == ["ajouter_cle", "ajouter_cle", "facteur_prouve"]


def test_adding_and_removing_ends_the_other_sessions_and_is_written_to_their_owner(nadia: Person, session: Any) -> None:
    nadia.adds()
    assert list(session.scalars(select(func.count()).select_from(SessionOuverte))) == [1]
    nadia.comes()
    (shown,) = own_passkeys(actor=nadia.actor)
    given = {"cle_id": shown.id, "session_secret": nadia.secret, "now": NOW, "base_url": SITE}
    remove_passkey(actor=nadia.actor, **given)
    assert list(session.scalars(select(func.count()).select_from(SessionOuverte))) == [1]
    mails = session.execute(select(Courriel.destinataire, Courriel.sujet).order_by(Courriel.id)).all()
    assert [tuple(mail) for mail in mails] == [
        (nadia.courriel, "Une clé d’accès est ajoutée à votre compte PAQTE"),
        (nadia.courriel, "Une clé d’accès est retirée de votre compte PAQTE"),
    ]
    with pytest.raises(NotFound):
        remove_passkey(actor=nadia.actor, **given)
    with pytest.raises(NotFound):
        nadia.asked()


LIES: dict[str, Callable[[], dict[str, Any]]] = {
    "another site asks": lambda: {"origine": "https://paqte.exemple.fr.mal.test"},
    "the same site without encryption": lambda: {"origine": "http://paqte.exemple.fr"},
    "another port": lambda: {"origine": SITE + ":8443"},
    "another holder": lambda: {"domaine": "exemple.fr"},
    "another challenge": lambda: {"defi": written(bytes(32))},
    "an answer of another kind": lambda: {"genre": "payment.get"},
    "nobody touched it": lambda: {"marques": VERIFIED},
    "nobody was recognised": lambda: {"marques": PRESENT},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_signature_that_lies_opens_nothing_and_leaves_a_line(lie: str, nadia: Person, session: Any) -> None:
    key = nadia.adds()
    with pytest.raises(Refused, match=REFUSED):
        nadia.gives(key.sign(nadia.asked(), **LIES[lie]()))
    assert acts(session)[-1] == "facteur_refuse"
    nadia.gives(key.sign(nadia.asked()))


@pytest.mark.parametrize("lie", LIES)
def test_a_new_key_that_lies_is_not_kept(lie: str, nadia: Person) -> None:
    with pytest.raises(Refused, match="n’est pas ajoutée"):
        nadia.adds(**LIES[lie]())
    assert own_passkeys(actor=nadia.actor) == []


@pytest.mark.parametrize("length", [0, 1024, 5_000])
def test_a_key_whose_number_no_device_gives_is_not_kept(length: int, nadia: Person) -> None:
    with pytest.raises(Refused, match="n’est pas ajoutée"):
        nadia.adds(key=SoftKey(SITE, numero=bytes(length)))
    assert own_passkeys(actor=nadia.actor) == []


def test_what_is_signed_by_another_private_key_or_for_another_account_opens_nothing(nadia: Person) -> None:
    key, ada = nadia.adds(), Person("Ada")
    hers = ada.adds()
    for answer in (
        key.sign(nadia.asked(), prive=ec.generate_private_key(ec.SECP256R1())),
        hers.sign(nadia.asked()),
        key.sign(nadia.asked(), compte=written(b"somebody else")),
    ):
        with pytest.raises(Refused, match=REFUSED):
            nadia.gives(answer)


def test_a_signature_serves_once_in_the_session_and_the_minutes_for_which_it_was_asked(nadia: Person) -> None:
    key = nadia.adds()
    first = nadia.asked()
    answer = key.sign(first)
    nadia.gives(answer)
    with pytest.raises(Refused, match=REFUSED):
        nadia.gives(answer)
    stale = nadia.asked()
    nadia.asked()
    with pytest.raises(Refused, match=REFUSED):
        nadia.gives(key.sign(stale))
    here = nadia.asked()
    nadia.secret, kept = nadia.comes(), nadia.secret
    with pytest.raises(Refused, match=REFUSED):
        nadia.gives(key.sign(here))
    nadia.secret = kept
    with pytest.raises(Refused, match=REFUSED):
        nadia.gives(key.sign(here), NOW + 5 * MINUTE)


def test_what_was_asked_for_a_new_key_is_signed_by_no_other_and_the_other_way_round(nadia: Person) -> None:
    key = nadia.adds()
    new = ask_new_passkey(actor=nadia.actor, session_secret=nadia.secret, now=NOW, holder=HOLDER)
    with pytest.raises(Refused, match=REFUSED):
        nadia.gives(key.sign({**new, "rpId": HOLDER.domaine}))
    with pytest.raises(Refused, match="n’est pas ajoutée"):
        nadia.sends("Autre", SoftKey(SITE).make({**nadia.asked(), "rp": {"id": HOLDER.domaine}}))


def test_two_pages_that_ask_at_once_are_both_answered_and_the_last_alone_counts(nadia: Person, app: Flask) -> None:
    nadia.adds()

    def ask(_rank: int) -> str:
        with app.app_context():
            return str(nadia.asked()["challenge"])

    with ThreadPoolExecutor(4) as at_once:
        given = set(at_once.map(ask, range(8)))
    assert len(given) == 8
    with app.app_context():
        assert list(db.session.scalars(select(func.count()).select_from(PasskeyAsked))) == [1]


def test_a_count_that_goes_back_or_stands_still_is_a_copy_of_the_key(nadia: Person) -> None:
    key = nadia.adds()
    nadia.gives(key.sign(nadia.asked(), pas=5))
    for back in (0, -3):
        with pytest.raises(Refused, match=REFUSED):
            nadia.gives(key.sign(nadia.asked(), pas=back))
    key.compteur = 5
    nadia.gives(key.sign(nadia.asked()))


def test_a_key_that_never_counts_serves_again(nadia: Person) -> None:
    key = nadia.adds()
    for _ in range(3):
        nadia.gives(key.sign(nadia.asked(), pas=0))


@pytest.mark.parametrize(
    "junk",
    [
        *("", "{}", "[]", "null", "{" * 9_000, "[" * 15_000, "9" * 6_000, '{"id":7}', "é" * 20_000),
        # A number that no base takes as a text: a NUL, half a pair.
        *('{"id":"\\u0000"}', '{"id":"\\ud800"}', '{"id":"clé"}', '{"id":""}'),
    ],
)
def test_junk_is_refused_and_five_of_it_stop_keys_and_codes_alike(junk: str, nadia: Person) -> None:
    key = nadia.adds()
    for _ in range(5):
        nadia.asked()
        with pytest.raises(Refused, match=REFUSED):
            nadia.gives(junk)
    answer = key.sign(nadia.asked())
    with pytest.raises(TooManyLinks):
        nadia.gives(answer)
    with pytest.raises(TooManyLinks):
        prove_factor(
            actor=nadia.actor, code=nadia.codes[0], session_secret=nadia.secret, now=NOW, cles=KEYS, depuis=SOURCE
        )
    nadia.gives(key.sign(nadia.asked(NOW + 16 * MINUTE)), NOW + 16 * MINUTE)


def test_one_device_s_key_is_kept_once_whoever_hands_it_in(nadia: Person) -> None:
    key = nadia.adds()
    with pytest.raises(Refused, match="n’est pas ajoutée"):
        nadia.adds("La même", key)
    with pytest.raises(Refused, match="n’est pas ajoutée"):
        Person("Ada").adds("Volée", key)
    asked = ask_new_passkey(actor=nadia.actor, session_secret=nadia.secret, now=NOW, holder=HOLDER)
    assert [one["id"] for one in asked["excludeCredentials"]] == [written(key.numero)]
    assert (
        nadia.courriel not in asked["user"]["id"] and asked["authenticatorSelection"]["userVerification"] == "required"
    )


def test_each_has_a_name_of_its_own_and_there_are_ten_at_most(nadia: Person) -> None:
    for bad in ("", "   ", "x" * 61):
        with pytest.raises(Refused):
            nadia.adds(bad)
    nadia.adds("Clé 0")
    with pytest.raises(Refused, match="déjà ce nom"):
        nadia.adds(" Clé  0 ")
    for rank in range(1, MOST_KEYS):
        nadia.adds(f"Clé {rank}")
    with pytest.raises(Refused, match="déjà 10"):
        nadia.adds("Une de trop")


def test_keys_hang_on_a_factor_in_force_and_go_with_it(nadia: Person, session: Any) -> None:
    key = nadia.adds()
    asked = nadia.asked()
    assert asked["timeout"] == 300_000, "five minutes"
    answer = key.sign(asked)
    remove_own_factor(actor=nadia.actor, session_secret=nadia.secret, now=NOW, is_required=False)
    left = [session.scalar(select(func.count()).select_from(model)) for model in (PasskeyKept, PasskeyAsked)]
    assert left == [0, 0]
    for act in (lambda: nadia.gives(answer), nadia.adds):
        with pytest.raises(Refused, match="Aucun second facteur"):
            act()
    company = Acteur(nadia.key, "Bruno", ENTREPRISE)
    with pytest.raises(NotFound):
        ask_new_passkey(actor=company, session_secret=nadia.secret, now=NOW, holder=HOLDER)


def test_recovery_codes_still_serve_and_what_was_never_answered_is_forgotten(nadia: Person, session: Any) -> None:
    nadia.adds()
    nadia.asked()
    proved = prove_factor(
        actor=nadia.actor, code=nadia.codes[0], session_secret=nadia.secret, now=NOW, cles=KEYS, depuis=SOURCE
    )
    assert proved.by_recovery
    purge_expired(actor=PLANIFICATEUR, now=NOW + 4 * MINUTE)
    assert session.scalar(select(func.count()).select_from(PasskeyAsked)) == 1
    purge_expired(actor=PLANIFICATEUR, now=NOW + 6 * MINUTE)
    assert session.scalar(select(func.count()).select_from(PasskeyAsked)) == 0


@pytest.mark.parametrize(
    ("base_url", "holder"),
    [
        ("https://paqte.exemple.fr", HOLDER),
        ("https://paqte.exemple.fr:8443", PasskeyHolder("paqte.exemple.fr", "https://paqte.exemple.fr:8443")),
        ("http://localhost:5000", PasskeyHolder("localhost", "http://localhost:5000")),
        ("http://paqte.exemple.fr", None),
        ("http://127.0.0.1:5000", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_for_whom_keys_are_made_is_the_public_address(base_url: str, holder: PasskeyHolder | None) -> None:
    assert passkey_holder(base_url) == holder
