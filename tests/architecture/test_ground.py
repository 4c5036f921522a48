"""What the other tests stand on: the bases are real and fresh, the mail server and the browser too."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect

from tests.fixtures_courriel import Mailbox
from tests.fixtures_navigateur import AxeReport

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_a_base_is_of_the_kind_asked_and_has_every_table(database_kind: str, database_url: str) -> None:
    from paqte.models import Base
    from paqte.ops.base.migration import VERSION_TABLE, check_base, numbers

    engine = create_engine(database_url)
    assert engine.dialect.name == database_kind
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, VERSION_TABLE}
    assert check_base(database_url) == numbers()[-1], "as the product leaves it"
    engine.dispose()


def test_a_mail_sent_is_read_back(mailbox: Mailbox) -> None:
    sent = EmailMessage()
    sent["From"], sent["To"], sent["Subject"] = "a@exemple.fr", "b@exemple.fr", "Échéance à la préfecture"
    sent.set_content("Le bilan est prêt.")
    with smtplib.SMTP("127.0.0.1", mailbox.port) as server:
        server.send_message(sent)
    assert [message["Subject"] for message in mailbox.messages] == ["Échéance à la préfecture"]


def test_axe_sees_a_fault_and_passes_a_clean_page(page: Page, axe: Callable[[Page], AxeReport]) -> None:
    clean = '<!doctype html><html lang="fr"><title>Essai</title><main><h1>Essai</h1>{}</main></html>'
    page.set_content(clean.format(""))
    assert axe(page).problems == []
    page.set_content(clean.format('<img src="data:,">'))
    assert any("image-alt" in line for line in axe(page).problems)


def test_axe_sees_one_pale_cell_among_a_hundred_that_look_alike(page: Page, axe: Callable[[Page], AxeReport]) -> None:
    """Of the same look it measures a few texts: whatever makes one cell, row or letter paler is another look."""
    said = '<!doctype html><html lang="fr"><title>Essai</title><main><h1>Essai</h1>{}</main></html>'
    rows = ["<p>bien lisible</p>"] * 100
    pale = {
        79: '<p style="color: #ccc">pâle</p>',
        82: '<div style="background: #555"><p>sur fond sombre</p></div>',
        85: '<p>bien <em style="color: #bbb">lisible</em></p>',
        88: '<div style="opacity: 0.3"><p>effacé</p></div>',
    }
    page.set_content(said.format("".join(rows)))
    assert axe(page).problems == []
    page.set_content(said.format("".join(pale.get(rank, row) for rank, row in enumerate(rows))))
    assert [line.split(" sur ")[0] for line in axe(page).problems] == ["faute color-contrast"] * 4
    assert page.locator("[data-meme-aspect]").count() == 0


def test_no_test_polls_a_page_by_a_text_that_its_policy_refuses_to_evaluate() -> None:
    """Our `script-src 'self'` refuses it from the second look on: a slow machine alone shows it."""
    polling = "wait_for_" + "function"
    sources = {path: path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("*.py")}
    assert [str(path) for path, source in sources.items() if polling in source] == []
