"""What a telephone is given to make the codes of an account: whose it is, of which application, until it serves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR, Acteur
from paqte.models import Utilisateur
from paqte.services.comptes.entree.facteurs import FactorOffered, activate_factor, offered_factor, prepare_factor
from paqte.services.transaction import transaction

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
KEYS = ["une clé de cette installation, longue assez"]
ADDRESS = "nadia@anct.test"


@pytest.fixture
def nadia(session: Any) -> Acteur:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        user = Utilisateur(courriel=ADDRESS, nom="Nadia", role=NATIONAL, is_active=True, created_at=NOW)
        writing.add(user)
        writing.flush()
        return Acteur(user.id, "Nadia", NATIONAL)


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
