"""The numbered editions of a territory's sum: issued from its page, once, and never changed (R19, R20, R30)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR
from paqte.models import Convention, Courriel, Edition, EditionTerritoire, Journal, db
from paqte.services.comptes.comptes import invite_user
from paqte.services.editions.authenticite import verify_file
from paqte.services.editions.editions import produce_edition
from tests.fixtures_acteurs import CAMILLE, NADIA, post
from tests.web.national.test_classeur import rows, unlike_their_sum
from tests.web.national.test_territoires import NOW, PUPILS, answered, enter, in_august, issued

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.lent
__all__ = ["enter", "in_august", "issued"]
PAGE, ISSUE = "/national/bilans/2026-S1", "/national/sommes/2026-S1/produire"


def issue(browser: FlaskClient, address: str = ISSUE) -> str:
    answer = post(browser, address, {}, page=PAGE)
    assert answer.status_code == 302, answer.text
    return browser.get(PAGE).text


def editions(app: Flask) -> list[EditionTerritoire]:
    with app.app_context():
        e = EditionTerritoire
        return list(db.session.scalars(select(e).order_by(e.id)))


def test_R19_the_nation_issues_its_sum_once_and_the_bytes_never_change(
    app: Flask, issued: None, sign_in: Callable[..., FlaskClient]
) -> None:
    nadia = sign_in(NADIA)
    assert "L’édition n°\u00a01 est produite" in issue(nadia)
    assert "Rien n’a changé depuis l’édition n°\u00a01" in issue(nadia)
    (edition,) = editions(app)
    assert (edition.territoire, edition.periode, edition.numero) == ("FR", "2026-S1", 1)
    taken = nadia.get(f"/bilans/sommes/{edition.id}").data
    assert hashlib.sha256(taken).hexdigest() == edition.fichier_sha256
    assert unlike_their_sum(taken) == []
    told = {row["Quoi"]: row["Valeur"] for row in rows(taken, "Ensemble")}
    assert (told["Édition"], told["Empreinte de l’édition"]) == ("n° 1", edition.sha256)
    assert [row["Département"] for row in rows(taken, "Départements")] == sorted(PUPILS)


def test_R12_the_button_tells_the_others_who_read_this_territory(
    app: Flask, issued: None, sign_in: Callable[..., FlaskClient]
) -> None:
    nadia = sign_in(NADIA)
    with app.app_context():
        given = {"role": NATIONAL, "by_mail": False, "base_url": "", "now": NOW}
        invite_user(actor=PLANIFICATEUR, courriel="nils@ministere.exemple.fr", nom="Nils", **given)
    for _ in range(2):
        issue(nadia)
    with app.app_context():
        (mail,) = db.session.scalars(select(Courriel).where(Courriel.motif == "somme"))
        assert (mail.destinataire, "/bilans/sommes/1" in mail.texte) == ("nils@ministere.exemple.fr", True)


def published(app: Flask, genre: str, code: str, departement: str, folder: Path) -> Edition:
    with app.app_context():
        made, _ = produce_edition(
            DOCUMENTS[genre], actor=PLANIFICATEUR, departement=departement, periode=Periode.from_code(code),
            reports=folder, now=NOW,
        )  # fmt: skip
        return db.session.get_one(Edition, made.id)


def correct(app: Flask, departement: str, quarter: str, pupils: int) -> None:
    """One more answer of a quarter that had none."""
    with app.app_context():
        convention = db.session.scalars(
            select(Convention.id).where(Convention.departement_code == departement).order_by(Convention.id)
        ).first()
        assert convention is not None
        answered(convention, Periode.from_code(quarter), pupils)


def test_R19_the_next_edition_says_what_changed_and_names_the_edition_that_did(
    app: Flask, issued: None, sign_in: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    nadia = sign_in(NADIA)
    issue(nadia)
    first = nadia.get("/bilans/sommes/1").data
    correct(app, "41", "2026-T1", 7)
    assert "Rien n’a changé" in issue(nadia), "what no edition says moves no sum"
    child = published(app, BILAN, "2026-S1", "41", tmp_path)
    assert "L’édition n°\u00a02 est produite" in issue(nadia)
    second = nadia.get("/bilans/sommes/2").data
    assert nadia.get("/bilans/sommes/1").data == first
    changes = {(r["Feuille"], r["Ligne"], r["Colonne"]): (r["Avant"], r["Après"]) for r in rows(second, "Changements")}
    total = next(
        pair for place, pair in changes.items() if place[0] == "Indicateurs" and place[2] == "Réalisé au semestre"
    )
    assert total == ("1\u202f816", "1\u202f823")
    assert changes["Départements", "Loir-et-Cher (41)", "Édition"] == ("1", "2")
    (source,) = [row for row in rows(second, "Départements") if row["Département"] == "41"]
    assert (source["Édition"], source["Empreinte du bilan"]) == (2, child.sha256)


def test_a_region_issues_its_own_and_reads_no_other_and_a_departement_reads_none(
    app: Flask, issued: None, enter: Callable[[str], FlaskClient], sign_in: Callable[..., FlaskClient]
) -> None:
    centre, west, nadia = enter("24"), enter("02"), sign_in(NADIA)
    for browser in (nadia, centre, west):
        issue(browser)
    assert [e.territoire for e in editions(app)] == ["FR", "R24", "R02"]
    seen = {
        name: [browser.get(f"/bilans/sommes/{key}{end}").status_code for key in (1, 2, 3) for end in ("", "/publiable")]
        for name, browser in (("nadia", nadia), ("centre", centre), ("west", west), ("41", sign_in(CAMILLE)))
    }
    assert seen == {
        "nadia": [200] * 6,
        "centre": [404, 404, 200, 200, 404, 404],
        "west": [404, 404, 404, 404, 200, 200],
        "41": [403] * 6,
    }
    assert [row["Département"] for row in rows(centre.get("/bilans/sommes/2").data, "Départements")] == ["37", "41"]


def test_R30_each_download_of_an_edition_is_journaled_with_its_version(
    app: Flask, issued: None, sign_in: Callable[..., FlaskClient]
) -> None:
    nadia = sign_in(NADIA)
    issue(nadia)
    for end in ("", "/publiable"):
        nadia.get(f"/bilans/sommes/1{end}")
    with app.app_context():
        query = select(Journal).where(Journal.objet == "edition_territoire").order_by(Journal.id)
        lines = [(line.acte, line.apres) for line in db.session.scalars(query)]
    assert [acte for acte, _ in lines] == ["creer", "produire", "modifier", "telecharger", "telecharger"]
    assert ["interne" in apres or "publiable" in apres for _, apres in lines[-2:]] == [True, True]


def test_the_very_file_is_known_for_what_it_is_and_a_changed_one_is_not(
    app: Flask, issued: None, sign_in: Callable[..., FlaskClient]
) -> None:
    nadia = sign_in(NADIA)
    issue(nadia)
    taken = {end: nadia.get(f"/bilans/sommes/1{end}").data for end in ("", "/publiable")}
    with app.app_context():
        said = [verify_file(actor=PLANIFICATEUR, octets=octets) for octets in taken.values()]
        other = verify_file(actor=PLANIFICATEUR, octets=taken[""] + b"\0")
    assert [one.is_authentic for one in (*said, other)] == [True, True, False]
    assert "l’édition n° 1 de la somme des bilans du 1er semestre 2026, National" in said[0].phrase
    assert ("usage interne" in said[0].phrase, "version publiable" in said[1].phrase) == (True, True)


def test_R20_the_quarter_of_the_plan_adds_up_the_exports_as_they_print_them(
    app: Flask, issued: None, sign_in: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    made = [published(app, COMPTE_RENDU, "2026-T1", code, tmp_path) for code in sorted(PUPILS)]
    nadia = sign_in(NADIA)
    assert "L’édition n°\u00a01 est produite" in issue(nadia, "/national/sommes/2026-T1/produire")
    taken = nadia.get("/bilans/sommes/1").data
    (line,) = [row for row in rows(taken, "Indicateurs") if row["Code"] == "S2"]
    assert line["Réalisé au trimestre"] == 61 + 1_703
    parts = [(r["Nom"], r["Réalisé au trimestre"]) for r in rows(taken, "Détail") if r["Code"] == "S2"]
    assert sorted(value for _, value in parts if value != "") == [61, 1_703]
    told = [(r["Édition"], r["Empreinte du bilan"]) for r in rows(taken, "Départements")]
    assert told == [(1, one.sha256) for one in made]
