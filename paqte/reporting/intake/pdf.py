"""A PDF handed in: nothing in it acts by itself, nothing is hidden in it. Read in a process apart."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from paqte.reporting.intake.refus import PieceRefused

MOST_OBJECTS = 500_000
_END = 2_048
# Actions that run, open or fetch something else than a page of the same file.
_ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/GoTo3DView",
})  # fmt: skip
_KEYS = frozenset({"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/RichMediaSettings"})
_TYPES = frozenset({"/EmbeddedFile", "/RichMedia", "/FileAttachment", "/Movie", "/Sound", "/Screen", "/3D"})
_OPENING = ("/OpenAction", "/AA")
# Long enough never to be met by chance in a compressed stream; objects that no table lists are seen that way too.
_RAW = (b"/JavaScript", b"/EmbeddedFile", b"/RichMedia", b"/Launch", b"/SubmitForm", b"/ImportData")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
ACTS = (
    "Ce PDF contient un script, une action ou un fichier joint : imprimez-le en PDF, puis joignez le nouveau fichier."
)
UNREAD = "Ce PDF ne se lit pas en entier : ouvrez-le, imprimez-le en PDF, puis joignez le nouveau fichier."
LOCKED = "Ce PDF est protégé par un mot de passe : enregistrez-le sans protection, puis joignez-le."


def check_pdf(content: bytes) -> None:
    """Return for a PDF that only shows pages; PieceRefused with a sentence for anything else."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-_END:]:
        raise PieceRefused(UNREAD)
    if content[content.rindex(b"%%EOF") + 5 :].strip(b"\0 \t\r\n\f"):
        raise PieceRefused(UNREAD)
    told = _HEX.sub(lambda m: bytes([int(m[1], 16)]), content)
    if any(word in told for word in _RAW):
        raise PieceRefused(ACTS)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _check_objects(pdf)
    except pikepdf.PasswordError:
        raise PieceRefused(LOCKED) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, RecursionError, KeyError) as error:
        raise PieceRefused(UNREAD) from error


def _check_objects(pdf: pikepdf.Pdf) -> None:
    """Every object there is, those of compressed streams too, whether or not a page leads to it."""
    if len(pdf.pages) == 0 or len(pdf.objects) > MOST_OBJECTS:
        raise PieceRefused(UNREAD)
    for number, thing in enumerate(_things(pdf)):
        if number > 20 * MOST_OBJECTS:
            raise PieceRefused(UNREAD)
        if _acts(thing):
            raise PieceRefused(ACTS)


def _things(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Dictionaries of every object, and those that stand directly inside them."""
    waiting: list[Any] = [pdf.trailer, *pdf.objects]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Stream):
            thing = thing.stream_dict
        if isinstance(thing, pikepdf.Dictionary):
            yield thing
            waiting += [value for value in thing.as_dict().values() if _is_inside(value)]
        elif isinstance(thing, pikepdf.Array):
            waiting += [value for value in thing if _is_inside(value)]


def _is_inside(value: Any) -> bool:
    """Direct objects alone: those that others name are listed by themselves."""
    return isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect


def _acts(thing: Any) -> bool:
    keys = set(thing.keys())
    if keys & _KEYS:
        return True
    kinds = {str(thing.get(key)) for key in ("/S", "/Type", "/Subtype") if isinstance(thing.get(key), pikepdf.Name)}
    if kinds & (_ACTIONS | _TYPES):
        return True
    return any(_leaves(thing[key]) for key in _OPENING if key in keys)


def _leaves(opening: Any) -> bool:
    """Whether what opens by itself, or waits for a gesture on the page, goes to an address."""
    if not isinstance(opening, pikepdf.Dictionary):
        return False
    actions = [opening, *(value for value in opening.as_dict().values() if isinstance(value, pikepdf.Dictionary))]
    return any(str(action.get("/S", "")) == "/URI" for action in actions)
