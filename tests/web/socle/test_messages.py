"""A message told after a redirection is never lost: the page opens on it, whatever part of the page was aimed at."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import flash, redirect, url_for

from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.web.socle.messages import heading_at

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

PAQTE = Path(__file__).resolve().parents[3] / "paqte"
PAGE = "/aide?guide=guide_referent"
FIRST = re.compile(r'<div class="alerte alerte-(\w+)"[^>]*autofocus[^>]*>')


@pytest.fixture
def sent(app: Flask) -> Callable[[list[str], str | None], TestResponse]:
    """`sent(messages, part)`: what answers an act that tells these and aims at that part of a guide."""

    def act(messages: list[str], part: str | None) -> TestResponse:
        @open_to(PUBLIC)
        def essai() -> object:
            for text in messages:
                flash(text, "succes")
            return redirect(url_for("aide.guides", guide="guide_referent", _anchor=part))

        app.add_url_rule("/essai-message", "essai_message", essai)
        client = app.test_client()
        answer = client.get("/essai-message")
        answer.suite = client.get(answer.location).text  # type: ignore[attr-defined]
        return answer

    return act


def test_a_redirection_that_tells_something_aims_at_no_part_and_its_message_leads_there(
    sent: Callable[[list[str], str | None], TestResponse],
) -> None:
    answer = sent(["Un <b>.", "L’édition n° 3 est produite."], "se-connecter")
    assert answer.location == PAGE
    html = answer.suite  # type: ignore[attr-defined]
    assert FIRST.search(html), "the first message takes the focus"
    assert html.count("autofocus") == 1
    link = '<a href="#se-connecter">Voir «\u00a0Se connecter\u00a0»</a>'
    assert link in html.partition("est produite.")[2][:120], "the part is named as its heading names it"
    assert "Un &lt;b&gt;." in html and "n°\u00a03" in html, "texts stay texts"


@pytest.mark.parametrize("count, words", [(1, 400), (3, 12), (40, 40), (5_000, 9)])
def test_however_much_is_told_the_cookie_stays_one_that_a_browser_keeps_and_what_is_left_out_is_counted(
    sent: Callable[[list[str], str | None], TestResponse], count: int, words: int
) -> None:
    """A file of 5,000 faulty rows told each of them, and the browser dropped the session with the cookie."""
    texts = [f"Ligne {rank} : {'été ' * words}fin." for rank in range(1, count + 1)]
    answer = sent(texts, None)
    assert max(len(cookie) for cookie in answer.headers.getlist("Set-Cookie")) < 4_096
    html = answer.suite.replace("\u00a0", " ").replace("\u202f", " ")  # type: ignore[attr-defined]
    shown = [rank for rank in range(1, count + 1) if f"Ligne {rank} : " in html]
    assert shown == list(range(1, len(shown) + 1))
    left = count - len(shown)
    more = "Une autre remarque n’a" if left == 1 else f"{left:,} autres remarques n’ont".replace(",", " ")
    assert (f"{more} pas trouvé place ici" in html) == bool(left)


def test_without_a_message_the_part_aimed_at_is_kept(sent: Callable[[list[str], str | None], TestResponse]) -> None:
    assert sent([], "editions").location == f"{PAGE}#editions"


def test_a_part_that_the_page_has_not_is_led_to_without_a_name(
    sent: Callable[[list[str], str | None], TestResponse],
) -> None:
    html = sent(["Enregistré."], "inconnue").suite  # type: ignore[attr-defined]
    assert '<a href="#inconnue">Voir cette partie de la page</a>' in html


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ('<h2>Avant</h2><h2 id="x">Les <b>éditions</b>\n de 2026</h2><h2>Après</h2>', "Les éditions de 2026"),
        ('<section id="x"><div><p>Un</p></div><h3>Deux &amp; trois</h3><h3>Quatre</h3></section>', "Deux & trois"),
        ('<section id="x"><section>Un</section></section><h2>Ailleurs</h2>', ""),
        ('<h2 id="xy">Autre</h2>', ""),
    ],
)
def test_a_part_is_named_by_its_own_heading_and_never_by_another_s(html: str, named: str) -> None:
    assert heading_at(html, "x") == named


def test_every_part_that_an_act_aims_at_has_a_heading() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (PAQTE / "web").rglob("*.py"))
    aimed = {part for source in sources for part in re.findall(r'redirect\(.*_anchor="(\w+)"', source)}
    pages = "".join(path.read_text(encoding="utf-8") for path in (PAQTE / "templates").rglob("*.html"))
    assert {"editions", "relances", "reglages"} <= aimed
    assert [
        part for part in sorted(aimed) if not re.search(rf'<h\d id="{part}"|carte\("[^"]+", id="{part}"', pages)
    ] == []


def test_a_message_of_a_whole_page_leads_nowhere(sent: Callable[[list[str], str | None], TestResponse]) -> None:
    answer = sent(["Enregistré."], None)
    assert answer.location == PAGE
    assert "Voir cette partie" not in answer.suite  # type: ignore[attr-defined]
