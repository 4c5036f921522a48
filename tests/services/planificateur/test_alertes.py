"""Administrators are written to before the disk is full or a quota stops a company, once a day, and not afterwards."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from paqte.config import Settings
from paqte.domain.personnes.acteurs import ADMIN, PLANIFICATEUR, REFERENT
from paqte.domain.statuts.courriels import SANS_OBJET, Message, TransportDown
from paqte.models import Courriel, Fichier, Justificatif, Reglage, Utilisateur
from paqte.services.courriels.courriels import send_due
from paqte.services.planificateur.disque import warn_administrators
from paqte.services.transaction import transaction
from tests.factories import a_departement
from tests.services.maison import Maison

# A Sunday: a disk does not wait for Monday.
NOW = datetime(2026, 10, 18, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SITE = "https://paqte.exemple.fr"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """`disk["mo"]`: what is free, in Mo; plenty to begin with."""
    left = {"mo": 50_000}
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1, 1, left["mo"] * 1024**2))
    return left


@pytest.fixture
def settings(app: Any, session: Any, disk: Any, tmp_path: Path) -> Settings:
    """Ada administers PAQTE, Alan no longer does, Camille is a référente."""
    a_departement("41")
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        for nom, role, place, is_active in (
            ("Ada", ADMIN, None, True), ("Alan", ADMIN, None, False), ("Camille", REFERENT, "41", True),
        ):  # fmt: skip
            given = {"departement_code": place, "is_active": is_active, "created_at": NOW}
            writing.add(Utilisateur(courriel=f"{nom.lower()}@paqte.test", nom=nom, role=role, **given))
    return replace(app.extensions["paqte"], instance=tmp_path, reports=tmp_path / "reports", base_url=SITE)


def leaving(now: datetime, transport: Any = None) -> list[Message]:
    sent: list[Message] = []
    send_due(transport=transport or sent.append, now=now)
    return sent


def down(_message: Message) -> None:
    raise TransportDown("panne")


def test_the_administrator_is_told_once_a_day_while_the_disk_is_low(settings: Settings, disk: dict[str, int]) -> None:
    assert warn_administrators(settings=settings, now=NOW) == 0
    disk["mo"] = 900
    assert warn_administrators(settings=settings, now=NOW) == 1
    (mail,) = leaving(NOW)
    assert mail.destinataire == "ada@paqte.test" and mail.sujet == "PAQTE : une alerte à traiter aujourd’hui"
    assert "Il reste 900 Mo libres" in mail.texte and "seuil de 1\u202f024 Mo" in mail.texte
    assert f"{SITE}/connexion/" in mail.html
    assert [warn_administrators(settings=settings, now=NOW + rank * HOUR) for rank in (1, 12, 23)] == [0, 0, 0]
    assert warn_administrators(settings=settings, now=NOW + DAY) == 1
    assert len(leaving(NOW + DAY)) == 1


def test_an_alarm_that_ended_while_the_server_was_down_does_not_leave_and_one_that_grew_says_so(
    settings: Settings, disk: dict[str, int], session: Any
) -> None:
    disk["mo"] = 900
    warn_administrators(settings=settings, now=NOW)
    assert leaving(NOW, down) == []
    disk["mo"] = 12
    (mail,) = leaving(NOW + HOUR)
    assert "Il reste 12 Mo libres" in mail.texte
    warn_administrators(settings=settings, now=NOW + DAY)
    disk["mo"] = 50_000
    assert leaving(NOW + DAY) == []
    session.rollback()
    states = session.execute(select(Courriel.etat, Courriel.erreur).order_by(Courriel.id)).all()
    assert tuple(states[-1]) == (SANS_OBJET, "L’alerte est levée : il n’y a plus rien à faire.")
    disk["mo"] = 900
    assert warn_administrators(settings=settings, now=NOW + DAY + HOUR) == 1, "it came back: nobody was told today"


@pytest.mark.parametrize(("kept", "told"), [(8, 0), (9, 1), (10, 1)])
def test_a_quota_is_told_from_nine_tenths_on(settings: Settings, session: Any, kept: int, told: int) -> None:
    maison = Maison(NOW, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add(Reglage(departement_code=None, cle="quota_signataire_fichiers", valeur="10"))
        for rank in range(kept):
            piece = Fichier(
                departement_code="41", nom=f"{rank}.pdf", media_type="application/pdf", taille=8, sha256="0" * 64,
                octets=b"%PDF-1.7", created_at=NOW,
            )  # fmt: skip
            writing.add(piece)
            writing.flush()
            line = {"declaration_id": maison.id, "engagement_id": maison.keys["S2"], "par": "B", "created_at": NOW}
            writing.add(Justificatif(fichier_id=piece.id, **line))
    assert warn_administrators(settings=settings, now=NOW) == told
    for mail in leaving(NOW):
        assert f"(signataire)\u00a0: {kept} sur 10, 0 Mo sur 200." in mail.texte
