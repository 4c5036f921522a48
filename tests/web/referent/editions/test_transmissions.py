"""An edition leaves when its référent says so, with its very file, and what became of it is kept (R40)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound, Refused
from paqte.models import Courriel, Edition, EditionFichier, Journal, Reglage, Transmission, Utilisateur, db
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.services.courriels.courriels import send_due
from paqte.services.editions.transmissions import note_transmission, transmit_edition
from paqte.services.transaction import transaction
from tests import factories
from tests.editions import produce_bilan
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import CAMILLE, ZOE, post

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_courriel import Mailbox

ABOUT_PAGES = True
# A Monday morning: a gesture's mail leaves at once anyway.
NOW = datetime(2026, 8, 3, 9, tzinfo=UTC)
S1 = Periode.from_code("2026-S1")
PAGE = "/referent/bilans/2026-S1"
CGET = "bilans@cget.test"


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def edition(app: Flask, accounts: object, tmp_path: Path) -> int:
    """The first edition of the bilan of the 41."""
    with app.app_context():
        a_convention(a_signataire("Menuiserie Val (fictif)"), "S2", cibles={"S2": 48})
        return produce_bilan(actor=factories.CAMILLE, departement="41", periode=S1, reports=tmp_path, now=NOW)[0].id


@pytest.fixture
def again(app: Flask, edition: int, tmp_path: Path) -> Callable[[], int]:
    """A second edition, which says something else."""

    def issued() -> int:
        a_convention(a_signataire("Fonderie du Cher (fictif)", siren="900000019"), "S2", cibles={"S2": 3})
        made = produce_bilan(actor=factories.CAMILLE, departement="41", periode=S1, reports=tmp_path, now=NOW)[0]
        assert made.numero == 2
        return made.id

    return issued


def send(mailbox: Mailbox, now: datetime = NOW) -> int:
    return send_due(transport=SmtpTransport(read_smtp_url(mailbox.url), "paqte@prefecture.test", now), now=now)


def transmit(edition: int, **more: Any) -> int:
    given = {"adresses": CGET, "diffusion": "interne", "actor": factories.CAMILLE, "now": NOW} | more
    return transmit_edition(edition_id=edition, **given)


@pytest.mark.parametrize("diffusion", ["interne", "publiable"])
def test_R40_the_very_file_that_was_issued_reaches_each_address_and_answers_come_back_to_the_referent(
    app: Flask, edition: int, mailbox: Mailbox, diffusion: str
) -> None:
    with app.app_context():
        assert transmit(edition, adresses=f"{CGET}; prefet@41.test", diffusion=diffusion, message="Bonne lecture.") == 2
        if diffusion == "interne":
            issued = db.session.execute(select(Edition.fichier_sha256, Edition.fichier_nom)).one()
        else:
            f = EditionFichier
            wanted = (f.diffusion == "publiable", f.format == "xlsx")
            issued = db.session.execute(select(f.sha256, f.nom).where(*wanted)).one()
        assert mailbox.messages == [], "nothing has left yet"
        assert send(mailbox) == 2
    assert sorted(str(m["To"]) for m in mailbox.messages) == [CGET, "prefet@41.test"]
    for mail in mailbox.messages:
        (piece,) = list(mail.iter_attachments())
        assert (hashlib.sha256(piece.get_content()).hexdigest(), piece.get_filename()) == tuple(issued)
        body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert issued[0] in body and "Bonne lecture." in body and "édition n°\u00a01" in body
        assert CAMILLE.courriel in str(mail["Reply-To"]) and CAMILLE.courriel in body


def test_R40_what_was_transmitted_to_whom_by_whom_and_when_it_was_taken_stands_beside_the_edition(
    app: Flask, edition: int, mailbox: Mailbox, sign_in: Callable[..., FlaskClient]
) -> None:
    browser = sign_in(CAMILLE)
    html = browser.get(PAGE).text
    assert "n’est envoyé à personne tant que vous ne le transmettez pas" in html and "En file d’envoi" not in html
    page = f"/referent/editions/{edition}/transmettre"
    answer = post(browser, page, {"adresses": CGET, "diffusion": "interne", "message": ""}, page=page)
    assert answer.location == PAGE, "the message is met first, and leads to the editions"
    assert "En file d’envoi" in browser.get(PAGE).text
    with app.app_context():
        send(mailbox, NOW + timedelta(minutes=1))
        kept = db.session.scalars(select(Transmission)).one()
        assert (kept.destinataire, kept.diffusion, kept.moyen, kept.par) == (CGET, "interne", "courriel", CAMILLE.nom)
        acts = db.session.scalars(select(Journal.acte).where(Journal.objet == "edition")).all()
        assert acts.count("transmettre") == 1
        told = "".join(map(str, db.session.scalars(select(Journal.apres).where(Journal.objet == "transmission"))))
        assert CGET not in told, "an address may be a person's: it stands beside the journal, where it can be erased"
    told = " ".join(re.sub(r"<[^>]+>", " ", browser.get(PAGE).text).split())
    assert f"n° 1 3 août 2026 à 11 h 00 par {CAMILLE.nom} {CGET} interne Remise au serveur de courriel" in told.replace(
        "\u00a0", " "
    )


def test_R40_a_newer_edition_or_an_author_gone_in_between_keeps_the_mail_from_leaving_and_says_so(
    app: Flask, edition: int, again: Callable[[], int], mailbox: Mailbox, sign_in: Callable[..., FlaskClient]
) -> None:
    with app.app_context():
        transmit(edition)
        second = again()
        assert send(mailbox) == 0 and mailbox.messages == []
        mail = db.session.scalars(select(Courriel).where(Courriel.motif == "edition_transmise")).one()
        assert (mail.etat, mail.erreur) == ("sans_objet", "Une édition plus récente a été produite depuis.")
        with pytest.raises(Refused, match="Une édition plus récente existe"):
            transmit(edition)
    browser = sign_in(CAMILLE)
    assert (
        "L’édition n°\u00a02 du bilan du 1er\u00a0semestre 2026 n’est pas transmise" in browser.get("/referent/").text
    )
    html = browser.get(PAGE).text
    assert "N’est pas partie" in html and "L’édition n°\u00a02 n’est pas transmise" in html
    with app.app_context():
        transmit(second)
        with transaction(actor=factories.CAMILLE, now=NOW) as session:
            user = session.scalars(select(Utilisateur).where(Utilisateur.courriel == CAMILLE.courriel)).one()
            user.is_active = False
        assert send(mailbox) == 0 and mailbox.messages == []
        said = select(Courriel.erreur).where(Courriel.motif == "edition_transmise").order_by(Courriel.id.desc())
        assert db.session.scalar(said.limit(1)) == (
            "La personne qui transmettait cette édition n’est plus référente de ce département."
        )


def test_R40_the_addresses_of_the_settings_are_proposed_and_nothing_goes_there_by_itself(
    app: Flask, edition: int, mailbox: Mailbox, sign_in: Callable[..., FlaskClient]
) -> None:
    with app.app_context(), transaction(actor=factories.CAMILLE, now=NOW) as session:
        session.add(Reglage(departement_code="41", cle="destinataires_bilan", valeur=f"{CGET}, sgar@centre.test"))
    with app.app_context():
        assert send(mailbox, NOW + timedelta(days=30)) == len(mailbox.messages)
        assert CGET not in [str(m["To"]) for m in mailbox.messages]
    html = sign_in(CAMILLE).get(f"/referent/editions/{edition}/transmettre").text
    assert f'value="{CGET}, sgar@centre.test"' in html


@pytest.mark.parametrize(
    ("adresses", "sentence"),
    [
        ("", "Donnez au moins une adresse"),
        (" ; , ", "Donnez au moins une adresse"),
        ("cget", "« cget » n’est pas une adresse"),
        (f"{CGET}, pas une", "« pas » n’est pas une adresse"),
        (", ".join(f"a{n}@x.test" for n in range(11)), "11 adresses : 10 au plus"),
        ("a@x.test\r\nBcc: b@y.test", "« Bcc: » n’est pas une adresse"),
    ],
)
def test_R40_an_address_that_is_none_is_refused_and_nothing_is_kept(
    app: Flask, edition: int, adresses: str, sentence: str
) -> None:
    with app.app_context():
        with pytest.raises(Refused, match=re.escape(sentence)):
            transmit(edition, adresses=adresses)
        assert db.session.scalars(select(Transmission)).all() == []
        assert db.session.scalars(select(Courriel).where(Courriel.motif == "edition_transmise")).all() == []


def test_R40_sent_another_way_is_noted_with_its_day_and_sends_nothing(app: Flask, edition: int) -> None:
    given: dict[str, Any] = {"actor": factories.CAMILLE, "now": NOW, "edition_id": edition, "diffusion": "publiable"}
    with app.app_context():
        for day in (date(2026, 8, 2), date(2026, 8, 4)):
            with pytest.raises(Refused, match="Donnez un jour entre le 03/08/2026"):
                note_transmission(**given, adresses=CGET, le=day)
        assert note_transmission(**given, adresses=CGET, le=date(2026, 8, 3)) == 1
        kept = db.session.scalars(select(Transmission)).one()
        assert (kept.moyen, kept.courriel_id, kept.transmise_le) == ("autre", None, NOW)
        line = (
            select(Journal.acte, Journal.apres).where(Journal.objet == "edition").order_by(Journal.id.desc()).limit(1)
        )
        acte, apres = db.session.execute(line).one()
        told = {"version": "publiable", "moyen": "autre", "destinataires": 1}
        assert (acte, json.loads(apres)) == ("transmettre", told)
        assert db.session.scalars(select(Courriel).where(Courriel.motif == "edition_transmise")).all() == []


def test_R40_nobody_transmits_another_departement_s_edition_nor_learns_that_there_is_one(
    app: Flask, edition: int, sign_in: Callable[..., FlaskClient]
) -> None:
    with app.app_context():
        for actor in (factories.ZOE, replace(factories.CAMILLE, role="national", departement=None)):
            with pytest.raises(NotFound):
                transmit(edition, actor=actor)
    zoe = sign_in(ZOE)
    answers = [zoe.get(f"/referent/editions/{key}/transmettre") for key in (edition, 999_999)]
    assert [a.status_code for a in answers] == [404, 404]
