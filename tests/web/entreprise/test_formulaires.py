"""The offline form: filled by other programs, brought back whole, damaged or stale, by every door (R13, R16–R18)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from paqte.domain.erreurs import Refused
from paqte.models import Action, Journal, db
from paqte.services.declarations.formulaires.formulaires import form_of, keep_form, look_at_form
from tests import factories
from tests.fixtures_acteurs import CAMILLE, ZOE
from tests.web.entreprise.conftest import NOW, fields_in, plain
from tests.web.entreprise.remplis import (
    ANSWER,
    KEY,
    NIL,
    book,
    bring,
    figures,
    filled,
    form,
    refusal,
    rows,
    saved,
)

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.web.entreprise.conftest import Maison

ABOUT_PAGES = True
WHOLE = {"S2": "1 234", "S2p_sur": 5000, "S7": "néant", "R1": "Oui", "R1_date": "3/8/2026", "R3": 7.0, "X1": "3,5"}
KEPT = {
    "S2": ("nombre", 1234, None, None, "classeur"),
    "S2p": ("nombre", None, 1234, 5000, "classeur"),
    "S7": ("neant", 0, None, None, "classeur"),
    "R1": ("nombre", 1, None, None, "classeur"),
    "R3": ("nombre", 7, None, None, "classeur"),
    "X1": ("nombre", 3.5, None, None, "classeur"),
}


def test_R16_a_form_filled_by_another_program_comes_back_as_the_draft_that_the_page_would_make(maison: Maison) -> None:
    answer = bring(maison, filled(maison, form(maison), **WHOLE))
    assert answer.location == f"{maison.path}/saisir?verifier=1"
    assert figures(maison) == KEPT
    assert maison.stored().etat == "brouillon", "the company reads it before it is sent"
    told = maison.html(answer.location)
    assert "7 réponses lues. Relisez, puis transmettez." in told


def test_R39_the_form_says_whom_to_call_by_when_what_is_counted_and_holds_what_is_known(maison: Maison) -> None:
    maison.type(S2="12", R3_neant="y")
    made = book(form(maison))
    texts = [str(c.value) for row in made["Réponses"] for c in row if c.value]
    whole = plain(" ".join(texts))
    for told in ("Préfecture de Loir-et-Cher · à rendre pour le 20/10/2026", "Camille", " 30 personnes sur la durée"):
        assert told in whole, (told, whole)
    assert "Les élèves dont le stage de 3e commence pendant la période" in whole
    where = rows(made)
    sheet = made["Réponses"]
    assert sheet.cell(where[maison.name("S2")], ANSWER).value == "12"
    nothing = where[maison.name("R3")]
    assert [sheet.cell(nothing, column).value for column in (ANSWER, NIL)] == [None, "X"], "ticked, as on the page"
    assert sheet.protection.sheet and not sheet.cell(where[maison.name("S2")], ANSWER).protection.locked
    assert sheet.cell(where[maison.name("S2")], 1).protection.locked
    assert sheet.page_setup.fitToWidth == 1
    offered = {v.formula1: v.showErrorMessage for v in sheet.data_validations.dataValidation}
    assert offered == {'"X"': False, '"Oui,Non"': True}
    ticks = {str(c) for v in sheet.data_validations.dataValidation if v.formula1 == '"X"' for c in v.sqref.ranges}
    assert ticks == {f"G{where[name]}" for name in where if name.startswith(("valeur_", "numerateur_"))} - {
        f"G{where[maison.name('R1')]}"
    }, "beside each number, and nowhere else"


@pytest.mark.parametrize("tick", ["X", "x", "oui", 1, True, "✓", "Aucun (0)"])
def test_R13_a_zero_is_ticked_in_the_form_as_it_is_on_the_page(maison: Maison, tick: Any) -> None:
    bring(maison, filled(maison, form(maison), ticks={"S7": tick, "S2p": tick, "S2": tick}, S2="0"))
    assert {code: figures(maison)[code][0] for code in ("S2", "S7", "S2p")} == dict.fromkeys(
        ("S2", "S7", "S2p"), "neant"
    )
    assert rows(book(form(maison))) == rows(book(form(maison)))
    assert book(form(maison))["Réponses"].cell(rows(book(form(maison)))[maison.name("S7")], NIL).value == "X"


@pytest.mark.parametrize("tick", ["", None, "non", 0, False])
def test_R13_a_box_left_unticked_is_no_zero(maison: Maison, tick: Any) -> None:
    bring(maison, filled(maison, form(maison), ticks={"S7": tick, "R3": tick}, R3="4"))
    assert (figures(maison)["R3"][:2], "S7" in figures(maison)) == (("nombre", 4), False)


def test_R13_a_tick_taken_away_takes_the_zero_away(maison: Maison) -> None:
    maison.type(S7_neant="y")
    bring(maison, filled(maison, form(maison), ticks={"S7": None}))
    assert figures(maison)["S7"][:2] == ("manquante", None)
    maison.type(S7_neant="y")
    bring(maison, filled(maison, form(maison), ticks={"S7": None}, S7="6"))
    assert figures(maison)["S7"][:2] == ("nombre", 6)


def _of_before(made: Workbook) -> Workbook:
    """A form as it was made before it had the column: the word is typed in the place of the number."""
    sheet = made["Réponses"]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.delete_cols(NIL)
    return made


@pytest.mark.parametrize("word", ["néant", "NEANT", "Aucun (0)", "aucune", "0"])
def test_R13_a_form_made_before_the_box_was_there_takes_the_word(maison: Maison, word: str) -> None:
    answer = bring(maison, saved(_of_before(book(filled(maison, form(maison), S7=word)))))
    assert figures(maison)["S7"][:2] == ("neant", 0)
    assert "déplacées" not in maison.html(answer.location)


def test_R30_whoever_takes_a_form_away_leaves_a_line(maison: Maison) -> None:
    form(maison)
    with maison.app.app_context():
        taken = select(Journal.objet_id).where(Journal.acte == "telecharger", Journal.objet == "declaration")
        assert db.session.scalars(taken).all() == [str(maison.id)]


def test_R13_left_as_it_was_made_it_changes_nothing_and_twice_it_changes_nothing_more(maison: Maison) -> None:
    maison.type(S2="12", S7_neant="y")
    before = figures(maison)
    bring(maison, form(maison))
    assert figures(maison) == before
    octets = filled(maison, form(maison), R3=4)
    bring(maison, octets)
    version = maison.stored().version
    again = bring(maison, octets)
    assert maison.stored().version == version
    assert "Rien à changer" in maison.html(again.location)
    bring(maison, filled(maison, form(maison), R3=None))
    assert figures(maison)["R3"][:2] == ("manquante", None), "an answer emptied is missing, not zero"


def _sorted(made: Workbook) -> Workbook:
    """The rows of the sheet from the last to the first, headings aside, as whoever sorts by the question does."""
    sheet = made["Réponses"]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    values = [[c.value for c in row] for row in sheet.iter_rows(min_row=11)]
    for row, told in zip(sheet.iter_rows(min_row=11), reversed(values), strict=True):
        for cell, value in zip(row, told, strict=True):
            cell.value = value
    return made


def _moved(made: Workbook) -> Workbook:
    """Columns the other way round."""
    sheet = made["Réponses"]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    for row in sheet.iter_rows(min_row=10):
        values = [c.value for c in row]
        for cell, value in zip(row, reversed(values), strict=True):
            cell.value = value
    return made


def _without_marks(made: Workbook) -> Workbook:
    made["Réponses"].delete_cols(KEY)
    return made


def _rows_inserted(made: Workbook) -> Workbook:
    made["Réponses"].insert_rows(1, 4)
    made["Réponses"].insert_rows(17, 2)
    return made


def _renamed(made: Workbook) -> Workbook:
    made["Réponses"].title = "Feuille 1"
    made.move_sheet("Feuille 1", 2)
    return made


@pytest.mark.parametrize(
    ("handled", "told"),
    [
        (_sorted, ""),
        (_moved, "Des colonnes ont été déplacées : chacune est lue par son titre."),
        (_without_marks, "La colonne « Repère » manque : chaque ligne est reconnue par sa question."),
        (_rows_inserted, ""),
        (_renamed, ""),
    ],
)
def test_R16_rows_and_columns_handled_by_hand_are_found_again(
    maison: Maison, handled: Callable[[Workbook], Workbook], told: str
) -> None:
    answer = bring(maison, saved(handled(book(filled(maison, form(maison), **WHOLE)))))
    assert answer.status_code == 302, plain(answer.text)
    assert figures(maison) == KEPT
    assert not told or told in maison.html(answer.location)


def test_R13_a_row_deleted_leaves_its_answer_and_says_so(maison: Maison) -> None:
    maison.type(S7="3")
    made = book(filled(maison, form(maison), S2="9"))
    made["Réponses"].delete_rows(rows(made)[maison.name("S7")])
    answer = bring(maison, saved(made))
    assert (figures(maison)["S7"][1], figures(maison)["S2"][1]) == (3, 9)
    assert "Ligne absente, laissée telle qu’elle est : « " in maison.html(answer.location)


def _another_workbook(_: Workbook) -> Workbook:
    made = Workbook()
    made.active.append(["Ce qui est demandé", "Votre réponse", "Repère"])  # type: ignore[union-attr]
    return made


def _meta(row: str, value: str) -> Callable[[Workbook], Workbook]:
    def change(made: Workbook) -> Workbook:
        cell = next(r[1] for r in made["_meta"] if r[0].value == row)
        cell.value = value
        return made

    return change


def _without_heading(made: Workbook) -> Workbook:
    made["Réponses"].delete_rows(10)
    return made


def _heading_twice(made: Workbook) -> Workbook:
    made["Réponses"].cell(10, ANSWER + 1).value = "  VOTRE réponse "
    return made


def _sheet_twice(made: Workbook) -> Workbook:
    made.copy_worksheet(made["Réponses"]).title = "Réponses (2)"
    return made


def _doubled(made: Workbook) -> Workbook:
    sheet = made["Réponses"]
    row = next(r for r in sheet.iter_rows(min_row=11) if str(r[KEY - 1].value).startswith("valeur_"))
    last = sheet.max_row + 1
    for cell in row:
        sheet.cell(last, cell.column).value = cell.value
    sheet.cell(last, ANSWER).value = "99"
    return made


def _in_error(made: Workbook) -> Workbook:
    row = next(r for r in made["Réponses"].iter_rows(min_row=11) if str(r[KEY - 1].value).startswith("valeur_"))
    row[ANSWER - 1].value = "#REF!"
    row[ANSWER - 1].data_type = "e"
    return made


def _typed(value: str) -> Callable[[Workbook], Workbook]:
    def change(made: Workbook) -> Workbook:
        row = next(r for r in made["Réponses"].iter_rows(min_row=11) if str(r[KEY - 1].value).startswith("valeur_"))
        row[ANSWER - 1].value = value
        return made

    return change


def _ticked(tick: str, value: str) -> Callable[[Workbook], Workbook]:
    def change(made: Workbook) -> Workbook:
        row = next(r for r in made["Réponses"].iter_rows(min_row=11) if str(r[KEY - 1].value).startswith("valeur_"))
        row[ANSWER - 1].value, row[NIL - 1].value = value, tick
        return made

    return change


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_another_workbook, "Ce classeur n’est pas un formulaire PAQTE"),
        (_meta("version", "0"), "Ce formulaire a été fait par une autre version de PAQTE"),
        (_meta("periode", "2026-T9"), "La feuille « _meta » de ce formulaire a été modifiée"),
        (_meta("lecture", "beaucoup"), "La feuille « _meta » de ce formulaire a été modifiée"),
        (_meta("periode", "2026-T2"), "Ce formulaire n’est pas celui de cette déclaration"),
        (_meta("convention_id", "999999"), "Ce formulaire n’est pas celui de cette déclaration"),
        (_meta("siret", "21990000800018"), "Ce formulaire est celui d’une autre convention"),
        (_without_heading, "La ligne de titres « Ce qui est demandé », « Votre réponse » est introuvable"),
        (_heading_twice, "Deux colonnes de « Réponses » portent le titre « Votre réponse » : gardez-en une."),
        (_sheet_twice, "Les feuilles « Réponses » et « Réponses (2) » portent toutes deux les titres des réponses"),
        (_doubled, "répondent à la même ligne : gardez-en une."),
        (_in_error, "Cette cellule est en erreur (#REF!)"),
        (_ticked("X", "4"), "Réponses!E12 : un nombre et « Aucun (0) » à la fois. Gardez l’un des deux."),
        (_ticked("peut-être", ""), "Réponses!E12 : Cochez par un « x », ou laissez vide."),
        (_typed("douze"), "Réponses!E12 : « douze » n’est pas un nombre"),
        (_typed("1.234"), "Réponses!E12 : « 1.234 » peut se lire de deux façons"),
        (_typed("-4"), "Réponses!E12 : Ce nombre ne peut pas être négatif"),
    ],
)
def test_R16_a_damaged_form_is_refused_by_a_sentence_and_nothing_is_kept(
    maison: Maison, damage: Callable[[Workbook], Workbook], sentence: str
) -> None:
    octets = filled(maison, form(maison), R3=4)
    told = refusal(maison, saved(damage(book(octets))))
    assert sentence in told, told[told.find("alert") :][:600]
    assert figures(maison) == {}


@pytest.mark.parametrize("octets", [b"", b"PK\x03\x04 nothing", b"%PDF-1.4", b"S2;12\n"])
def test_a_file_that_is_no_workbook_of_ours_is_refused_by_a_sentence(maison: Maison, octets: bytes) -> None:
    assert "error" not in refusal(maison, octets).lower()
    assert figures(maison) == {}


def test_R18_what_both_sides_changed_is_refused_with_its_cell_and_what_one_side_changed_is_kept(maison: Maison) -> None:
    octets = form(maison)
    maison.type(S2="5", R3="2")
    told = refusal(maison, filled(maison, octets, S2="6", S7="1"))
    assert "la déclaration dit « 5 » depuis que ce formulaire a été fait, et le formulaire « 6 »" in told
    assert "S7" not in figures(maison)
    answer = bring(maison, filled(maison, octets, S2="5", S7="1"))
    assert "seules les réponses que vous avez modifiées" in maison.html(answer.location)
    found = figures(maison)
    assert (found["S2"][1], found["R3"][1], found["S7"][1]) == (5, 2, 1), "R3, typed meanwhile, is not taken back"


def test_R17_a_remark_answers_the_warning_on_its_row_and_only_there(maison: Maison) -> None:
    octets = filled(maison, form(maison), {"S2p": "Trois stages comptés deux fois"}, S2="12", S2p="9", S2p_sur="30")
    bring(maison, octets)
    lines = {ligne.indicateur.code: ligne for ligne in maison.stored().lignes}
    assert dict(lines["S2p"].explications) == {"ratio_discordant": "Trois stages comptés deux fois"}
    assert lines["S2p"].actuelle is not None and lines["S2p"].actuelle.commentaire == ""


def test_R29_actions_told_in_the_form_arrive_once_to_be_read(maison: Maison) -> None:
    made = book(form(maison))
    for column, text in enumerate(("12/09/2026", "Recruter", "Forum", "Un forum à Blois.", "Blois", "40"), start=1):
        made["Actions"].cell(4, column).value = text
    for _ in range(2):
        bring(maison, saved(made))
    with maison.app.app_context():
        (told,) = db.session.query(Action).all()
        assert (told.titre, told.axe, told.beneficiaires, told.is_proofread) == ("Forum", "RECRUTER", 40, False)
        assert told.signataire_id == maison.signataire
    made["Actions"].cell(5, 1).value = "31/02/2026"
    made["Actions"].cell(5, 3).value = "Visite"
    assert "Actions!A5 : " in refusal(maison, saved(made))


def test_a_form_of_somebody_else_says_the_same_as_one_that_never_was(maison: Maison) -> None:
    octets = filled(maison, form(maison), S2="9")
    with maison.app.app_context():
        with pytest.raises(Refused) as refused:
            look_at_form(actor=factories.ZOE, now=NOW, octets=octets)
        foreign = str(refused.value)
        with pytest.raises(Refused) as refused:
            look_at_form(actor=factories.ZOE, now=NOW, octets=saved(_meta("convention_id", "999999")(book(octets))))
    assert str(refused.value) == foreign
    assert figures(maison) == {}


def test_R18_a_referent_hands_in_several_at_once_and_each_says_what_became_of_it(
    maison: Maison, sign_in: Callable[..., FlaskClient]
) -> None:
    good = filled(maison, form(maison), **WHOLE)
    camille = sign_in(CAMILLE)
    path = "/referent/declarations/formulaires"
    data = fields_in(camille.get(path).text)
    files = [(io.BytesIO(good), "lenoir.xlsx"), (io.BytesIO(saved(_another_workbook(Workbook()))), "autre.xlsx")]
    html = plain(camille.post(path, data=data | {"fichiers": files}).text)
    assert "7 réponses lues. À relire et valider." in " ".join(html.split())
    assert "Ce classeur n’est pas un formulaire PAQTE" in html
    page = maison.stored()
    assert (page.etat, page.is_on_behalf, page.transmise_par) == ("transmise", True, CAMILLE.nom)
    assert maison.browser.get(f"{maison.path}/formulaire.xlsx").status_code in (302, 409, 422)
    zoe = sign_in(ZOE)
    assert zoe.get(f"/referent/declarations/{maison.id}/formulaire.xlsx").status_code == 404


def test_R17_sent_by_its_referent_a_form_with_an_unexplained_warning_is_kept_as_a_draft(maison: Maison) -> None:
    octets = filled(maison, form(maison), S2="12", S2p="9", S2p_sur="30")
    with maison.app.app_context(), pytest.raises(Refused, match="Expliquez ce nombre"):
        keep_form(actor=factories.CAMILLE, now=NOW, octets=octets, is_final=True)
    assert (maison.stored().etat, figures(maison)["S2"][1]) == ("brouillon", 12)


def test_a_text_that_a_spreadsheet_would_compute_stays_a_text_in_the_form(maison: Maison) -> None:
    maison.type(texte_libre='=HYPERLINK("http://x.test";"ici")')
    with maison.app.app_context():
        made = book(form_of(actor=factories.CAMILLE, now=NOW, declaration_id=maison.id).octets)
    cells = [c for sheet in made for row in sheet for c in row if str(c.value).startswith("=HYPER")]
    assert len(cells) == 2 and all(c.data_type == "s" for c in cells)
