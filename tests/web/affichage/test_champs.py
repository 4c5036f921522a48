"""Typed fields: a value, or a French sentence beside the field; what was typed stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import wtforms
from werkzeug.datastructures import MultiDict

from paqte.domain.erreurs import GENERAL, Conflict, NotFound, Refused
from paqte.domain.saisie.nombres import COMPTE, EUROS, POURCENTAGE, QUANTITE
from paqte.web.formulaires.base import OurForm, SubForm
from paqte.web.formulaires.champs import QuantiteField, SirenField, SiretOrSirenField
from tests.web.catalogue import FicheForm, ListeForm

if TYPE_CHECKING:
    from flask import Flask

ABOUT_PAGES = True
COMPLETE = {
    "siret": "732 829 320 00074",
    "debut": "1er janvier 2026",
    "cible": "1 234",
    "axe": "FORMER",
    "duree": "3",
}


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def filled(**typed: Any) -> FicheForm:
    form = FicheForm(MultiDict({**COMPLETE, **typed}), meta={"csrf": False})
    form.validate()
    return form


def test_a_complete_form_gives_typed_values() -> None:
    form = filled(part="12,5", nom=" Léa  Morin ", courriel="Lea@Exemple.FR", axes="FORMER", neant="y")
    assert form.points_to_correct() == []
    assert (form.siret.data, form.debut.data, form.cible.data) == ("73282932000074", date(2026, 1, 1), Decimal(1234))
    assert (form.part.data, form.nom.data, form.courriel.data) == (Decimal("12.5"), "Léa Morin", "lea@exemple.fr")
    assert (form.axes.data, form.neant.data, form.http_status) == (["FORMER"], True, 200)


def test_R13_nothing_typed_is_missing_and_zero_is_an_answer() -> None:
    assert filled(part="").part.data is None
    assert filled(part=" \u00a0").part.data is None
    zero = filled(part="0", cible="0")
    assert (zero.part.data, zero.cible.data, zero.points_to_correct()) == (0, 0, [])


REFUSED_NUMBERS = [
    "1.234,5",
    "1,234.5",
    "1_000",
    "١٢",
    "Infinity",
    "inf",
    "NaN",
    "sNaN",
    "1e3",
    "0x10",
    "+5",
    "-3",
    "abc",
    "1 23",
    "12\x00",
]


@pytest.mark.parametrize("genre", [COMPTE, QUANTITE, EUROS, POURCENTAGE])
@pytest.mark.parametrize("typed", REFUSED_NUMBERS)
def test_R16_what_is_no_french_number_is_refused_and_kept(genre: str, typed: str) -> None:
    class Form(OurForm):
        valeur = QuantiteField("Valeur", genre=genre)

    form = Form(MultiDict({"valeur": typed}), meta={"csrf": False})
    assert not form.validate()
    assert form.valeur.data is None
    assert len(form.valeur.errors) == 1
    assert form.valeur._value() == typed


@pytest.mark.parametrize("typed", ["1 234,5", "1\u00a0234,5", "1\u202f234,5", "1234,5", "1234.5"])
def test_R16_french_spaces_and_the_comma_are_read(typed: str) -> None:
    class Form(OurForm):
        valeur = QuantiteField("Valeur", genre=QUANTITE)

    form = Form(MultiDict({"valeur": typed}), meta={"csrf": False})
    assert form.validate(), form.errors
    assert form.valeur.data == Decimal("1234.5")


def test_a_value_from_the_base_is_shown_as_it_would_be_typed() -> None:
    form = FicheForm(formdata=None, data={"cible": Decimal(1234), "debut": date(2026, 1, 1), "siret": "73282932000074"})
    shown = {name: form[name]._value() for name in ("cible", "debut", "siret")}
    assert shown == {"cible": "1\u202f234", "debut": "01/01/2026", "siret": "732 829 320 00074"}
    again = filled(**shown)
    assert (again.cible.data, again.debut.data, again.siret.data) == (1234, date(2026, 1, 1), "73282932000074")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("siret", "123", "14 chiffres"),
        ("siret", "73282932000075", "erreur de frappe"),
        ("debut", "31/02/2026", "n’existe pas"),
        ("cible", "12,5", "entier"),
        ("part", "101", "0 à 100"),
        ("nom", "x" * 21, "21 caractères"),
        ("courriel", "lea@", "prenom.nom@exemple.fr"),
        ("courriel", "a@b.fr\r\nBcc: x@y.fr", "prenom.nom@exemple.fr"),
        ("texte", "x" * 40_000, "40\u202f000 caractères"),
        ("axe", "PILLER", "proposée"),
        ("duree", "PILLER", "proposée"),
        ("axes", "PILLER", "liste"),
        ("axe", "", "Choisissez une réponse"),
        ("siret", " ", "Remplissez"),
    ],
)
def test_each_refusal_stands_beside_its_field_and_keeps_what_was_typed(field: str, typed: str, words: str) -> None:
    form = filled(**{field: typed})
    (point,) = form.points_to_correct()
    assert words in point.message
    assert point.titre == form[field].label.text
    assert form.http_status == 422
    if field not in ("axe", "duree", "axes", "courriel"):
        assert typed.strip() in str(form[field]()).replace("&#39;", "'")


def test_a_radio_not_chosen_is_asked_for_once_and_the_link_leads_to_its_first_box() -> None:
    form = FicheForm(MultiDict({k: v for k, v in COMPLETE.items() if k != "duree"}), meta={"csrf": False})
    form.validate()
    (point,) = form.points_to_correct()
    assert (point.message, point.cible) == ("Choisissez une réponse.", "duree-0")


def test_what_was_taken_out_of_a_text_is_said_and_does_not_block() -> None:
    form = filled(nom="Lé\x0ba", texte="Un\ufffe deux\u202e")
    assert form.points_to_correct() == []
    assert form.nom.avertissements == ["Un caractère invisible a été retiré de ce texte."]
    assert form.texte.avertissements == ["2 caractères invisibles ont été retirés de ce texte."]


def test_R24_a_siren_alone_is_read_where_it_may_stand() -> None:
    class Form(OurForm):
        siren = SirenField("SIREN")
        identifiant = SiretOrSirenField("SIRET ou SIREN")

    form = Form(MultiDict({"siren": "732.829.320", "identifiant": "732829320"}), meta={"csrf": False})
    assert form.validate(), form.errors
    assert (form.siren.data, form.identifiant.data) == ("732829320", "732829320")


def test_fields_nobody_asked_for_are_ignored() -> None:
    form = filled(role="admin", departement="972", id="7")
    assert {"role", "departement", "id"}.isdisjoint(form.data)


def english_sentences() -> list[tuple[str, str]]:
    """Every sentence WTForms may show, with its plural, read from its own list of sentences to translate."""
    text = (Path(wtforms.__file__).parent / "locale" / "wtforms.pot").read_text(encoding="utf-8")
    found = re.findall(r'^msgid "(.+)"\n(?:msgid_plural "(.+)"\n)?', text, re.MULTILINE)
    assert len(found) > 30
    return found


@pytest.mark.parametrize("form_class", [OurForm, SubForm, ListeForm])
def test_no_english_sentence_of_wtforms_can_be_shown(form_class: type[Any]) -> None:
    form = form_class(formdata=None)
    said = form.meta.get_translations(form)
    # One that has a plural is asked for by number alone, and some versions of gettext know it in no other way.
    english = [one for one, many in english_sentences() if not many and said.gettext(one) == one]
    english += [one for one, many in english_sentences() if many and said.ngettext(one, many, 1) == one]
    english += [many for one, many in english_sentences() if many and said.ngettext(one, many, 2) == many]
    assert english == []


def test_a_refusal_of_a_use_case_goes_beside_its_field_or_into_the_summary() -> None:
    form = filled()
    form.apply_refusal(
        Refused({"debut": "Cette date tombe après la fin.", GENERAL: "Convention échue.", "autre": "Autre."})
    )
    assert [(p.cible, p.message) for p in form.points_to_correct()] == [
        ("", "Convention échue."),
        ("", "Autre."),
        ("debut", "Cette date tombe après la fin."),
    ]
    assert form.http_status == 422


def test_a_conflict_shows_the_value_saved_meanwhile_and_takes_its_version() -> None:
    form = filled(nom="Léa", version="3")
    assert form.version.data == 3
    form.apply_refusal(Conflict("Zoé a enregistré entre-temps.", {"nom": "Zoé", "cible": "1 234", "version": "4"}))
    assert (form.nom.enregistre, form.nom.data, form.cible.enregistre) == ("Zoé", "Léa", "")
    assert 'value="4"' in str(form.version())
    assert form.http_status == 409


def test_what_does_not_exist_is_a_page_of_its_own() -> None:
    with pytest.raises(NotFound):
        filled().apply_refusal(NotFound())


@pytest.mark.parametrize("version", ["", "abc", "-1", "1e9", "9" * 30, "٣"])
def test_a_version_that_is_no_number_is_none(version: str) -> None:
    assert filled(version=version).version.data is None


def test_a_warning_does_not_block() -> None:
    form = filled()
    form.apply_warnings({"cible": "C’est beaucoup.", "inconnu": "…"})
    assert form.cible.avertissements == ["C’est beaucoup."]
    assert form.http_status == 200


@pytest.mark.parametrize("asked", [{}, {"etat": "inventé"}, {"genre": "FORMER\x00"}, {"q": "x" * 300}])
def test_a_filter_absent_or_invented_filters_nothing_and_is_no_error(asked: dict[str, str]) -> None:
    form = ListeForm(MultiDict(asked))
    assert form.validate() is ("q" not in asked)
    assert (form.etat.data, form.genre.data) == ("", "")


def test_a_filter_of_the_list_is_kept() -> None:
    form = ListeForm(MultiDict({"etat": "en_cours", "genre": "FORMER"}))
    assert form.validate()
    assert (form.etat.data, form.genre.data) == ("en_cours", "FORMER")
