"""What Bruno does in his browser, and what the scheduler does meanwhile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.ops import clock
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.services.courriels.courriels import send_due
from tests.fixtures_courriel import Mailbox

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.fixtures_application import LiveServer

PERIODE = last_closed(local_date(clock.now(), "41"), "T")
CODES = ("S1", "S2", "S4", "S5", "S6", "F1", "F3", "R3")
PUPILS, HIRED = "Nombre d’élèves de 3e", "Nombre de recrutements de résidents"
LATER, READ, SEND = "Enregistrer et finir plus tard", "Relire avant de transmettre", "Transmettre à mon référent"


def with_javascript(test: Any) -> Any:
    return pytest.mark.parametrize("browser_context_args", [True], indirect=True, ids=["avec JavaScript"])(test)


def deliver(server: LiveServer) -> None:
    """What the scheduler does every few seconds."""
    settings, now = server.app.extensions["paqte"], clock.now()
    with server.app.app_context():
        send_due(transport=SmtpTransport(read_smtp_url(settings.smtp_url), settings.smtp_from, now), now=now)


def text_of(mailbox: Mailbox) -> str:
    body = mailbox.messages[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ")


def link_in(mailbox: Mailbox) -> str:
    found = re.search(r"http://\S+/connexion/\S+", text_of(mailbox))
    assert found
    return found[0]


def start(page: Page) -> None:
    page.get_by_role("button", name="Ouvrir ma session").click()
    page.get_by_role("button", name="Commencer").click()
    # The whole page, its files too: a request taken in hand by the test while it loads may never be answered.
    page.get_by_role("button", name=LATER).wait_for()
    page.wait_for_load_state()


def box(page: Page, label: str) -> Locator:
    """Where one types an answer: its engagement is a group of the same name."""
    return page.get_by_role("textbox", name=label).first


def declaration_of(page: Page) -> str:
    return re.findall(r"/declarations/(\d+)", page.url)[0]


def press(page: Page, name: str, then: str) -> None:
    """Press a button and wait for what the next page says: a draft on its way is waited for first."""
    page.get_by_role("button", name=name).click()
    page.get_by_text(then).first.wait_for()
