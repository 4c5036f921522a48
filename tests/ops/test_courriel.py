"""Mails leave through a real SMTP server, or say why they do not (cases 53, 121)."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paqte.config import ConfigurationRefused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import MailDelayed, Message, RecipientRefused, TransportDown
from paqte.ops.courriel import SmtpServer, SmtpTransport, compose, read_smtp_url
from paqte.services.courriels.boite import queue_mail
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import transaction
from tests.fixtures_courriel import Mailbox

SENDER = "ne-pas-repondre@paqte.exemple.fr"
MAIL = Message(
    "camille@exemple.fr", "Échéance à la préfecture", "Le bilan est prêt.\n", "<p>Le bilan est <b>prêt</b>.</p>"
)


NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def transport_to(url: str) -> SmtpTransport:
    return SmtpTransport(read_smtp_url(url), SENDER, NOW)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://hote", SmtpServer("hote", 25, "", "", "")),
        ("smtp://u:p%40ss%2F@hote:2525?starttls", SmtpServer("hote", 2525, "u", "p@ss/", "starttls")),
        ("smtp://hote?starttls=1", SmtpServer("hote", 587, "", "", "starttls")),
        ("smtps://u:p@hote", SmtpServer("hote", 465, "u", "p", "smtps")),
        ("smtp://u:p@127.0.0.1:2525", SmtpServer("127.0.0.1", 2525, "u", "p", "")),
    ],
)
def test_an_address_of_server_is_read(url: str, expected: SmtpServer) -> None:
    assert read_smtp_url(url) == expected


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("hote:25", "ne se lit pas"),
        ("http://hote", "ne se lit pas"),
        ("smtp://", "ne se lit pas"),
        ("smtp://hote:vingt", "pas un nombre"),
        ("smtp://hote?tls", "option inconnue"),
        ("smtp://u:secret@hote", "en clair"),
    ],
)
def test_an_address_that_cannot_serve_is_refused_without_showing_the_password(url: str, why: str) -> None:
    with pytest.raises(ConfigurationRefused, match=why) as caught:
        read_smtp_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "subject",
    [
        "Somme des bilans PAQTE Centre-Val de Loire, 1er semestre 2026 : édition n° 1 produite",
        "Bilan PAQTE Loir-et-Cher (41), 1er semestre 2026 : en retard, il était attendu le 30/07/2026",
        "Export trimestriel La Réunion (974), 3e trimestre 2026 : à relire",
        " ".join(["été « à » n° 1 déclaration"] * 7),
    ],
)
def test_a_subject_arrives_with_each_of_its_spaces(mailbox: Mailbox, subject: str) -> None:
    """Seen red: « éditionn° 1 », and two spaces where a line was folded."""
    transport_to(mailbox.url)(replace(MAIL, sujet=subject))
    (received,) = mailbox.messages
    assert received["Subject"] == subject
    assert max(map(len, received.as_bytes().splitlines())) <= 998


def test_a_mail_arrives_with_its_text_its_html_and_one_recipient(mailbox: Mailbox) -> None:
    transport_to(mailbox.url)(MAIL)
    (received,) = mailbox.messages
    assert (received["Subject"], received["To"]) == (MAIL.sujet, MAIL.destinataire)
    assert received["From"] == f"PAQTE <{SENDER}>"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Date"].datetime == NOW
    text, html = (received.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None and text.get_content().replace("\r\n", "\n") == MAIL.texte
    assert html is not None and "<b>prêt</b>" in html.get_content()


@pytest.mark.parametrize(
    "message",
    [
        Message("a@b.fr\r\nBcc: x@y.fr", "Sujet", "Texte"),
        Message("a@b.fr, c@d.fr", "Sujet", "Texte"),
        Message("a@b.fr", "Sujet\r\nBcc: x@y.fr", "Texte"),
        Message("", "Sujet", "Texte"),
        Message("sans arobase", "Sujet", "Texte"),
        # Each of these makes the library of mails raise something else, and not the same thing on every Python.
        Message("a@b@c.fr", "Sujet", "Texte"),
        Message("(a@b.fr", "Sujet", "Texte"),
        Message("a@[", "Sujet", "Texte"),
        Message("a@[\t", "Sujet", "Texte"),
        Message("*@=?us-ascii'en'?q?\\?=", "Sujet", "Texte"),
        Message("a@", "Sujet", "Texte"),
        Message("@b.fr", "Sujet", "Texte"),
        Message("a@b..fr", "Sujet", "Texte"),
        Message("a@b.fr", "Sujet\u2028Bcc: x@y.fr", "Texte"),
        Message("a@b.fr", "Sujet", "Moitié de caractère : \ud800"),
        Message("a@b.fr", "Sujet", "Texte", "<p>\udcff</p>"),
    ],
)
def test_no_header_is_forged_through_an_address_or_a_subject(message: Message) -> None:
    with pytest.raises(RecipientRefused, match=r"^(Cette adresse|L’objet|Le texte)"):
        compose(message, SENDER, NOW)


@pytest.mark.parametrize(
    "address",
    ["", "paqte", "PAQTE <a@b.fr>", "a@[", "a@b.fr\r\nBcc: x@y.fr", "a@b@c", "\ud800@b.fr", "a@b\u2028", "a@é"],
)
def test_an_odd_sender_stops_every_mail_and_kills_none(address: str, mailbox: Mailbox) -> None:
    """It is the setting that is wrong: a mail refused for it would have to be sent again by hand, one by one."""
    transport = SmtpTransport(read_smtp_url(mailbox.url), address, NOW)
    with pytest.raises(TransportDown, match="PAQTE_SMTP_FROM"):
        transport(MAIL)
    with pytest.raises(TransportDown, match="PAQTE_SMTP_FROM"):
        transport.check()


@settings(max_examples=200)
@given(
    destinataire=st.text(st.sampled_from('ab.@@[]()<>"\\,;: =?é\t\r\n\0\ud800'), max_size=12),
    sujet=st.text(max_size=12),
    texte=st.text(st.characters(), max_size=12),
)
def test_whatever_stands_in_it_a_mail_is_written_to_one_person_or_refused(
    destinataire: str, sujet: str, texte: str
) -> None:
    try:
        mail = compose(Message(destinataire, sujet, texte), SENDER, NOW)
    except RecipientRefused:
        return
    received = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert [received.get_all(name, []) for name in ("Bcc", "Cc")] == [[], []]
    assert len(received.get_all("To", [])) == 1 and len(mail["To"].addresses) == 1


@pytest.mark.parametrize(("reply", "kind"), [("451 plus tard", MailDelayed), ("550 inconnu ici", RecipientRefused)])
def test_what_the_server_answers_is_final_or_not(mailbox: Mailbox, reply: str, kind: type[Exception]) -> None:
    mailbox.refusal = reply
    with pytest.raises(kind, match=reply):
        transport_to(mailbox.url)(MAIL)


def test_a_server_that_is_away_or_silent_is_down_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paqte.ops.courriel.TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with pytest.raises(TransportDown, match="ne répond pas"):
            transport_to(f"smtp://127.0.0.1:{port}")(MAIL)
    with pytest.raises(TransportDown, match="ne répond pas"):
        transport_to(f"smtp://127.0.0.1:{port}")(MAIL)
    with pytest.raises(TransportDown):
        transport_to("smtp://hote.invalid")(MAIL)


def test_encryption_asked_for_and_not_offered_sends_nothing(mailbox: Mailbox) -> None:
    with pytest.raises(TransportDown):
        transport_to(f"{mailbox.url}?starttls")(MAIL)
    with pytest.raises(TransportDown):
        transport_to(mailbox.url.replace("smtp:", "smtps:"))(MAIL)
    assert mailbox.messages == []


def test_a_mail_waits_while_the_server_is_down_and_leaves_once_it_is_back(
    session: Any, mailbox: Mailbox, now: datetime
) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        queue_mail(writing, MAIL, motif="essai", now=now)
    down, up = transport_to("smtp://127.0.0.1:9"), transport_to(mailbox.url)
    assert send_due(transport=down, now=now) == 0
    assert send_due(transport=up, now=now) == 0, "retried at once: the wait was not kept"
    assert send_due(transport=up, now=now + timedelta(minutes=2)) == 1
    assert send_due(transport=up, now=now + timedelta(days=1)) == 0
    assert len(mailbox.messages) == 1
