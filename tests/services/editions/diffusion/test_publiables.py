"""Freezing also makes the publishable version: kept, published beside, and consistent with what came before (R23)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes.lignes_trimestre import MOINS_DE_CINQ
from paqte.domain.editions.editions import read_facts, read_facts_about
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ENTREPRISE, REFERENT, Acteur
from paqte.domain.secret import MASQUE, PETIT, PUBLIABLE
from paqte.models import Edition, EditionFichier, Journal
from paqte.queries.editions.editions import list_editions, read_edition_file, read_edition_piece
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.services.editions.editions import record_download
from paqte.services.editions.gabarit import read_template
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan, freeze_compte_rendu, publish_bilan, publish_compte_rendu
from tests.reporting.mondes.bilans import fill
from tests.services.editions.test_bilans import CAMILLE, NOW, S1, ZOE, _company, _declaration, blois  # noqa: F401

T2 = Periode.from_code("2026-T2")
S2 = Periode.from_code("2026-S2")
LATER = datetime(2027, 2, 2, 9, tzinfo=UTC)
BRUNO = Acteur(None, "Bruno", ENTREPRISE, None, frozenset({1}))


@pytest.fixture
def refugies(blois: Any) -> Any:  # noqa: F811
    """Three more companies of the 41, which welcomed 6, 7 and 8 refugees in the second quarter."""
    with transaction(actor=CAMILLE, now=NOW) as session:
        for rank in (3, 4, 5):
            _company(session, rank, {"2026-T2": rank + 3}, code="P09")
    return blois


def a_late_company(count: int, periode: str = "2026-T2") -> None:
    with transaction(actor=CAMILLE, now=NOW) as session:
        _company(session, 6, {periode: count}, code="P09")


def freeze(periode: Periode = S1, now: datetime = NOW) -> Any:
    return freeze_bilan(actor=CAMILLE, departement="41", periode=periode, now=now)


def publishable_file(edition: int, actor: Acteur = CAMILLE) -> Any:
    return read_edition_piece(actor=actor, edition_id=edition, format="xlsx", diffusion=PUBLIABLE)


def internal_file(edition: int, actor: Acteur = CAMILLE) -> Any:
    return read_edition_file(actor=actor, edition_id=edition)


def public(session: Any, edition: int) -> Bilan:
    return Bilan.from_json(session.get_one(Edition, edition).publiable)


def refugees(bilan: Bilan) -> Any:
    return next(t for t in bilan.thematiques if t.code == "T09")


def files(session: Any, edition: int) -> dict[tuple[str, str], EditionFichier]:
    rows = session.scalars(select(EditionFichier).where(EditionFichier.edition_id == edition))
    return {(f.diffusion, f.format): f for f in rows}


def test_R23_an_edition_keeps_its_publishable_workbook_made_from_what_it_may_publish(refugies: Any) -> None:
    issued = freeze()
    kept = files(refugies, issued.id)[PUBLIABLE, "xlsx"]
    assert kept.nom == "bilan-paqte_41_2026-S1_edition-1_publiable.xlsx"
    assert kept.sha256 == hashlib.sha256(kept.octets).hexdigest()
    assert kept.octets == fill(public(refugies, issued.id), read_template().octets, FORMAT_BILAN)
    assert refugees(public(refugies, issued.id)).realise.valeur == 21


def test_R23_a_late_company_is_not_the_difference_of_two_published_editions(refugies: Any) -> None:
    freeze()
    a_late_company(2)
    again = public(refugies, freeze().id)
    assert refugees(again).realise.motif == refugees(again).cumul.motif == MASQUE


def test_R23_nor_of_a_later_semester_less_what_it_adds(refugies: Any) -> None:
    """The late company of the first semester stays hidden in the total since the start of the second."""
    freeze()
    a_late_company(2)
    edition = refugies.get_one(Edition, freeze(S2, LATER).id)
    assert [f.valeur for f in read_facts(edition.faits)] == []
    assert sorted(f.valeur for f in read_facts_about(edition.faits, catalogue().secrets)) == [2, 6, 7, 8]
    assert refugees(Bilan.from_json(edition.contenu)).cumul.valeur == 23
    assert refugees(Bilan.from_json(edition.publiable)).cumul.motif == MASQUE


def test_R23_the_compte_rendu_hides_its_lines_and_its_csv_alike(refugies: Any) -> None:
    a_late_company(2)
    issued = freeze_compte_rendu(actor=CAMILLE, departement="41", periode=T2, now=NOW)
    document = CompteRendu.from_json(refugies.get_one(Edition, issued.id).publiable)
    rows = {row.signataire: row for row in document.donnees if row.indicateur == "P09"}
    assert (rows["Société 6 (fictif)"].valeur, rows["Société 6 (fictif)"].etat) == (None, MOINS_DE_CINQ)
    shown = [row.valeur for row in rows.values() if row.valeur is not None]
    total = next(t for t in document.thematiques if t.code == "T09").realise
    assert len(shown) + (not total.is_missing) == 3, "one more than the small one is hidden, no more"
    csv = files(refugies, issued.id)[PUBLIABLE, "csv"]
    line = next(text for text in csv.octets.decode().splitlines() if "Société 6" in text)
    assert ";;" in line
    assert MOINS_DE_CINQ in line
    assert {key[1] for key in files(refugies, issued.id) if key[0] == PUBLIABLE} == {"xlsx", "csv", "json"}


def test_R23_the_bilan_after_the_compte_rendu_gives_no_line_of_it_back(refugies: Any) -> None:
    a_late_company(2)
    quarter = freeze_compte_rendu(actor=CAMILLE, departement="41", periode=T2, now=NOW)
    document = CompteRendu.from_json(refugies.get_one(Edition, quarter.id).publiable)
    lines = [row.valeur for row in document.donnees if row.indicateur == "P09"]
    bilan = refugees(public(refugies, freeze().id))
    assert bilan.realise.is_missing or lines.count(None) >= 2


def test_both_versions_stand_side_by_side_once_published_and_twice_is_once(refugies: Any, tmp_path: Path) -> None:
    bilan = freeze()
    quarter = freeze_compte_rendu(actor=CAMILLE, departement="41", periode=T2, now=NOW)
    for _ in range(2):
        publish_bilan(actor=CAMILLE, edition_id=bilan.id, reports=tmp_path, now=NOW)
        publish_compte_rendu(actor=CAMILLE, edition_id=quarter.id, reports=tmp_path, now=NOW)
    assert sorted(p.name for p in (tmp_path / "41" / "2026-S1").iterdir()) == [
        "bilan-paqte_41_2026-S1_edition-1.xlsx",
        "bilan-paqte_41_2026-S1_edition-1_publiable.xlsx",
    ]
    names = [p.name for p in (tmp_path / "41" / "2026-T2").iterdir()]
    assert len([n for n in names if "_publiable." in n]) == 3
    assert len(names) == 6


DATA = {
    *("Signataires", "Indicateurs", "Thématiques", "Actions", "Contexte"),
    *("Entreprises", "Autres signataires", "Axes PAQTE", "Données"),
}


@pytest.mark.parametrize(("version", "mark"), [("interne", "USAGE INTERNE"), (PUBLIABLE, "VERSION PUBLIABLE")])
def test_R23_every_sheet_says_in_print_who_may_read_it_and_on_screen_where_it_is_not_data(
    refugies: Any, version: str, mark: str
) -> None:
    """A sheet of data begins with its headings: a sentence above them or below would be read as data."""
    read = publishable_file if version == PUBLIABLE else internal_file
    for issued in (freeze(), freeze_compte_rendu(actor=CAMILLE, departement="41", periode=T2, now=NOW)):
        book = openpyxl.load_workbook(BytesIO(read(issued.id).octets))
        for sheet in book.worksheets:
            assert sheet.tables or sheet.title not in DATA
            texts = [str(v).upper() for row in sheet.iter_rows(max_row=20, values_only=True) for v in row if v]
            assert any(mark in text for text in texts) is (sheet.title not in DATA), sheet.title
            if sheet.title != "_meta":
                assert mark in str(sheet.oddFooter.left.text).upper(), sheet.title


def test_R23_the_publishable_workbook_shows_less_than_five_in_its_cell_and_says_why(blois: Any) -> None:  # noqa: F811
    a_late_company(2)
    octets = publishable_file(freeze().id).octets
    book = openpyxl.load_workbook(BytesIO(octets))
    row = next(r for r in book["Thématiques"].iter_rows(values_only=True) if r[0] == "T09")
    assert row.count(PETIT) == 2
    notes = " ".join(str(v) for r in book["Qualité"].iter_rows(values_only=True) for v in r if v)
    assert "secret statistique" in notes


def test_R30_each_download_says_which_version_it_was(refugies: Any) -> None:
    edition = freeze().id
    for version in ("interne", PUBLIABLE):
        record_download(actor=CAMILLE, edition_id=edition, now=NOW, diffusion=version)
    lines = refugies.scalars(select(Journal).where(Journal.acte == "telecharger").order_by(Journal.id)).all()
    assert [("publiable" in str(line.apres), "interne" in str(line.apres)) for line in lines] == [
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize("actor", [ZOE, BRUNO], ids=["Zoé", "Bruno"])
def test_nobody_else_reads_the_publishable_version_either(refugies: Any, actor: Acteur) -> None:
    edition = freeze().id
    with pytest.raises(NotFound):
        publishable_file(edition, actor)


def test_an_edition_issued_before_has_no_publishable_version_and_shows_no_button(refugies: Any) -> None:
    edition = freeze().id
    with transaction(actor=CAMILLE, now=NOW) as session:
        for row in session.scalars(select(EditionFichier)):
            session.delete(row)
        session.get_one(Edition, edition).publiable = None
    assert [e.has_publishable for e in list_editions(actor=Acteur(None, "Camille", REFERENT, "41"))] == [False]
    with pytest.raises(NotFound, match="version publiable"):
        publishable_file(edition)
