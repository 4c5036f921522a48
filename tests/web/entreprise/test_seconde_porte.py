"""A second way to type a declaration is one door: texts by name of field, as an Excel form hands them (R13, R16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from paqte.domain.declarations.champs import read_typing
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration, save_draft, submit_declaration
from tests.factories import a_convention, engagement_of
from tests.web.entreprise.conftest import CODES, NOW, T3, plain
from tests.web.referent.pages import errors_of

if TYPE_CHECKING:
    from tests.web.entreprise.conftest import Maison

ABOUT_PAGES = True


def hand_in(actor: Acteur, convention: int, texts: Mapping[str, str], *, is_final: bool = True) -> dict[str, str]:
    """The whole second door: what is refused, by name of field, nothing when the declaration is sent."""
    declaration = open_declaration(actor=actor, now=NOW, convention_id=convention, periode=T3)
    page = read_declaration(actor=actor, declaration_id=declaration)
    use_case: Any = submit_declaration if is_final else save_draft
    try:
        saisie = read_typing(page.all_fields(), texts, origine="classeur")
        use_case(actor=actor, now=NOW, declaration_id=declaration, version=page.version, saisie=saisie)
    except Refused as refused:
        return dict(refused.errors)
    return {}


@pytest.fixture
def twin(maison: Maison) -> int:
    """A second convention of Bruno's company, with the same engagements."""
    with maison.app.app_context():
        return a_convention(maison.signataire, *CODES, cibles={"S2": 30, "R3": 12})


def named(maison: Maison, convention: int, typed: Mapping[str, str]) -> dict[str, str]:
    """Names of the fields of that convention, written as Maison.type takes them."""
    with maison.app.app_context():
        keys = {code: engagement_of(convention, code) for code in CODES}
    return {type(maison)(maison.app, maison.browser, 0, 0, keys).name(name): text for name, text in typed.items()}


def answers(maison: Maison, convention: int) -> dict[str, tuple[Any, ...]]:
    """What is kept of each engagement, with where it comes from last."""
    with maison.app.app_context():
        key = open_declaration(actor=maison.contact, now=NOW, convention_id=convention, periode=T3)
        page = read_declaration(actor=maison.contact, declaration_id=key)
    kept = {f"{page.etat} {ligne.indicateur.code}": (ligne.actuelle, ligne.explications) for ligne in page.lignes}
    return {name: ((*given,) if given else (), dict(told)) for name, (given, told) in kept.items()}


WHOLE = {
    "S2": "1 234",
    "S2p_sur": "5 000",
    "S7": "0",
    "R1": "1",
    "R1_date": "3/8/2026",
    "R3": "",
    "R3_neant": "x",
    "X1": "3,5",
    "X1_precision": "Un vélo\x00, deux visites",
}


def test_R18_the_same_texts_make_the_same_declaration_by_the_form_and_by_another_door(
    maison: Maison, twin: int
) -> None:
    maison.send(**WHOLE)
    with maison.app.app_context():
        assert hand_in(maison.contact, twin, named(maison, twin, WHOLE)) == {}
    typed, handed = answers(maison, maison.convention), answers(maison, twin)
    assert len(typed) == len(CODES)
    assert all(given[6:] == (NOW, "Bruno Lenoir", False, "formulaire") for given, _ in typed.values())
    mine = (NOW, maison.contact.nom, False, "classeur")
    assert handed == {name: ((*given[:6], *mine), told) for name, (given, told) in typed.items()}


# What cannot be kept, by field: each is refused beside the same field with the same sentence by both doors.
UNREADABLE = {
    "S2": ["douze", "1.234,5", "1_000", "٣", "-4", "1e3", "4,5", "inf"],
    "S2p_sur": ["12,5", "1.234,5"],
    "R1_date": ["31/02/2026", "demain"],
    "X1": ["1,234.5", "0,125"],
    "X1_precision": ["é" * 2001],
}
CONTRADICTORY = [
    {"S2": "12", "S2_neant": "y"},
    {"S2p": "3", "S2p_sur": ""},
    {"R1": "0", "R1_date": "3/8/2026"},
]


@pytest.mark.parametrize(
    "typed",
    [*({name: text} for name, texts in UNREADABLE.items() for text in texts), *CONTRADICTORY],
    ids=lambda typed: " ".join(f"{name}={text[:9]}" for name, text in typed.items()),
)
def test_R16_what_the_form_refuses_another_door_refuses_beside_the_same_field_in_the_same_words(
    maison: Maison, twin: int, typed: dict[str, str]
) -> None:
    refused = maison.type(**typed)
    assert refused.status_code == 422, typed
    with maison.app.app_context():
        found = hand_in(maison.contact, twin, named(maison, twin, typed), is_final=False)
    mine = {named(maison, twin, {one: ""}).popitem()[0]: maison.name(one) for one in (*typed, "S2", "S2p", "R1")}
    assert set(errors_of(refused.text)) == {mine[name] for name in found}
    assert all(plain(sentence) in plain(refused.text) for sentence in found.values()), found
    assert answers(maison, twin) == answers(maison, maison.convention), "nothing is kept of it on either side"


def test_R17_a_warning_is_asked_and_explained_by_the_name_of_its_field(maison: Maison, twin: int) -> None:
    odd = {"S2": "12", "S2p": "9", "S2p_sur": "30"}
    with maison.app.app_context():
        asked = hand_in(maison.contact, twin, named(maison, twin, odd))
        (name,) = asked
        assert name == named(maison, twin, {"S2p_ratio_discordant": ""}).popitem()[0]
        assert hand_in(maison.contact, twin, {**named(maison, twin, odd), name: "Trois stages comptés deux fois"}) == {}
    assert answers(maison, twin)["transmise S2p"][1] == {"ratio_discordant": "Trois stages comptés deux fois"}


def test_R13_a_field_that_is_not_handed_in_stays_as_it_was_and_an_empty_one_is_missing(
    maison: Maison, twin: int
) -> None:
    with maison.app.app_context():
        assert hand_in(maison.contact, twin, named(maison, twin, {"S2": "7", "R3": "2"}), is_final=False) == {}
        assert hand_in(maison.contact, twin, named(maison, twin, {"R3": ""}), is_final=False) == {}
    kept = answers(maison, twin)
    assert (kept["brouillon S2"][0][:2], kept["brouillon R3"][0][:2]) == (("nombre", 7), ("manquante", None))


def test_words_of_a_list_and_ticks_are_read_as_a_sheet_bears_them(maison: Maison, twin: int) -> None:
    with maison.app.app_context():
        sheet = named(maison, twin, {"R1": "oui", "R3_neant": "Néant"})
        assert hand_in(maison.contact, twin, sheet, is_final=False) == {}
        wrong = hand_in(
            maison.contact, twin, named(maison, twin, {"R1": "peut-être", "R3_neant": "12"}), is_final=False
        )
    kept = answers(maison, twin)
    assert (kept["brouillon R1"][0][:2], kept["brouillon R3"][0][:2]) == (("nombre", 1), ("neant", 0))
    assert list(wrong.values()) == ["Répondez par oui ou par non.", "Cochez par un « x », ou laissez vide."]
