"""The list of French nouns is closed: docs/glossaire.md, with the circular's words and the forbidden synonyms."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSAIRE = ROOT / "docs" / "glossaire.md"
# What is technical stays English: bases, mixins and, beside them, every exception.
ENGLISH = {"Answer", "Typed", "Base", "Dated", "Download", "Frozen", "Identified", "Journaled", "Last"}
EXCEPTIONS = {"Exception", "Refused"}


def singular(word: str) -> str:
    return word.removesuffix("s")


def rows() -> list[tuple[list[str], list[str]]]:
    """Nouns and forbidden synonyms of each line of the tables."""
    cells = [
        [cell.strip() for cell in line.strip("| \n").split("|")]
        for line in GLOSSAIRE.read_text(encoding="utf-8").splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| nom "))
    ]
    assert all(len(row) == 3 and all(row) for row in cells)
    return [(row[0].split(", "), row[2].split(", ")) for row in cells]


def nouns() -> list[str]:
    return [noun for names, _ in rows() for noun in names]


def is_exception(node: ast.ClassDef) -> bool:
    return bool(EXCEPTIONS & {base.id for base in node.bases if isinstance(base, ast.Name)})


def class_words(*folders: str) -> dict[str, str]:
    """Each word of a public class name, with one class that bears it."""
    words: dict[str, str] = {}
    for path in (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not is_exception(node):
                words |= {
                    word: f"{path.relative_to(ROOT)} {node.name}" for word in re.findall("[A-Z][a-z]*", node.name)
                }
    return words


@cache
def whole_code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "paqte").rglob("*.py"))


@pytest.mark.parametrize("folder", ["paqte/models", "paqte/domain"])
def test_every_french_noun_naming_a_class_stands_in_the_glossary(folder: str) -> None:
    known = {singular(word) for noun in nouns() for word in re.findall("[A-Z][a-z]*", noun)} | {
        singular(word) for word in ENGLISH
    }
    assert {word: where for word, where in class_words(folder).items() if singular(word) not in known} == {}


def test_no_class_of_the_product_bears_a_forbidden_synonym() -> None:
    forbidden = {synonym for _, synonyms in rows() for synonym in synonyms}
    borne = {word: where for word, where in class_words("paqte/models", "paqte/domain").items() if word in forbidden}
    assert borne == {}


@pytest.mark.parametrize("noun", nouns())
def test_every_noun_of_the_glossary_lives_in_the_code(noun: str) -> None:
    assert re.search(rf"{noun}|\b{noun.lower()}|_{noun.lower()}", whole_code()), f"{noun} n’est plus dans le code"


def test_a_noun_has_one_line_and_is_no_synonym_of_another() -> None:
    listed = nouns()
    assert sorted(set(listed)) == sorted(listed)
    assert set(listed).isdisjoint(synonym for _, synonyms in rows() for synonym in synonyms)


def test_the_english_words_are_those_in_use() -> None:
    assert set(class_words("paqte/models", "paqte/domain")) >= ENGLISH
