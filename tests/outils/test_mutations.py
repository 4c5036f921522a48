"""The tool that changes the code one place at a time, on a project of one function: what it says of each change."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

OUTILS = Path(__file__).resolve().parents[2] / "outils"
# « prix » is tested at its limit, « remise » is run and never looked at.
CODE = """def prix(age):
    return 0 if age < 18 else 12


def remise(age):
    return age > 65


def rien():
    return None
"""
TESTS = """from paqte.tarif import prix, remise


def test_prix():
    assert (prix(17), prix(18)) == (0, 12)


def test_remise():
    remise(70)
"""


@pytest.fixture
def mutations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool, pointed at an invented project."""
    for path, text in {"paqte/tarif.py": CODE, "paqte/__init__.py": "", "tests/test_tarif.py": TESTS}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.syspath_prepend(str(OUTILS))
    found = import_module("mutations")
    monkeypatch.setattr(found, "ROOT", tmp_path)
    return found


def change(mutations: Any, apres: str) -> Any:
    (one,) = [c for c in mutations.changes(mutations.ROOT / "paqte/tarif.py") if c.apres == apres]
    return one


def test_the_changes_of_a_file_are_those_of_its_comparisons_constants_choices_and_returns(mutations: Any) -> None:
    told = sorted((c.ligne, c.avant, c.apres) for c in mutations.changes(mutations.ROOT / "paqte/tarif.py"))
    assert told == [
        (2, "0", "(1)"), (2, "0 if age < 18 else 12", "(0)"), (2, "0 if age < 18 else 12", "(12)"), (2, "12", "(13)"),
        (2, "18", "(19)"), (2, "age < 18", "(age <= 18)"), (2, "return 0 if age < 18 else 12", "return"),
        (6, "65", "(66)"), (6, "age > 65", "(age >= 65)"), (6, "return age > 65", "return"),
    ]  # fmt: skip
    assert mutations.drawn(["paqte"], 4, 8) == mutations.drawn(["paqte"], 4, 8)
    assert len(set(mutations.drawn(["paqte"], 99, 8))) == 10


def test_a_change_that_breaks_a_tested_line_is_noticed_and_one_that_no_test_looks_at_is_unseen(mutations: Any) -> None:
    root: Path = mutations.ROOT
    tests = ["tests.test_tarif.test_prix", "tests.test_tarif.test_remise"]
    assert mutations.verdict(change(mutations, "(age <= 18)"), root, tests) == "noticed"
    assert mutations.verdict(change(mutations, "(66)"), root, tests) == "unseen"
    assert (root / "paqte/tarif.py").read_text() == CODE


def test_tests_that_do_not_come_to_an_end_have_noticed_nothing(mutations: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(command: list[str], **_: Any) -> None:
        raise subprocess.TimeoutExpired(command, 900)

    monkeypatch.setattr(mutations.subprocess, "run", endless)
    assert mutations.verdict(change(mutations, "(66)"), mutations.ROOT, ["tests.test_tarif.test_remise"]) == "endless"


def test_what_pytest_could_not_run_stops_the_draw_instead_of_counting(mutations: Any) -> None:
    with pytest.raises(SystemExit, match="pytest could not run"):
        mutations.verdict(change(mutations, "(66)"), mutations.ROOT, ["tests.test_tarif.test_gone"])


def test_a_test_that_fails_before_any_change_leads_to_no_line(
    mutations: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = import_module("passages")
    cases = "".join(
        f'<testcase classname="tests.test_tarif" name="{name}" time="{time}">{fault}</testcase>'
        for name, time, fault in (
            ("test_prix[17]", "0.25", ""), ("test_prix[18]", "0.5", ""), ("test_remise", "0.1", "<failure/>"),
            ("test_autre", "0.1", "<error/>"),
        )
    )  # fmt: skip
    times = tmp_path / "temps.xml"
    times.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    ran = {6: ["tests.test_tarif.test_remise", "tests.test_tarif.test_prix", "tests.test_tarif.test_autre", ""]}
    data = SimpleNamespace(
        read=lambda: None,
        measured_files=lambda: [str(tmp_path / "paqte/tarif.py")],
        contexts_by_lineno=lambda _: ran,
    )
    monkeypatch.setitem(sys.modules, "coverage", SimpleNamespace(CoverageData=lambda _: data))
    monkeypatch.setattr(passages, "ROOT", tmp_path)
    learnt = passages._covered(times)
    assert learnt.tests_of("paqte/tarif.py", 6, 6) == ["tests.test_tarif.test_prix"]
    assert learnt.temps["tests.test_tarif.test_prix"] == 0.75


def test_the_lines_of_a_change_are_followed_when_the_text_moves_and_the_quickest_tests_come_first(
    mutations: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = import_module("passages")
    monkeypatch.setattr(passages, "ROOT", mutations.ROOT)
    learnt = passages.Passages()
    known = {2: {"tests.a.test_slow", "tests.a.test_quick"}, 6: {"tests.a.test_other"}}
    after = "# a line more\n" + CODE.replace("65", "60")
    (mutations.ROOT / "paqte/tarif.py").write_text(after)
    moved = passages._moved_lines(known, CODE, after)
    assert {line: tests for line, tests in moved.items() if line in (3, 7)} == {3: known[2], 7: known[6]}
    for line, tests in moved.items():
        learnt.add("paqte/tarif.py", line, tests)
    learnt.temps = {"tests.a.test_slow": 2.0, "tests.a.test_quick": 0.1}
    assert learnt.tests_of("paqte/tarif.py", 3, 3) == ["tests.a.test_quick", "tests.a.test_slow"]


MADE = """TVA = 20


class Taux:
    normal: int = 20

    def reduit(self, part=4):
        return self.normal // part


def ttc(prix):
    return prix * (100 + TVA) // 100
"""


def test_what_a_file_makes_as_it_is_read_is_given_to_the_tests_of_the_file_and_of_the_lines_that_name_it(
    mutations: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = import_module("passages")
    monkeypatch.setattr(passages, "ROOT", mutations.ROOT)
    (mutations.ROOT / "paqte/taxe.py").write_text(MADE)
    (mutations.ROOT / "paqte/facture.py").write_text("def ligne():\n    return TVA\n\n\ndef autre():\n    return 2\n")
    learnt = passages.Passages()
    ran = {1: "first", 4: "first", 5: "first", 7: "first", 8: "reduit", 11: "first", 12: "ttc"}
    for line, name in ran.items():
        learnt.add("paqte/taxe.py", line, [f"tests.a.test_{name}"])
    learnt.add("paqte/facture.py", 2, ["tests.a.test_ligne"])
    learnt.add("paqte/facture.py", 6, ["tests.a.test_autre"])

    def given(line: int) -> list[str]:
        return [test.removeprefix("tests.a.test_") for test in learnt.tests_of("paqte/taxe.py", line, line)]

    (mutations.ROOT / "tests/test_table.py").write_text("from paqte.taxe import (\n    Taux,\n    TVA,\n)\n")
    (mutations.ROOT / "tests/test_taux.py").write_text("from paqte.taxe import Taux\n\nTVA = 5\n")
    learnt.temps = {"tests.test_table.test_looks": 9.0, "tests.test_taux.test_looks": 9.0}
    assert given(1) == ["first", "ligne", "reduit", "ttc", "tests.test_table.test_looks"]
    both = ["first", "reduit", "ttc", "tests.test_table.test_looks", "tests.test_taux.test_looks"]
    assert given(5) == given(7) == both, "a field, and what an argument is when it is not given"
    assert (given(8), given(12)) == (["reduit"], ["ttc"])


# « TVA » is made as the file is read, « PERMIS » too, by a function; « toujours » fails whatever is changed.
MORE = """TVA = 20


class Tarif:
    def avec(self, prix):
        return prix * (100 + TVA) // 100


def plafond(limite):
    def est_permis(montant):
        return montant < limite

    return est_permis


PERMIS = plafond(50)
"""
OF_MORE = """from paqte.tarif import prix
from paqte.taxe import PERMIS, Tarif


def test_toujours():
    assert prix(17) == 1


def test_avec(tmp_path):
    assert (Tarif().avec(100), list(tmp_path.iterdir())) == (120, [])
    (tmp_path / "x").touch()


def test_plafond():
    assert (PERMIS(49), PERMIS(50)) == (True, False)
"""


def test_changes_are_noticed_by_a_process_that_read_everything_once_and_none_by_a_test_that_fails_anyway(
    mutations: Any,
) -> None:
    root: Path = mutations.ROOT
    (root / "paqte/taxe.py").write_text(MORE)
    (root / "tests/test_taxe.py").write_text(OF_MORE)
    every = [c for name in ("tarif", "taxe") for c in mutations.changes(root / f"paqte/{name}.py")]
    names = ("test_tarif.test_prix", "test_tarif.test_remise", "test_taxe.test_toujours", "test_taxe.test_avec")
    names += ("test_taxe.test_plafond",)
    tests = [[f"tests.{name}" for name in names]] * len(every)
    said: dict[str, set[str]] = {"noticed": set(), "unseen": set()}
    for rank, verdict in mutations.noticed_at_once(every, root, tests, 2):
        said[verdict].add(every[rank].apres)
    found = said["noticed"]
    of_prices = {"(1)", "(0)", "(12)", "(13)", "(19)", "(age <= 18)", "return"}
    assert found == {*of_prices, "(101)", "(100 - TVA)", "(prix / (100 + TVA))", "(montant <= limite)"}
    # Nothing is said of what is made as the file is read.
    assert {"(66)", "(age >= 65)"} < said["unseen"] and not {"(21)", "(51)"} & (found | said["unseen"])


def test_what_passed_in_place_is_run_in_a_copy_only_where_a_test_starts_processes_or_reads_the_code(
    mutations: Any,
) -> None:
    (mutations.ROOT / "tests/test_lance.py").write_text("import subprocess\n\n\ndef test_lance():\n    pass\n")
    given = ["tests.test_tarif.test_prix", "tests.test_lance.test_lance", *mutations.OF_THE_CODE]
    assert mutations._to_run_anew(given) == given[1:]
