"""The zip of a workbook: its parts, how they are tied, and what we will not open."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from xml.etree import ElementTree

from paqte.reporting.ooxml.parts.words import part_in_words

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TIES = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SIZE_LIMIT = 64 * 1024 * 1024
_PIECE = 64 * 1024
_DATE = (1980, 1, 1, 0, 0, 0)
# Macros, links to other files and objects of other programs: none may travel in a bilan.
_FOREIGN = re.compile(
    r"vbaProject|vbaData|macrosheets|dialogsheets|externalLinks|activeX|embeddings|ctrlProps|connections\.xml"
    r"|queryTables|webextensions|customUI",
    re.IGNORECASE,
)
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_NO_TIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_END = re.compile(r"</((?:\w+:)?)(?:Relationships|Types)>\s*$|<((?:\w+:)?)Relationships\b[^>]*/>\s*$")
_CHAIN = re.compile(rb"<(?:Override|Relationship)\b[^>]*calcChain[^>]*/>")


class PaquetRefused(Exception):
    """These bytes are not a workbook that we open; the message says why, in French, without capital or stop."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship of a part. `cible` is the part's path, or an address when `externe`."""

    id: str
    genre: str
    cible: str
    externe: bool


class PieceType(NamedTuple):
    """A kind of part: the last word of the relationship that ties it, and its content type."""

    genre: str
    contenu: str


@dataclass(frozen=True, slots=True)
class Package:
    """Parts by path, in the order of the file."""

    parts: Mapping[str, bytes]

    def tree(self, part: str) -> ElementTree.Element:
        """The part as XML; PaquetRefused when it is absent or damaged."""
        if part not in self.parts:
            raise PaquetRefused(f"il manque {part_in_words(part)}")
        return parse_xml(self.parts[part], part_in_words(part))

    def links(self, part: str) -> tuple[Relationship, ...]:
        """What the part is tied to."""
        ties = ties_of(part)
        if ties not in self.parts:
            return ()
        return tuple(_link(e.attrib, posixpath.dirname(part)) for e in self.tree(ties))

    def linked(self, part: str, genre: str) -> list[str]:
        """Paths of the parts tied to this one by that kind of relationship."""
        return [link.cible for link in self.links(part) if link.genre == genre and not link.externe]


def open_package(content: bytes) -> Package:
    """The parts of a workbook; PaquetRefused for anything else, whatever it is."""
    if not content:
        raise PaquetRefused("le fichier est vide")
    if not content.startswith(b"PK"):
        raise PaquetRefused("ce n’est pas un classeur Excel (.xlsx)")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            if sum(i.file_size for i in infos) > _SIZE_LIMIT:
                raise PaquetRefused("le classeur décompressé dépasse 64 Mo")
            parts = {i.filename: _inflated(archive, i) for i in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, KeyError) as error:
        raise PaquetRefused("le fichier est abîmé ou incomplet") from error
    _refuse_foreign(parts)
    return Package(parts)


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A part, piece by piece: read at once, zipfile would inflate it whole, however much more it is than it says."""
    with archive.open(info) as part:
        return b"".join(iter(partial(part.read, _PIECE), b""))


def pack(parts: Mapping[str, bytes | Iterable[bytes]]) -> bytes:
    """The zip of these parts: same parts, same bytes (for one version of zlib).

    One given in pieces is asked for them as it is written, after the parts before it.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 3
            with archive.open(info, "w") as part:
                for piece in (data,) if isinstance(data, bytes) else data:
                    part.write(piece)
    return buffer.getvalue()


def without_calc_chain(paquet: Package) -> Package:
    """The package without Excel's list of formulas: it would be wrong as soon as rows move, and Excel redoes it."""
    workbook = workbook_part(paquet)
    chains = paquet.linked(workbook, "calcChain")
    if not chains:
        return paquet
    citing = ("[Content_Types].xml", ties_of(workbook))
    parts = {n: d for n, d in paquet.parts.items() if n not in chains}
    for part in citing:
        parts[part] = _CHAIN.sub(b"", parts[part])
    return Package(parts)


def ties_of(part: str) -> str:
    """Path of the part that says what a part is tied to."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def with_new_part(paquet: Package, tied_from: str, part: str, kind: PieceType, data: bytes = b"") -> Package:
    """The package with one part more, tied to another and declared."""
    return with_tie(paquet, tied_from, part, kind, data)[0]


def with_tie(paquet: Package, tied_from: str, part: str, kind: PieceType, data: bytes = b"") -> tuple[Package, str]:
    """The same, and the name of the new relationship."""
    ties = ties_of(tied_from)
    known = {link.id for link in paquet.links(tied_from)}
    tie = next(name for rank in range(1, len(known) + 2) if (name := f"rIdA{rank}") not in known)
    told = paquet.parts.get(ties, b"").decode() or _NO_TIES
    # Told from where it is tied: some readers know no other way.
    target = posixpath.relpath(part, posixpath.dirname(tied_from))
    changed = {
        **paquet.parts,
        ties: _ended(told, f'Relationship Id="{tie}" Type="{_TYPE}{kind.genre}" Target="{target}"/>').encode(),
        "[Content_Types].xml": _ended(
            paquet.parts["[Content_Types].xml"].decode(),
            f'Override PartName="/{part}" ContentType="{kind.contenu}"/>',
        ).encode(),
        part: data,
    }
    return Package(changed), tie


def _ended(xml: str, element: str) -> str:
    """The list with one element more, written with the prefix of its others."""

    def added(match: re.Match[str]) -> str:
        if match[1] is None:
            opening = match[0].rstrip().removesuffix("/>").rstrip()
            return f"{opening}><{match[2]}{element}</{match[2]}Relationships>"
        return f"<{match[1]}{element}{match[0]}"

    ended, count = _END.subn(added, xml, count=1)
    if not count:
        raise PaquetRefused("le classeur n’a pas la forme attendue")
    return ended


def parse_xml(data: bytes, said: str) -> ElementTree.Element:
    """An XML part without document type; PaquetRefused, with what the part is said to be, when it cannot be read."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise PaquetRefused(f"{said} porte une déclaration interdite")
    try:
        return ElementTree.fromstring(data, ElementTree.XMLParser(encoding="utf-8"))
    except ElementTree.ParseError as error:
        raise PaquetRefused(f"{said} n’est pas lisible") from error


def workbook_part(paquet: Package) -> str:
    """Path of the workbook's own part, wherever the program that saved it put it."""
    for link in paquet.links(""):
        if link.genre == "officeDocument":
            return link.cible
    raise PaquetRefused("ce n’est pas un classeur Excel")


def sheet_parts(paquet: Package) -> dict[str, str]:
    """Title of each worksheet -> path of its part, in the order of the tabs."""
    workbook = workbook_part(paquet)
    paths = {link.id: link.cible for link in paquet.links(workbook) if link.genre == "worksheet"}
    sheets = paquet.tree(workbook).iter(f"{MAIN}sheet")
    return {s.get("name", ""): paths[tie] for s in sheets if (tie := s.get(f"{TIES}id", "")) in paths}


def _link(attributes: Mapping[str, str], folder: str) -> Relationship:
    target, external = attributes.get("Target", ""), attributes.get("TargetMode") == "External"
    if not external:
        target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    return Relationship(attributes.get("Id", ""), attributes.get("Type", "").rsplit("/", 1)[-1], target, external)


def _refuse_foreign(parts: Mapping[str, bytes]) -> None:
    if "[Content_Types].xml" not in parts:
        raise PaquetRefused("ce n’est pas un classeur Excel (.xlsx)")
    types = parts["[Content_Types].xml"]
    if b"macroEnabled" in types or b"sheet.binary" in types:
        raise PaquetRefused("le classeur porte des macros ou un format binaire : enregistrez-le en .xlsx")
    foreign = [name for name in parts if is_foreign(name)]
    if foreign:
        raise PaquetRefused(
            f"le classeur porte des macros, des liens ou des objets étrangers ({part_in_words(foreign[0])})"
        )
    paquet = Package(parts)
    for name in parts:
        if name.endswith(".rels"):
            _refuse_external(paquet.tree(name))


def is_foreign(name: str) -> bool:
    """Whether a part is, by its name, a macro, a link to another file or an object of another program."""
    return _FOREIGN.search(name) is not None


def _refuse_external(ties: ElementTree.Element) -> None:
    for tie in ties:
        if leads_outside(tie.attrib):
            raise PaquetRefused(f"le classeur est lié à un autre fichier ({tie.get('Target', '')[:80]})")


def leads_outside(tie: Mapping[str, str]) -> bool:
    """A web or mail address written in a cell is harmless; anything else outside the file is not."""
    if tie.get("TargetMode") != "External":
        return False
    is_address = tie.get("Target", "").lower().startswith(("http://", "https://", "mailto:"))
    return not (tie.get("Type", "").endswith("/hyperlink") and is_address)
