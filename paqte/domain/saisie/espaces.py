"""The spaces at which a line of French may not end."""

from __future__ import annotations

import re

NBSP = "\u00a0"
# Before a mark that begins nothing, after « and n°, and between the thousands of a number; a line that somebody ended
# stays ended.
_HOLDS = re.compile(r"[^\S\n]+(?=[:;!?»%€](?!\w))|(?<=«)[^\S\n]+|(?<=\bn°)[^\S\n]+|(?<=\d)[ ](?=\d{3}(?!\d))")
_TAG = re.compile(r"(<[^>]*>)")


def held_together(text: str) -> str:
    """The same text, with no-break spaces where French puts a space inside what is read as one."""
    return _HOLDS.sub(NBSP, text)


def html_held_together(html: str) -> str:
    """The same for what HTML shows between its tags; for a text to be read, without a field that sends it back."""
    return "".join(part if part.startswith("<") else held_together(part) for part in _TAG.split(html))
