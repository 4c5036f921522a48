"""The page of the promises on one axis (R5, R6, R8b, R16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.models import Departement
from paqte.queries.conventions.conventions import EngagementShown, read_convention
from paqte.services.declarations.declarations import open_declaration, save_draft
from paqte.services.transaction import transaction
from tests import factories
from tests.factories import engagement_of
from tests.web.referent.pages import NOW, errors_of, fields_of, send, value_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True


class Pages:
    """The pages of the promises of one convention, and what the base holds of them."""

    def __init__(self, app: Flask, browser: FlaskClient, key: int) -> None:
        self.app, self.browser, self.key = app, browser, key

    def path(self, axe: str = "FORMER") -> str:
        return f"/referent/conventions/{self.key}/engagements/{axe}"

    def html(self, axe: str = "FORMER") -> str:
        return self.browser.get(self.path(axe)).text

    def send(self, axe: str = "FORMER", opened: str | None = None, **typed: Any) -> Any:
        """Type into the page: F1_1_an2="4" is the field F1_1-an2."""
        named = {"-".join(name.rsplit("_", 1)) if name.count("_") == 2 else name: v for name, v in typed.items()}
        return send(self.browser, self.path(axe), opened, **named)

    @property
    def seen(self) -> dict[str, EngagementShown]:
        with self.app.app_context():
            fiche = read_convention(actor=factories.CAMILLE, convention_id=self.key, now=NOW)
        return {f"{e.indicateur}_{e.rang}": e for e in fiche.engagements}


@pytest.fixture
def pages(app: Flask, camille: FlaskClient, make: Callable[..., int]) -> Callable[..., Pages]:
    def made(*indicateurs: str, premier: str = "2027-S1", **more: Any) -> Pages:
        page = Pages(app, camille, make(*indicateurs, **more))
        # By default nothing that is over is followed: promising asks no question (R42).
        with app.app_context(), transaction(actor=factories.CAMILLE, now=NOW) as session:
            session.get_one(Departement, "41").premier_semestre = premier
        return page

    return made


def test_R42_a_first_promise_asks_about_the_periods_over_and_keeps_what_was_typed(
    pages: Callable[..., Pages],
) -> None:
    page = pages(premier="2026-S2")
    asked = page.send(F1_1_retenu="y", F1_1_an1="3")
    assert asked.status_code == 422 and "3e trimestre 2026" in asked.text.replace("\u00a0", " ")
    assert fields_of(asked.text)["F1_1-an1"] == "3" and page.seen == {}
    answer = page.send("FORMER", asked.text, anterieures="2026-T3")
    assert answer.location == page.path("RECRUTER") and page.seen["F1_1"].objectifs == {1: 3}
    assert page.send("RECRUTER", R2_1_retenu="y").status_code == 302, "asked once"


def test_without_an_axis_in_the_address_the_first_one_opens(pages: Callable[..., Pages]) -> None:
    page = pages()
    html = page.browser.get(f"/referent/conventions/{page.key}/engagements").text
    assert "Engagements\u00a0: Sensibiliser" in html
    assert page.browser.get(page.path("INCONNU")).status_code == 404
    assert page.browser.get(page.path("PLAN")).status_code == 404


def test_R5_what_is_ticked_is_kept_and_the_next_axis_opens(pages: Callable[..., Pages]) -> None:
    page = pages()
    answer = page.send(F1_1_retenu="y", F1_1_reference="2", F1_1_an1="3", F1_1_an3="0", F3_1_retenu="y")
    assert answer.location == page.path("RECRUTER")
    assert {name: (e.reference, e.objectifs) for name, e in page.seen.items()} == {
        "F1_1": (2, {1: 3, 3: 0}),
        "F3_1": (None, {}),
    }
    assert fields_of(page.html())["F1_1-an3"] == "0", "a target of zero is shown as one (R6)"
    assert fields_of(page.html())["F1_1-an2"] == ""


def test_one_may_stop_after_any_axis(pages: Callable[..., Pages]) -> None:
    page = pages()
    assert page.send(terminer="1").location == f"/referent/conventions/{page.key}"
    assert page.send("AUTRE").location == f"/referent/conventions/{page.key}"


def test_R14_a_ratio_is_promised_in_percent(pages: Callable[..., Pages]) -> None:
    page = pages()
    page.send(F1p_1_retenu="y", F1p_1_duree="12,5 %")
    assert page.seen["F1p_1"].objectifs == {0: Decimal("12.5")}
    assert errors_of(page.send(F1p_1_retenu="y", F1p_1_duree="101").text) == ["F1p_1-duree"]


def test_a_yes_is_promised_for_the_whole_term(pages: Callable[..., Pages]) -> None:
    page = pages()
    page.send("RECRUTER", R1_1_retenu="y", R1_1_duree="1")
    assert page.seen["R1_1"].objectifs == {0: 1}
    assert value_of(page.html("RECRUTER"), "R1_1-duree") == "1"
    page.send("RECRUTER", R1_1_duree="")
    assert page.seen["R1_1"].objectifs == {}
    assert errors_of(page.send("RECRUTER", R1_1_duree="2").text) == ["R1_1-duree"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("F1_1_duree", "douze"),
        ("F1_1_duree", "1.234,5"),
        ("F1_1_duree", "-1"),
        ("F1_1_an2", "2,5"),
        ("F1_1_an1", "NaN"),
        ("F1_1_reference", "1_000"),
        ("F1_1_precision", "a" * 1001),
    ],
)
def test_R16_each_error_stands_beside_its_field_and_nothing_typed_is_lost(
    pages: Callable[..., Pages], name: str, typed: str
) -> None:
    page = pages()
    field = "-".join(name.rsplit("_", 1))
    answer = page.send(F1_1_retenu="y", F2_1_retenu="y", F2_1_an1="5", F3_1_precision="Une précision", **{name: typed})
    assert (answer.status_code, errors_of(answer.text)) == (422, [field])
    shown = fields_of(answer.text)
    assert (shown[field], shown["F2_1-an1"], shown["F3_1-precision"]) == (typed, "5", "Une précision")
    assert shown.get("F1_1-retenu") and page.seen == {}


def test_the_summary_says_of_which_promise_each_fault_is(pages: Callable[..., Pages]) -> None:
    html = unescape(pages().send(F1_1_retenu="y", F1_1_duree="x", F2_1_retenu="y", F2_1_an1="x").text)
    summary = html.split('id="resume"')[1].split("</div>")[0]
    assert (
        "Nombre d’alternants résidant en QPV (apprentissage + professionnalisation), objectif sur la durée" in summary
    )
    assert "Nombre de stagiaires de longue durée résidant en QPV, année 1" in summary


def test_the_enter_key_saves_and_does_not_add_a_line(pages: Callable[..., Pages]) -> None:
    form = pages().html("AUTRE").split("data-saisie")[1]
    assert form.index("<button") < form.index("ajouter_libre")
    assert "name=" not in form[form.index("<button") : form.index("</button>")]


def test_R6_both_kinds_of_targets_are_refused_beside_the_first(pages: Callable[..., Pages]) -> None:
    answer = pages().send(F1_1_retenu="y", F1_1_duree="4", F1_1_an1="2")
    assert errors_of(answer.text) == ["F1_1-duree"]


def test_something_typed_without_its_tick_is_asked_about(pages: Callable[..., Pages]) -> None:
    page = pages()
    answer = page.send(F1_1_duree="4")
    assert errors_of(answer.text) == ["F1_1-retenu"]
    assert value_of(answer.text, "F1_1-duree") == "4"


def test_unticking_takes_the_promise_away_unless_it_has_results(app: Flask, pages: Callable[..., Pages]) -> None:
    page = pages("F1", "F2", cibles={"F1": 4})
    with app.app_context():
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=page.key, periode=Periode.from_code("2026-T3")
        )
        saisie = Saisie({engagement_of(page.key, "F1"): AnswerTyped(valeur=Decimal(2))})
        save_draft(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=1, saisie=saisie)
    answer = page.send(F1_1_retenu=None, F2_1_retenu=None)
    assert errors_of(answer.text) == ["F1_1-retenu"]
    assert "Des résultats sont déjà déclarés" in unescape(answer.text)
    assert set(page.seen) == {"F1_1", "F2_1"}
    page.send(F2_1_retenu=None)
    assert set(page.seen) == {"F1_1"}


def test_R5_free_commitments_are_added_one_at_a_time_and_keep_what_was_typed(pages: Callable[..., Pages]) -> None:
    page = pages()
    more = page.send("AUTRE", X1_1_libelle="Arbres", X1_1_unite="", X1_1_duree="dix", ajouter_libre="1")
    assert more.status_code == 200
    shown = fields_of(more.text)
    assert (shown["X1_1-libelle"], shown["X1_1-duree"], shown["X1_2-libelle"]) == ("Arbres", "dix", "")
    assert page.seen == {}
    typed = {"X1_1_unite": "arbres", "X1_1_duree": "10", "X1_2_libelle": "Repas", "X1_2_unite": "repas"}
    assert page.send("AUTRE", more.text, **typed).status_code == 302
    assert [(e.libelle, e.unite, e.objectifs) for e in page.seen.values()] == [
        ("Arbres", "arbres", {0: 10}),
        ("Repas", "repas", {}),
    ]
    page.send("AUTRE", X1_1_retenu=None)
    assert list(page.seen) == ["X1_2"]
    assert "X1_1-libelle" not in fields_of(page.html("AUTRE"))


def test_R5_a_free_commitment_asks_for_its_unit_beside_the_field(pages: Callable[..., Pages]) -> None:
    answer = pages().send("AUTRE", X1_1_libelle="Arbres")
    assert errors_of(answer.text) == ["X1_1-unite"]


@pytest.mark.parametrize("rang", ["0", "21", "99", "-1", "1000"])
def test_R5_a_free_commitment_of_an_impossible_rank_is_nothing(pages: Callable[..., Pages], rang: str) -> None:
    page = pages()
    typed = {f"X1_{rang}-libelle": "Arbres", f"X1_{rang}-unite": "arbres"}
    answer = send(page.browser, page.path("AUTRE"), **typed)
    assert answer.status_code in (200, 302)
    assert page.seen == {}


def test_R8_the_thematiques_of_the_plan_are_chosen_together(pages: Callable[..., Pages]) -> None:
    page = pages(is_in_plan_10000=True)
    html = unescape(page.html("PLAN"))
    assert "Réalisation de parrainages" in html
    page.send("PLAN", P01_1_retenu="y", P01_1_duree="20", P12h_1_retenu="y", P12h_1_duree="35,5", P07_1_retenu="y")
    assert {name: e.objectifs for name, e in page.seen.items()} == {
        "P01_1": {0: 20},
        "P07_1": {},
        "P12h_1": {0: Decimal("35.5")},
    }


def test_R17_a_measure_ended_before_the_term_is_not_offered_and_one_that_ends_in_it_says_when(
    pages: Callable[..., Pages],
) -> None:
    assert "R3e_1-retenu" not in pages().html("RECRUTER")
    page = pages(debut=date(2024, 1, 1), fin=date(2026, 12, 31))
    html = unescape(page.html("RECRUTER"))
    assert "Cette mesure s’arrête le 31 décembre 2024" in html


@pytest.mark.parametrize(("fin", "years"), [(date(2025, 12, 31), 0), (date(2026, 1, 1), 2), (date(2029, 12, 31), 5)])
def test_R6_yearly_targets_are_as_many_as_the_years_of_the_term(
    pages: Callable[..., Pages], fin: date, years: int
) -> None:
    shown = fields_of(pages(fin=fin).html())
    assert len([name for name in shown if name.startswith("F1_1-an")]) == years


def test_two_tabs_on_one_axis_the_second_is_shown_both_versions_and_keeps_its_typing(
    pages: Callable[..., Pages],
) -> None:
    page = pages("F1")
    first, second = page.html(), page.html()
    page.send("FORMER", first, F1_1_duree="1 500", F2_1_retenu="y")
    answer = page.send("FORMER", second, F1_1_duree="9")
    html = unescape(answer.text)
    assert answer.status_code == 409
    assert value_of(answer.text, "F1_1-duree") == "9"
    assert "Enregistré entre-temps\u00a0: 1\u202f500" in html
    assert "Enregistré entre-temps\u00a0: oui" in html, "F2 was ticked meanwhile"
    assert page.seen["F1_1"].objectifs == {0: 1500}
    assert page.send("FORMER", answer.text).status_code == 302, "sending again is a choice"
    assert {name: e.objectifs for name, e in page.seen.items()} == {"F1_1": {0: 9}}


def test_only_the_fields_of_the_form_are_taken(pages: Callable[..., Pages]) -> None:
    page = pages("F1")
    page.send(**{"R3_1-retenu": "y", "F1_2-retenu": "y", "F1_1-id": "9", "convention_id": "9", "F1_1-rang": "4"})
    assert list(page.seen) == ["F1_1"]


def test_R32_a_stock_that_another_convention_in_force_bears_too_is_saved_and_asked_to_be_explained(
    app: Flask, pages: Callable[..., Pages]
) -> None:
    page = pages(debut=date(2025, 1, 1), fin=date(2027, 12, 31))
    with app.app_context():
        whose = read_convention(actor=factories.CAMILLE, convention_id=page.key, now=NOW).signataire_id
        factories.a_convention(whose, "A1", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    saved = page.send("ACHETER", A1_1_retenu="y")
    assert saved.status_code == 302 and "A1_1" in page.seen
    told = unescape(page.browser.get(saved.location).text).replace("\u00a0", " ")
    assert "en vigueur en même temps du 01/07/2026 au 31/12/2027. Le bilan le compte une seule fois" in told
    shown = page.html("ACHETER")
    assert "expliquez pourquoi dans la précision" in shown
    page.send("SENSIBILISER", S2_1_retenu="y")
    assert "une seule fois" not in page.html("SENSIBILISER")
