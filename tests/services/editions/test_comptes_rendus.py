"""Freezing and publishing a quarter: an edition apart from the bilans, three files that say the same (R11, R19)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.editions.editions import GABARIT_TRIMESTRE
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT, Acteur
from paqte.models import Departement, Edition, EditionFichier, Gabarit, Journal
from paqte.queries.editions.editions import list_editions, read_edition_file, read_edition_piece
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.services.editions.comparaisons import compare_editions
from paqte.services.editions.editions import record_download
from paqte.services.gabarits.essai import examine_template
from paqte.services.transaction import transaction
from tests import factories
from tests.editions import (
    compute_compte_rendu,
    freeze_bilan,
    freeze_compte_rendu,
    list_quarters,
    list_semesters,
    produce_compte_rendu,
    publish_compte_rendu,
)
from tests.reporting.mondes.bilans import read_back

T3 = Periode.from_code("2026-T3")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CAMILLE = factories.CAMILLE
ZOE = Acteur(None, "Zoé", REFERENT, "972")
ADMIN = Acteur(None, "Admin", "admin", None)


@pytest.fixture
def blois(session: Any) -> Iterator[int]:
    """One company engaged on S2 that answered the second quarter; the key of its convention."""
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        for code, nom in (("41", "Loir-et-Cher"), ("972", "Martinique")):
            if writing.get(Departement, code) is None:
                writing.add(Departement(code=code, nom=nom, prefecture="Blois"))
    convention = factories.a_convention(factories.a_signataire("Menuiserie Val (fictif)"), "S2", cibles={"S2": 48})
    answer(convention, "2026-T2", 30)
    yield convention


def answer(convention: int, periode: str, value: int) -> None:
    key = open_declaration(actor=CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code(periode))
    saisie = Saisie({factories.engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(value))})
    submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=key, version=1, saisie=saisie)


def freeze(now: datetime = NOW, **more: Any) -> Any:
    return freeze_compte_rendu(actor=CAMILLE, departement="41", periode=T3, now=now, **more)


def rows_of(edition: int) -> list[dict[str, str]]:
    octets = read_edition_piece(actor=CAMILLE, edition_id=edition, format="csv").octets
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))


def test_R20_screen_workbook_and_csv_show_equal_figures(blois: int) -> None:
    answer(blois, "2026-T3", 12)
    shown = compute_compte_rendu(actor=CAMILLE, departement="41", periode=T3, now=NOW)
    edition = freeze().id
    relu = read_back(read_edition_file(actor=CAMILLE, edition_id=edition).octets, FORMAT_TRIMESTRE)
    on_screen = next(i for i in shown.indicateurs if i.code == "S2")
    in_workbook = next(r for r in relu.tableaux["t_indicateurs"] if r["Code"] == "S2")
    assert (on_screen.realise.valeur, on_screen.precedent.valeur) == (12, 30)
    assert (in_workbook["Réalisé au trimestre"], in_workbook["Trimestre précédent"]) == (12, 30)
    assert [r["valeur"] for r in rows_of(edition)] == ["12"]


def test_the_same_data_give_the_same_edition_and_an_answer_makes_the_next(blois: int) -> None:
    first = freeze()
    assert freeze(NOW + timedelta(days=1)) == first._replace(is_new=False)
    answer(blois, "2026-T3", 12)
    assert freeze(is_first_only=True) == first._replace(is_new=False)
    second = freeze(NOW + timedelta(days=1))
    assert (second.numero, second.is_new) == (2, True)
    assert [r["etat"] for r in rows_of(first.id)] == ["non_transmise"]


def test_R19_two_exports_compare_cell_by_cell_and_a_bilan_with_none_of_them(blois: int) -> None:
    first = freeze()
    answer(blois, "2026-T3", 12)
    second = freeze(NOW + timedelta(days=1))
    found = compare_editions(actor=CAMILLE, avant=first.id, apres=second.id)
    assert ("Données", "Valeur", "", "12") in [(e.tableau, e.colonne, e.avant, e.apres) for e in found.ecarts]
    bilan = freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-S1"), now=NOW)
    with pytest.raises(Refused, match="même sorte"):
        compare_editions(actor=CAMILLE, avant=bilan.id, apres=second.id)


def test_an_edition_is_named_hashed_and_keeps_its_template_and_its_three_files(blois: int, session: Any) -> None:
    issued = freeze()
    edition = session.get_one(Edition, issued.id)
    assert edition.fichier_nom == "export-trimestriel_41_2026-T3_edition-1.xlsx"
    assert CompteRendu.from_json(edition.contenu).sha256 == edition.sha256
    assert session.get_one(Gabarit, edition.gabarit_id).genre == GABARIT_TRIMESTRE
    kept = session.execute(select(EditionFichier.format, EditionFichier.diffusion).order_by(EditionFichier.id)).all()
    rows = [("csv", "interne"), ("json", "interne")]
    assert kept == [*rows, ("xlsx", "publiable"), ("csv", "publiable"), ("json", "publiable")]
    schema = json.loads(read_edition_piece(actor=CAMILLE, edition_id=issued.id, format="json").octets)
    assert [f["name"] for f in schema["schema"]["fields"]] == list(rows_of(issued.id)[0])


def test_the_three_files_are_put_in_place_whole_and_again(blois: int, tmp_path: Path) -> None:
    issued, path = produce_compte_rendu(actor=CAMILLE, departement="41", periode=T3, reports=tmp_path, now=NOW)
    folder = tmp_path / "41" / "2026-T3"
    stems = [f"export-trimestriel_41_2026-T3_edition-1{version}" for version in ("", "_publiable")]
    names = {f"{stem}.{end}" for stem in stems for end in ("xlsx", "csv", "schema.json")}
    assert {p.name for p in folder.iterdir()} == names
    assert path == folder / issued.fichier_nom
    assert publish_compte_rendu(actor=CAMILLE, edition_id=issued.id, reports=tmp_path, now=NOW) == path


def test_lists_of_bilans_and_of_exports_do_not_mix(blois: int) -> None:
    freeze()
    freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-S1"), now=NOW)
    assert [e.periode for e in list_editions(actor=CAMILLE, genre="bilan")] == ["2026-S1"]
    assert [e.periode for e in list_editions(actor=CAMILLE, genre="compte_rendu")] == ["2026-T3"]
    assert [s.periode.code for s in list_semesters(actor=CAMILLE, now=NOW) if s.editions] == ["2026-S1"]
    assert [q.periode.code for q in list_quarters(actor=CAMILLE, now=NOW) if q.editions] == ["2026-T3"]


def test_an_answer_given_since_says_that_the_export_of_its_quarter_is_to_make_again(blois: int) -> None:
    freeze(NOW - timedelta(hours=1))
    answer(blois, "2026-T3", 12)
    assert {q.periode.code: q.depassee.declarations for q in list_quarters(actor=CAMILLE, now=NOW) if q.depassee} == {
        "2026-T3": 1
    }


@pytest.mark.parametrize(
    ("periode", "sentence"), [("2026-S1", "porte sur un trimestre"), ("2026-T4", "n’est pas terminé")]
)
def test_a_semester_and_a_quarter_still_running_are_refused(blois: int, periode: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        freeze_compte_rendu(actor=CAMILLE, departement="41", periode=Periode.from_code(periode), now=NOW)


def test_another_departement_reads_nothing_of_it(blois: int) -> None:
    issued = freeze()
    for read in (
        lambda: compute_compte_rendu(actor=ZOE, departement="41", periode=T3, now=NOW),
        lambda: freeze_compte_rendu(actor=ZOE, departement="41", periode=T3, now=NOW),
        lambda: read_edition_piece(actor=ZOE, edition_id=issued.id, format="csv"),
    ):
        with pytest.raises(NotFound):
            read()
    assert list_editions(actor=ZOE) == []


def test_a_departement_with_nothing_issues_an_export_that_says_neant(blois: int) -> None:
    issued = freeze_compte_rendu(actor=ZOE, departement="972", periode=T3, now=NOW)
    relu = read_back(read_edition_file(actor=ZOE, edition_id=issued.id).octets, FORMAT_TRIMESTRE)
    assert next(str(row[""]) for row in relu.tableaux["t_neant"]).startswith("Néant")


def test_R30_each_download_leaves_a_line_with_its_format(blois: int, session: Any) -> None:
    issued = freeze()
    record_download(actor=CAMILLE, edition_id=issued.id, now=NOW, format="csv")
    lines = session.scalars(select(Journal.apres).where(Journal.acte == "telecharger")).all()
    assert len(lines) == 1
    assert "csv" in str(lines[0])


def test_the_template_of_the_export_can_be_tried_on_the_last_quarter(blois: int, session: Any) -> None:
    octets = FORMAT_TRIMESTRE.gabarit.read_bytes()
    essai = examine_template(actor=ADMIN, nom="essai.xlsx", octets=octets, now=NOW, genre=GABARIT_TRIMESTRE)
    assert essai.periode == T3
    assert session.scalar(select(func.count()).select_from(Edition)) == 0
