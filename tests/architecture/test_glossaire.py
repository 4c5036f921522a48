"""The list of French nouns is closed: docs/glossaire.md, with the circular's words and the forbidden synonyms."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.sources import tree_of

ROOT = Path(__file__).resolve().parents[2]
GLOSSAIRE = ROOT / "docs" / "glossaire.md"
# What is technical stays English: these words, one list for all rooms, and beside them every exception.
ENGLISH_WORDS = """
Access Achieved Acknowledged Address Addressee Advances Annotate Announcement Answer Applied Asked Aspect Aspects Asset
Attested Awaited Base Batch Beside Block Book Bounded Box Boxes Branch Brief Cadence Call Cell Chain Changes Chart
Charted Choice Claim Cleaned Code Compare Compared Composed Composer Confirmation Conformity Consequences Content
Context Converter Counted Counter Curve Damaged Dated Defined Deposit Detail Difference Displacement Done Download
Draft Drawn Early Editable Effective End Ending Engaged Entry Extent Factor Failure Fault Feed Field Fields Filter
Finder Flagged Flat Followed Font Form Format Formatter Former Found French Frozen Gesture Given Growth Heading
Headline Headlines Health Holder Home Id Identified Identity Import In Incident Incomplete Intake Invention Invitation
Invited Issued Journaled Kept Known Label Last Ledger Life Linked List Listed Long Made Mapping Marking Mention Menu
Merged Meta Metadata Milestone Model Modification Month Name Named National Object Offered Official On Opened Opening
Or Our Outcome Outcomes Overtaken Owed Own Package Page Palette Parser Passkey Patient Pause Pen Pencil Piece Posted
Powers Preview Printed Processes Production Progress Promisable Proved Provider Published Queue Radios Range Reader
Ready Received Recovery Relationship Remark Removal Reopen Repeat Request Required Reread Rich Route Row Rows Running
Said Saved Scan Search Second Secret Sending Sent Series Server Settings Shared Sheet Shelf Shown Sign Signature Signed
Sink Smtp Soon Sought Source Sources Spared Start State Steering Step Story Structure Style Sub Subject Subjects Submit
Symbol Tab Table Taking Terms Text Texts Tile Time To Told Toml Traced Translations Transport Trial Twice Type Typed
Unvalidated Upload Validations Veil Verdict Verdicts Verification Verify View Volume Waiting Warned Where Widths
Withheld Workbook Workshop World Write Written Year
"""
ENGLISH = frozenset(ENGLISH_WORDS.split())
EXCEPTIONS = {"Exception", "Refused"}
# In the machine of workbooks, these are what a spreadsheet calls its own.
OF_SHEETS = {"Cell", "Row"}
MACHINES = re.compile("/reporting/|/importing/door/")
ROOMS = sorted(path.parent.name for path in (ROOT / "paqte").glob("*/__init__.py"))


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


def classes() -> list[tuple[str, ast.ClassDef]]:
    """Each class that stands by itself, with the file it stands in; WTForms wants a `Meta` inside a form."""
    return [(where, node) for where, tree in code() for node in tree.body if isinstance(node, ast.ClassDef)]


def class_words(folder: str = "paqte") -> dict[str, str]:
    """Each word of a class name, with one class that bears it."""
    words: dict[str, str] = {}
    for where, node in classes():
        if where.startswith(folder) and not is_exception(node):
            words |= dict.fromkeys(re.findall("[A-Z][a-z]*", node.name), f"{where} {node.name}")
    return words


def code() -> list[tuple[str, ast.Module]]:
    return [
        (str(path.relative_to(ROOT)), tree_of(path))
        for path in sorted((ROOT / "paqte").rglob("*.py"))
        if "versions" not in path.parts  # each migration speaks of the tables of its day
    ]


@cache
def whole_code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "paqte").rglob("*.py"))


@pytest.mark.parametrize("folder", [f"paqte/{room}/" for room in ROOMS] + ["paqte"])
def test_every_french_noun_naming_a_class_stands_in_the_glossary(folder: str) -> None:
    known = {singular(word) for noun in nouns() for word in re.findall("[A-Z][a-z]*", noun)} | {
        singular(word) for word in ENGLISH
    }
    assert {word: where for word, where in class_words(folder).items() if singular(word) not in known} == {}


def test_no_class_of_the_product_bears_a_forbidden_synonym() -> None:
    forbidden = {synonym for _, synonyms in rows() for synonym in synonyms}
    borne = {word: where for word, where in class_words().items() if word in forbidden - OF_SHEETS}
    borne |= {word: where for word, where in class_words().items() if word in OF_SHEETS and not MACHINES.search(where)}
    assert borne == {}


@pytest.mark.parametrize("noun", nouns())
def test_every_noun_of_the_glossary_lives_in_the_code(noun: str) -> None:
    assert re.search(rf"{noun}|\b{noun.lower()}|_{noun.lower()}", whole_code()), f"{noun} n’est plus dans le code"


def test_a_noun_has_one_line_and_is_no_synonym_of_another() -> None:
    listed = nouns()
    assert sorted(set(listed)) == sorted(listed)
    assert set(listed).isdisjoint(synonym for _, synonyms in rows() for synonym in synonyms)


def test_the_english_words_are_those_in_use() -> None:
    assert set(class_words()) >= ENGLISH


def test_no_class_name_stands_twice() -> None:
    """A read that only copies another's shape has no name to take: it goes away."""
    places: dict[str, list[str]] = {}
    for where, node in classes():
        places.setdefault(node.name, []).append(where)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_a_kind_of_field_that_a_template_asks_for_is_one_of_ours() -> None:
    ours = {node.name for where, node in classes() if where == "paqte/web/formulaires/champs.py"}
    asked = {
        name
        for path in (ROOT / "paqte" / "templates").rglob("*.html")
        for test in re.findall(r"\.type (?:==|in) (.*?)(?: else|%})", path.read_text(encoding="utf-8"))
        for name in re.findall('"([^"]+)"', test)
    }
    assert asked and asked <= ours


def test_a_private_function_is_named_for_what_it_gives() -> None:
    """A name that stands in more than three modules says nothing of what it gives in any of them."""
    places: dict[str, set[str]] = {}
    for where, tree in code():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_"):
                places.setdefault(node.name, set()).add(where)
    assert {name: sorted(where) for name, where in places.items() if len(where) > 3} == {}
