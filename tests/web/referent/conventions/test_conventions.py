"""The pages of a convention: typing it in, its acts, its signed text (R1, R4, R7, R8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from paqte.domain.statuts.conventions import PROJET, RESILIEE, SIGNEE
from paqte.models import Anteriorite, Convention, db
from paqte.queries.conventions.conventions import ConventionPage, read_convention
from tests import factories
from tests.fixtures_acteurs import BRUNO, ZOE, token_in
from tests.web.referent.pages import NOW, PAYLOADS, act, errors_of, fields_of, live_parts, page_of, send, value_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
Made = Callable[..., int]


@pytest.fixture
def stored(app: Flask) -> Callable[[int], ConventionPage]:
    def read(key: int) -> ConventionPage:
        with app.app_context():
            return read_convention(actor=factories.CAMILLE, convention_id=key, now=NOW)

    return read


def new_page(signataire: int) -> str:
    return f"/referent/signataires/{signataire}/conventions/nouvelle"


# Typing it in


def test_R1_a_convention_is_typed_in_without_its_end_and_leads_to_its_engagements(
    camille: FlaskClient, signataire: int, stored: Any
) -> None:
    typed = {"debut": "1er février 2026", "signee_le": "20/01/2026", "cosignataire": "Agglopolys", "rythme": "S"}
    answer = send(camille, new_page(signataire), **typed)
    key = int(re.findall(r"/conventions/(\d+)/engagements", answer.location)[0])
    seen = stored(key)
    assert (seen.debut, seen.fin, seen.statut, seen.rythme) == (date(2026, 2, 1), date(2029, 1, 31), SIGNEE, "S")
    assert "Choisissez maintenant ses engagements" in unescape(camille.get(answer.location).text)


def test_R1_an_unusual_duration_is_saved_and_said_after(camille: FlaskClient, signataire: int, stored: Any) -> None:
    answer = send(camille, new_page(signataire), debut="01/01/2026", fin="31/12/2026", signee_le="")
    assert answer.status_code == 302
    html = unescape(camille.get(answer.location).text)
    assert "la fin attendue est le 31/12/2028" in html


WRONG = {
    "debut": "31/02/2026",
    "fin": "31/12/2019",
    "signee_le": "23/11/2026",
    "dispositif": "autre",
    "rythme": "M",
    "cosignataire": "a" * 201,
}


@pytest.mark.parametrize("name", WRONG)
def test_each_error_stands_beside_its_field_and_nothing_typed_is_lost(
    app: Flask, camille: FlaskClient, signataire: int, name: str
) -> None:
    typed = {"debut": "01/01/2026", "cosignataire": "Agglopolys", "notes": "Une note", name: WRONG[name]}
    answer = send(camille, new_page(signataire), **typed)
    html = answer.text
    first = {"dispositif": "dispositif", "rythme": "rythme"}.get(name, name)
    assert (answer.status_code, errors_of(html)) == (422, [first])
    shown = fields_of(html)
    assert {f: shown[f] for f in typed if f not in ("dispositif", "rythme")} == {
        f: v for f, v in typed.items() if f not in ("dispositif", "rythme")
    }
    with app.app_context():
        assert not db.session.scalars(select(Convention.id)).all()


def test_a_start_left_empty_is_asked_for(camille: FlaskClient, signataire: int) -> None:
    answer = send(camille, new_page(signataire))
    assert errors_of(answer.text) == ["debut"]
    assert 'href="#debut"' in answer.text, "the summary leads to the field"


# Reading it


def test_the_page_of_a_convention_tells_its_terms_and_its_promises_axis_by_axis(
    camille: FlaskClient, make: Made
) -> None:
    key = make("F1", "R3", "P01", cibles={"F1": 12, "R3": 0}, is_in_plan_10000=True, cosignataire="Agglopolys")
    html = unescape(camille.get(page_of(key)).text)
    for shown in (
        "Étoile du Nord",
        "1er\u00a0janvier 2025",
        "31 décembre 2027",
        "Agglopolys",
        "chaque trimestre",
        "En cours",
    ):
        assert shown in html
    former, recruter, acheter = (html.split(f'id="axe-{axe}"')[1].split("</section>")[0] for axe in AXES)
    assert "<strong>12</strong> sur la durée" in former
    assert "<strong>0</strong> sur la durée" in recruter, "a target of zero is a target (R6)"
    assert "Aucun engagement sur cet axe" in acheter
    assert "Stages de 3e pour les jeunes des QPV" in html.split('id="axe-PLAN"')[1]


AXES = ("FORMER", "RECRUTER", "ACHETER")


@pytest.mark.parametrize(("categorie", "is_said"), [("TPE", False), ("PME", False), ("GE", True), ("", False)])
def test_R5_only_a_tpe_or_pme_may_keep_some_axes_alone(
    app: Flask, camille: FlaskClient, make: Made, signataire: int, categorie: str, is_said: bool
) -> None:
    from paqte.models import Signataire
    from paqte.services.transaction import transaction

    with app.app_context(), transaction(actor=factories.CAMILLE, now=NOW) as session:
        session.get_one(Signataire, signataire).categorie = categorie
    assert ("Seules les TPE et PME" in camille.get(page_of(make("F1"))).text) == is_said


# Correcting it


def test_a_correction_is_saved_with_its_warnings_and_the_dispositif_is_no_longer_asked(
    camille: FlaskClient, make: Made, stored: Any
) -> None:
    key = make()
    assert value_of(camille.get(page_of(key, "/modifier")).text, "dispositif") is None
    answer = send(camille, page_of(key, "/modifier"), fin="30/06/2027", dispositif="charte")
    assert (stored(key).fin, stored(key).dispositif) == (date(2027, 6, 30), "paqte")
    assert "31/12/2027" in camille.get(answer.location).text


def test_R6_a_term_that_contradicts_a_target_is_refused_beside_the_date(camille: FlaskClient, make: Made) -> None:
    key = make("F1")
    send(camille, page_of(key, "/engagements/FORMER"), **{"F1_1-an3": "4"})
    answer = send(camille, page_of(key, "/modifier"), fin="31/12/2025")
    assert errors_of(answer.text) == ["fin"]
    assert value_of(answer.text, "fin") == "31/12/2025"


def test_two_tabs_on_one_convention_the_second_is_shown_both_versions(
    camille: FlaskClient, make: Made, stored: Any
) -> None:
    key = make()
    path = page_of(key, "/modifier")
    first, second = camille.get(path).text, camille.get(path).text
    send(camille, path, first, fin="30/06/2027", rythme="S", is_in_plan_10000="y")
    answer = send(camille, path, second, notes="Ma note")
    html = unescape(answer.text)
    assert answer.status_code == 409
    assert value_of(answer.text, "notes") == "Ma note"
    for current in ("30/06/2027", "Chaque semestre", "oui"):
        assert f"Enregistré entre-temps\u00a0: {current}" in html
    asked = send(camille, path, answer.text)
    assert asked.status_code == 422 and "3e\u00a0trimestre 2026" in unescape(asked.text), (
        "due already at that rhythm (R42)"
    )
    assert send(camille, path, asked.text).status_code == 302
    assert (stored(key).notes, stored(key).rythme) == ("Ma note", "T")


def test_R42_the_page_names_the_periods_already_over_and_keeps_what_is_ticked(
    app: Flask, camille: FlaskClient, make: Made
) -> None:
    key = make(statut="projet", signee_le=None)
    path = page_of(key, "/modifier")
    asked = send(camille, path, signee_le="01/01/2026")
    told = unescape(asked.text)
    assert asked.status_code == 422 and "Déclarations à demander pour ces périodes" in told
    assert 'name="anterieures"' in asked.text and "3e\u00a0trimestre 2026" in told
    assert send(camille, path, asked.text, anterieures="2026-T3").status_code == 302
    with app.app_context():
        rows = db.session.execute(select(Anteriorite.periode, Anteriorite.is_owed)).all()
    assert dict(rows)["2026-T3"] is True and list(dict(rows).values()).count(True) == 1


def test_only_the_fields_of_the_form_are_taken(app: Flask, camille: FlaskClient, make: Made) -> None:
    key = make()
    table = Convention.__table__
    with app.app_context():
        before = db.session.execute(select(table).where(table.c.id == key)).mappings().one()
    asked = fields_of(camille.get(page_of(key, "/modifier")).text)
    extra = {column.name: "7" for column in table.columns if column.name not in asked and column.name != "version"}
    send(camille, page_of(key, "/modifier"), **{**extra, "is_in_plan_10000": None, "resiliee_le": "01/01/2026"})
    with app.app_context():
        after = db.session.execute(select(table).where(table.c.id == key)).mappings().one()
    assert {name for name in before if before[name] != after[name]} <= {"version"}


# Its acts


def test_R4_a_projet_is_signed_from_its_page(camille: FlaskClient, make: Made, stored: Any) -> None:
    key = make(statut=PROJET, signee_le=None)
    answer = act(camille, page_of(key), page_of(key, "/signer"), signee_le="1/12/2025")
    assert (answer.status_code, stored(key).signee_le) == (302, date(2025, 12, 1))
    assert "la signature est postérieure au début" in unescape(camille.get(page_of(key)).text).lower()


@pytest.mark.parametrize("typed", ["", "32/01/2026", "23/11/2026"])
def test_R4_a_signature_refused_is_said_beside_its_date(
    camille: FlaskClient, make: Made, stored: Any, typed: str
) -> None:
    key = make(statut=PROJET, signee_le=None)
    answer = act(camille, page_of(key), page_of(key, "/signer"), signee_le=typed)
    assert (answer.status_code, errors_of(answer.text)) == (422, ["signee_le"])
    assert f'value="{typed}"' in answer.text
    assert stored(key).statut == PROJET


def test_R4_an_early_end_is_recorded_with_its_reason(camille: FlaskClient, make: Made, stored: Any) -> None:
    key = make()
    act(camille, page_of(key), page_of(key, "/resilier"), resiliee_le="30/06/2026", motif="Fermeture du site")
    assert (stored(key).statut, stored(key).motif_resiliation) == (RESILIEE, "Fermeture du site")
    html = unescape(camille.get(page_of(key)).text)
    assert "30 juin 2026\u00a0: Fermeture du site" in html
    assert "Mettre fin avant" not in html


def test_R4_an_early_end_refused_keeps_what_was_typed(camille: FlaskClient, make: Made, stored: Any) -> None:
    key = make()
    answer = act(camille, page_of(key), page_of(key, "/resilier"), resiliee_le="30/06/2031", motif="Fermeture")
    assert (answer.status_code, errors_of(answer.text)) == (422, ["resiliee_le"])
    assert "30/06/2031" in answer.text
    assert fields_of(answer.text, "/resilier")["motif"] == "Fermeture"
    assert stored(key).statut == SIGNEE


@pytest.mark.parametrize(
    ("dispositif", "button"), [("paqte", "Renouveler"), ("charte", "Transformer en convention PAQTE")]
)
def test_R4_R7_the_suite_opens_as_a_projet_on_its_dates(
    camille: FlaskClient, make: Made, stored: Any, dispositif: str, button: str
) -> None:
    key = make("F1", dispositif=dispositif, fin=date(2026, 12, 31))
    assert button in camille.get(page_of(key)).text
    answer = act(camille, page_of(key), page_of(key, "/renouveler"))
    suite = int(re.findall(r"/conventions/(\d+)/modifier", answer.location)[0])
    assert (stored(suite).statut, stored(suite).dispositif) == (PROJET, "paqte")
    assert f'href="{page_of(suite)}"' in camille.get(page_of(key)).text
    assert f'href="{page_of(key)}"' in camille.get(page_of(suite)).text


def test_R4_a_convention_far_from_its_end_is_not_offered_to_be_renewed(camille: FlaskClient, make: Made) -> None:
    assert "Renouveler" not in camille.get(page_of(make())).text


def test_a_projet_is_deleted_without_a_reason_and_a_signed_convention_asks_for_one(
    camille: FlaskClient, make: Made, signataire: int
) -> None:
    projet, signed = make(statut=PROJET, signee_le=None), make()
    answer = act(camille, page_of(projet), page_of(projet, "/supprimer"))
    assert answer.location == f"/referent/signataires/{signataire}"
    assert camille.get(page_of(projet)).status_code == 404
    assert "Supprimer ce projet" not in camille.get(page_of(signed)).text
    version = {"version": fields_of(camille.get(page_of(signed)).text, "/texte")["version"]}
    refused = act(camille, page_of(signed), page_of(signed, "/supprimer"), **version)
    assert (refused.status_code, camille.get(page_of(signed)).status_code) == (422, 200)
    assert "Écrivez pourquoi" in unescape(refused.text)


def test_an_act_on_a_page_seen_before_somebody_saved_is_a_conflict(
    camille: FlaskClient, make: Made, stored: Any
) -> None:
    key = make()
    opened = fields_of(camille.get(page_of(key)).text, "/resilier")
    send(camille, page_of(key, "/modifier"), notes="Vu par Julien")
    answer = camille.post(page_of(key, "/resilier"), data={**opened, "resiliee_le": "30/06/2026", "motif": "Fermeture"})
    assert answer.status_code == 409
    assert "30/06/2026" in answer.text
    assert stored(key).statut == SIGNEE


# What people type, and rights


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_type_is_shown_as_text_on_every_page(
    camille: FlaskClient, make: Made, signataire: int, payload: str
) -> None:
    key = make("X1", cosignataire=payload, notes=payload)
    send(camille, page_of(key, "/engagements/AUTRE"), **{"X1_1-libelle": payload, "X1_1-precision": payload})
    pages = (page_of(key), page_of(key, "/modifier"), page_of(key, "/engagements/AUTRE"))
    for page in (*pages, f"/referent/signataires/{signataire}"):
        html = camille.get(page).text
        assert live_parts(html) == [], page
        assert payload in unescape(html), page


GETS = ("", "/modifier", "/engagements", "/engagements/FORMER", "/texte")
POSTS = ("/modifier", "/engagements", "/signer", "/resilier", "/renouveler", "/supprimer", "/texte")


@pytest.mark.parametrize("rest", GETS)
def test_zoe_gets_the_page_of_nothing_for_camille_s_convention(
    sign_in: Callable[..., FlaskClient], make: Made, rest: str
) -> None:
    zoe = sign_in(ZOE)
    hers, nothing = zoe.get(page_of(make(), rest)), zoe.get(page_of(999_999, rest))
    assert (hers.status_code, nothing.status_code) == (404, 404)
    assert "Étoile" not in hers.text


@pytest.mark.parametrize("rest", POSTS)
def test_zoe_and_bruno_change_nothing_of_camille_s_convention(
    sign_in: Callable[..., FlaskClient], make: Made, stored: Any, rest: str
) -> None:
    key = make("F1", statut=PROJET, signee_le=None)
    before = stored(key)
    data = {"version": str(before.version), "signee_le": "01/01/2025", "debut": "01/01/2025", "motif": "Pris"}
    for person, refused in ((ZOE, 404), (BRUNO, 403)):
        browser = sign_in(person)
        token = token_in(browser.get("/connexion/lien-envoye").text)
        answer = browser.post(page_of(key, rest), data={**data, "csrf_token": token})
        assert answer.status_code == refused
    assert stored(key) == before


def test_zoe_does_not_add_a_convention_to_camille_s_signatory(
    sign_in: Callable[..., FlaskClient], signataire: int
) -> None:
    assert sign_in(ZOE).get(new_page(signataire)).status_code == 404
