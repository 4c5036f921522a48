"""Where a rule on mails and on writing stops: the moment of a mail, what it met, what it replaces."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.erreurs import Conflict, NotFound
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR
from paqte.domain.statuts.courriels import (
    EN_ATTENTE,
    ENVOYE,
    REFUSE,
    MailDelayed,
    Message,
    RecipientRefused,
    TransportDown,
)
from paqte.models import (
    Convention,
    Courriel,
    Departement,
    Journal,
    Relance,
    Restauration,
    Signataire,
    Utilisateur,
)
from paqte.services.courriels.boite import queue_mail, replace_waiting
from paqte.services.courriels.courriels import _is_put_off, send_again, send_due
from paqte.services.journal import plain
from paqte.services.transaction import note, transaction
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire
from tests.services.refus import refusals

SITE = "https://paqte.exemple.fr"
SECOND = timedelta(seconds=1)


def a_mail(now: datetime, to: str = "a@val.test", motif: str = "validation", departement: str | None = "41") -> int:
    with transaction(actor=CAMILLE, now=now) as writing:
        message = Message(f" {to}\n", "Sujet\r\nBcc: x " + "s" * 300, "texte", "html")
        mail = queue_mail(
            writing, message, motif=motif, now=now, departement=departement, nomme=["contact_signataire/7"]
        )
        writing.flush()
        return mail.id


def read(session: Any, key: int) -> Courriel:
    session.rollback()
    return session.get_one(Courriel, key)


def test_a_mail_is_kept_on_one_line_with_those_it_names(session: Any, now: datetime) -> None:
    a_departement("41")
    mail = read(session, a_mail(now))
    assert (mail.destinataire, mail.sujet) == ("a@val.test", ("Sujet Bcc: x " + "s" * 300)[:200])
    assert (mail.nomme, mail.etat, mail.essais) == (" contact_signataire/7 utilisateur/1 ", EN_ATTENTE, 0)
    assert (mail.cree_le, mail.prochain_essai, mail.texte, mail.html) == (now, now, "texte", "html")


@pytest.mark.parametrize(
    ("error", "etat", "told"),
    [
        (TransportDown("panne"), EN_ATTENTE, "panne"),
        (MailDelayed("plus tard"), EN_ATTENTE, "plus tard"),
        (RecipientRefused("550 inconnu"), REFUSE, "550 inconnu"),
        (ZeroDivisionError("x"), EN_ATTENTE, "L’envoi de ce courriel a échoué sans que l’application sache pourquoi ; "
                                             "le journal du serveur le dit."),
    ],
)  # fmt: skip
def test_what_a_mail_met_is_written_beside_it(
    session: Any, now: datetime, error: Exception, etat: str, told: str
) -> None:
    a_departement("41")
    keys = [a_mail(now), a_mail(now)]

    def transport(message: Message) -> None:
        met.append(message)
        if len(met) == 1:
            raise error

    met: list[Message] = []
    assert send_due(transport=transport, now=now) == (0 if isinstance(error, TransportDown) else 1)
    first, second = (read(session, key) for key in keys)
    assert (first.etat, first.erreur, first.essais, first.prochain_essai) == (etat, told, 1, now + timedelta(minutes=1))
    down = isinstance(error, TransportDown)
    assert (second.etat, second.envoye_le, second.erreur) == (EN_ATTENTE if down else ENVOYE, None if down else now, "")


def test_a_mail_leaves_at_its_moment_and_never_twice(session: Any, now: datetime) -> None:
    a_departement("41")
    key = a_mail(now)
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Courriel).values(prochain_essai=now + SECOND, essais=1))
    sent: list[Message] = []
    assert send_due(transport=sent.append, now=now) == 0
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Courriel).values(essais=0))
    assert send_due(transport=sent.append, now=now) == 0
    assert send_due(transport=sent.append, now=now + SECOND) == 1
    assert send_due(transport=sent.append, now=now + timedelta(days=9)) == 0
    assert (len(sent), read(session, key).etat) == (1, ENVOYE)


def test_a_mail_written_before_the_clock_stepped_back_leaves_at_once_if_it_was_never_tried(
    session: Any, now: datetime
) -> None:
    a_departement("41")
    a_mail(now + timedelta(minutes=30))
    sent: list[Message] = []
    assert send_due(transport=sent.append, now=now) == 1


def test_only_what_waits_for_the_same_address_reason_and_department_is_replaced(session: Any, now: datetime) -> None:
    a_departement("41"), a_departement("972")
    same, other, reason, place, sent = (
        a_mail(now),
        a_mail(now, to="b@val.test"),
        a_mail(now, motif="ouverture"),
        a_mail(now, departement="972"),
        a_mail(now),
    )
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Courriel).where(Courriel.id == sent).values(etat=ENVOYE))
        replace_waiting(writing, to="a@val.test", motif="validation", departement="41")
    row = read(session, same)
    assert (row.etat, row.erreur) == (REFUSE, "Remplacé par une demande plus récente.")
    assert [read(session, key).etat for key in (other, reason, place, sent)] == [EN_ATTENTE] * 3 + [ENVOYE]


def test_what_cannot_be_sent_again_says_why(session: Any, now: datetime) -> None:
    a_departement("41")
    key, link, emptied = a_mail(now), a_mail(now, motif="invitation"), a_mail(now)

    def again(mail: int) -> dict[str, str]:
        return refusals(lambda: send_again(actor=CAMILLE, courriel_id=mail, now=now))

    assert again(key) == {"": "Ce courriel n’est pas refusé : il n’y a rien à envoyer de nouveau."}
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.execute(update(Courriel).values(etat=REFUSE))
        writing.execute(update(Courriel).where(Courriel.id == emptied).values(texte=""))
    dead = "Le lien de ce courriel ne fonctionne plus : invitez à nouveau la personne depuis la page « Accès »."
    assert again(link) == {"": dead}
    gone = "Le texte de ce courriel n’est plus gardé : écrivez à la personne, ou relancez-la."
    assert again(emptied) == {"": gone}
    with pytest.raises(NotFound, match="Ce courriel n’existe pas"):
        send_again(actor=ZOE, courriel_id=key, now=now)


def test_the_journal_says_in_text_what_json_cannot() -> None:
    said = {
        date(2026, 1, 2): "2026-01-02",
        datetime(2026, 1, 2, 3, tzinfo=UTC): "2026-01-02T03:00:00+00:00",
        Decimal("1E+3"): "1000",
        b"abc": "3 octets",
        7: "7",
    }
    assert {value: plain(value) for value in said} == said


def test_a_transaction_does_not_nest_and_a_row_changed_meanwhile_is_a_conflict(session: Any, now: datetime) -> None:
    a_departement("41")
    with pytest.raises(RuntimeError, match="déjà ouverte"), transaction(actor=CAMILLE, now=now):  # noqa: SIM117
        with transaction(actor=CAMILLE, now=now):
            pass
    key = a_convention(a_signataire())
    with pytest.raises(Conflict, match="rechargez la page"), transaction(actor=CAMILLE, now=now) as writing:
        row = writing.get_one(Convention, key)
        writing.execute(
            update(Convention)
            .where(Convention.id == key)
            .values(version=9)
            .execution_options(synchronize_session=False)
        )
        row.notes = "x"
    with transaction(actor=CAMILLE, now=now) as writing:
        assert writing.get_one(Convention, key).version == 1, "nothing of it is kept"


def test_nothing_is_written_outside_of_a_transaction(session: Any) -> None:
    a_departement("41")
    session.rollback()
    session.get_one(Departement, "41").prefecture = "Ailleurs"
    with pytest.raises(RuntimeError, match="écriture hors de"):
        session.flush()
    session.rollback()


def test_each_line_of_an_act_stands_in_the_journal_of_its_own_department(session: Any, now: datetime) -> None:
    keys = [a_signataire(), a_signataire("Distillerie (fictif)", "972")]
    for actor, expected in ((PLANIFICATEUR, None), (CAMILLE, None)):
        with transaction(actor=actor, now=now) as writing:
            for key in keys:
                writing.get_one(Signataire, key).secteur = actor.nom
            note(writing, "connexion", "utilisateur", 7)
        j = Journal
        last = session.execute(select(j.objet, j.objet_id, j.departement_code).order_by(j.id.desc()).limit(3)).all()
        session.rollback()
        assert {tuple(line) for line in last} == {
            ("signataire", str(keys[0]), "41"),
            ("signataire", str(keys[1]), "972"),
            ("utilisateur", "7", expected),
        }


def test_after_a_restoration_only_a_link_asked_for_since_leaves(session: Any, now: datetime) -> None:
    """One of the very moment was in the back-up, and has left already as far as anybody knows."""
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Restauration(quand=now, sauvegarde="sauvegarde.zip"))
    keys = [a_mail(moment, motif="connexion") for moment in (now - SECOND, now, now + SECOND)]
    relance = a_mail(now + SECOND, motif="relance")
    sent: list[Message] = []
    assert send_due(transport=sent.append, now=now + SECOND) == 1
    states = [read(session, key).etat for key in (*keys, relance)]
    assert states == [EN_ATTENTE, EN_ATTENTE, ENVOYE, EN_ATTENTE]


def test_R12_a_reminder_of_tomorrow_overseas_waits_though_that_day_has_begun_at_greenwich(
    session: Any, now: datetime
) -> None:
    # One in the morning of the 23rd at Greenwich: still the 22nd in Martinique, already the 23rd in Blois.
    night = datetime(2026, 11, 23, 1, tzinfo=UTC)
    keys: dict[tuple[str, int], int] = {}
    for place in ("41", "972"):
        a_departement(place)
        for day in (22, 23, 24):
            keys[place, day] = mail = a_mail(now, motif="relance", departement=place)
            with transaction(actor=PLANIFICATEUR, now=now) as writing:
                user = Utilisateur(courriel=f"{mail}@val.test", nom="B", role=ENTREPRISE, created_at=now)
                writing.add(user)
                writing.flush()
                given = {"utilisateur_id": user.id, "departement_code": place, "jour": date(2026, 11, day)}
                writing.add(Relance(**given, etape="relance-3", courriel_id=mail, created_at=now))
    waiting = set(session.scalars(select(Courriel.id).where(_is_put_off(night))))
    session.rollback()
    assert {key for key, mail in keys.items() if mail in waiting} == {("41", 24), ("972", 23), ("972", 24)}
