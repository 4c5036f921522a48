"""An administrator ends sessions at once; a key that changes ends none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from paqte import create_app
from paqte.config import ConfigurationRefused, read_settings
from paqte.models import Journal, Utilisateur, db
from paqte.services.comptes.entree.chiffre import decrypted, encrypted
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, Personne, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SignIn = Callable[[Personne], "FlaskClient"]
FORMER, NOW = "ancienne-cle-qGz7Rk2Vw9sYb4Lm8xQ", "nouvelle-cle-Tj3Xc6Nf1uHd5Pe0aZ"


def key_of(app: Flask, person: Personne) -> int:
    with app.app_context():
        return db.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == person.courriel)).one()


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/compte").status_code == 200


def test_all_the_sessions_of_one_account_end_and_no_other(app: Flask, sign_in: SignIn) -> None:
    first, second, other, admin = sign_in(CAMILLE), sign_in(CAMILLE), sign_in(NADIA), sign_in(ALIX)
    page = f"/admin/comptes/{key_of(app, CAMILLE)}"
    assert post(admin, f"{page}/sessions/fermer", {}, page=page).location == page
    assert [is_in(one) for one in (first, second, other, admin)] == [False, False, True, True]
    assert is_in(sign_in(CAMILLE)), "she signs in again as before"


def test_an_account_of_a_company_is_its_referent_s_to_keep(app: Flask, sign_in: SignIn) -> None:
    admin, page = sign_in(ALIX), f"/admin/comptes/{key_of(app, BRUNO)}/sessions/fermer"
    assert post(admin, page, {}, page="/admin/comptes").status_code == 404


def test_everybody_s_sessions_end_but_that_of_whoever_ends_them(app: Flask, sign_in: SignIn) -> None:
    others = [sign_in(person) for person in (CAMILLE, NADIA, BRUNO, ALIX)]
    admin = sign_in(ALIX)
    assert post(admin, "/admin/comptes/sessions/fermer", {}, page="/admin/comptes").location == "/admin/comptes"
    assert "Sessions fermées\u00a0: 4" in admin.get("/admin/comptes").text
    assert not any(map(is_in, others)) and is_in(admin)
    with app.app_context():
        line = db.session.scalars(select(Journal).where(Journal.acte == "fermer_sessions")).one()
        assert line.apres == '{"nombre": 4}'


class TestKeys:
    @pytest.fixture
    def given_settings(self) -> Mapping[str, object]:
        return {"PAQTE_SECRET_KEY": FORMER}

    def test_a_key_that_changed_signs_nobody_out_while_the_former_is_said(
        self, app: Flask, app_settings: dict[str, Any], sign_in: SignIn
    ) -> None:
        cookie = sign_in(CAMILLE).get_cookie("paqte")
        assert cookie is not None
        for former, status in ((FORMER, 200), ("", 302)):
            changed = create_app(app_settings | {"PAQTE_SECRET_KEY": NOW, "PAQTE_SECRET_KEY_ANCIENNES": former})
            browser = changed.test_client()
            browser.set_cookie("paqte", cookie.value)
            assert browser.get("/compte").status_code == status

    def test_a_cookie_signed_by_sha_1_is_nobody_s(self, app: Flask, sign_in: SignIn) -> None:
        browser = sign_in(CAMILLE)
        cookie, serializer = browser.get_cookie("paqte"), app.session_interface.get_signing_serializer(app)
        assert cookie is not None
        held = serializer.loads(cookie.value)
        weak = SecureCookieSessionInterface().get_signing_serializer(app)
        assert weak is not None
        browser.set_cookie("paqte", weak.dumps(held))
        assert not is_in(browser)


def test_a_secret_closed_by_the_former_key_opens_while_it_is_said_and_for_its_account_alone() -> None:
    kept = encrypted("JBSWY3DPEHPK3PXP", 7, [FORMER])
    assert decrypted(kept, 7, [NOW, FORMER]) == "JBSWY3DPEHPK3PXP"
    assert decrypted(kept, 7, [NOW]) is None
    assert decrypted(kept, 8, [FORMER]) is None


def test_a_former_key_too_short_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigurationRefused, match="PAQTE_SECRET_KEY_ANCIENNES"):
        read_settings({"PAQTE_SECRET_KEY_ANCIENNES": "courte"})
