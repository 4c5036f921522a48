"""What a telephone is given to make the codes of an account, until it serves; and codes that serve no other account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR, Acteur
from paqte.models import Utilisateur
from paqte.services.comptes.connexion import RequestSource
from paqte.services.comptes.entree.facteurs import (
    FactorOffered,
    activate_factor,
    offered_factor,
    prepare_factor,
    prove_factor,
    remove_own_factor,
    renew_codes,
)
from paqte.services.transaction import transaction

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
KEYS = ["une clé de cette installation, longue assez"]
ADDRESS = "nadia@anct.test"


def an_account(nom: str, courriel: str) -> Acteur:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        user = Utilisateur(courriel=courriel, nom=nom, role=NATIONAL, is_active=True, created_at=NOW)
        writing.add(user)
        writing.flush()
        return Acteur(user.id, nom, NATIONAL)


@pytest.fixture
def nadia(session: Any) -> Acteur:
    return an_account("Nadia", ADDRESS)


def offered(actor: Acteur, keys: list[str] = KEYS) -> FactorOffered | None:
    return offered_factor(actor=actor, courriel=ADDRESS, cles=keys)


def test_the_telephone_shows_the_application_and_the_address_and_makes_codes_that_serve(nadia: Acteur) -> None:
    assert offered(nadia) is None, "nothing was prepared"
    prepare_factor(actor=nadia, now=NOW, cles=KEYS)
    given = offered(nadia)
    assert given is not None
    phone = pyotp.parse_uri(given.uri)
    assert isinstance(phone, pyotp.TOTP)
    assert (phone.issuer, phone.name, phone.secret) == ("PAQTE", ADDRESS, given.secret)
    assert (phone.digits, phone.interval) == (6, 30)
    assert offered(nadia, ["une autre clé, qui n’est pas celle d’ici"]) is None
    prepare_factor(actor=nadia, now=NOW, cles=KEYS)
    again = offered(nadia)
    assert again is not None and again.secret != given.secret, "the one that waited is forgotten"
    codes = {"session_secret": "", "now": NOW, "cles": KEYS}
    with pytest.raises(Refused):
        activate_factor(actor=nadia, code=phone.at(NOW), **codes)
    assert len(activate_factor(actor=nadia, code=pyotp.TOTP(again.secret).at(NOW), **codes)) == 10
    assert offered(nadia) is None, "once in force it is shown no more"
    with pytest.raises(Refused, match="déjà actif"):
        prepare_factor(actor=nadia, now=NOW, cles=KEYS)


@pytest.mark.parametrize("steps", [-3, -2, -1, 0, 1, 2, 3])
def test_a_code_of_the_step_before_or_after_serves_and_no_other(nadia: Acteur, steps: int) -> None:
    prepare_factor(actor=nadia, now=NOW, cles=KEYS)
    given = offered(nadia)
    assert given is not None
    code = pyotp.TOTP(given.secret).at(NOW + timedelta(seconds=30 * steps))
    try:
        activate_factor(actor=nadia, code=code, session_secret="", now=NOW, cles=KEYS)
    except Refused:
        assert abs(steps) > 1
    else:
        assert abs(steps) <= 1


def with_codes(actor: Acteur) -> list[str]:
    """In force, and its recovery codes."""
    prepare_factor(actor=actor, now=NOW, cles=KEYS)
    given = offered(actor)
    assert given is not None
    code = pyotp.TOTP(given.secret).at(NOW)
    return activate_factor(actor=actor, code=code, session_secret="", now=NOW, cles=KEYS)


def proved(actor: Acteur, code: str) -> bool:
    """Whether a recovery code is taken for this account."""
    source = RequestSource("192.0.2.1", "Firefox")
    try:
        return prove_factor(actor=actor, code=code, session_secret="", now=NOW, cles=KEYS, depuis=source).by_recovery
    except Refused as refused:
        assert list(refused.errors) == ["code"]
        return False


def test_a_recovery_code_serves_its_own_account_alone_and_nobody_else_s_goes_with_it(nadia: Acteur) -> None:
    ada = an_account("Ada", "ada@anct.test")
    hers, others = with_codes(nadia), with_codes(ada)
    assert not proved(ada, hers[0])
    assert proved(nadia, hers[0]) and not proved(nadia, hers[0])
    assert proved(ada, others[0])
    anew = renew_codes(actor=nadia, session_secret="", now=NOW)
    assert len(set(anew) - set(hers)) == 10
    assert [proved(nadia, code) for code in (hers[1], anew[1])] == [False, True]
    assert proved(ada, others[1]), "hers alone were replaced"
    remove_own_factor(actor=nadia, session_secret="", now=NOW, is_required=False)
    assert proved(ada, others[2]), "hers alone were taken away"
    with pytest.raises(Refused, match="exigé"):
        remove_own_factor(actor=ada, session_secret="", now=NOW, is_required=True)
    remove_own_factor(actor=ada, session_secret="", now=NOW, is_required=False)
