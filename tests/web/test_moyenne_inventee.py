"""A kind typed as two numbers that is no percentage goes the whole way by its one entry (R14, R20, R23, R46)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre, figure_read
from paqte.domain.consolidation import Somme
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.indicateurs.catalogue import SOURCE as SHIPPED
from paqte.domain.indicateurs.catalogue import CatalogueRefused, load_catalogue
from paqte.domain.indicateurs.genres import DEUX_NOMBRES, MEAN, RAPPORT, ConstatGenre, Donnees, GenreIndicateur
from paqte.domain.saisie.nombres import COMPTE, EUROS, QUANTITE
from paqte.models import Declaration, EditionFichier, Signataire, db
from paqte.queries.editions.editions import read_edition_file, read_edition_piece
from paqte.services.declarations.declarations import open_declaration, submit_and_validate, validate_declaration
from paqte.services.editions.comparaisons import compare_editions
from tests import factories
from tests.editions import compute_bilan, freeze_bilan, freeze_compte_rendu
from tests.factories import CAMILLE, a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import BRUNO, NADIA, SIRET_BRUNO
from tests.fixtures_acteurs import CAMILLE as REFERENTE
from tests.web.genres_inventes import figures, invented_kinds, words
from tests.web.referent.pages import errors_of, fields_of, send, value_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 7, 15, 9, tzinfo=UTC)
T2, S1 = Periode.from_code("2026-T2"), Periode.from_code("2026-S1")
CODES = ("Z4", "Z5", "Z6")
DUREE, COUT = "Durée moyenne d’une immersion", "Coût moyen d’une immersion"
TOO_LONG = ConstatGenre("duree_longue", "Une immersion dure 600 heures au plus.", "Vérifiez les deux nombres.")


def _too_long(given: Donnees) -> ConstatGenre | None:
    return TOO_LONG if (given.numerateur or 0) > 600 * (given.denominateur or 0) > 0 else None


MOYENNE = GenreIndicateur(
    "moyenne",
    saisie=DEUX_NOMBRES,
    quotient=MEAN,
    nombre_denominateur=COMPTE,
    fault=_too_long,
    nombres=frozenset({QUANTITE, EUROS}),
    refus_nombre="une moyenne a des décimales",
    somme=RAPPORT,
)
GRID = """
[[indicateur]]
code = "Z4"
axe = "FORMER"
libelle = "Heures d’immersion"
unite = "heures"
genre = "flux"
nombre = "quantite"
compte = "Les heures faites pendant la période."
preuve = "C"

[[indicateur]]
code = "Z5"
axe = "FORMER"
libelle = "Durée moyenne d’une immersion"
unite = "heures par personne"
genre = "moyenne"
nombre = "quantite"
numerateur = "Z4"
denominateur = "Personnes en immersion"
thematiques = ["T09"]
compte = "Les heures de Z4, réparties sur les personnes dont l’immersion commence pendant la période."
preuve = "C"

[[indicateur]]
code = "Z6"
axe = "FORMER"
libelle = "Coût moyen d’une immersion"
unite = "€ par personne"
genre = "moyenne"
nombre = "euros"
numerateur = "Coût des immersions"
denominateur = "Personnes en immersion"
compte = "Ce que les immersions ont coûté pendant la période, réparti sur les personnes."
preuve = "C"
"""


@pytest.fixture(autouse=True)
def invented(tmp_path: Path) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), invented_kinds([MOYENNE], GRID, tmp_path):
        yield


def answered(nom: str, heures: str, personnes: int, cout: str) -> None:
    """Another company says its hours, over how many persons, and what they cost; Camille validates."""
    convention = a_convention(a_signataire(nom), *CODES)
    key = open_declaration(actor=CAMILLE, now=NOW, convention_id=convention, periode=T2)
    z4, z5, z6 = (engagement_of(convention, code) for code in CODES)
    given = {
        z4: AnswerTyped(valeur=Decimal(heures)),
        z5: AnswerTyped(denominateur=Decimal(personnes)),
        z6: AnswerTyped(numerateur=Decimal(cout), denominateur=Decimal(personnes)),
    }
    submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=key, version=1, saisie=Saisie(given))


def typed_by_bruno(app: Flask, bruno: FlaskClient) -> int:
    """Bruno's answer, each refusal met on the way; the key of his declaration."""
    with app.app_context():
        his = db.session.scalars(select(Signataire.id).where(Signataire.identifiant == SIRET_BRUNO)).one()
        convention = a_convention(his, *CODES, cibles={"Z5": 5})
        z4, z5, z6 = (engagement_of(convention, code) for code in CODES)
        key = open_declaration(actor=factories.bruno(his), now=NOW, convention_id=convention, periode=T2)
    page = f"/entreprise/declarations/{key}/saisir"
    upper, lower = f"numerateur_{z6}", f"denominateur_{z6}"
    heures, cout = {f"valeur_{z4}": "70,5", f"denominateur_{z5}": "20"}, {upper: "1000,50", lower: "4"}

    opened = bruno.get(page).text
    assert "Deux nombres : la somme, puis le nombre sur lequel elle se répartit." in words(opened)
    assert "Coût des immersions" in words(opened) and f"valeur_{z5}" not in fields_of(opened)
    for typed, place, sentence in (
        ({lower: ""}, upper, "Une moyenne se donne en deux nombres. Saisissez aussi l’autre."),
        ({lower: "4,5"}, lower, "Ce nombre doit être entier"),
    ):
        refused = send(bruno, page, **{**heures, **cout, **typed}, geste="relire")
        assert (refused.status_code, errors_of(refused.text)) == (422, [place]), sentence
        assert sentence in words(refused.text)
    # What can be kept is, and is refused where one reads again before sending.
    for typed, sentence in (
        ({lower: "0"}, "Le second nombre est nul. Vérifiez les deux nombres."),
        ({upper: "2401"}, TOO_LONG.message),
    ):
        asked = send(bruno, page, **{**heures, **cout, **typed}, geste="relire").location
        assert asked == f"{page}?verifier=1", "it is not read again yet, even less sent"
        assert sentence in words(bruno.get(asked).text)

    # Typed once: the sum of the mean is what Z4 says, until somebody says otherwise and why.
    assert send(bruno, page, **heures, **cout, geste="brouillon").location
    assert value_of(bruno.get(page).text, f"numerateur_{z5}") == "70,5"
    asked = send(bruno, page, **{f"numerateur_{z5}": "80"}, geste="relire").location
    assert "le premier nombre de cette moyenne, 80, diffère de 70,5" in words(bruno.get(asked).text)
    told = {f"explication_{z5}_ratio_discordant": "Avec l’accueil"}
    assert send(bruno, page, **told, geste="relire").location.endswith("/relire")
    assert send(bruno, page.replace("saisir", "relire")).status_code == 302
    return key


def test_R14_two_numbers_that_are_no_percentage_are_one_entry_typed_checked_summed_shown_compared_and_masked(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    bruno, camille, nadia = sign_in(BRUNO), sign_in(REFERENTE), sign_in(NADIA)
    declaration = typed_by_bruno(app, bruno)
    with app.app_context():
        answered("Bois du Perche (fictif)", "30", 1, "500")
        version = db.session.scalar(select(Declaration.version).where(Declaration.id == declaration))
        db.session.rollback()
        validate_declaration(actor=CAMILLE, now=NOW, declaration_id=declaration, version=version)
        first = freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=NOW).id
        answered("Cuirs de Sologne (fictif)", "9.5", 5, "120")
        second = freeze_bilan(actor=CAMILLE, departement="41", periode=S1, now=NOW).id
        assert_summed()
        assert_kept_and_compared(first, second)
        assert_told_in_rows(freeze_compte_rendu(actor=CAMILLE, departement="41", periode=T2, now=NOW).id)

    # Shown to each, in its own unit.
    assert "4 sur 5 heures par personne (80 %)" in words(bruno.get("/entreprise/").text)
    page = words(camille.get("/referent/bilans/2026-S1").text)
    assert "4,6 : d’où vient ce chiffre, Z5" in page and "162,05 € : d’où vient ce chiffre, Z6" in page
    assert "80 sur 20" in words(camille.get("/referent/bilans/2026-S1/chiffres/Z5").text)
    nation = words(nadia.get("/national/bilans/2026-S1/chiffres/Z5").text)
    assert "4,6 heures par personne" in nation and "119,5" in nation and "26" in nation


def assert_summed() -> None:
    """119.5 hours over 26 persons, 1 620.50 € over 10: no mean of means, which would be 11.97 and 258.04."""
    bilan = compute_bilan(actor=CAMILLE, departement="41", periode=S1, now=NOW)
    line = next(i for i in bilan.indicateurs if i.code == "Z5")
    assert (line.realise, line.cible, line.taux) == tuple(map(Chiffre, map(Decimal, ("4.60", "5", "80.0"))))
    assert "moyenne : somme de leurs numérateurs sur somme de leurs dénominateurs" in line.mention


def assert_kept_and_compared(first: int, second: int) -> None:
    """Whole in the workbook of the préfecture; where it leaves, no mean, nor that somebody explained one (R23, R46)."""
    inside = read_edition_file(actor=CAMILLE, edition_id=second).octets
    files = select(EditionFichier.octets).where(EditionFichier.edition_id == second, EditionFichier.format == "xlsx")
    outside = db.session.scalars(files).one()
    db.session.rollback()
    assert figures(inside, DUREE) == ("heures par personne", 4.6, 4.6)
    assert figures(inside, COUT) == ("€ par personne", 162.05, 162.05)
    assert figures(outside, DUREE)[1:] == ("masqué",) * 2
    assert figures(outside, COUT) == ("€ par personne", 162.05, 162.05), "no persons are counted there"
    assert "Avec l’accueil" in text_of(inside) and "Avec l’accueil" not in text_of(outside)
    found = compare_editions(actor=CAMILLE, avant=first, apres=second).ecarts
    assert {(e.avant, e.apres) for e in found} >= {("5,24", "4,6"), ("300,1", "162,05")}


def assert_told_in_rows(quarter: int) -> None:
    """The rows of data hold the mean and its two numbers, or say that they are hidden."""
    rows, veiled = data_rows(quarter, "interne"), data_rows(quarter, "publiable")
    assert rows["Z5", "Atelier Lenoir (fictif)"] == ("4,00", "80", "20", "nombre")
    assert rows["Z6", "Atelier Lenoir (fictif)"] == ("250,13", "1000,5", "4", "nombre")
    assert veiled["Z5", "Atelier Lenoir (fictif)"] == ("", "", "", "masquee")


def data_rows(edition: int, diffusion: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Value, two numbers and state of each row of the CSV of a quarter."""
    octets = read_edition_piece(actor=CAMILLE, edition_id=edition, format="csv", diffusion=diffusion).octets
    rows = csv.DictReader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";")
    wanted = ("valeur", "numerateur", "denominateur", "etat")
    return {(r["indicateur"], r["signataire"]): tuple(r[name] for name in wanted) for r in rows}


def text_of(workbook: bytes) -> str:
    """Every text of a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize(
    "upper, lower, told",
    [
        ("1", "8", Chiffre(Decimal("0.13"))),
        ("1", "1000", Chiffre(None, "< 0,01")),
        ("0", "1000", Chiffre(Decimal("0.00"))),
        ("3", "0", Chiffre()),
    ],
)
def test_R33_a_mean_is_rounded_half_up_to_two_decimals_and_never_tells_a_zero_that_it_is_not(
    upper: str, lower: str, told: Chiffre
) -> None:
    assert figure_read(Somme(None, Decimal(upper), Decimal(lower)), "moyenne") == told


def test_R14_the_part_of_a_total_is_an_indicator_and_the_sum_of_a_mean_may_be_named_in_words() -> None:
    grid = SHIPPED.read_text(encoding="utf-8")
    assert load_catalogue(grid + GRID).indicateurs["Z6"].numerateur == "Coût des immersions"
    with pytest.raises(CatalogueRefused, match="le numérateur d’une part est un indicateur"):
        load_catalogue(grid + GRID.replace('"moyenne"\nnombre = "euros"', '"ratio"\nnombre = "pourcentage"'))
    with pytest.raises(CatalogueRefused, match="numerateur cite « Z9 », qui n’existe pas"):
        load_catalogue(grid + GRID.replace('"Coût des immersions"', '"Z9"'))
