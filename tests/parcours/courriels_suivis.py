"""Reading a mail as a program that reads mails shows it, and following its link as whoever reads it does."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import time_machine
from flask import Flask, g

from paqte.domain.statuts.courriels import Message
from tests.fixtures_acteurs import token_in

LINK = re.compile(r"https://[^/\s]+(/connexion/[\w-]{40,}\?next=(\S+))")


def as_read(received: EmailMessage) -> Message:
    """What stands in it, once decoded."""
    parts = [received.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (part.get_content() if part else "" for part in parts)
    return Message(received["To"], received["Subject"], text, html, (str(received["Reply-To"]),))


def follow(app: Flask, mail: Message, now: datetime) -> None:
    """The link, one button, and what the mail names is there: once, and again for whoever is signed in."""
    link, suite = LINK.findall(mail.texte)[0]
    with time_machine.travel(now, tick=False):
        browser = app.test_client()
        assert _get(browser, link).status_code == 200, "a scanner uses nothing up"
        answer = browser.post(link, data={"csrf_token": token_in(_get(browser, link).text)})
        assert (answer.status_code, answer.location) == (302, suite), mail.sujet
        assert _get(browser, suite).status_code == 200, (mail.sujet, suite)
        again = _get(browser, link)
        assert (again.status_code, again.location) == (302, suite), "followed again, it leads there"
        assert _get(app.test_client(), link).status_code == 410, "and opens nothing to another"


def _get(browser: Any, path: str) -> Any:
    """A request of its own: the context of the test would lend it whoever signed in before."""
    vars(g._get_current_object()).clear()  # type: ignore[attr-defined]
    return browser.get(path)
