"""The second factor: prepared, asked at sign-in and before grave acts, used once, lost, taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import time_machine
from sqlalchemy import func, select, update

from paqte.models import Courriel, Journal, RecoveryCode, SecondFactor, SessionOuverte, Utilisateur, db
from paqte.ops.routes import route_table
from paqte.web.socle.factor import GRAVE, OPEN_WITHOUT_FACTOR
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, Personne, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SignIn = Callable[[Personne], "FlaskClient"]
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PAGE, CODE = "/compte/facteur", "/connexion/code"
WRONG = "Ce code n’est pas valable"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def given_settings() -> Mapping[str, object]:
    """No provider here: the tests' own listens for nothing."""
    return {}


def secret_on(browser: FlaskClient) -> str:
    """The key that the page shows beside its picture."""
    found = re.search(r"Clé\s: <code>([A-Z2-7]+)</code>", browser.get(PAGE).text)
    assert found is not None
    return found[1]


def enrolled(browser: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """Prepare and put a factor in force; gives what the telephone holds, and the recovery codes."""
    assert post(browser, f"{PAGE}/preparer", {}, page=PAGE).location == PAGE
    phone = pyotp.TOTP(secret_on(browser))
    answer = post(browser, f"{PAGE}/activer", {"code": now_on(phone)}, page=PAGE)
    assert answer.status_code == 200, answer.text
    return phone, re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", answer.text)


def now_on(phone: pyotp.TOTP, minutes: float = 0) -> str:
    from paqte.ops import clock

    return phone.at(clock.now() + timedelta(minutes=minutes))


def give(browser: FlaskClient, code: str) -> Any:
    return post(browser, CODE, {"code": code})


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Journal.acte).order_by(Journal.id)))


def test_her_telephone_is_asked_at_each_sign_in_and_nothing_opens_before(
    app: Flask, sign_in: SignIn, clock: Any
) -> None:
    phone, codes = enrolled(sign_in(CAMILLE))
    assert len(set(codes)) == 10
    clock.shift(60)
    browser = sign_in(CAMILLE)
    for path in ("/referent/", "/referent/signataires", "/compte", PAGE, "/compte/donnees"):
        assert browser.get(path).location.startswith(f"{CODE}?next={path}"), path
    assert give(browser, "000000").status_code == 422
    assert browser.get("/referent/signataires").status_code == 302
    assert give(browser, now_on(phone)).status_code == 302
    assert browser.get("/referent/signataires").status_code == 200
    assert acts(app)[-2:] == ["facteur_refuse", "facteur_prouve"]


# Where a second factor is given: a code, a passkey.
GIVES = ("facteurs.code", "cles.defi_donner", "cles.donner")


def test_every_closed_page_waits_for_the_code_whatever_the_verb(app: Flask, sign_in: SignIn, clock: Any) -> None:
    enrolled(sign_in(ALIX))
    clock.shift(60)
    browser = sign_in(ALIX)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(CODE).text)
    assert token is not None
    seen = 0
    for route in route_table(app):
        if "admin" not in route.roles or "public" in route.roles or "<" in route.rule or route.endpoint in GIVES:
            continue
        if "GET" in route.methods:
            assert browser.get(route.rule).location.startswith(CODE), route.rule
        if "POST" in route.methods:
            assert browser.post(route.rule, data={"csrf_token": token[1]}).status_code == 401, route.rule
        seen += 1
    assert seen > 15


def test_a_code_serves_once_and_none_of_before_it(sign_in: SignIn, clock: Any) -> None:
    phone, _ = enrolled(sign_in(CAMILLE))
    first = now_on(phone)
    assert give(sign_in(CAMILLE), first).status_code == 422, "the code that put it in force has served"
    clock.shift(90)
    assert give(sign_in(CAMILLE), now_on(phone, 0.5)).status_code == 302, "a telephone half a minute ahead"
    assert give(sign_in(CAMILLE), now_on(phone)).status_code == 422, "one of before the last taken"
    clock.shift(120)
    assert give(sign_in(CAMILLE), now_on(phone, -1)).status_code == 422, "one of a minute ago"


def test_five_wrong_codes_stop_the_sixth_even_right_for_a_quarter_of_an_hour(
    app: Flask, sign_in: SignIn, clock: Any
) -> None:
    phone, codes = enrolled(sign_in(CAMILLE))
    clock.shift(60)
    browser = sign_in(CAMILLE)
    for wrong in ("000000", "", "000001", "AAAA-AAAA-AAAA", "0" * 500, "٠٠٠٠٠٠", "000003"):
        assert give(browser, wrong).status_code == 422
    other = sign_in(CAMILLE)
    for right in (now_on(phone), codes[0]):
        assert "Trop de codes refusés" in give(other, right).text, "another browser has no more tries"
    assert other.get("/compte").status_code == 302
    assert acts(app).count("facteur_refuse") == 5
    clock.shift(15 * 60 + 1)
    assert give(sign_in(CAMILLE), now_on(phone)).status_code == 302


def test_a_recovery_code_serves_once_and_is_kept_as_a_hash(app: Flask, sign_in: SignIn, clock: Any) -> None:
    _, codes = enrolled(sign_in(CAMILLE))
    browser = sign_in(CAMILLE)
    assert give(browser, codes[3].lower().replace("-", " ")).status_code == 302
    assert "Codes de secours restants\u00a0: 9" in browser.get(PAGE).text
    assert give(sign_in(CAMILLE), codes[3]).status_code == 422
    with app.app_context():
        kept = list(db.session.scalars(select(RecoveryCode.empreinte)))
    assert len(kept) == 10 and not any(code.replace("-", "") in "".join(kept) for code in codes)
    clock.shift(61)
    shown = post(browser, f"{PAGE}/codes", {}, page=PAGE).text
    assert re.findall(r"<code>(\w{4}-\w{4}-\w{4})</code>", shown) != codes
    assert give(sign_in(CAMILLE), codes[4]).status_code == 422, "those of before serve no more"


def test_the_secret_is_encrypted_shown_until_it_serves_and_is_no_other_account_s(
    app: Flask, sign_in: SignIn, clock: Any
) -> None:
    browser = sign_in(CAMILLE)
    phone, _ = enrolled(browser)
    assert phone.secret not in browser.get(PAGE).text and 'class="qr"' not in browser.get(PAGE).text
    enrolled(sign_in(NADIA))
    with app.app_context():
        rows = list(db.session.scalars(select(SecondFactor).order_by(SecondFactor.id)))
        assert phone.secret not in "".join(row.secret_chiffre for row in rows)
        swapped = update(SecondFactor).where(SecondFactor.id == rows[1].id)
        db.session.execute(swapped.values(secret_chiffre=rows[0].secret_chiffre))
        db.session.commit()
    clock.shift(60)
    answer = give(sign_in(NADIA), now_on(phone))
    assert answer.status_code == 422 and "ne peut plus être lu" in answer.text


def test_grave_acts_ask_for_a_code_anew_and_keep_what_was_typed(app: Flask, sign_in: SignIn, clock: Any) -> None:
    browser = sign_in(ALIX)
    phone, _ = enrolled(browser)
    typed = {
        "nom": "Nora Petit",
        "courriel": "nora@prefecture.test",
        "role": "national",
        "departement": "",
        "region": "",
    }
    clock.shift(9 * 60)
    assert post(browser, "/admin/comptes/nouveau", typed).status_code == 302
    clock.shift(2 * 60)
    answer = post(browser, "/admin/comptes/nouveau", {**typed, "courriel": "paul@prefecture.test"})
    assert answer.status_code == 401 and "Un code est demandé" in answer.text
    assert 'value="paul@prefecture.test"' in answer.text
    assert browser.get("/admin/comptes").status_code == 200, "what is not grave goes on"
    with app.app_context():
        assert db.session.scalar(select(Utilisateur).where(Utilisateur.courriel == "paul@prefecture.test")) is None
    assert give(browser, now_on(phone)).status_code == 302
    assert post(browser, "/admin/comptes/nouveau", {**typed, "courriel": "paul@prefecture.test"}).status_code == 302


def test_the_list_of_grave_acts_names_routes_that_are_sent_to(app: Flask) -> None:
    sent = {r.endpoint for r in route_table(app) if "POST" in r.methods}
    assert sent >= GRAVE and {r.endpoint for r in route_table(app)} >= OPEN_WITHOUT_FACTOR
    erasing = {name for name in sent if "effacer" in name}
    assert erasing <= GRAVE, "whoever adds an erasure puts it there"


def test_an_administrator_takes_a_lost_factor_away_and_its_owner_is_written_to(
    app: Flask, sign_in: SignIn, clock: Any
) -> None:
    hers = sign_in(CAMILLE)
    enrolled(hers)
    with app.app_context():
        key = db.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == CAMILLE.courriel)).one()
    page = f"/admin/comptes/{key}"
    admin = sign_in(ALIX)
    assert "Retirer le second facteur" in admin.get(page).text
    assert post(admin, f"{page}/facteur/retirer", {}, page=page).location == page
    assert hers.get("/compte").location.startswith("/connexion?"), "her sessions are closed"
    assert sign_in(CAMILLE).get("/compte").status_code == 200
    with app.app_context():
        mail = db.session.scalars(select(Courriel).where(Courriel.motif == "facteur_retire")).one()
        assert mail.destinataire == CAMILLE.courriel
        assert db.session.scalars(select(func.count()).select_from(RecoveryCode)).one() == 0
    assert "retirer_facteur" in acts(app)


def test_her_other_sessions_end_when_it_is_put_in_force_and_copies_of_a_cookie_when_a_code_is_given(
    app: Flask, sign_in: SignIn, clock: Any
) -> None:
    before, browser = sign_in(CAMILLE), sign_in(CAMILLE)
    phone, _ = enrolled(browser)
    assert before.get("/compte").location.startswith("/connexion?")
    clock.shift(60)
    copied = app.test_client()
    cookie = browser.get_cookie("paqte")
    assert cookie is not None
    copied.set_cookie("paqte", cookie.value)
    assert give(browser, now_on(phone)).status_code == 302
    assert copied.get("/compte").location.startswith("/connexion?")
    with app.app_context():
        assert db.session.scalars(select(func.count()).select_from(SessionOuverte)).one() == 1


def test_a_company_has_none(sign_in: SignIn) -> None:
    browser = sign_in(BRUNO)
    assert browser.get(PAGE).status_code == 403
    assert "Second facteur" not in browser.get("/compte").text


class TestRequired:
    @pytest.fixture
    def given_settings(self) -> Mapping[str, object]:
        return {"PAQTE_SECOND_FACTEUR": "exige", "PAQTE_SECOND_FACTEUR_MINUTES": "1"}

    def test_whoever_has_none_prepares_it_first_and_cannot_take_it_away(self, sign_in: SignIn, clock: Any) -> None:
        browser = sign_in(CAMILLE)
        assert browser.get("/referent/signataires").location.startswith(PAGE)
        assert "Un second facteur est exigé" in browser.get(PAGE).text
        enrolled(browser)
        assert browser.get("/referent/signataires").status_code == 200
        assert "Retirer le second facteur" not in browser.get(PAGE).text
        answer = browser.post(f"{PAGE}/retirer", data={"csrf_token": token_of(browser)}, follow_redirects=True)
        assert "demandez à un administrateur" in answer.text
        assert sign_in(BRUNO).get("/entreprise/").status_code == 200, "companies are not asked"


def token_of(browser: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(PAGE).text)
    assert found is not None
    return found[1]
