"""A part of a workbook in the words of whoever made it: its sheet by its title, everything else by what it shows."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from types import MappingProxyType

NO_TITLES: Mapping[str, str] = MappingProxyType({})
# No spreadsheet gives a sheet a longer title.
_MOST_OF_TITLE = 31
_OF_ANOTHER_PROGRAM = "un objet d’un autre programme"
# The first that is met in the path of a part says what it is.
_WORDS = {
    r"worksheets/": "une feuille",
    r"dialogsheets/|macrosheets|vbaProject|vbaData": "une macro",
    r"externalLinks": "un lien vers un autre classeur",
    r"embeddings": _OF_ANOTHER_PROGRAM,
    r"activeX|ctrlProps": "un bouton ou un champ de formulaire",
    r"connections|queryTables|customXml": "une connexion à des données",
    r"webextensions|customUI": "un module complémentaire",
    r"comments|threadedComments|persons": "un commentaire",
    r"charts|chartsheets": "un graphique",
    r"drawings|\.vml$": "un dessin",
    r"media": "une image",
    r"printerSettings": "un réglage d’imprimante",
    r"tables": "un tableau d’une feuille",
    r"styles|theme": "la mise en forme",
    r"sharedStrings": "la liste des textes",
    r"docProps": "une propriété du fichier",
    r"workbook\.xml": "la liste des feuilles",
    r"\[Content_Types\]": "la liste de ce qu’il contient",
}
_KNOWN = tuple((re.compile(pattern, re.IGNORECASE), words) for pattern, words in _WORDS.items())
_TIES = re.compile(r"(?:^|/)_rels/([^/]*)\.rels$")


def part_in_words(part: str, titles: Mapping[str, str] = NO_TITLES) -> str:
    """« la feuille « Suivi » », « un graphique »: never the name a part has in the file, which nobody sees.

    `titles` are those of the sheets whose title is known, by the path of their part.
    """
    if ties := _TIES.search(part):
        part = posixpath.join(part[: ties.start()], ties[1])
    if part in titles:
        return f"la feuille « {titles[part][:_MOST_OF_TITLE]} »"
    return next((words for pattern, words in _KNOWN if pattern.search(part)), "une partie interne du classeur")
