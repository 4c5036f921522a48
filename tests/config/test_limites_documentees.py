"""The tables of limits in docs/securite.md say each limit as the code holds it, and where it stands."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from paqte.domain import exposition
from paqte.domain.calendrier import flux
from paqte.domain.personnes import sessions
from paqte.domain.personnes.entree import cles, demande, facteurs, violations
from paqte.domain.statuts.pilotage import LIMITES, OUI_OU_NON
from paqte.importing.door import apart as door
from paqte.importing.door import guard, limits, xml
from paqte.ops import annuaire, antivirus, gunicorn, reception
from paqte.ops.outward import provider
from paqte.reporting.intake import apart as intake
from paqte.reporting.intake import pictures
from paqte.reporting.ooxml.parts import received
from paqte.reporting.relecture import relecture_a_part
from paqte.services import alertes, pieces
from paqte.services.conventions import fichiers
from paqte.services.declarations.preuves import justificatifs
from paqte.services.gabarits import essai
from paqte.services.imports import importations
from paqte.web import app
from paqte.web.national import recus

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "securite.md").read_text(encoding="utf-8").replace("\u00a0", " ").replace("\u202f", " ")
HEADS = ("| ce qui est limité |", "| ce qui est borné |")
# « 24 h » of a day and the words for one are no limits; what remains are.
_NUMBER = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+|[0-9]+(?:,[0-9]+)?")
_DAY = re.compile(r" en 24 h")
KO, MO, GO = 1024, 1024**2, 1024**3


class Row(NamedTuple):
    what: str
    told: list[float]
    places: list[str]


def _row(line: str) -> Row:
    what, value, where = (cell.strip() for cell in line.strip().strip("|").split(" | "))
    numbers = [float(n.replace(" ", "").replace(",", ".")) for n in _NUMBER.findall(_DAY.sub("", value))]
    return Row(what, numbers, re.findall(r"`([^`]+)`", where))


ROWS = [
    _row(line)
    for head in HEADS
    for line in PAGE.split(head)[1].split("\n\n")[0].splitlines()[2:]
    if line.startswith("|")
]


def minutes(length: timedelta) -> float:
    return length / timedelta(minutes=1)


WINDOW = minutes(sessions.WINDOW)
IN_CODE: dict[str, list[float]] = {
    "en-tête d’une demande": [reception.HEADING_SECONDS, reception.LONGEST_HEADING / KO],
    "corps d’une demande": [
        reception.BODY_SECONDS, reception.BODY_RATE / KO, app.MAX_BODY / MO, app.MAX_TYPED / 10**6, app.MAX_FIELDS,
    ],
    "lecture d’une réponse": [reception.ANSWER_SECONDS],
    "connexions à la fois": [reception.MOST_CONNECTIONS],
    "en-tête au nom souligné": [400],
    "liens demandés pour une adresse": [sessions.PER_ADDRESS, WINDOW],
    "liens demandés d’une origine (adresse IPv4, /64 d’IPv6)": [sessions.PER_ORIGIN, WINDOW],
    "d’une origine partagée (trois comptes y ont une session ouverte)": [sessions.PER_SHARED_ORIGIN, WINDOW],
    "lignes du journal pour des liens morts": [],
    "avis avant la fermeture d’une session": [minutes(sessions.TOLD_BEFORE)],
    "nouvelles adresses demandées par un compte": [sessions.PER_ADDRESS, WINDOW],
    "connexions par un fournisseur refusées à une origine": [sessions.PER_ORIGIN, WINDOW],
    "réponse du fournisseur d’identité": [provider.SECONDS, provider.LARGEST / KO, provider._SLOTS._initial_value],
    "rapports de navigateurs": [
        violations.LARGEST / KO, violations.MOST_READ, violations.PER_ORIGIN, WINDOW, violations.MOST_AN_HOUR,
    ],
    "codes refusés à un lien ouvert": [demande.MOST_WRONG, WINDOW],
    "clés d’accès d’un compte": [cles.MOST_KEYS, cles.LARGEST / KO, minutes(cles.CHALLENGE_LIFE)],
    "codes du second facteur ou clés d’accès refusés à un compte": [facteurs.MOST_WRONG, WINDOW],
    "lectures d’un agenda": [flux.READS, flux.MISSES],
    "pièces d’une réponse": [justificatifs.MOST],
    "imports ouverts à la fois dans un département": [importations.MOST_OPEN],
    "une pièce, un texte signé, un modèle ou un bilan à vérifier": [
        pieces.MAX_OCTETS / MO, fichiers.MAX_PDF / MO, essai.LARGEST / MO,
    ],
    "bilans reçus en classeur, à la fois": [
        recus.MOST, recus.MOST_OCTETS / MO, relecture_a_part.SECONDS, relecture_a_part.MEMORY / MO,
    ],
    "un envoi entier": [app.MAX_BODY / MO],
    "un classeur décompressé": [
        received.MOST_INFLATED / MO, received.MOST_PARTS, received.MOST_RATIO, received.MOST_DEPTH,
        received.MOST_ATTRIBUTES,
    ],
    "un tableau, un formulaire rempli ou un bilan modifié": [guard.MOST_OCTETS / MO, door.SECONDS, door.MEMORY / MO],
    "ce qu’un tableau contient": [limits.MOST_SHEETS, limits.MOST_ROWS, limits.MOST_COLUMNS, limits.MOST_CELLS],
    "une image": [pictures.MOST_PIXELS / 10**6, pictures.LONGEST_SIDE],
    "contrôle d’une pièce": [intake.SECONDS, intake._MEMORY / GO],
    "réponse de la recherche d’entreprises": [annuaire.SECONDS, annuaire.LARGEST / MO],
    "réponse de l’antivirus": [antivirus.SECONDS],
    "clé secrète en production": [exposition.LEAST_KEY],
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what[:40])
def test_a_limit_is_what_the_code_holds(row: Row) -> None:
    """In the order of the row; a row that nothing here knows fails."""
    known = next((told for what, told in IN_CODE.items() if row.what.startswith(what)), None)
    if known is None and row.what.startswith("courriel aux administrateurs"):
        assert (alertes.NEARLY, row.places) == (90, ["services/alertes.py"])  # « neuf dixièmes »
        return
    counted = [name for name in row.places if name in LIMITES.keys() - OUI_OU_NON]
    shipped = [float(one) for name in counted for one in LIMITES[name][0].split(",")]
    assert row.told == (shipped if known is None else known)


@pytest.mark.parametrize("name", sorted(OUI_OU_NON & LIMITES.keys()))
def test_what_is_answered_by_yes_or_no_is_shipped_as_it_is_told(name: str) -> None:
    assert f"| {LIMITES[name][0]} | `{name}` |" in PAGE


def test_each_setting_of_the_installation_has_its_row_and_each_file_is_there() -> None:
    named = [place for row in ROWS for place in row.places]
    assert sorted(name for name in named if name in LIMITES) == sorted(LIMITES)
    files = [place for place in named if place not in LIMITES]
    assert [f for f in files if not ((ROOT / f).exists() or (ROOT / "paqte" / f).exists())] == []


def test_what_the_rows_say_in_words() -> None:
    assert sessions.SHARED_FROM == 3
    assert minutes(sessions.REFUSAL_EVERY) == 1
    assert (gunicorn.header_map, gunicorn.forwarder_headers) == ("refuse", "")
    assert (door._PLACES._initial_value, intake._PLACES._initial_value, annuaire._SLOTS._initial_value) == (2, 2, 4)
    assert (xml.MOST_DEPTH, xml.MOST_ATTRIBUTES) == (received.MOST_DEPTH, received.MOST_ATTRIBUTES)
    assert (guard.MOST_PARTS, guard.MOST_INFLATED, guard.MOST_RATIO) == (
        received.MOST_PARTS,
        received.MOST_INFLATED,
        received.MOST_RATIO,
    )
