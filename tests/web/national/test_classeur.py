"""The workbook of a territory: every total is that of its rows a département, each with where it comes from (R20)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import python_calamine
from sqlalchemy import select

from paqte.models import Edition, Journal, db
from tests.fixtures_acteurs import CAMILLE, NADIA
from tests.services.editions.recus.test_recus import workbook_of
from tests.services.editions.recus.test_recus_gardes import in_this_process
from tests.web.national.test_recus import handed, nadia
from tests.web.national.test_territoires import enter, in_august, issued

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.lent
__all__ = ["enter", "in_august", "in_this_process", "issued", "nadia"]
ADDRESS = "/national/bilans/2026-S1/classeur.xlsx"
# What adds up, on a sheet of totals and on that of its rows a département.
ADDED = {
    "Indicateurs": ("Détail", ("Réalisé avec objectif", "Visé", "Réponses reçues", "Réponses attendues")),
    "Thématiques": ("Thématiques, détail", ("Prévision", "Réalisé au semestre", "Depuis le début", "Réponses reçues")),
}


def taken(browser: FlaskClient) -> bytes:
    answer = browser.get(ADDRESS)
    assert answer.status_code == 200
    return answer.data


def rows(octets: bytes, sheet: str) -> list[dict[str, Any]]:
    """As another reader than the one that wrote it gives them."""
    head, *body = python_calamine.load_workbook(io.BytesIO(octets)).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


def unlike_their_sum(octets: bytes) -> list[tuple[str, ...]]:
    """The totals that are not the sum of the rows below them; a cell left empty is no zero."""
    wrong = []
    for sheet, (detail, headings) in ADDED.items():
        label = "Indicateur" if sheet == "Indicateurs" else "Thématique"
        parts = rows(octets, detail)
        for total in rows(octets, sheet):
            mine = [p for p in parts if all(p[k] == total[k] for k in ("Code", label, "Unité"))]
            assert mine, total
            for heading in headings:
                known = [p[heading] for p in mine if p[heading] != ""]
                wrong += [] if total[heading] == (sum(known) if known else "") else [(sheet, total["Code"], heading)]
    return wrong


def test_R20_each_total_is_the_sum_of_one_row_a_departement_with_its_edition(
    app: Flask, issued: None, sign_in: Callable[..., FlaskClient]
) -> None:
    octets = taken(sign_in(NADIA))
    assert unlike_their_sum(octets) == []
    assert "Édition" not in {row["Quoi"] for row in rows(octets, "Ensemble")}, "it is not issued, and bears no number"
    (line,) = [row for row in rows(octets, "Indicateurs") if row["Code"] == "S2"]
    assert (line["Réalisé au semestre"], line["Objectif"], line["Réalisé avec objectif"]) == (1816, 5160, 4249)
    assert round(line["Taux de réalisation"], 3) == 0.823
    assert [row["Prévision"] for row in rows(octets, "Thématiques") if row["Code"] == "T01"] == [730]
    with app.app_context():
        e = Edition
        query = (
            select(e.departement_code, e.numero, e.sha256).where(e.periode == "2026-S1").order_by(e.departement_code)
        )
        kept = [tuple(row) for row in db.session.execute(query)]
    told = [(r["Département"], r["Édition"], r["Empreinte du bilan"]) for r in rows(octets, "Départements")]
    assert told == kept and len(kept) == 3


def test_the_regions_bring_what_the_nation_adds_up_and_nothing_of_another(
    issued: None, enter: Callable[[str], FlaskClient], sign_in: Callable[..., FlaskClient]
) -> None:
    """The préfecture of the other région asks the same address: its own départements alone stand in its file."""
    centre, west, nation = taken(enter("24")), taken(enter("02")), taken(sign_in(NADIA))
    assert [row["Département"] for row in rows(centre, "Départements")] == ["37", "41"]
    assert {row["Département"] for name in ("Détail", "Contexte") for row in rows(west, name)} == {"972"}
    for heading in ("Réalisé au semestre", "Visé", "Réponses attendues"):
        each = [
            next(row[heading] for row in rows(one, "Indicateurs") if row["Code"] == "S2")
            for one in (centre, west, nation)
        ]
        assert each[0] + each[1] == each[2]


def test_R30_who_took_it_and_which_sum_it_was_are_journaled_and_the_same_sum_has_the_same_hash(
    app: Flask, issued: None, sign_in: Callable[..., FlaskClient], enter: Callable[[str], FlaskClient]
) -> None:
    said = [hash_of(taken(browser)) for browser in (sign_in(NADIA), sign_in(NADIA), enter("24"))]
    assert said[0] == said[1] != said[2]
    with app.app_context():
        lines = db.session.scalars(select(Journal).where(Journal.objet == "somme").order_by(Journal.id)).all()
        assert [(line.acte, one in line.apres) for line, one in zip(lines, said, strict=True)] == [
            ("exporter", True)
        ] * 3


def hash_of(octets: bytes) -> str:
    return next(row["Valeur"] for row in rows(octets, "Ensemble") if row["Quoi"] == "Empreinte de la somme")


def test_a_bilan_received_stands_there_by_its_file(nadia: FlaskClient) -> None:
    handed(nadia, ("bilan du 18.xlsx", workbook_of("18")))
    octets = taken(nadia)
    (source,) = rows(octets, "Départements")
    assert (source["Fichier"], source["Contrôle"]) == ("bilan du 18.xlsx", "reçu, intact")
    assert source["Empreinte du fichier"] == hashlib.sha256(workbook_of("18")).hexdigest()
    assert unlike_their_sum(octets) == []
    aims = {row["Indicateur"]: row["Objectif"] for row in rows(octets, "Indicateurs") if row["Code"] == "S2"}
    assert [aim for label, aim in aims.items() if "—" not in label] == [9]


def test_each_sheet_is_one_table_under_one_row_of_headings(issued: None, sign_in: Callable[..., FlaskClient]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(taken(sign_in(NADIA))))
    assert [len(sheet.tables) for sheet in book.worksheets] == [1] * len(book.sheetnames)
    assert all(sheet.print_title_rows == "$1:$1" for sheet in book.worksheets)
    assert "Textes et actions" in book.sheetnames


def test_nothing_to_add_up_says_so_and_a_referent_has_no_such_workbook(
    nadia: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    told = {row["Quoi"]: row["Valeur"] for row in rows(taken(nadia), "Ensemble")}
    assert (told["Départements additionnés"], told["Entreprises"]) == (0, 0)
    assert ADDRESS not in nadia.get("/national/bilans/2026-S1").text, "no button leads to it"
    assert sign_in(CAMILLE).get(ADDRESS).status_code == 403
