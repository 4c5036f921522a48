"""A workbook handed in by anybody: the one reading of evidence, of templates and of bilans to check.

What acts by itself when somebody opens it (macros, DDE, OLE, ActiveX, web queries, links to other files) is refused,
whatever name or part it hides under. `open_package` reads what we keep already; this, what comes in.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree

from paqte.reporting.ooxml.parts.package import Package, PaquetRefused, open_package, parse_xml, sheet_parts
from paqte.reporting.ooxml.parts.words import part_in_words

MOST_PARTS = 2_000
MOST_DEPTH, MOST_ATTRIBUTES = 100, 120
MOST_INFLATED = 64 * 1024 * 1024
# Only what inflates to much is looked at: a small sheet of blank rows compresses a thousandfold, and harms nobody.
MOST_RATIO, LEAST_BOMB = 200, 8 * 1024 * 1024
_ZIP, _END, _OLE = b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1 | 0x40
_ACTIVE = re.compile(
    r"macro|vba|activex|oleobject|externallink|connections?\b|querytable|webextension|customui|dialogsheet|sheet\.binary"
    r"|controlpropert|volatiledependenc|attachedtoolbars|xlm|afchunk|subdocument|attachedtemplate|/control$|/package$",
    re.IGNORECASE,
)
_PICTURES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\xd7\xcd\xc6\x9a", b"\x01\0\0\0", b"RIFF",
)  # fmt: skip
_PRINTER = re.compile(r"xl/printerSettings/[^/]+\.bin", re.IGNORECASE)
# Elements that fetch, run or embed, in whatever part they stand.
_ELEMENTS = frozenset({
    "ddelink", "olelink", "oleobject", "oleobjects", "control", "controls", "webpr", "dbpr", "olappr", "connection",
    "externalreference", "externalbook", "datamashup", "voltype", "webpublishitem", "altchunk", "fmlamacro", "activex",
    "fmlapict", "webextension",
})  # fmt: skip
FORMULAS = frozenset({
    "f", "formula", "formula1", "formula2", "definedname", "calculatedcolumnformula", "totalsrowformula", "fmlalink",
    "fmlarange", "fmlatxbx", "fmlagroup",
})  # fmt: skip
# Elements judged by what they say, one by one; the others by their name and that of their attributes.
_BY_VALUE = FORMULAS | {"override", "default", "relationship"}
_TEXT = re.compile(r'"[^"]*"')
_CALL = re.compile(
    r"(?<![A-Z0-9_])(?:_XLFN\.|_XLWS\.|COM\.\S*?\.)*"
    r"(?:WEBSERVICE|SERVICEWEB|DDE|RTD|CALL|REGISTER|REGISTER\.ID|EXEC|EXECUTE|INITIATE|POKE|IMPORT(?:DATA|XML|HTML|RANGE|FEED)"
    r"|IMAGE|STOCKHISTORY|CUBE[A-Z]+|SQL\.REQUEST)\s*\("
)
_ELSEWHERE = re.compile(r"\[[^\[\]@#]+\][^\[\]'!(),;]*'?!|'?(?:FILE|HTTPS?|FTP|SMB):|\\\\")
MACROS = "le classeur porte des macros, des liens ou des objets étrangers"
LIVE = "une formule va chercher une donnée hors du classeur"


def open_received(content: bytes) -> Package:
    """The parts of a workbook that does nothing by itself; PaquetRefused, with a sentence, for anything else."""
    if content.startswith(_OLE):
        raise PaquetRefused(
            "c’est un ancien format d’Excel ou un fichier protégé : enregistrez-le en .xlsx sans mot de passe"
        )
    if content and not content.startswith(_ZIP):
        raise PaquetRefused("ce n’est pas un classeur Excel (.xlsx)")
    _check_zip(content)
    paquet = open_package(content)
    titles = _titles(paquet)
    for name, data in paquet.parts.items():
        _check_part(name, data, part_in_words(name, titles))
    _check_links(paquet)
    return paquet


def _check_links(paquet: Package) -> None:
    """No relation leaves the file by its folders, and the sheets that the workbook names are in it."""
    for ties in paquet.parts:
        folder, name = posixpath.split(ties)
        if posixpath.basename(folder) != "_rels" or not name.endswith(".rels"):
            continue
        owner = posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))
        for link in paquet.links(owner):
            if not link.externe and posixpath.normpath(link.cible).startswith(("..", "/")):
                raise PaquetRefused("le classeur est lié à un fichier hors de lui")
    if absent := [title for title, part in sheet_parts(paquet).items() if part not in paquet.parts]:
        raise PaquetRefused(f"il manque la feuille « {absent[0]} »")


def _titles(paquet: Package) -> dict[str, str]:
    """The title of each sheet by the path of its part, as far as the file says it."""
    try:
        return {part: title for title, part in sheet_parts(paquet).items()}
    except PaquetRefused:
        return {}


def _check_zip(content: bytes) -> None:
    """The file is one zip and nothing else: what stands before, after or between two readings of it is refused."""
    if not content:
        raise PaquetRefused("le fichier est vide")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise PaquetRefused("le fichier est abîmé ou incomplet") from error
    if not infos or min(i.header_offset for i in infos) != 0 or content[-22:-18] != _END:
        raise PaquetRefused("des octets étrangers précèdent ou suivent le classeur : enregistrez-le de nouveau")
    if any(i.flag_bits & _ENCRYPTED for i in infos):
        raise PaquetRefused("le classeur est protégé par un mot de passe : enregistrez-le sans protection")
    names = [i.filename.lower() for i in infos]
    if len(set(names)) < len(names):
        raise PaquetRefused("deux parties du classeur portent le même nom")
    if any("\\" in n or ".." in n.split("/") or n.startswith("/") for n in names):
        raise PaquetRefused("une partie du classeur porte un nom interdit")
    _check_size(infos, len(content))


def _check_size(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Before anything is inflated: zipfile never gives more of a part than it says."""
    inflated = sum(i.file_size for i in infos)
    if len(infos) > MOST_PARTS or inflated > MOST_INFLATED:
        raise PaquetRefused(f"le classeur décompressé dépasse {MOST_INFLATED // 1024**2} Mo ou {MOST_PARTS} parties")
    if inflated > LEAST_BOMB and inflated > MOST_RATIO * size:
        raise PaquetRefused("le classeur se décompresse hors de toute mesure")


def _check_part(name: str, data: bytes, said: str) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PaquetRefused(f"{said} n’est pas en UTF-8")
    if name.lower().endswith((".xml", ".rels", ".vml")) or data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        _check_tree(said, parse_xml(data, said))
    elif not is_harmless_bytes(name, data):
        raise PaquetRefused(f"{MACROS} ({said})")


def _check_tree(said: str, tree: ElementTree.Element) -> None:
    """Floor by floor: what is nested without end is told by the number of floors.

    Elements of one name with the same attributes come by the ten thousand, and nearly all are judged by these alone.
    """
    plain: set[tuple[str, ...]] = set()
    floor, depth = [tree], 0
    while floor:
        depth += 1
        if depth > MOST_DEPTH:
            raise PaquetRefused(f"{said} a des éléments imbriqués hors de toute mesure")
        for element in floor:
            if len(element.attrib) > MOST_ATTRIBUTES:
                raise PaquetRefused(f"{said} porte un élément hors de toute mesure")
            shape = (element.tag, *element.attrib)
            if shape in plain:
                continue
            local = str(element.tag).rpartition("}")[2].lower()
            if acts(local, element.attrib):
                raise PaquetRefused(f"{MACROS} ({said})")
            if local in FORMULAS and is_live("".join(element.itertext())):
                raise PaquetRefused(f"{LIVE} ({said})")
            if local not in _BY_VALUE and not any(name.lower().endswith("macro") for name in element.attrib):
                plain.add(shape)
        floor = [child for element in floor for child in element]


def acts(local: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element (its bare name, in lower case) runs, embeds or ties something that acts."""
    if local in _ELEMENTS or (local in ("override", "default", "relationship") and _is_active(attributes)):
        return True
    return any(_runs(local, name, value) for name, value in attributes.items())


def is_harmless_bytes(name: str, data: bytes) -> bool:
    """Whether a part that is no XML only shows something: a picture, the settings of a printer, or nothing."""
    shows = data.startswith(_PICTURES) or _PRINTER.fullmatch(name) is not None or not data
    return shows and not data.startswith(_OLE)


def _is_active(attributes: Mapping[str, str]) -> bool:
    """A content type or a kind of relationship of what acts, whatever the part it names is called."""
    said = (attributes.get("ContentType", ""), attributes.get("Type", ""))
    is_elsewhere = attributes.get("TargetMode", "").lower() == "external" and attributes.get("TargetMode") != "External"
    return is_elsewhere or any(_ACTIVE.search(text.rpartition("/relationships")[2] or text) for text in said)


def _runs(local: str, name: str, value: str) -> bool:
    """An attribute that runs a macro: of a drawn button, or of a name that opens with the workbook."""
    attribute = name.rpartition("}")[2].lower()
    if attribute == "macro":
        return bool(value.strip())
    if local == "definedname":
        is_told = attribute in ("xlm", "vbprocedure") and value.strip().lower() in ("1", "true")
        return is_told or (attribute == "name" and value.lower().startswith(("_xlnm.auto_", "auto_open", "auto_close")))
    return False


def is_live(formula: str) -> bool:
    """Whether a formula fetches something: a function of the web or of DDE, a pipe of DDE, another workbook."""
    bare = _TEXT.sub("", formula).upper()
    outside = re.sub(r"'[^']*'", "''", bare)
    return bool("|" in outside or _CALL.search(outside) or _ELSEWHERE.search(bare))
