"""Reading a mail as a program that reads mails shows it, and following its link as whoever reads it does.

`Jours` are days that pass so: the scheduler ticks, what it sends is followed, then people do what they do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from threading import Event
from typing import Any
from urllib.parse import unquote

import time_machine
from flask import Flask, g

from paqte.domain.statuts.courriels import Message
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.scheduling.calendrier import CALENDRIER, TravailContext
from paqte.services.courriels.courriels import send_due
from tests.fixtures_acteurs import token_in
from tests.fixtures_courriel import Mailbox

Gesture = Callable[[datetime], object]
LINK = re.compile(r"https://[^/\s]+(/connexion/[\w-]{40,}\?next=(\S+))")


def as_read(received: EmailMessage) -> Message:
    """What stands in it, once decoded."""
    parts = [received.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (part.get_content() if part else "" for part in parts)
    return Message(received["To"], received["Subject"], text, html, (str(received["Reply-To"]),))


def follow(app: Flask, mail: Message, now: datetime) -> None:
    """The link, one button, and what the mail names is there: once, and again for whoever is signed in."""
    link, named = LINK.findall(mail.texte)[0]
    suite = unquote(named)
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


def morning(day: date) -> datetime:
    """When the scheduler passes that day."""
    return datetime.combine(day, time(8), UTC)


class Jours:
    """Days that pass before a mail server: each mail is kept with its day in `sent` and followed once."""

    def __init__(self, app: Flask, session: Any, box: Mailbox, first: date) -> None:
        self.app, self.session, self.box = app, session, box
        self.settings = app.extensions["paqte"]
        self.opened: list[str] = []
        self.sent: list[tuple[date, Message]] = []
        self.gestures: dict[date, list[Gesture]] = {}
        self.now = morning(first)

    def on(self, day: str, gesture: Gesture) -> None:
        """What somebody does that day, after the scheduler passed."""
        self.gestures.setdefault(date.fromisoformat(day), []).append(gesture)

    def tick(self) -> list[Message]:
        """Every job of the scheduler, then what it sent, followed; gives these mails."""
        contexte = TravailContext(self.settings, "essai", lambda: self.now, Event())
        for travail in CALENDRIER:
            if travail.code != "courriels":
                travail.run(contexte)
        return self.deliver()

    def deliver(self) -> list[Message]:
        """What the outbox sends now, followed."""
        transport = SmtpTransport(read_smtp_url(self.box.url), "paqte@prefecture41.test", self.now)
        send_due(transport=transport, now=self.now)
        received, self.box.messages = self.box.messages, []
        mails = [as_read(mail) for mail in received]
        for mail in mails:
            self.sent.append((self.now.date(), mail))
            follow(self.app, mail, self.now)
            self.opened.append(mail.sujet)
        return mails

    def rows(self, query: Any) -> list[Any]:
        """What the base says."""
        self.session.rollback()
        return [tuple(row) for row in self.session.execute(query)]
