"""The house holds together: direction of imports, sizes, and documents that say what the code does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from paqte.domain.calendrier.travaux import TRAVAUX, frequency
from paqte.domain.documents.reglages import reglages, sujets
from paqte.domain.indicateurs.genres import GENRES
from paqte.scheduling.calendrier import CALENDRIER
from tests.sources import nodes_of, tree_of

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
OPERATION = ROOT / "docs" / "exploitation.md"


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def functions_in(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes_of(path):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def test_imports_go_down_only() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    shown = subprocess.run([lint_imports, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stdout + shown.stderr


def test_every_room_is_under_the_import_rules() -> None:
    layers = (ROOT / "setup.cfg").read_text(encoding="utf-8").split("containers = paqte\n")[1].split("#")[0]
    rooms = {path.parent.name for path in (ROOT / "paqte").glob("*/__init__.py")}
    assert rooms - set(re.findall(r"\w+", layers)) == {"migrations"} & rooms


def test_no_file_is_longer_than_400_lines() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files("paqte", "tests")}
    assert {str(path.relative_to(ROOT)): n for path, n in sizes.items() if n > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    sizes = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}": function.end_lineno - function.lineno + 1
        for path in python_files("paqte")
        for function in functions_in(path)
        if function.end_lineno
    }
    assert {where: n for where, n in sizes.items() if n > MAX_FUNCTION_LINES} == {}


def test_every_public_function_of_the_use_cases_has_its_sentence() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files("paqte/services", "paqte/domain")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert bare == []


def test_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    named = set(re.findall(r"`?make ([\w-]+)\b", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named, "README.md names no command"
    assert named <= targets


def test_targets_of_the_makefile_are_commands_of_its_script() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    script = (ROOT / "outils" / "paqte.sh").read_text(encoding="utf-8")
    targets = re.findall(r"^([\w-]+):.*\n\t(.*)$", makefile, re.MULTILINE)
    assert targets
    for name, recipe in targets:
        assert recipe == f"@sh outils/paqte.sh {name}"
        assert re.search(rf"^{name}\) ", script, re.MULTILINE), f"outils/paqte.sh ignore « {name} »"


def settings_read() -> list[str]:
    """Every PAQTE_… name the code, the scripts and the tests mention."""
    files = [*python_files("paqte", "tests"), *(ROOT / "outils").glob("*.sh")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return sorted(set(re.findall(r"\bPAQTE_[A-Z][A-Z_]*[A-Z]\b", text)))


@pytest.mark.parametrize("name", settings_read())
def test_every_setting_read_is_documented(name: str) -> None:
    assert f"`{name}`" in OPERATION.read_text(encoding="utf-8"), f"{name} manque dans docs/exploitation.md"


def test_every_setting_of_a_departement_stands_once_on_its_page() -> None:
    assert sorted(chain(*sujets().values())) == sorted(reglages())


def test_every_job_of_the_scheduler_is_called_once_and_told_to_operators_with_its_pace() -> None:
    assert sorted(job.code for job in CALENDRIER) == sorted(TRAVAUX)
    section = OPERATION.read_text(encoding="utf-8").split("\n## Planificateur\n", 1)[1].split("\n## ", 1)[0]
    told = re.findall(r"^\| ([a-z]+) \| ([^|]+) \| [^|]", section, re.MULTILINE)
    assert sorted(row for row in told if row[0] != "travail") == sorted(
        (code, frequency(job.secondes)) for code, job in TRAVAUX.items()
    )


def test_every_setting_documented_is_read() -> None:
    documented = set(re.findall(r"^\| `(PAQTE_\w+)`", OPERATION.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented <= set(settings_read())


def test_dependencies_declared_are_those_locked() -> None:
    """setup.cfg says what the product needs; requirements/run.in is what gets locked: one list, twice written."""
    declared = re.search(r"install_requires =\n((?:    .+\n)+)", (ROOT / "setup.cfg").read_text(encoding="utf-8"))
    assert declared
    run_in = (ROOT / "requirements" / "run.in").read_text(encoding="utf-8")
    locked = {line for line in run_in.splitlines() if line and not line.startswith("#")}
    assert locked - {"setuptools", "wheel"} == {line.strip() for line in declared[1].splitlines()}


def test_what_the_product_needs_to_run_is_imported_by_it() -> None:
    """What only tests import stands in requirements/test.in, and what nobody imports nowhere."""
    # The server and the zones of the system are started and read, never imported.
    apart = {"gunicorn", "tzdata"}
    named = {
        "bootstrap-flask": "flask_bootstrap", "fonttools": "fontTools", "pillow": "PIL",
        "markdown-it-py": "markdown_it", "psycopg[binary]": "psycopg", "python-stdnum": "stdnum",
    }  # fmt: skip
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "paqte").rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))
    run_in = (ROOT / "requirements" / "run.in").read_text(encoding="utf-8")
    needed = {re.split("[<>=]", line)[0] for line in run_in.splitlines() if line and not line.startswith("#")}
    needed -= apart | {"setuptools", "wheel"}
    assert {name for name in needed if named.get(name, name.replace("-", "_")) not in imported} == set()


@pytest.mark.parametrize("level", ["run", "test", "dev"])
def test_every_locked_package_has_its_licence_stated(level: str) -> None:
    lock = (ROOT / "requirements" / f"{level}.txt").read_text(encoding="utf-8")
    stated = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    packages = re.findall(r"^([a-z0-9.-]+)==(\S+)", lock, re.MULTILINE)
    assert packages
    missing = [name for name, version in packages if f"| {name} | {version} |" not in stated]
    assert missing == [], "lancez « make licences »"


def test_no_kind_of_indicator_is_named_outside_its_entry() -> None:
    """Whoever needs to know asks domain.genres, so that a new kind is one entry."""
    quoted = re.compile("[\"'](?:" + "|".join(map(re.escape, GENRES)) + ")[\"']")
    constants = re.compile(r"\b(?:FLUX|STOCK|RATIO|OUI_NON|LIBRE)\b")
    told = {
        path.relative_to(ROOT).as_posix()
        for suffix in ("py", "html", "txt", "js")
        for path in (ROOT / "paqte").rglob(f"*.{suffix}")
        if "migrations" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if constants.search(line) or (quoted.search(line) and "CheckConstraint" not in line)
    }
    assert told == {"paqte/domain/indicateurs/genres.py"}


def test_no_page_takes_a_refusal_by_hand() -> None:
    """`form.refusals()` and `refusals_told()` do; a page catches what it shows otherwise than they would."""
    by_hand = {
        str(path.relative_to(ROOT / "paqte" / "web"))
        for path in sorted((ROOT / "paqte" / "web").rglob("*.py"))
        if re.search(r"except Refused", path.read_text(encoding="utf-8"))
    }
    # A dry run or a comparison shows its refusal on the page itself.
    otherwise = {"admin/gabarit.py", "referent/editions/comparaisons.py"}
    assert by_hand == otherwise | {"formulaires/base.py", "socle/typed/refusals.py"}
