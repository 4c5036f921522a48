"""A message told after a redirection is never lost: the page opens on it, whatever part of the page was aimed at."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from flask import flash, redirect, url_for

from paqte.domain.personnes.roles import PUBLIC, open_to

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

FIRST = re.compile(r'<div class="alerte alerte-(\w+)"[^>]*autofocus[^>]*>')


@pytest.fixture
def sent(app: Flask) -> Callable[[list[str], str | None], TestResponse]:
    """`sent(messages, part)`: what answers an act that tells these and aims at that part of the home page."""

    def act(messages: list[str], part: str | None) -> TestResponse:
        @open_to(PUBLIC)
        def essai() -> object:
            for text in messages:
                flash(text, "succes")
            return redirect(url_for("aide.contact", _anchor=part))

        app.add_url_rule("/essai-message", "essai_message", essai)
        client = app.test_client()
        answer = client.get("/essai-message")
        answer.suite = client.get(answer.location).text  # type: ignore[attr-defined]
        return answer

    return act


def test_a_redirection_that_tells_something_aims_at_no_part_and_its_message_leads_there(
    sent: Callable[[list[str], str | None], TestResponse],
) -> None:
    answer = sent(["Un <b>.", "L’édition n° 3 est produite."], "editions")
    assert answer.location == "/contact"
    html = answer.suite  # type: ignore[attr-defined]
    assert FIRST.search(html), "the first message takes the focus"
    assert html.count("autofocus") == 1
    assert '<a href="#editions">Voir cette partie de la page</a>' in html.partition("est produite.")[2][:120]
    assert "Un &lt;b&gt;." in html and "n°\u00a03" in html, "texts stay texts"


def test_without_a_message_the_part_aimed_at_is_kept(sent: Callable[[list[str], str | None], TestResponse]) -> None:
    assert sent([], "editions").location == "/contact#editions"


def test_a_message_of_a_whole_page_leads_nowhere(sent: Callable[[list[str], str | None], TestResponse]) -> None:
    answer = sent(["Enregistré."], None)
    assert answer.location == "/contact"
    assert "Voir cette partie" not in answer.suite  # type: ignore[attr-defined]
