"""Handing a mail to the SMTP server named in PAQTE_SMTP_URL."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from urllib.parse import parse_qsl, unquote, urlsplit

from paqte.config import ConfigurationRefused
from paqte.domain.statuts.courriels import MailDelayed, Message, RecipientRefused, TransportDown
from paqte.domain.systeme import reason_of

TIMEOUT_SECONDS = 15
EXAMPLE = "écrivez par exemple smtp://utilisateur:motdepasse@hote:587?starttls"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# Once its parts are encoded. Headers folded at 78 lose a space between two words that have accents, or gain one: each
# stands on one line, as long as a server must take.
HEADERS_WHOLE = SMTP.clone(max_line_length=998)
BAD_ADDRESS = "Cette adresse ne peut pas recevoir de courriel : corrigez-la sur la fiche de la personne."
BAD_SUBJECT = "L’objet de ce courriel contient des caractères qu’un courriel ne peut pas porter."
BAD_TEXT = "Le texte de ce courriel contient des caractères qu’un courriel ne peut pas porter."
BAD_SENDER = "L’adresse d’expédition ne convient pas : vérifiez PAQTE_SMTP_FROM (par exemple paqte@prefecture.fr)."


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails go. `tls` is "" (plain), "starttls" or "smtps"."""

    host: str
    port: int
    user: str
    password: str
    tls: str


def read_smtp_url(url: str) -> SmtpServer:
    """smtp://host:port, smtp://user:password@host:587?starttls or smtps://…; ConfigurationRefused otherwise."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise ConfigurationRefused(f"Le port de PAQTE_SMTP_URL n’est pas un nombre : {EXAMPLE}.") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ConfigurationRefused(f"PAQTE_SMTP_URL ne se lit pas : {EXAMPLE}.")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if set(options) - {"starttls"}:
        raise ConfigurationRefused(f"PAQTE_SMTP_URL porte une option inconnue : {EXAMPLE}.")
    tls = "smtps" if parts.scheme == "smtps" else "starttls" if "starttls" in options else ""
    if parts.password and not tls and parts.hostname not in LOOPBACK:
        raise ConfigurationRefused(
            "PAQTE_SMTP_URL ferait voyager le mot de passe en clair : ajoutez ?starttls, ou écrivez smtps://."
        )
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if tls == "smtps" else 587 if tls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """Sends one message a connection, dated `now`.

    Raises TransportDown when no mail can leave now, MailDelayed and RecipientRefused for this mail alone.
    """

    server: SmtpServer
    sender: str
    now: datetime

    def __call__(self, message: Message) -> None:
        mail = compose(message, self.sender, self.now)
        with _translated(), self._connected() as connection:
            connection.send_message(mail, self.sender, [message.destinataire])

    def check(self) -> None:
        """Connect and sign in, send nothing; TransportDown says why it does not work."""
        _origin(self.sender)
        with _translated(), self._connected():
            pass

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self.server
        context = ssl.create_default_context() if server.tls else None
        with (
            smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
            if server.tls == "smtps"
            else smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        ) as connection:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
            yield connection


def compose(message: Message, sender: str, now: datetime) -> EmailMessage:
    """The mail as it is sent: one recipient, its HTML beside its text.

    RecipientRefused when this one cannot be written as a mail, TransportDown when none can leave from `sender`.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _origin(sender)
    with _writable(RecipientRefused, BAD_ADDRESS):
        mail["To"] = Address(addr_spec=message.destinataire)
    with _writable(RecipientRefused, BAD_SUBJECT):
        mail["Subject"] = message.sujet
    for name in _answerable(message.repondre_a):
        mail["Reply-To"] = name
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    with _writable(RecipientRefused, BAD_TEXT):
        mail.set_content(message.texte)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        for piece in message.pieces:
            kind, _, subtype = piece.media_type.partition("/")
            mail.add_attachment(piece.octets, maintype=kind, subtype=subtype, filename=piece.nom)
        mail.policy = HEADERS_WHOLE
        # Headers are folded, and judged again by newer Pythons, only when the mail is written out.
        mail.as_bytes()
    return mail


def _answerable(addresses: tuple[str, ...]) -> list[list[Address]]:
    """Where an answer goes, as one heading: an address that no heading can bear is left out, the mail leaves."""
    found = []
    for address in addresses:
        with suppress(Exception):
            one = Address(addr_spec=address.encode("ascii").decode())
            EmailMessage(policy=SMTP)["Reply-To"] = one
            found.append(one)
    return [found] if found else []


def _origin(sender: str) -> Address:
    with _writable(TransportDown, BAD_SENDER):
        # In ASCII: its domain also makes the number of each mail, which has no other way to be written.
        origin = Address("PAQTE", addr_spec=sender.encode("ascii").decode())
        EmailMessage(policy=SMTP)["From"] = origin
    return origin


@contextmanager
def _writable(kind: type[Exception], sentence: str) -> Iterator[None]:
    """What the library of mails refuses, as one of ours.

    Whatever it raises: beside ValueError, an odd address gave HeaderParseError, IndexError, AttributeError,
    UnboundLocalError or CharsetError, and no two versions of Python raise the same one.
    """
    try:
        yield
    except Exception as error:
        raise kind(sentence) from error


@contextmanager
def _translated() -> Iterator[None]:
    """What smtplib raises, as the three cases the outbox knows, in plain words."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _by_code(code, said) from error
    except smtplib.SMTPDataError as error:
        raise _by_code(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPSenderRefused as error:
        raise TransportDown(f"Le serveur refuse l’expéditeur {error.sender} : vérifiez PAQTE_SMTP_FROM.") from error
    except smtplib.SMTPAuthenticationError as error:
        raise TransportDown("Le serveur refuse l’utilisateur ou le mot de passe de PAQTE_SMTP_URL.") from error
    except smtplib.SMTPNotSupportedError as error:
        raise TransportDown(f"Le serveur ne sait pas ce qui lui est demandé : {error}.") from error
    except UnicodeError as error:
        raise RecipientRefused("Le serveur n’accepte pas les accents dans une adresse.") from error
    except smtplib.SMTPException as error:
        raise TransportDown(f"Le serveur de courriel ne répond pas comme il faut : {error}.") from error
    except socket.gaierror as error:
        raise TransportDown("Le nom du serveur de courriel est inconnu : vérifiez PAQTE_SMTP_URL.") from error
    except OSError as error:
        raise TransportDown(f"Le serveur de courriel ne répond pas comme il faut : {reason_of(error)}.") from error


def _by_code(code: int, said: bytes | str) -> Exception:
    """5xx is final for this mail; anything else may work later, and says nothing of the other mails."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    kind = RecipientRefused if 500 <= code < 600 else MailDelayed
    return kind(f"Réponse du serveur : {code} {' '.join(words.split())[:300]}.")
