"""The typing table: a block pasted, the declaration that the ordinary form makes, and how light the page is."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from paqte.domain.declarations.tableau import TOO_BIG, TOO_LONG
from paqte.models import db
from paqte.services.declarations.declarations import open_declaration
from tests import factories
from tests.fixtures_acteurs import token_in
from tests.web.referent.declarations.feuille import PAGE, T3, Table, plain
from tests.web.referent.pages import NOW

if TYPE_CHECKING:
    pass

ABOUT_PAGES = True


# --- a block pasted ----------------------------------------------------------------------------------------


def pasted(
    table: Table, rows: list[int], bloc: str, rang: int = 0, colonne: int = 0, colonnes: str = "S1,S2"
) -> list[Any]:
    data = {
        "csrf_token": token_in(table.browser.get(PAGE).text),
        "lignes": ",".join(map(str, rows)),
        "colonnes": colonnes,
        "rang": str(rang),
        "colonne": str(colonne),
        "bloc": bloc,
    }
    answer = table.browser.post("/referent/declarations/tableau/2026-T3/collage", data=data)
    assert answer.status_code == 200, answer.text
    return [(one["champ"], one["texte"], plain(one["refus"])) for one in json.loads(answer.text)["cases"]]


def test_a_block_is_told_cell_by_cell_where_it_goes_what_is_refused_and_why_and_keeps_nothing(table: Table) -> None:
    alpha, beta = table.add("Alpha (fictif)"), table.add("Béta (fictif)", "S2", rank=2)
    found = pasted(table, [alpha, beta], '12\tnéant\r\n5\t"1 ""x"""\r\n1\t\r\n', colonne=0)
    assert found == [
        (table.field(alpha, "S1"), "12", ""),
        (table.field(alpha, "S2"), "néant", ""),
        ("", "5", "Cette convention n’a pas d’engagement sur cet indicateur."),
        ("", '1 "x"', found[3][2]),
        ("", "1", "Hors du tableau : aucune case à cet endroit."),
    ]
    assert "n’est pas un nombre" in found[3][2]
    assert table.stored(alpha).id == 0


@pytest.mark.parametrize("limit", [131_072, 10**9], ids=["as Python sets it", "as another library moves it"])
def test_a_block_beyond_what_a_page_takes_is_refused_whole(table: Table, limit: int) -> None:
    """Seen red in one process with a reader of the tests, which lets a cell be as long as it likes."""
    token = token_in(table.browser.get("/referent/signataires/nouveau").text)
    before = csv.field_size_limit(limit)
    try:
        for bloc, why in (("1\t" * 6_000, TOO_BIG), ("\n" * 6_000, TOO_BIG), ('"' + "x" * 200_000, TOO_LONG)):
            data = {"csrf_token": token, "bloc": bloc}
            answer = table.browser.post("/referent/declarations/tableau/2026-T3/collage", data=data)
            assert (answer.status_code, answer.json) == (422, {"message": why})
    finally:
        csv.field_size_limit(before)


# --- the property ------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(
    ["", "0", "4", "12", "néant", "Aucun", "1 234", "1,5", "douze", "-3", "oui", "non", "31/08/2026"]
)
CELLS = (
    *(("valeur", code) for code in ("S1", "S2", "F1", "R1", "R3")),
    *(("numerateur", "F1p"), ("denominateur", "F1p"), ("date", "R1")),
)
TYPED = st.dictionaries(st.sampled_from(CELLS), TEXTS, max_size=5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sessions=st.lists(TYPED, min_size=1, max_size=2))
def test_what_is_typed_in_the_table_makes_the_declaration_that_the_ordinary_form_makes(
    table: Table, sessions: list[dict[tuple[str, str], str]]
) -> None:
    rank = next(RANKS)
    mine, other = (table.add(f"Témoin {rank}{x} (fictif)", rank=2 * rank + i) for i, x in enumerate("ab"))
    with table.app.app_context():
        key = open_declaration(actor=factories.CAMILLE, now=NOW, convention_id=other, periode=T3)
    for typed in sessions:
        page = f"{PAGE}&q=Témoin+{rank}a"
        table.send({table.field(mine, code, part): text for (part, code), text in typed.items()}, page=page)
        by_form(table, other, key, typed)
        assert told(table, mine) == told(table, other)


RANKS = iter(range(10, 10_000))


def by_form(table: Table, convention: int, key: int, typed: dict[tuple[str, str], str]) -> None:
    """The same hand on the ordinary page: a word of zero is its tick, a yes is its button."""
    path = f"/referent/declarations/{key}/saisir"
    html = table.browser.get(path).text
    data = {}
    for tag in re.findall(r"<input[^>]*>", html.partition('<form method="post" novalidate')[2]):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if attributes.get("type") not in ("checkbox", "radio") or " checked" in tag:
            data[attributes.get("name", "")] = unescape(attributes.get("value", ""))
    for (part, code), text in typed.items():
        name = table.field(convention, code, part)
        tick = name.replace("valeur", "neant").replace("numerateur", "neant")
        if code == "R1" and part == "valeur":
            data[name] = {"oui": "1", "non": "0", "": ""}.get(text, text)
        elif part in ("valeur", "numerateur"):
            is_nil = text in ("néant", "Aucun")
            data.pop(tick, None)
            data[name] = "" if is_nil else text
            if is_nil:
                data[tick] = "y"
        else:
            data[name] = text
    table.browser.post(path, data=data | {"geste": "brouillon"})


def told(table: Table, convention: int) -> Any:
    return [
        (one.indicateur.code, answer.reponse, answer.valeur, answer.numerateur, answer.denominateur, answer.datee_du)
        for one in table.stored(convention).lignes
        if (answer := one.actuelle)
    ]


# --- how light it is ---------------------------------------------------------------------------------------


def counted(table: Table, url: str) -> tuple[int, str]:
    asked: list[str] = []
    with table.app.app_context():
        engine = db.engine

    def listen(*told: Any) -> None:
        asked.append(told[2])

    event.listen(engine, "before_cursor_execute", listen)
    html = table.browser.get(url).text
    event.remove(engine, "before_cursor_execute", listen)
    return len(asked), html


def test_a_page_of_fifty_rows_asks_the_base_as_much_as_one_of_three_and_stays_light(table: Table) -> None:
    for rank in range(1, 4):
        table.add(f"Alpha {rank} (fictif)", rank=rank)
    table.html()
    few, _ = counted(table, PAGE)
    for rank in range(4, 61):
        table.add(f"Alpha {rank} (fictif)", rank=rank)
    table.html()
    many, html = counted(table, PAGE)
    assert many == few
    assert html.count("<tr data-ligne") == 50
    assert len(html.encode()) < 2_000 * 50
    assert html.count("<tr data-ligne") + table.browser.get(f"{PAGE}&page=2").text.count("<tr data-ligne") == 60


def test_the_table_shows_the_columns_asked_for_and_the_rows_that_have_one_of_them(table: Table) -> None:
    table.add("Alpha (fictif)", "S2", "R3")
    table.add("Béta (fictif)", "R3", rank=2)
    html = table.html("/referent/declarations/tableau/2026-T3")
    assert "Alpha" in html and "Béta" not in html and 'id="c1"' not in html
    html = table.html("/referent/declarations/tableau/2026-T3?indicateur=R3")
    assert "Béta" in html and "<strong>R3</strong>" in html and "<strong>S2</strong>" not in html
    assert "Béta" in table.html(f"{PAGE}&q=beta") and "Alpha" not in table.html(f"{PAGE}&q=beta")


def test_the_page_is_reached_from_where_one_sees_who_must_answer(table: Table) -> None:
    table.add("Alpha (fictif)", "S2")
    asked = "/referent/declarations/tableau/2026-"
    for page in ("/referent/", "/referent/declarations", "/referent/trimestres/2026-T3"):
        html = table.browser.get(page).text
        assert asked in html, page
        found = re.search(rf'href="({asked}[^"]*)"', html)
        assert found and table.browser.get(unescape(found[1])).status_code == 200
