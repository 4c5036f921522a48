"""docs/asvs.md says of each requirement of OWASP ASVS 5.0, level 2, what it is here; and what no page can show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from paqte.domain.personnes.jetons import draw
from tests.sources import nodes_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
# The numbers of level 2 (and 1), by section: a fact of the standard, whose words are not copied.
LEVEL_2 = """
    1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2
    4.1.1-3 4.2.1 4.3.1-2 4.4.1-4 5.1.1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3
    6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-2 8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-4 10.1.1-2
    10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1 12.1.1-3
    12.2.1-2 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3 15.2.1-3 15.3.1-7 16.1.1
    16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
# Those that a person tries from outside, or reads in the code: neither a document nor the machine answers for them.
TRIED = """
    1.1.1-2 1.2.1-5,9 1.3.2-3,6-7,10-11 1.4.2 1.5.1-2 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1,3 3.7.1-2
    4.1.1,3 5.2.1-3 5.3.1-2 5.4.1-2 6.3.1-4 6.4.1 6.5.1-5 6.6.2-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.2 8.2.1-3 8.3.1
    8.4.1 9.1.1-3 9.2.1-4 11.2.1-3 11.4.1,3 11.5.1 11.6.1 13.2.3-4 13.4.1-5 14.2.1,3-4 14.3.1-3 15.2.1-3 15.3.1-5,7
    16.2.1,3-5 16.3.1-4 16.4.1 16.5.1-3
"""
HELD, NONE, UNMET = "tenue", "sans objet", "non tenue"
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in PAGE.splitlines()
    if re.match(r"\| [0-9]+\.[0-9]+\.[0-9]+ ", line)
]


def numbers(text: str) -> list[str]:
    return [f"{section}.{one}" for section, ranks in re.findall(r"(\d+\.\d+)\.(\S+)", text) for one in _each(ranks)]


def _each(ranks: str) -> Iterator[int]:
    for part in ranks.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def files() -> Iterator[tuple[str, tuple[ast.AST, ...]]]:
    """Each file of the product with its nodes."""
    for path in sorted((ROOT / "paqte").rglob("*.py")):
        yield str(path.relative_to(ROOT / "paqte")), nodes_of(path)


def test_each_requirement_of_the_level_stands_once() -> None:
    assert len(numbers(LEVEL_2)) == 253
    assert [row[0] for row in ROWS] == numbers(LEVEL_2)
    assert {len(row) for row in ROWS} == {4}


def test_each_is_held_has_no_object_or_says_why_it_is_not_held() -> None:
    assert {state for _, state, _, _ in ROWS} == {HELD, NONE, UNMET}
    assert [number for number, _, said, _ in ROWS if len(said) < 10] == []
    unmet = [number for number, state, said, _ in ROWS if state == UNMET]
    assert [number for number in unmet if number in numbers(TRIED)] == ["6.3.3", "6.5.5"]
    assert all("Raison :" in said for _, state, said, _ in ROWS if state == UNMET)


def test_what_is_tried_and_held_names_a_test_and_every_test_named_is_there() -> None:
    tried, missing = set(numbers(TRIED)), []
    for number, state, _, tests in ROWS:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)
        if (number in tried and state == HELD and not named) or tests.count("::") != len(named):
            missing.append(number)
        for path, name in named:
            file = ROOT / "tests" / path
            if not file.is_file() or not re.search(rf"^ *def {name}\(", file.read_text(encoding="utf-8"), re.M):
                missing.append(f"{number} {path}::{name}")
    assert missing == []


FORBIDDEN_CALLS = {"eval", "exec", "compile", "system", "popen", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "commands", "pty"}


def test_the_product_calls_no_shell_evaluates_nothing_and_unpickles_nothing() -> None:
    found = []
    for place, nodes in files():
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [one.name for one in node.names] + [getattr(node, "module", "") or ""]
                names = {name.split(".")[0] for name in modules}
                found += [f"{place}: {name}" for name in names & FORBIDDEN_MODULES]
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                found += [f"{place}: {called}()"] if called in FORBIDDEN_CALLS else []
                found += [f"{place}: shell=True" for word in node.keywords if word.arg == "shell"]
    assert found == []


SPEAKING = {"socket", "ssl", "http", "smtplib", "requests", "httpx", "urllib3", "ftplib", "telnetlib"}
# Each to an address that is a setting, the base aside; docs/asvs.md tells of them one by one.
SPEAK_OUTSIDE = {
    "cli/installation/lancer.py",  # its own server, on this machine
    "ops/annuaire.py",
    "ops/antivirus.py",
    "ops/courriel.py",
    "ops/outward/exchange.py",
    "ops/reception.py",
    "scheduling/runner.py",  # the name of the machine
}


def test_only_the_modules_listed_speak_outside() -> None:
    found = set()
    for place, nodes in files():
        for node in nodes:
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
            if any(name.split(".")[0] in SPEAKING or name == "urllib.request" for name in names):
                found.add(place)
    assert found == SPEAK_OUTSIDE


def test_chance_is_the_system_s_wherever_the_product_serves() -> None:
    """What the demonstration invents must come again the same; nothing else may be foreseen."""
    foreseen = [
        place
        for place, nodes in files()
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {"random", "uuid"} & ({one.name for one in node.names} | {getattr(node, "module", "")})
    ]
    assert foreseen and all(place.startswith("jeux/") for place in foreseen)


def test_no_broken_hash_is_called() -> None:
    broken = re.compile(r"\b(?:md5|md4|sha1|SHA1|MD5|crypt)\(|hashlib\.new|\"(?:md5|sha1)\"")
    found = [str(path) for path in (ROOT / "paqte").rglob("*.py") if broken.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_a_secret_has_256_bits_and_none_comes_twice() -> None:
    drawn = {draw() for _ in range(2_000)}
    assert len(drawn) == 2_000 and {len(secret) for secret in drawn} == {43}  # 43 signs of 6 bits hold 256
    assert len({sign for secret in drawn for sign in secret}) == 64


UNSAFE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage|indexedDB|sessionStorage"
    r"|document\.cookie|\bimport\("
)


@pytest.mark.parametrize("script", sorted((ROOT / "paqte" / "static").glob("*.js")), ids=lambda path: path.name)
def test_our_scripts_write_texts_and_keep_one_moment(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert UNSAFE.findall(text) == []
    assert set(re.findall(r"localStorage\.\w+\((\"[^\"]*\")", text)) <= {'"paqte-vue"'}
    assert len(re.findall(r"localStorage", text)) == len(re.findall(r"localStorage\.\w+\(\"paqte-vue\"", text))
