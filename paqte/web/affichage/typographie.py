"""No-break spaces in every page: known of a template's own text when it is compiled, of a figure when it is shown.

What a field sends back, and what a person copies as it stands, keeps the spaces it has. The number of a convention,
which browsers break at its hyphens, is kept on one line by its look alone: copied, it is the number still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from paqte.domain.saisie.espaces import NBSP, held_together

FILTER = "insecable"
AS_IT_STANDS = ("title", "textarea", "script", "style", "option", "pre", "code", "svg")
_RANKED = re.compile(r"(?<=\b[1-4]e) (?=(?:tri|se)mestre)|(?<=\b1er) (?=(?:tri|se)mestre|[a-zéû]+ (?:19|20)\d\d)")
_NUMBER = re.compile(r"(?<![\w-])(?:2[AB]|\d{2,3})-\d{4}-\d{1,4}(?![\w-])")
_ONE_LINE = '<span class="une-ligne">'
_NAME = re.compile(r"<(/?[a-zA-Z][\w-]*)?")
_UNQUOTED = re.compile(r"[^\"'>]*")


def keep_marks_together(text: object) -> object:
    """A text that is to be read, with its no-break spaces; what is no text, or has tags already made, as it is."""
    if type(text) is not str and (type(text) is not Markup or "<" in text):
        return text
    held = _set_on_a_page(text) if " " in text else text
    if _NUMBER.search(held):
        return Markup(_NUMBER.sub(rf"{_ONE_LINE}\g<0></span>", str(escape(held))))
    return Markup(held) if type(text) is Markup else held


def _set_on_a_page(text: str) -> str:
    """On a page, whose lines are short, the rank of a trimestre, of a semestre or of a day stays with what it ranks."""
    return _RANKED.sub(NBSP, held_together(text))


def window_title(shown: Markup) -> Markup:
    """The title of a window as `keep_marks_together` made it, without the elements that it would show as words."""
    return Markup(re.sub(rf"{_ONE_LINE}(.*?)</span>", r"\1", str(shown)))


class PageText(Extension):
    """Everything that a template puts between two tags goes through `keep_marks_together`."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The same tokens: texts held together, and a filter more on what is shown as text."""
        place = _PageReader()
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, "data", place.passed(token.value))
            elif token.type == "variable_begin" and place.is_read:
                yield token
                yield Token(token.lineno, "lparen", "(")
            elif token.type == "variable_end" and place.is_read:
                yield Token(token.lineno, "rparen", ")")
                yield Token(token.lineno, "pipe", "|")
                yield Token(token.lineno, "name", FILTER)
                yield token
            else:
                yield token


class _PageReader:
    """Where in the page a template stands, from one piece of its text to the next."""

    def __init__(self) -> None:
        self._tag: str | None = None
        self._quote = ""
        self._kept = ""

    @property
    def is_read(self) -> bool:
        """Whether what comes next is shown between two tags, and no part of what is sent or copied."""
        return self._tag is None and not self._kept

    def passed(self, piece: str) -> str:
        """This piece of the template as the page shows it, once gone through."""
        shown, at = [], 0
        while at < len(piece):
            begun, is_read = at, self.is_read
            at = self._end_of_text(piece, at) if self._tag is None else self._end_of_tag(piece, at)
            shown.append(_set_on_a_page(piece[begun:at]) if is_read else piece[begun:at])
        return "".join(shown)

    def _end_of_text(self, piece: str, at: int) -> int:
        if piece[at] == "<":
            found = _NAME.match(piece, at)
            assert found
            self._tag = (found[1] or "").lower()
            return found.end()
        following = piece.find("<", at)
        return len(piece) if following < 0 else following

    def _end_of_tag(self, piece: str, at: int) -> int:
        if self._quote:
            closed = piece.find(self._quote, at)
            self._quote = self._quote if closed < 0 else ""
            return len(piece) if closed < 0 else closed + 1
        found = _UNQUOTED.match(piece, at)
        assert found
        end = found.end()
        if end == len(piece):
            return end
        if piece[end] == ">":
            self._leave()
        else:
            self._quote = piece[end]
        return end + 1

    def _leave(self) -> None:
        """The tag that ends may begin, or end, what is shown as it stands."""
        name, self._tag = self._tag or "", None
        if self._kept:
            self._kept = "" if name == f"/{self._kept}" else self._kept
        elif name in AS_IT_STANDS:
            self._kept = name
