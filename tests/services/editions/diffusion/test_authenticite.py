"""A file against the base: untouched, saved again, changed and where, or none of ours; whoever made it (R19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.editions.editions import XLSX
from paqte.domain.editions.regles import REGLES
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import NATIONAL, PLANIFICATEUR, REFERENT, Acteur
from paqte.domain.secret import PUBLIABLE
from paqte.models import Departement, EditionFichier
from paqte.queries.editions.editions import read_edition_file, read_edition_piece
from paqte.reporting.relecture import relecture_a_part
from paqte.services.editions.authenticite import CHIFFRES, ETRANGER, INTACT, MODIFIE, REENREGISTRE, verify_file
from paqte.services.editions.comparaisons import compare_editions
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan, freeze_compte_rendu
from tests.factories import CAMILLE, a_convention, a_signataire
from tests.reporting.mondes.bilans import fill, read_template
from tests.reporting.mondes.exemples import exemple
from tests.reporting.tiers.lecteurs import packed, saved_by_openpyxl, with_part

pytestmark = pytest.mark.lent

NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
ZOE = Acteur(None, "Zoé", REFERENT, "972")
NOUR = Acteur(None, "Nour", NATIONAL)
Change = Callable[[Any], None]


@pytest.fixture
def edition(session: Any) -> int:
    a_convention(a_signataire("Menuiserie Val (fictif)"), "S2")
    return freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-S1"), now=NOW).id


@pytest.fixture
def octets(edition: int) -> bytes:
    return read_edition_file(actor=CAMILLE, edition_id=edition).octets


def in_table(book: Any, sheet: str, text: str, value: object) -> None:
    """Change the first cell of a sheet that holds this text."""
    cell = next(c for row in book[sheet].iter_rows() for c in row if c.value == text)
    cell.value = value


@pytest.mark.parametrize("actor", [CAMILLE, NOUR, ZOE], ids=["Camille", "Nour", "Zoé"])
def test_whoever_holds_the_very_file_is_told_which_edition_it_is(edition: int, octets: bytes, actor: Acteur) -> None:
    verdict = verify_file(actor=actor, octets=octets)
    assert (verdict.code, verdict.edition_id, verdict.ecarts) == (INTACT, edition, ())
    assert "pas un octet n’a changé" in verdict.phrase and "02/08/2026" in verdict.phrase


def test_a_file_only_saved_again_is_said_to_be_so(octets: bytes) -> None:
    assert verify_file(actor=CAMILLE, octets=saved_by_openpyxl(octets)).code == REENREGISTRE


def test_a_changed_file_says_which_edition_it_claims_to_be_and_which_cells_differ(octets: bytes) -> None:
    changed = saved_by_openpyxl(octets, lambda book: in_table(book, "Signataires", "Menuiserie Val (fictif)", "Autre"))
    verdict = verify_file(actor=CAMILLE, octets=changed)
    assert verdict.code == MODIFIE and "l’édition n° 1 du bilan du 1er semestre 2026" in verdict.phrase
    assert [e[:5] for e in verdict.ecarts] == [("Signataires", "B2", "contenu", "Menuiserie Val (fictif)", "Autre")]


def test_a_figure_turned_into_a_formula_differs_too(octets: bytes) -> None:
    changed = saved_by_openpyxl(octets, lambda book: in_table(book, "Signataires", "Menuiserie Val (fictif)", "=1+1"))
    verdict = verify_file(actor=CAMILLE, octets=changed)
    assert verdict.code == MODIFIE
    assert [e[:5] for e in verdict.ecarts] == [
        ("Signataires", "B2", "contenu", "Menuiserie Val (fictif)", "formule =1+1")
    ]


def test_a_format_that_shows_170_for_17_is_told_though_every_figure_is_kept(octets: bytes) -> None:
    def disguise(book: Any) -> None:
        book["Bilan"]["A10"].number_format = '0"0"'

    verdict = verify_file(actor=CAMILLE, octets=saved_by_openpyxl(octets, disguise))
    assert verdict.code == MODIFIE and "gardent les chiffres et les textes" in verdict.phrase
    assert [e[:5] for e in verdict.ecarts] == [
        (
            "Bilan",
            "A10",
            "format de nombre",
            "1 s’affiche « 1 » (format [$-40C]#,##0)",
            '1 s’affiche « 10 » (format 0"0")',
        )
    ]


def test_a_publishable_workbook_is_compared_with_the_publishable_one(edition: int) -> None:
    piece = read_edition_piece(actor=CAMILLE, edition_id=edition, format=XLSX, diffusion=PUBLIABLE).octets
    assert verify_file(actor=CAMILLE, octets=saved_by_openpyxl(piece)).code == REENREGISTRE


def test_only_the_figures_are_said_to_be_the_same_when_nothing_else_is_known(
    octets: bytes,
) -> None:
    def unreadable(xml: str) -> str:
        return xml.replace('fontId="0"', 'fontId="9999"')

    verdict = verify_file(actor=CAMILLE, octets=with_part(octets, "xl/styles.xml", unreadable))
    assert verdict.code == CHIFFRES
    assert "rien d’autre n’a pu être comparé, ni formats, ni lignes masquées, ni graphiques" in verdict.phrase


def test_the_cells_of_another_departement_are_told_to_nobody_who_may_not_read_it(octets: bytes) -> None:
    changed = saved_by_openpyxl(octets, lambda book: in_table(book, "Signataires", "Menuiserie Val (fictif)", "Autre"))
    verdict = verify_file(actor=ZOE, octets=changed)
    assert (verdict.code, verdict.edition_id, verdict.ecarts) == (ETRANGER, None, ())
    assert "Menuiserie" not in verdict.phrase


def test_zoe_learns_nothing_of_whether_an_edition_exists(octets: bytes) -> None:
    real = fill(exemple(1), read_template())
    unreal = fill(exemple(7), read_template())
    told = [verify_file(actor=ZOE, octets=content).phrase.replace("n° 7", "n° 1") for content in (real, unreal)]
    assert told[0] == told[1]


@pytest.mark.parametrize("content", [b"bonjour", b"PK\x03\x04", packed({"a": b"b"})])
def test_what_is_no_workbook_of_ours_gets_a_sentence(session: Any, content: bytes) -> None:
    verdict = verify_file(actor=CAMILLE, octets=content)
    assert verdict.code == ETRANGER and verdict.phrase.endswith(".")


def test_an_empty_or_enormous_file_is_refused(session: Any) -> None:
    for content in (b"", b"x" * (relecture_a_part.MAX_OCTETS + 1)):
        with pytest.raises(Refused):
            verify_file(actor=CAMILLE, octets=content)


def test_editions_of_two_departements_are_not_compared(edition: int) -> None:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add(Departement(code="972", nom="Martinique", prefecture="Fort-de-France"))
    other = freeze_bilan(actor=ZOE, departement="972", periode=Periode.from_code("2026-S1"), now=NOW).id
    with pytest.raises(Refused, match="même département"):
        compare_editions(actor=NOUR, avant=edition, apres=other)


def test_two_semesters_are_compared_and_no_declaration_is_accused(edition: int) -> None:
    before = freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2025-S2"), now=NOW).id
    found = compare_editions(actor=CAMILLE, avant=before, apres=edition)
    assert found.ecarts and not any(e.declarations for e in found.ecarts)


def test_R19_two_editions_counted_by_other_rules_say_which(edition: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before_they_had_a_name:
        before_they_had_a_name.setattr("paqte.domain.assemblage.entetes.EN_VIGUEUR", "")
        former = freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2025-S2"), now=NOW).id
    later = freeze_bilan(actor=CAMILLE, departement="41", periode=Periode.from_code("2025-S1"), now=NOW).id
    told = compare_editions(actor=CAMILLE, avant=former, apres=edition).regles
    assert told[0].startswith("Règles de calcul 2026-11 : ") and len(told) == len(REGLES)
    assert compare_editions(actor=CAMILLE, avant=later, apres=edition).regles == ()


@pytest.fixture
def export(edition: int) -> int:
    return freeze_compte_rendu(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-T2"), now=NOW).id


def test_a_bilan_and_an_export_are_not_compared(edition: int, export: int) -> None:
    with pytest.raises(Refused, match="de même sorte"):
        compare_editions(actor=CAMILLE, avant=edition, apres=export)


def test_two_exports_are_compared(export: int) -> None:
    before = freeze_compte_rendu(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-T1"), now=NOW).id
    assert "Données" in {e.tableau for e in compare_editions(actor=CAMILLE, avant=before, apres=export).ecarts}
    assert compare_editions(actor=CAMILLE, avant=export, apres=export).ecarts == []


def test_every_file_of_an_export_is_known_by_its_hash_and_its_workbook_by_its_cells(export: int, session: Any) -> None:
    beside = session.execute(select(EditionFichier.octets).where(EditionFichier.edition_id == export)).scalars().all()
    session.rollback()
    whole = read_edition_file(actor=CAMILLE, edition_id=export).octets
    assert {verify_file(actor=CAMILLE, octets=octets).code for octets in (whole, *beside)} == {INTACT}
    assert len(beside) >= 2
    verdict = verify_file(actor=CAMILLE, octets=saved_by_openpyxl(whole))
    assert verdict.code == REENREGISTRE and "de l’export du 2e trimestre 2026" in verdict.phrase
