"""Bruno before the company's pages, in a real browser, on the link he was mailed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.conventions import fin_triennale
from paqte.models import Signataire
from paqte.ops import clock
from paqte.services.comptes.comptes import invite_user
from paqte.services.transaction import transaction
from tests.factories import a_convention
from tests.fixtures_acteurs import BRUNO, CAMILLE, SIRET_BRUNO, invitation_of
from tests.fixtures_courriel import Mailbox
from tests.parcours.entreprise.gestes import CODES, PERIODE, deliver, link_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.fixtures_application import LiveServer


@pytest.fixture
def given_settings(mailbox: Mailbox) -> Mapping[str, object]:
    return {"PAQTE_SMTP_URL": mailbox.url}


@pytest.fixture(params=[True, False], ids=["avec JavaScript", "sans JavaScript"])
def browser_context_args(browser_context_args: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**browser_context_args, "java_script_enabled": request.param}


@pytest.fixture
def bruno(page: Page, live_server: LiveServer, accounts: object, mailbox: Mailbox) -> Page:
    """Bruno's browser, on the link he was mailed: eight indicators to answer for the last quarter."""
    page.set_default_timeout(10_000)
    with live_server.app.app_context():
        with transaction(actor=PLANIFICATEUR, now=clock.now()) as session:
            company = session.scalars(select(Signataire).where(Signataire.identifiant == SIRET_BRUNO)).one()
            company.effectif, key = 10, company.id
        a_convention(key, *CODES, debut=PERIODE.debut, fin=fin_triennale(PERIODE.debut), cibles={"S2": 30})
        invite_user(
            actor=PLANIFICATEUR,
            role=BRUNO.role,
            courriel=BRUNO.courriel,
            nom=BRUNO.nom,
            siret=SIRET_BRUNO,
            base_url=live_server.url,
            now=clock.now(),
        )
    deliver(live_server)
    page.goto(link_in(mailbox))
    return page


@pytest.fixture
def camille(browser: Browser, browser_context_args: dict[str, Any], live_server: LiveServer, accounts: object) -> Page:
    """Camille, signed in in a browser of her own."""
    page = browser.new_context(**browser_context_args).new_page()
    page.set_default_timeout(10_000)
    with live_server.app.app_context():
        link = invitation_of(CAMILLE)
    page.goto(link.removeprefix("http://localhost"))
    page.get_by_role("button", name="Ouvrir ma session").click()
    return page
