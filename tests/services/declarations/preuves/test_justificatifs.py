"""Evidence: judged by its content, kept whole, seen by whoever may read what it stands beside."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from PIL import Image
from sqlalchemy import select

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Action, Fichier, Justificatif
from paqte.queries.declarations.preuves.justificatifs import evidence_of, evidence_of_action, read_evidence
from paqte.services.declarations.declarations import send_back, submit_declaration
from paqte.services.declarations.preuves.actions import ActionTyped, delete_action, propose_action
from paqte.services.declarations.preuves.justificatifs import MOST, add_evidence, remove_evidence
from paqte.services.pieces import MAX_OCTETS, FichierReceived
from tests.factories import A_PDF, CAMILLE, ZOE, a_signataire, bruno
from tests.services.declarations.test_declarations import Maison

PDF = A_PDF


def a_picture(kind: str = "PNG", size: tuple[int, int] = (4, 4)) -> bytes:
    held = BytesIO()
    Image.new("RGB", size, "teal").save(held, kind)
    return held.getvalue()


def a_workbook(*more: str) -> bytes:
    held = BytesIO()
    book = Workbook()
    book.active["A1"] = "Présences"
    book.save(held)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        for name in more:
            archive.writestr(name, "<a/>")
    return held.getvalue()


@cache
def a_bomb() -> bytes:
    """A hundred million octets: made for its own test, where those that are only gathered do not wait for it."""
    held = BytesIO(a_workbook())
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b"0" * (101 * 1024 * 1024))
    return held.getvalue()


@pytest.fixture
def maison(session: Any, now: datetime) -> Maison:
    return Maison(now, "R3", "S2")


@pytest.fixture
def contact(maison: Maison) -> Acteur:
    return bruno(maison.signataire)


def add(maison: Maison, actor: Acteur, nom: str = "preuve.pdf", octets: bytes = PDF, code: str = "R3") -> int:
    piece = FichierReceived(nom, octets)
    return add_evidence(
        actor=actor, now=maison.now, declaration_id=maison.id, engagement_id=maison.keys[code], piece=piece
    )


@pytest.mark.parametrize(
    ("nom", "octets", "kept", "media_type"),
    [
        ("preuve.pdf", PDF, "preuve.pdf", "application/pdf"),
        ("photo.JPG", a_picture("JPEG"), "photo.jpg", "image/jpeg"),
        ("photo.png", a_picture(), "photo.png", "image/png"),
        ("photo.webp", a_picture("WEBP"), "photo.webp", "image/webp"),
        ("liste.xlsx", a_workbook(), "liste.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("photo.pdf", a_picture(), "photo.png", "image/png"),
        ("Été, relevé n° 2.pdf", PDF, "Été, relevé n° 2.pdf", "application/pdf"),
        ("", PDF, "Justificatif.pdf", "application/pdf"),
    ],
)
def test_a_file_is_known_by_its_content_whatever_its_name_says(
    maison: Maison, contact: Acteur, nom: str, octets: bytes, kept: str, media_type: str
) -> None:
    found = read_evidence(actor=contact, justificatif_id=add(maison, contact, nom, octets))
    assert (found.nom, found.media_type) == (kept, media_type)
    # A picture is drawn again; the rest is kept to the byte.
    assert media_type.startswith("image/") or found.octets == octets


@pytest.mark.parametrize(
    ("nom", "octets", "sentence"),
    [
        ("facture.pdf", b"MZ\x90\x00" + b"\x00" * 200, "n’est pas ce que son nom dit"),
        ("facture.pdf", b"\x7fELF" + b"\x00" * 200, "n’est pas ce que son nom dit"),
        ("dessin.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "n’est pas"),
        ("dessin.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "n’est pas"),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "n’est pas"),
        ("coupe.png", a_picture()[:40], "ne se lit pas"),
        ("macros.xlsx", a_workbook("xl/vbaProject.bin"), "macros"),
        ("macros-anciennes.xlsx", a_workbook("xl/macrosheets/sheet1.xml"), "macros"),
        ("archive.xlsx", b"PK\x03\x04rien", "abîmé"),
        ("gonfle.xlsx", partial(a_bomb), "64 Mo"),
        ("vide.pdf", b"", "vide"),
        ("lourd.pdf", b"%PDF-" + b"0" * MAX_OCTETS + b"%%EOF", "8 Mo"),
        ("../../etc/passwd.pdf", PDF, "signes interdits"),
        ("..\\x.pdf", PDF, "signes interdits"),
        ("a\r\nSet-Cookie: x=1.pdf", PDF, "signes interdits"),
        ("a%0D%0Ab.pdf", PDF, "signes interdits"),
        ("nul\x00.pdf", PDF, "signes interdits"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_what_is_not_evidence_is_refused_by_a_sentence_and_leaves_nothing(
    maison: Maison, contact: Acteur, session: Any, nom: str, octets: bytes | Callable[[], bytes], sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        add(maison, contact, nom, octets() if callable(octets) else octets)
    assert sentence in refused.value.errors["fichier"]
    assert list(session.scalars(select(Fichier.id))) == []


def test_evidence_is_counted_and_taken_away(maison: Maison, contact: Acteur, session: Any) -> None:
    keys = [add(maison, contact) for _ in range(MOST)]
    with pytest.raises(Refused, match="déjà 5 justificatifs"):
        add(maison, contact)
    assert remove_evidence(actor=contact, now=maison.now, justificatif_id=keys[0]) == maison.id
    assert len(evidence_of(actor=contact, declaration_id=maison.id)[maison.keys["R3"]]) == MOST - 1
    assert len(list(session.scalars(select(Fichier.id)))) == MOST - 1


def test_evidence_is_its_company_s_and_its_referent_s_and_nobody_else_s(maison: Maison, contact: Acteur) -> None:
    key = add(maison, contact)
    other = bruno(a_signataire("Voisine (fictif)"))
    assert read_evidence(actor=CAMILLE, justificatif_id=key).octets == PDF
    for stranger in (other, ZOE):
        with pytest.raises(NotFound) as refused:
            read_evidence(actor=stranger, justificatif_id=key)
        with pytest.raises(NotFound) as absent:
            read_evidence(actor=stranger, justificatif_id=999_999)
        assert str(refused.value) == str(absent.value)
        assert evidence_of(actor=stranger, declaration_id=maison.id) == {}
        with pytest.raises(NotFound):
            remove_evidence(actor=stranger, now=maison.now, justificatif_id=key)
        with pytest.raises(NotFound):
            add(maison, stranger)


def test_an_engagement_of_another_convention_takes_no_evidence(maison: Maison, contact: Acteur) -> None:
    with pytest.raises(NotFound):
        add_evidence(
            actor=contact,
            now=maison.now,
            declaration_id=maison.id,
            engagement_id=999_999,
            piece=FichierReceived("a.pdf", PDF),
        )


def test_R18_once_sent_evidence_stays_and_sent_back_only_where_it_was_asked(maison: Maison, contact: Acteur) -> None:
    kept = add(maison, contact, code="S2")
    maison.call(submit_declaration, actor=contact, saisie=maison.saisie(R3=4, S2=2))
    for attempt in (lambda: add(maison, contact), lambda: _remove(maison, contact, kept)):
        with pytest.raises(Refused, match="attend que le référent"):
            attempt()
    maison.call(send_back, commentaires={maison.keys["R3"]: "Avez-vous une liste ?"})
    assert add(maison, contact)
    with pytest.raises(Refused, match="n’a pas demandé de précision"):
        add(maison, contact, code="S2")
    with pytest.raises(Refused, match="n’a pas demandé de précision"):
        _remove(maison, contact, kept)


def _remove(maison: Maison, contact: Acteur, key: int) -> int:
    return remove_evidence(actor=contact, now=maison.now, justificatif_id=key)


# --- actions told ------------------------------------------------------------------------------------------

TOLD = ActionTyped(
    date(2026, 10, 3), "SENSIBILISER", "Une visite", "Douze élèves ont visité l’atelier.", is_proofread=True
)


def propose(maison: Maison, actor: Acteur, piece: FichierReceived | None = None) -> int:
    return propose_action(actor=actor, now=maison.now, signataire_id=maison.signataire, action=TOLD, piece=piece)


def test_R29_an_action_told_by_a_company_arrives_unread_with_its_photo(
    maison: Maison, contact: Acteur, session: Any
) -> None:
    key = propose(maison, contact, FichierReceived("visite.jpg", a_picture("JPEG")))
    action = session.get_one(Action, key)
    assert (action.is_proofread, action.departement_code, action.signataire_id) == (False, "41", maison.signataire)
    assert [p.nom for p in evidence_of_action(actor=CAMILLE, action_id=key)] == ["visite.jpg"]
    assert evidence_of_action(actor=ZOE, action_id=key) == ()


def test_a_refused_photo_keeps_no_half_action(maison: Maison, contact: Acteur, session: Any) -> None:
    with pytest.raises(Refused):
        propose(maison, contact, FichierReceived("visite.jpg", b"MZ"))
    assert list(session.scalars(select(Action.id))) == []


def test_nobody_tells_an_action_of_another_s_company(maison: Maison) -> None:
    for stranger in (bruno(a_signataire("Voisine (fictif)")), ZOE):
        with pytest.raises(NotFound):
            propose(maison, stranger)


def test_an_action_deleted_takes_its_photo_along(maison: Maison, contact: Acteur, session: Any) -> None:
    key = propose(maison, contact, FichierReceived("visite.jpg", a_picture("JPEG")))
    delete_action(actor=CAMILLE, now=maison.now, action_id=key, version=1)
    assert list(session.scalars(select(Justificatif.id))) == list(session.scalars(select(Fichier.id))) == []
