"""One word a thing: what the product never says, in pages, mails, workbooks, messages and guides."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import nodes_of

PLACE = Path(__file__).resolve().parents[2]
PRODUCT = PLACE / "paqte"
# What is never shown: words that others write (read in their trackers), rows of tables, moves of the base.
NOT_SHOWN = ("paqte/models/", "paqte/migrations/", "paqte/importing/tracker/targets.py")
# Said in its place, what is never said: pattern of whole words, accents and all.
NEVER: dict[str, str] = {
    "taux de réponse, réponses dans les délais": r"complétudes?|ponctualités?",
    "modèle": r"gabarits?",
    "objectif": r"cibles?",
    "référence": r"points? de départ",
    "signataire": r"structures?(?! (?:d’|de l’)insertion)",
    "produite": r"émise?s?|figée?s?",
    "demander des précisions, envoyer de nouveau": r"renvo(?:i|ie|ies|ient|yer|yez|yé|yée|yées|yés)",
    "s’affiche, figure": r"(?:ap)?para(?:ît|îtra|îtront|issent|ître)",
    "attendu": r"d(?:û|ue|us|ues)",
    "expliquez, indiquez": r"dites",
    "automatiquement": r"(?:se produit|s’effacent|s’efface|reprise?s?|reprennent|reprendront) seule?s?",
    "au plus tard le": r"(?:transmettre|répondre|renouveler) avant le",
    "à corriger": r"(?:repasse|déclaration) «.à compléter.»",
    "zéro confirmé": r"néants? confirmés?|cochez «.néant.»|dont \d* ?néants?",
}
# Sentences kept in issued editions: another word would be a figure that changed.
KEPT = {"aucune réponse n’était due", "Rien de dû"}
READ_ONLY = {"ancien", "noms"}
_INSERTED = "…"


def _written_in_python(path: Path) -> Iterator[tuple[int, str]]:
    """Sentences of a module: its strings, docstrings left out, a hole for what is filled in."""
    inside = {id(part) for node in nodes_of(path) if isinstance(node, ast.JoinedStr) for part in node.values}
    # Headings of former templates and of people's own trackers are looked for there, never written.
    inside |= {id(node.value) for node in nodes_of(path) if isinstance(node, ast.keyword) and node.arg in READ_ONLY}
    for node in nodes_of(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else _INSERTED for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def _written_in_template(path: Path) -> Iterator[tuple[int, str]]:
    """What a page or a mail says: text, attributes that are read, and strings handed to the pieces of the page."""
    bare = re.sub(r"\{#.*?#\}", lambda m: "\n" * m[0].count("\n"), path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for number, line in enumerate(bare.splitlines(), start=1):
        for code in re.findall(r"\{[{%](.*?)[%}]\}", line):
            yield from ((number, text) for text in re.findall(r'"([^"]*)"', code))
        text = re.sub(r"\{[{%].*?[%}]\}", _INSERTED, line)
        yield from ((number, read) for read in re.findall(r'(?:title|aria-label|placeholder|alt)="([^"]*)"', text))
        yield number, re.sub(r"<[^>]*>", "", text)


def _written_as_text(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        bare = re.sub(r"`[^`]*`|\]\([^)]*\)", _INSERTED, line)
        # A key of a catalogue is not read; what it holds is.
        yield number, re.sub(r"^\w+ = |#.*", "", bare) if path.suffix == ".toml" else bare


def _is_sentence(text: str) -> bool:
    """A code or a name of a page is not read by anybody: a sentence has a space or a capital, and is not an address."""
    return bool(re.search(r"\s\S|^[A-ZÀ-Ý]", text.strip())) and not re.search(r"\(\?|<svg", text)


def what_is_read() -> Iterator[tuple[str, str]]:
    """Place and text of each sentence of the product and its guides."""
    readers = {
        "*.py": (PRODUCT, _written_in_python),
        "*.html": (PRODUCT / "templates", _written_in_template),
        "*.txt": (PRODUCT / "templates", _written_in_template),
        "*.toml": (PRODUCT, _written_as_text),
        "guide_*.md": (PLACE / "docs", _written_as_text),
    }
    for pattern, (where, read) in readers.items():
        for path in sorted(where.rglob(pattern)):
            name = path.relative_to(PLACE).as_posix()
            if not name.startswith(NOT_SHOWN):
                yield from ((f"{name}:{number}", text) for number, text in read(path) if _is_sentence(text))


def unwanted(text: str) -> list[str]:
    """What the sentence should say instead, of each word that it should not."""
    bare = text
    for sentence in KEPT:
        bare = bare.replace(sentence, "")
    return [
        f"« {found[0]} » : {better}"
        for better, pattern in NEVER.items()
        for found in re.finditer(rf"(?<![\w-])(?:{pattern})(?!\w)", bare, re.IGNORECASE)
    ]


def test_one_word_a_thing_in_all_that_people_read() -> None:
    texts = list(what_is_read())
    assert len(texts) > 5_000, "what people read was not found where it is written"
    assert [f"{where} {said} ({text.strip()[:80]})" for where, text in texts for said in unwanted(text)] == []


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("Complétude par axe", ["« Complétude » : taux de réponse, réponses dans les délais"]),
        ("Ce gabarit sert", ["« gabarit » : modèle"]),
        ("L’export se produit seul", ["« se produit seul » : automatiquement"]),
        ("À transmettre avant le 20 octobre", ["« transmettre avant le » : au plus tard le"]),
        ("Elle paraîtra et sera renvoyée", ["« renvoyée » : demander des précisions, envoyer de nouveau",
                                            "« paraîtra » : s’affiche, figure"]),
        ("des structures d’insertion, du bilan, un ciblage, un seul", []),
        ("aucune réponse n’était due", []),
    ],
)  # fmt: skip
def test_a_word_that_is_not_the_product_s_is_found_whole(text: str, better: list[str]) -> None:
    assert unwanted(text) == better
