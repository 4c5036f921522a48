"""The typing table: one door with the ordinary form, each declaration kept whole or not at all, nothing typed lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.statuts.declarations import BROUILLON, NEANT, NOMBRE, TRANSMISE
from paqte.models import Declaration, db
from paqte.queries.declarations.lecture.declaration import read_declaration, read_to_type
from paqte.services.declarations.declarations import open_declaration, save_draft, submit_and_validate
from tests import factories
from tests.factories import engagement_of
from tests.fixtures_acteurs import CAMILLE, ZOE, token_in
from tests.web.referent.declarations.feuille import PAGE, T3, Table, plain, sent_back, text_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


# --- what is typed -----------------------------------------------------------------------------------------


def test_rows_typed_are_kept_as_drafts_and_rows_left_alone_open_nothing(table: Table) -> None:
    alpha, beta = table.add("Alpha (fictif)"), table.add("Béta (fictif)", rank=2)
    typed = {
        table.field(alpha, "S2"): "1 234",
        table.field(alpha, "R3"): "néant",
        table.field(alpha, "R1"): "Oui",
        table.field(alpha, "R1", "date"): "31/08/2026",
        table.field(alpha, "F1p", "numerateur"): "3",
        table.field(alpha, "F1p", "denominateur"): "12",
    }
    answer = table.send(typed)
    assert (answer.status_code, answer.location) == (302, PAGE)
    kept = table.answers(alpha)
    assert (kept["S2"].valeur, kept["S2"].saisie_par, kept["S2"].is_on_behalf) == (1234, CAMILLE.nom, True)
    assert kept["S2"].origine == "formulaire"
    assert (kept["R3"].reponse, kept["R3"].valeur) == (NEANT, 0)
    assert (kept["R1"].valeur, kept["R1"].datee_du) == (1, date(2026, 8, 31))
    assert (kept["F1p"].numerateur, kept["F1p"].denominateur, kept["F1p"].reponse) == (3, 12, NOMBRE)
    assert "S1" not in kept
    assert (table.stored(alpha).etat, table.stored(beta).id) == (BROUILLON, 0)
    assert "6 cases enregistrées dans 1 brouillon" in table.html()


def test_what_was_kept_is_shown_as_it_would_be_typed_and_saving_it_again_changes_nothing(table: Table) -> None:
    alpha = table.add("Alpha (fictif)")
    table.send({table.field(alpha, "S2"): "1234", table.field(alpha, "R3"): "0", table.field(alpha, "R1"): "non"})
    shown = {name: plain(text) for name, text in sent_back(table.browser.get(PAGE).text).items()}
    assert shown[table.field(alpha, "S2")] == "1 234"
    assert (shown[table.field(alpha, "R3")], shown[table.field(alpha, "R1")]) == ("0", "non")
    version = table.stored(alpha).version
    assert table.send({}).status_code == 302
    assert table.stored(alpha).version == version


def test_a_bad_cell_is_told_by_company_and_indicator_its_declaration_keeps_nothing_and_the_others_everything(
    table: Table,
) -> None:
    alpha, beta = table.add("Alpha (fictif)"), table.add("Béta (fictif)", rank=2)
    bad, good = table.field(alpha, "S2"), table.field(alpha, "R3")
    answer = table.send({bad: "douze", good: "4", table.field(beta, "S2"): "7"})
    assert answer.status_code == 422
    assert table.stored(alpha).id == 0
    assert table.values(beta) == {"S2": 7}
    told = text_of(answer.text)
    assert "Alpha (fictif), S2, Nombre d’élèves" in told and "« douze » n’est pas un nombre" in told
    again = sent_back(answer.text)
    assert (again[bad], again[good]) == ("douze", "4")
    tag = re.search(rf'<input id="{bad}"[^>]*>', answer.text)
    assert tag and f'aria-describedby="m-{bad}"' in tag[0] and 'aria-invalid="true"' in tag[0]
    assert "data-refuse" in answer.text
    assert table.send({bad: "12"}, opened=answer.text).status_code == 302
    assert table.values(alpha) == {"S2": 12, "R3": 4}


def test_half_a_share_is_refused_in_its_cell_as_by_the_form(table: Table) -> None:
    alpha = table.add("Alpha (fictif)")
    name = table.field(alpha, "F1p", "numerateur")
    answer = table.send({name: "3", table.field(alpha, "S2"): "4"})
    assert answer.status_code == 422
    assert "Une part se donne en deux nombres" in plain(answer.text)
    assert table.answers(alpha) == {}
    assert sent_back(answer.text)[name] == "3"


def test_a_cell_emptied_takes_its_answer_back_and_words_beside_a_figure_stay(table: Table, app: Flask) -> None:
    alpha = table.add("Alpha (fictif)")
    with app.app_context():
        key = open_declaration(actor=factories.CAMILLE, now=NOW, convention_id=alpha, periode=T3)
        s2, r3 = engagement_of(alpha, "S2"), engagement_of(alpha, "R3")
        told = Saisie({s2: AnswerTyped(Decimal(4), commentaire="Au forum."), r3: AnswerTyped(Decimal(2))}, "Bref.")
        save_draft(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=1, saisie=told)
    table.send({f"valeur_{s2}": "5", f"valeur_{r3}": ""})
    kept = table.answers(alpha)
    assert (kept["S2"].valeur, kept["S2"].commentaire) == (5, "Au forum.")
    assert kept["R3"].valeur is None
    assert table.stored(alpha).texte_libre == "Bref."


def test_a_warning_stands_in_its_place_and_leads_to_where_it_is_explained(table: Table) -> None:
    alpha = table.add("Alpha (fictif)")
    table.send(
        {
            table.field(alpha, "F1"): "4",
            **{table.field(alpha, "F1p", part): text for part, text in (("numerateur", "3"), ("denominateur", "9"))},
        }
    )
    html = table.html()
    name = table.field(alpha, "F1p", "numerateur")
    assert re.search(rf'<li id="m-{name}">.*?diffère de 4', html, re.DOTALL)
    assert f'href="/referent/declarations/{table.stored(alpha).id}/saisir?verifier=1"' in html


def test_figures_apart_by_plain_spaces_are_told_to_whoever_has_no_script(table: Table) -> None:
    alpha = table.add("Alpha (fictif)")
    table.send({table.field(alpha, "S2"): "5 120"})
    assert "Lu comme un seul nombre : 5 120" in table.html()


# --- others ------------------------------------------------------------------------------------------------


def draft_of_another(app: Flask, convention: int, **given: int) -> None:
    with app.app_context():
        key = open_declaration(actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=T3)
        version = read_declaration(actor=factories.CAMILLE, declaration_id=key).version
        answers = {engagement_of(convention, code): AnswerTyped(Decimal(n)) for code, n in given.items()}
        save_draft(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=version, saisie=Saisie(answers))


def test_a_declaration_changed_meanwhile_is_told_nothing_of_it_is_overwritten_and_sending_again_is_a_choice(
    table: Table, app: Flask
) -> None:
    alpha, beta = table.add("Alpha (fictif)"), table.add("Béta (fictif)", rank=2)
    opened = table.browser.get(PAGE).text
    draft_of_another(app, alpha, S2=8, R3=1)
    answer = table.send({table.field(alpha, "S2"): "5", table.field(beta, "S2"): "6"}, opened=opened)
    assert answer.status_code == 409
    assert table.values(alpha) == {"S2": 8, "R3": 1}
    assert table.values(beta) == {"S2": 6}
    assert "après que vous l’avez ouverte" in plain(answer.text) and "Enregistré maintenant : 8." in plain(answer.text)
    again = sent_back(answer.text)
    assert (again[table.field(alpha, "S2")], again[table.field(alpha, "R3")]) == ("5", "1")
    assert table.send({}, opened=answer.text).status_code == 302
    assert table.values(alpha) == {"S2": 5, "R3": 1}


def test_a_row_that_others_changed_and_nobody_typed_into_here_is_left_to_them(table: Table, app: Flask) -> None:
    alpha, beta = table.add("Alpha (fictif)"), table.add("Béta (fictif)", rank=2)
    opened = table.browser.get(PAGE).text
    draft_of_another(app, alpha, S2=8)
    assert table.send({table.field(beta, "S2"): "6"}, opened=opened).status_code == 302
    assert table.values(alpha) == {"S2": 8}


def test_what_was_sent_or_validated_is_read_only_says_why_and_refuses_a_forged_cell(table: Table, app: Flask) -> None:
    alpha = table.add("Alpha (fictif)")
    opened = table.browser.get(PAGE).text
    draft_of_another(app, alpha, S2=8)
    with app.app_context():
        page = read_to_type(actor=factories.CAMILLE, conventions=[alpha], periode=T3)[alpha]
        submit_and_validate(
            actor=factories.CAMILLE, now=NOW, declaration_id=page.id, version=page.version, saisie=Saisie({})
        )
    name = table.field(alpha, "S2")
    html = table.html()
    assert f'name="{name}"' not in html and "Validée : à rouvrir" in html
    answer = table.send({name: "9"}, opened=opened)
    assert answer.status_code == 409
    assert "déjà été validée par" in plain(answer.text) and "Votre saisie, « 9 », n’est pas" in plain(answer.text)
    assert table.values(alpha)["S2"] == 8


def test_cells_of_another_departement_are_written_by_nobody_and_shown_to_nobody(
    table: Table, app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    alpha = table.add("Alpha (fictif)")
    table.send({table.field(alpha, "S2"): "4"})
    opened = table.browser.get(PAGE).text
    zoe = sign_in(ZOE)
    own = zoe.get(PAGE)
    assert "Alpha" not in own.text
    forged = sent_back(opened) | {table.field(alpha, "S2"): "99", "csrf_token": token_in(own.text)}
    answer = zoe.post(PAGE, data=forged)
    assert answer.status_code == 422 and "n’est pas de cette période ou de ce département" in plain(answer.text)
    assert "Alpha" not in answer.text
    assert table.values(alpha) == {"S2": 4}
    block = {"lignes": str(alpha), "colonnes": "S2", "rang": "0", "colonne": "0", "bloc": "1\t2"}
    told = zoe.post("/referent/declarations/tableau/2026-T3/collage", data=block | {"csrf_token": token_in(own.text)})
    assert "Alpha" not in told.text and not any(one["champ"] for one in json.loads(told.text)["cases"])


@pytest.mark.parametrize(
    "forged",
    [
        {"valeur_999999": "4"},
        {"version_999999": "1|4"},
        {"version_": "x"},
        {"version_²": "1"},
        {"date_1": "x" * 40_000},
    ],
)
def test_forged_names_write_nothing(table: Table, forged: dict[str, str]) -> None:
    alpha = table.add("Alpha (fictif)")
    answer = table.send({table.field(alpha, "S2"): "4", **forged})
    assert answer.status_code in (302, 422)
    assert table.values(alpha) == {"S2": 4}


@pytest.mark.parametrize("hidden", ["", "|||", "7", "999999999|1", "-1|", "x|y", "1" * 5_000])
def test_a_forged_memory_of_what_was_read_overwrites_nothing_unseen(table: Table, app: Flask, hidden: str) -> None:
    alpha = table.add("Alpha (fictif)")
    draft_of_another(app, alpha, S2=8)
    answer = table.send({f"version_{alpha}": hidden, table.field(alpha, "S2"): "9"})
    assert answer.status_code == 409
    assert table.values(alpha) == {"S2": 8}


def test_a_period_that_is_not_open_yet_is_read_only_and_refuses_a_forged_cell(table: Table) -> None:
    alpha = table.add("Alpha (fictif)")
    coming = "/referent/declarations/tableau/2027-T1?axe=tous"
    html = table.html(coming)
    name = table.field(alpha, "S2")
    assert "La saisie ouvre le" in html and f'name="{name}"' not in html
    token = token_in(table.browser.get(PAGE).text)
    answer = table.browser.post(coming, data={"csrf_token": token, f"version_{alpha}": "0|", name: "4"})
    assert answer.status_code == 422 and "ouvre le" in plain(answer.text)
    with table.app.app_context():
        assert db.session.query(Declaration).count() == 0


def test_a_period_that_is_none_is_not_found(table: Table) -> None:
    assert [
        table.browser.get(f"/referent/declarations/tableau/{code}").status_code for code in ("2026", "x", "2026-T9")
    ] == [404] * 3


# --- sending -----------------------------------------------------------------------------------------------


def test_a_complete_draft_may_be_ticked_and_is_sent_an_incomplete_one_is_not_offered(table: Table) -> None:
    alpha, beta = table.add("Alpha (fictif)", "S2", "R3"), table.add("Béta (fictif)", "S2", "R3", rank=2)
    table.send({table.field(alpha, "S2"): "4", table.field(alpha, "R3"): "0", table.field(beta, "S2"): "1"})
    html = table.html()
    assert (
        f'name="envoyer" value="{alpha}">' in html
        and f'hidden><input type="checkbox" name="envoyer" value="{beta}" disabled>' in html
    )
    assert table.send({"envoyer": str(alpha)}).status_code == 302
    assert (table.stored(alpha).etat, table.stored(beta).etat) == (TRANSMISE, BROUILLON)
    assert table.stored(alpha).is_on_behalf


def test_a_ticked_declaration_that_changed_meanwhile_is_not_sent(table: Table, app: Flask) -> None:
    alpha = table.add("Alpha (fictif)", "S2", "R3")
    table.send({table.field(alpha, "S2"): "4", table.field(alpha, "R3"): "0"})
    opened = table.browser.get(PAGE).text
    draft_of_another(app, alpha, S2=9)
    assert table.send({"envoyer": str(alpha)}, opened=opened).status_code == 409
    assert table.stored(alpha).etat == BROUILLON
