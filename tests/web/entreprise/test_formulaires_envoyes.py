"""The form of a declaration sent by mail to the contacts of the card (R13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from paqte.domain.erreurs import NotFound
from paqte.models import ContactSignataire, Courriel, db
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.services.courriels.courriels import send_due
from paqte.services.declarations.formulaires.envois_formulaires import send_form
from paqte.services.transaction import transaction
from tests import factories
from tests.web.entreprise.conftest import NOW
from tests.web.entreprise.remplis import ANSWER, book, bring, filled, rows

if TYPE_CHECKING:
    from tests.fixtures_courriel import Mailbox
    from tests.web.entreprise.conftest import Maison

ABOUT_PAGES = True


def test_R13_the_form_is_sent_to_the_card_s_contacts_drawn_as_the_declaration_is_when_it_leaves(
    maison: Maison, mailbox: Mailbox
) -> None:
    with maison.app.app_context():
        with transaction(actor=factories.CAMILLE, now=NOW) as session:
            card = ContactSignataire(
                signataire_id=maison.signataire, nom="Odile Marchand", courriel="odile@lenoir.test", created_at=NOW
            )
            session.add(card)
        assert send_form(actor=factories.CAMILLE, now=NOW, declaration_id=maison.id) >= 1
        with pytest.raises(NotFound):
            send_form(actor=factories.ZOE, now=NOW, declaration_id=maison.id)
    maison.type(S2="41")
    transport = SmtpTransport(read_smtp_url(mailbox.url), "paqte@prefecture.test", NOW)
    with maison.app.app_context():
        send_due(transport=transport, now=NOW)
    (mail,) = [m for m in mailbox.messages if str(m["To"]) == "odile@lenoir.test"]
    (piece,) = list(mail.iter_attachments())
    assert piece.get_filename() == "PAQTE 2026-T3 Atelier Lenoir fictif.xlsx"
    made = book(piece.get_content())
    assert made["Réponses"].cell(rows(made)[maison.name("S2")], ANSWER).value == "41", "typed after the gesture"
    assert bring(maison, filled(maison, piece.get_content(), R3=4)).status_code == 302


def test_a_form_no_longer_awaited_or_whose_contact_left_the_card_does_not_leave(
    maison: Maison, mailbox: Mailbox
) -> None:
    with maison.app.app_context():
        with transaction(actor=factories.CAMILLE, now=NOW) as session:
            card = ContactSignataire(
                signataire_id=maison.signataire, nom="Odile Marchand", courriel="odile@lenoir.test", created_at=NOW
            )
            session.add(card)
        send_form(actor=factories.CAMILLE, now=NOW, declaration_id=maison.id)
        with transaction(actor=factories.CAMILLE, now=NOW) as session:
            session.scalars(
                select(ContactSignataire).where(ContactSignataire.nom == "Odile Marchand")
            ).one().courriel = ""
        send_due(transport=SmtpTransport(read_smtp_url(mailbox.url), "paqte@prefecture.test", NOW), now=NOW)
        assert "odile@lenoir.test" not in [str(m["To"]) for m in mailbox.messages]
        said = select(Courriel.etat).where(Courriel.destinataire == "odile@lenoir.test")
        assert db.session.scalars(said).all() == ["sans_objet"]
