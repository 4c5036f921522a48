"""Which words changed from a text to the next: what a long cell shows of two editions, rather than two paragraphs."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from paqte.web.affichage.typographie import keep_marks_together

# Below so many words a cell is read at a glance; below such a likeness, two texts have nothing in common to be kept.
FEWEST_WORDS, LEAST_ALIKE = 6, 0.3


def changed_words(avant: str, apres: str) -> tuple[str, str]:
    """Both texts, the words that went marked as deleted in one, those that came as inserted in the other.

    Short texts, and texts that have little in common, are given as they are.
    """
    before, after = (re.split(r"(?<= )", str(keep_marks_together(text))) for text in (avant, apres))
    matched = SequenceMatcher(None, before, after, autojunk=False)
    if min(len(before), len(after)) < FEWEST_WORDS or matched.ratio() < LEAST_ALIKE:
        return avant, apres
    went, came = Markup(), Markup()
    for kind, b0, b1, a0, a1 in matched.get_opcodes():
        went += _marked("".join(before[b0:b1]), "del" if kind != "equal" else "")
        came += _marked("".join(after[a0:a1]), "ins" if kind != "equal" else "")
    return went, came


def _marked(text: str, tag: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), text) if tag and text.strip() else escape(text)
