"""The outbox: what one mail meets delays that mail alone, and a référent sees what became of hers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE, REFUSE, SANS_OBJET, Message
from paqte.models import Courriel
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.queries.courriels.courriels import follow_mails
from paqte.services.courriels.boite import queue_mail
from paqte.services.courriels.courriels import send_again, send_due
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, ZOE, bruno
from tests.fixtures_courriel import Mailbox

PEOPLE = ("a@val.test", "b@val.test", "c@val.test")


class Choosy(Mailbox):
    """A server that treats one recipient otherwise: `answers` by address; None leaves her without an answer."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        answer = self.answers.get(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def choosy() -> Iterator[Choosy]:
    from aiosmtpd.controller import Controller

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    box = Choosy(port)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def slow_server() -> Iterator[str]:
    """A server that greets, then says nothing more."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def greet() -> None:
            held = []
            while not stop.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                connection.sendall(b"220 bonjour\r\n")
                held.append(connection)
            for connection in held:
                connection.close()

        thread = threading.Thread(target=greet)
        thread.start()
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        stop.set()
        thread.join()


def queue(now: datetime, *people: str, motif: str = "renvoi", departement: str | None = "41") -> list[int]:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        rows = [
            queue_mail(session, Message(p, "Sujet", "Texte secret\n"), motif=motif, now=now, departement=departement)
            for p in people
        ]
        session.flush()
        return [row.id for row in rows]


def send(url: str, now: datetime) -> int:
    return send_due(transport=SmtpTransport(read_smtp_url(url), "paqte@exemple.fr", now), now=now)


def states(session: Any) -> dict[str, str]:
    session.rollback()
    return {row.destinataire: row.etat for row in session.scalars(select(Courriel))}


@pytest.mark.parametrize(("answer", "state"), [("550 inconnu ici", REFUSE), ("450 plus tard", EN_ATTENTE)])
def test_a_recipient_refused_or_put_off_delays_that_mail_alone(
    answer: str, state: str, session: Any, choosy: Choosy, now: datetime
) -> None:
    queue(now, *PEOPLE)
    choosy.answers["a@val.test"] = answer
    assert send(choosy.url, now) == 2
    assert states(session) == {"a@val.test": state, "b@val.test": ENVOYE, "c@val.test": ENVOYE}
    told = next(c for c in follow_mails(actor=CAMILLE).courriels if c.destinataire == "a@val.test")
    assert answer in told.erreur
    choosy.answers.clear()
    assert send(choosy.url, now + timedelta(minutes=2)) == (0 if state == REFUSE else 1)


@pytest.mark.parametrize("odd", ["", "a@[", "(a@val.test", "a@val.test\\"])
def test_one_odd_address_is_a_dead_mail_and_the_others_leave(
    odd: str, session: Any, choosy: Choosy, now: datetime
) -> None:
    queue(now, odd, *PEOPLE)
    assert send(choosy.url, now) == 3
    dead = next(c for c in follow_mails(actor=CAMILLE).courriels if c.destinataire == odd)
    assert (dead.etat, dead.may_be_sent_again) == (REFUSE, True)
    assert dead.erreur.startswith("Cette adresse ne peut pas recevoir de courriel"), dead.erreur
    assert send(choosy.url, now + timedelta(days=1)) == 0


def test_a_failure_nobody_foresaw_holds_one_mail_alone(
    session: Any, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    queue(now, *PEOPLE)
    left: list[str] = []

    def transport(message: Message) -> None:
        if message.destinataire == "b@val.test":
            raise RuntimeError(f"cannot write to {message.destinataire}")
        left.append(message.destinataire)

    assert send_due(transport=transport, now=now) == 2
    assert left == ["a@val.test", "c@val.test"]
    assert states(session)["b@val.test"] == EN_ATTENTE
    assert "RuntimeError" in caplog.text and "b@val.test" not in caplog.text
    told = next(c for c in follow_mails(actor=CAMILLE).courriels if c.destinataire == "b@val.test")
    assert "journal du serveur" in told.erreur


def test_a_mail_that_met_a_silent_server_no_longer_comes_first(
    session: Any, choosy: Choosy, slow_server: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paqte.ops.courriel.TIMEOUT_SECONDS", 0.3)
    queue(now, *PEOPLE)
    assert send(slow_server, now) == 0
    assert send(choosy.url, now) == 2, "the others leave at the next call, the first waits for its own next try"
    assert states(session)["a@val.test"] == EN_ATTENTE
    assert send(choosy.url, now + timedelta(minutes=2)) == 1


def test_a_refused_mail_is_sent_again_when_its_referent_asks(session: Any, choosy: Choosy, now: datetime) -> None:
    (key,) = queue(now, "a@val.test")
    choosy.answers["a@val.test"] = "550 boîte pleine"
    send(choosy.url, now)
    choosy.answers.clear()
    send_again(actor=CAMILLE, courriel_id=key, now=now)
    assert send(choosy.url, now) == 1
    with pytest.raises(Refused, match="rien à envoyer de nouveau"):
        send_again(actor=CAMILLE, courriel_id=key, now=now)


@pytest.mark.parametrize("motif", ["connexion", "invitation"])
def test_a_dead_link_is_not_sent_again(motif: str, session: Any, now: datetime) -> None:
    (key,) = queue(now, "a@val.test", motif=motif)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Courriel).values(etat=REFUSE))
    with pytest.raises(Refused, match="invitez à nouveau"):
        send_again(actor=CAMILLE, courriel_id=key, now=now)
    assert not follow_mails(actor=CAMILLE).courriels[0].may_be_sent_again


def test_each_sees_the_mails_of_her_departement_and_no_company_sees_any(session: Any, now: datetime) -> None:
    (key,) = queue(now, "a@val.test")
    queue(now, "sans-departement@val.test", departement=None)
    assert [c.destinataire for c in follow_mails(actor=CAMILLE).courriels] == ["a@val.test"]
    for actor in (ZOE, bruno(1)):
        assert follow_mails(actor=actor).courriels == ()
        for wanted in (key, 999_999):
            with pytest.raises(NotFound, match=r"^Ce courriel"):
                send_again(actor=actor, courriel_id=wanted, now=now)


def test_the_list_is_counted_filtered_and_cut_into_pages(session: Any, now: datetime) -> None:
    queue(now, *(f"p{rank:02}@val.test" for rank in range(60)))
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Courriel).where(Courriel.destinataire < "p10").values(etat=ENVOYE))
    first, second = follow_mails(actor=CAMILLE), follow_mails(actor=CAMILLE, page=2)
    assert (len(first.courriels), len(second.courriels), first.total) == (50, 10, 60)
    assert first.comptes == {EN_ATTENTE: 50, ENVOYE: 10, REFUSE: 0, SANS_OBJET: 0}
    assert follow_mails(actor=CAMILLE, etat=ENVOYE).total == 10
    assert not hasattr(first.courriels[0], "texte"), "a mail's text may hold somebody's sign-in link"


@pytest.mark.parametrize(("motif", "life"), [("connexion", timedelta(hours=1)), ("invitation", timedelta(days=30))])
def test_a_mail_with_a_link_that_waited_too_long_never_leaves_and_says_why(
    motif: str, life: timedelta, session: Any, now: datetime
) -> None:
    """No mail server was set for a while, or it was down: nobody expects it any more."""
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        for address in PEOPLE[:2]:
            queue_mail(writing, Message(address, "S", "T"), motif=motif, now=now, departement="41")
        queue_mail(writing, Message(PEOPLE[2], "S", "T"), motif="validation", now=now, departement="41")
    left: list[str] = []
    session.execute(
        update(Courriel).where(Courriel.destinataire == PEOPLE[0]).values(cree_le=now + timedelta(seconds=1))
    )
    session.commit()
    assert send_due(transport=lambda message: left.append(message.destinataire), now=now + life) == 2
    assert left == [PEOPLE[0], PEOPLE[2]]
    session.rollback()
    dead = session.scalars(select(Courriel).where(Courriel.destinataire == PEOPLE[1])).one()
    assert (dead.etat, dead.essais) == (REFUSE, 0)
    assert "à temps" in dead.erreur
