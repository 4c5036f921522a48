"""How a line of French is set: the spaces at which it may not end, the marks of a quotation inside another."""

from __future__ import annotations

import re

NBSP = "\u00a0"
# Before a mark that begins nothing, after « and n°, between the thousands of a number and the parts of a SIRET; a line
# that somebody ended stays ended.
_HOLDS = re.compile(
    r"[^\S\n]+(?=[:;!?»%€](?!\w))|(?<=«)[^\S\n]+|(?<=\bn°)[^\S\n]+|(?<=\d)[ ](?=\d{3}(?!\d))"
    r"|(?<=\d{3}[\u00a0 ]\d{3}[\u00a0 ]\d{3})[ ](?=\d{5}(?!\d))"
)
# Inside « », a quotation takes other marks, which hold their words without a space.
_QUOTES = re.compile(r"«[^\S\n]*|[^\S\n]*»")
_TAG = re.compile(r"(<[^>]*>)")


def held_together(text: str) -> str:
    """The same text, with no-break spaces where French puts a space inside what is read as one, and a quotation inside
    another between “ and ”.
    """
    return _HOLDS.sub(NBSP, _nested(text) if 1 < text.count("«") == text.count("»") else text)


def _nested(text: str) -> str:
    depth = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal depth
        if found[0].startswith("«"):
            depth += 1
            return found[0] if depth == 1 else "“"
        depth -= 1
        is_inner, depth = depth > 0, max(depth, 0)
        return "”" if is_inner else found[0]

    return _QUOTES.sub(mark, text)


def html_held_together(html: str) -> str:
    """The same for what HTML shows between its tags; for a text to be read, without a field that sends it back."""
    return "".join(part if part.startswith("<") else held_together(part) for part in _TAG.split(html))
