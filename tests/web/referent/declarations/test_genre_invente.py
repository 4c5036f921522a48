"""Two kinds of indicator that the product does not have go the whole way, each by its one entry (R14, R20, R23)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.genres import CHOIX, CUMUL, NOMBRES, OUI, ConstatGenre, GenreIndicateur
from paqte.domain.saisie.nombres import COMPTE
from paqte.models import Edition, EditionFichier, db
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration
from tests import factories
from tests.editions import freeze_bilan
from tests.factories import engagement_of
from tests.web.genres_inventes import figures, invented_kinds, words
from tests.web.referent.pages import NOW, fields_of, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
T2, S1 = Periode.from_code("2026-T2"), Periode.from_code("2026-S1")
EVEN = ConstatGenre("binome_impair", "Un binôme compte deux personnes.", "Saisissez un nombre pair.")
INVENTED = (
    GenreIndicateur(
        "binome",
        fault=lambda given: EVEN if (given.valeur or 0) % 2 else None,
        nombres=frozenset({COMPTE}),
        refus_nombre="des binômes se comptent",
        somme=CUMUL,
        unite_totale="personnes en binôme",
    ),
    GenreIndicateur(
        "palier",
        saisie=CHOIX,
        choix={"0": "Pas encore", "1": "En partie", "2": "Tout à fait"},
        cibles={"2": "Tout à fait, pendant la convention"},
        refus_choix="Choisissez un palier.",
        nombres=NOMBRES,
        is_comparable=False,
        somme=OUI,
        is_said_once=True,
        unite_totale="signataires en chemin",
        is_masked=False,
    ),
)
GRID = """
[[indicateur]]
code = "Z1"
axe = "FORMER"
libelle = "Personnes formées en binôme"
unite = "personnes"
genre = "binome"
nombre = "compte"
thematiques = ["T09"]
compte = "Les personnes dont le binôme commence pendant la période."
preuve = "C"

[[indicateur]]
code = "Z2"
axe = "FORMER"
libelle = "Charte de tutorat écrite"
unite = "charte"
genre = "palier"
nombre = "compte"
compte = "Où en est la charte à la fin de la période."
preuve = "C"
"""


@pytest.fixture
def invented(tmp_path: Path) -> Iterator[None]:
    with invented_kinds(INVENTED, GRID, tmp_path):
        yield


def test_R20_a_new_kind_of_indicator_is_one_entry_typed_checked_summed_shown_and_masked(
    invented: None, app: Flask, camille: FlaskClient, make: Callable[..., int]
) -> None:
    key = make("Z1", "Z2")
    promises = f"/referent/conventions/{key}/engagements/FORMER"
    assert "Tout à fait, pendant la convention" in words(camille.get(promises).text)
    assert send(camille, promises, **{"Z1_1-an1": "8", "Z2_1-duree": "2"}).status_code == 302
    with app.app_context():
        binome, palier = engagement_of(key, "Z1"), engagement_of(key, "Z2")
        declaration = open_declaration(actor=factories.CAMILLE, now=NOW, convention_id=key, periode=T2)
    typing = f"/referent/declarations/{declaration}/saisir"

    # Typed, and checked by what the entry says.
    asked = camille.get(typing).text
    assert "En partie" in words(asked) and f"date_{palier}" not in fields_of(asked)
    refused = send(camille, typing, **{f"valeur_{binome}": "3", f"valeur_{palier}": "1", "geste": "valider"})
    assert refused.status_code == 422 and "Vos réponses sont enregistrées en brouillon." in words(refused.text)
    assert "Un binôme compte deux personnes. Saisissez un nombre pair." in words(refused.text)
    assert send(camille, typing, **{f"valeur_{binome}": "4", f"valeur_{palier}": "1", "geste": "valider"}).location

    # Shown where it is read again, summed and shown in the bilan.
    assert "en partie" in words(camille.get(f"/referent/declarations/{declaration}").text)
    page = words(camille.get("/referent/bilans/2026-S1").text)
    assert "personnes en binôme" in page and "signataires en chemin" in page

    # In the workbook that is issued, whole inside, masked in what leaves.
    with app.app_context():
        freeze_bilan(actor=factories.CAMILLE, departement="41", periode=S1, now=NOW)
        inside = db.session.scalars(select(Edition.fichier)).one()
        outside = db.session.scalars(select(EditionFichier.octets).where(EditionFichier.format == "xlsx")).one()
        kept = read_declaration(actor=factories.CAMILLE, declaration_id=declaration).ligne(binome)
    assert kept is not None and kept.actuelle is not None and kept.actuelle.valeur == 4
    assert figures(inside, "Personnes formées en binôme") == ("personnes en binôme", 4, 4)
    assert figures(inside, "Charte de tutorat écrite") == ("signataires en chemin", 1, 1)
    assert figures(outside, "Personnes formées en binôme") == ("personnes en binôme", "< 5", "< 5"), (
        "under secret (R23)"
    )
    assert figures(outside, "Charte de tutorat écrite") == ("signataires en chemin", 1, 1), "no count of persons"
