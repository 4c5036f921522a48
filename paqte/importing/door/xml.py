"""Parts of a zip read as XML piece by piece: no document type, no depth, nothing kept that is not asked for."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import IO
from xml.parsers import expat

from paqte.domain.erreurs import Refused
from paqte.importing.door.guard import DAMAGED

MOST_DEPTH, MOST_ATTRIBUTES = 100, 120
_PIECE = 64 * 1024
Attributes = Mapping[str, str]
Starting = Callable[[str, Attributes], None]
Ending = Callable[[str], None]
Telling = Callable[[str], None]


def walk(
    archive: zipfile.ZipFile, part: str, start: Starting, end: Ending | None = None, text: Telling | None = None
) -> None:
    """Call `start`, `end` and `text` as the part is read; names are "uri}local". Refused for what is no plain XML."""
    try:
        with archive.open(part) as stream:
            walk_stream(stream, start, end, text)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError) as error:
        raise Refused(DAMAGED) from error


def walk_stream(stream: IO[bytes], start: Starting, end: Ending | None = None, text: Telling | None = None) -> None:
    """The same of bytes that come from anywhere."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = 0

    def started(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH or len(attributes) > MOST_ATTRIBUTES:
            raise Refused(DAMAGED)
        start(name, attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    try:
        while piece := stream.read(_PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError) as error:
        raise Refused(DAMAGED) from error


def local(name: str) -> str:
    """The name of an element or attribute without what its prefix stands for."""
    return name.rpartition("}")[2]


def attribute(attributes: Attributes, wanted: str) -> str:
    """An attribute by its bare name, whatever its prefix stands for; '' when it is absent."""
    return next((value for name, value in attributes.items() if local(name) == wanted), "")


def _refuse_doctype(*_: object) -> None:
    raise Refused(
        "Ce classeur porte une déclaration interdite (DOCTYPE) : enregistrez-le de nouveau dans votre tableur."
    )
