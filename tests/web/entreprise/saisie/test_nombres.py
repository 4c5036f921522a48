"""R16 through the company's own form: sixty ways to type a number, one by one, then any text in any field."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from paqte.domain.saisie.nombres import COMPTE, EUROS, QUANTITE
from tests.domain.saisie.test_nombres import ACCEPTED, REFUSED
from tests.web.entreprise.conftest import Maison, plain

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
# The field of the company's form that takes each kind of number.
FIELDS = {COMPTE: "R3", QUANTITE: "X1", EUROS: "S7"}
# A browser sends no field empty of meaning as a number: left blank it is « no answer yet » (R13).
READ = [(typed, kind, value) for typed, kind, value in ACCEPTED if kind in FIELDS]
WRONG = [(typed, kind, fault) for typed, kind, fault in REFUSED if kind in FIELDS and typed.strip(" \u00a0\t")]


def beside(html: str, name: str) -> str:
    """The sentence tied to a field, '' when there is none."""
    found = re.search(rf'id="{name}-erreur">(.*?)</p>', plain(html), re.DOTALL)
    return unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", "", found[1], flags=re.DOTALL)).strip() if found else ""


def test_R16_there_are_sixty_of_them_at_least() -> None:
    assert len(READ) + len(WRONG) >= 60


def test_R16_each_number_that_can_be_read_is_kept_with_its_value(maison: Maison) -> None:
    wrong = []
    for typed, kind, value in READ:
        code = FIELDS[kind]
        # A zero typed before came back with « néant » ticked: typing a number unticks it.
        answer = maison.type(**{code: typed, f"{code}_neant": ""})
        kept = maison.answer(code)
        got = kept.valeur if kept and kept.valeur is not None else 0
        if answer.status_code != 302 or str(got) != str(type(got)(value)):
            wrong.append((typed, kind, answer.status_code, str(got)))
    assert wrong == []


def test_R16_each_number_that_cannot_is_named_beside_its_field_and_stays_typed(maison: Maison) -> None:
    wrong = []
    for typed, kind, fault in WRONG:
        name = maison.name(FIELDS[kind])
        answer = maison.type("relire", **{FIELDS[kind]: typed})
        if answer.status_code != 422 or fault not in beside(answer.text, name).replace("\u202f", " "):
            wrong.append((typed[:40], kind, answer.status_code, beside(answer.text, name)))
        assert maison.answer(FIELDS[kind]) is None
    assert wrong == []


@pytest.mark.parametrize("blank", ["", " ", "\u00a0\t"])
def test_R13_a_field_left_blank_is_no_answer_and_never_zero(blank: str, maison: Maison) -> None:
    assert maison.type(R3=blank, S2="4").status_code == 302
    assert maison.answer("R3") is None


def test_R14_R17_more_than_the_whole_is_refused_before_sending(maison: Maison) -> None:
    for part, whole in (("12", "9"), ("1", "0")):
        answer = maison.type("relire", S2p=part, S2p_sur=whole)
        assert answer.status_code == 422 or answer.location.endswith("verifier=1")


HOSTILE = ("\x00", "\ud800", "\uffff", "\u202e12\u202c", "=2+3", "#N/A", "\r\nBcc: x@y", "<script>alert(1)</script>")
ANY = st.text(max_size=40) | st.sampled_from([*HOSTILE, "é" * 40_000, "9" * 40_000])
SENT = ("S2", "S2_neant", "S7", "S2p", "S2p_sur", "R1", "R1_date", "R3", "X1", "X1_precision", "texte_libre", "version")


@given(field=st.sampled_from(SENT), text=ANY, action=st.sampled_from(["saisir", "brouillon"]))
@example(field="texte_libre", text="é" * 40_000, action="saisir")
@example(field="R3", text="9" * 40_000, action="brouillon")
@example(field="R1_date", text="\x00\ud800", action="saisir")
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_no_text_in_one_field_makes_an_error_page_nor_spoils_the_next(
    maison: Maison, field: str, text: str, action: str
) -> None:
    answer = maison.type("relire", action=action, **{field: text})
    assert answer.status_code in (200, 302, 409, 422), answer.text[:500]
    assert answer.is_json or "<script>alert" not in answer.text
    assert maison.browser.get(f"{maison.path}/saisir").status_code == 200
