"""Of two long texts, what changed is marked and nothing else; what is short or all different is left as it is."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from paqte.web.affichage.mots import changed_words

OBSERVED = "souvent compté par année scolaire ; taux sur les seules conventions ayant un objectif : {} sur 169"


def read(text: str) -> str:
    return str(Markup(text).striptags()).replace("\u00a0", " ")


def marked(text: str, tag: str) -> list[str]:
    return [read(words) for words in re.findall(f"<{tag}>(.*?)</{tag}>", str(text))]


def test_only_the_words_that_changed_are_marked_and_both_texts_are_whole() -> None:
    before, after = OBSERVED.format("104"), OBSERVED.format("<b>102</b>")
    went, came = changed_words(before, after)
    assert (read(went), str(came).count("<b>")) == (before, 0), "each text is whole, and no tag of its own is obeyed"
    assert "104" in "".join(marked(went, "del")) and "<del>" not in came
    assert "&lt;b&gt;102" in str(came) and "<ins>" in came
    assert len(marked(went, "del")) == len(re.findall("<ins>", came)) == 1
    assert "souvent" not in marked(went, "del")[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("36", "34"),
        ("", OBSERVED.format(1)),
        (OBSERVED.format(1), "Un forum commun à Blois cet automne avec trois clubs"),
    ],
)
def test_what_is_short_or_has_nothing_in_common_is_shown_as_it_is(before: str, after: str) -> None:
    assert changed_words(before, after) == (before, after)
