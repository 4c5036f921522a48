"""Each lock, and what two at once would do without it: one taken away, or added without its reason, fails here.

Races are shown by the tests of concurrence where they can be; most last less than a test can hold, and only on
PostgreSQL, where no transaction shuts the others out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.sources import nodes_of

ROOT = Path(__file__).parents[2] / "paqte"
WORDS = ("BEGIN IMMEDIATE", "pg_advisory_xact_lock", "LOCK TABLE")

LOCKS: dict[str, str] = {
    "cli/socle/verrou.py _take": "two `make run` would serve one instance",
    "models/base.py _no_exchange": "a base would be opened while a restoration exchanges it",
    "models/base.py _take_lock": "a transaction that reads then writes would fail under another's",
    "models/base.py _take_lock_at_once": "the same, for whoever knows that it will write",
    "models/writers.py _pass": "a process that has just written would come again before another that waits",
    "ops/base/migration.py _apply": "two processes that start would migrate one base",
    "ops/base/migration.py _mark": "the same, when the marks of what moves are put in place",
    "ops/base/migration.py _await_writers": "a step would change what somebody is writing in the shape of before",
    "ops/health.py hold_version": "somebody would write in the shape of a version that another has just replaced",
    "ops/base/restore.py _nobody_opens": "somebody would write in a base about to be replaced",
    "ops/base/restore.py _locked": "the same, from a connection already open",
    "ops/base/transfer/source.py _hold": "what is written in the base that is being moved would be left behind",
    "ops/base/transfer/target.py hold_alone": "two transfers would fill one base, or a PAQTE started there write first",
    "reporting/publication.py _create_aside": "one's file in the making would be swept by another",
    "reporting/publication.py _remove_leftovers": "a file in the making would be taken for a leftover",
    "services/comptes/acces.py _account": "an access would be taken away and given at once",
    "services/comptes/entree/facteurs.py factor_held": "one code or challenge would be taken twice at once",
    "services/comptes/conservation.py _erase_one": "two runs would erase one contact",
    "services/conventions/conventions.py next_number": "two conventions would draw one number",
    "services/prepared.py keep_prepared": "two imports of one file would each add its rows",
    "services/courriels/courriels.py _claim": "one mail would leave twice",
    "services/imports/importations.py _claim": "one file would be worked on twice, or after it was given up",
    "services/conventions/debut.py start_departement": "two first conventions would set two first semesters",
    "services/conventions/debut.py note_complete": "two would note the first complete convention",
    "services/conventions/debut.py change_start": "the first semester would change under a plan being made",
    "services/declarations/declarations.py open_declaration": "one period would have two declarations",
    "services/declarations/declarations.py _locked": "an answer would be saved into a declaration being validated",
    "services/planificateur/echeances.py _warn": "one notice would be given twice",
    "services/comptes/connexion.py _require_same_browser": "more codes than a link allows would be tried at once",
    "services/comptes/entree/surete.py warn_of_attempts": "one attempt would be told twice to an administrator",
    "services/planificateur/disque.py warn_administrators": "one alarm would be written twice in a day",
    "services/comptes/effacement.py _erase_account": "an account would be erased while it is given an access",
    "services/gabarits/installes.py _to_change": "a template would be put in use while it is withdrawn",
    "services/gabarits/installes.py _row_of_bytes": "one template would be kept twice",
    "services/journal.py _hold_the_last": "two lines would follow the same one in the chain",
    "services/pilotage/lignes.py hold": "two lines would take one rank",
    "services/reglages/flux.py _take_away": "two clicks would each open an address, and the first stay open",
    "services/reglages/flux.py read_feed": "two readings at once would each write the first of a date",
    "services/reglages/planification.py plan_departement": "two would plan one département",
    "services/reglages/reglages.py save_national_settings": "a département would freeze a due date while it changes",
    "services/courriels/relances.py _remind_one": "one person would get two mails in a day",
    "services/courriels/rappels.py _remind_referent": "two schedulers would remind one référent twice",
    "services/courriels/relances.py _held_accounts": "the same, when a référent reminds while the scheduler does",
    "services/conventions/entreprises/demarches.py move_prospect": "two would say at once how far a company is",
    "services/conventions/propres.py keep_column": "two columns would bear one title, or pass the limit together",
    "services/conventions/signataires.py _keep_one_nature": "one SIREN would take two natures (R35)",
    "services/planificateur/taches.py claim": "one task would be done twice",
    "services/planificateur/passes.py _write": "the last run would be written over by an older one",
    "services/comptes/utilisateurs.py _user": "an account would be disabled and enabled at once",
    "services/declarations/signalements.py report_error": "an error would be told of what is being given back",
    "services/comptes/connexion.py record_refusal": "one refused read would leave a line a process in its minute",
    "services/quotas.py _hold": "two who send at once would pass a quota together",
    "services/comptes/identite.py _own": "two changes of one address would each take what the other left",
}


def locks_of(nodes: Iterable[ast.AST]) -> set[str]:
    """Names of the functions that take a lock."""
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    return {f.name for f in functions if any(_is_lock(node) for node in ast.walk(f))}


def _is_lock(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and any(word in node.value for word in WORDS)
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", "")
    asked = [k.value for k in node.keywords if k.arg == "with_for_update"]
    is_flock = name == "flock" and "LOCK_UN" not in ast.unparse(node)
    return name == "with_for_update" or is_flock or any(ast.unparse(value) == "True" for value in asked)


def test_each_lock_stands_where_it_must_and_says_what_it_prevents() -> None:
    found = {f"{path.relative_to(ROOT)} {name}" for path in ROOT.rglob("*.py") for name in locks_of(nodes_of(path))}
    assert found == set(LOCKS)


def test_a_lock_is_recognized_and_its_absence_too() -> None:
    kept = "def f(): session.execute(query.with_for_update())\ndef g(): session.get(A, 1, with_for_update=True)"
    assert locks_of(ast.walk(ast.parse(kept))) == {"f", "g"}
    without = kept.replace(".with_for_update()", "").replace("True", "False")
    assert locks_of(ast.walk(ast.parse(without))) == set()


def differing(nodes: Iterable[ast.AST]) -> list[str]:
    """The locks asked of all the rows but some."""
    asked = (
        n.func.value for n in nodes if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "with_for_update"
    )
    compared = (node for query in asked for node in ast.walk(query) if isinstance(node, ast.Compare))
    return [ast.unparse(node) for node in compared if any(isinstance(op, ast.NotEq | ast.NotIn) for op in node.ops)]


def test_no_lock_is_of_all_the_rows_but_its_own() -> None:
    assert [one for path in ROOT.rglob("*.py") for one in differing(nodes_of(path))] == []


def test_a_lock_of_all_the_others_is_seen() -> None:
    others = "session.execute(select(D.id).where(D.id != key).with_for_update())"
    assert differing(ast.walk(ast.parse(others))) == ["D.id != key"]
    assert differing(ast.walk(ast.parse(others.replace("!=", "==")))) == []


# Who holds the lines of a département before reading the ranks it will write, or all that would leave after a
# restoration: the call gives nothing, so nothing else would miss it.
HELD = {
    "services/pilotage/lignes.py add_line",
    "services/pilotage/lignes.py change_line",
    "services/pilotage/rubriques.py confirm_rubrique",
    "services/pilotage/rubriques.py write_rubrique",
    "services/planificateur/restauration.py mend",
    "services/planificateur/restauration.py restore",
    "services/reglages/reglages.py save_settings",
}


def holders_of(nodes: Iterable[ast.AST]) -> set[str]:
    """Names of the functions that call `hold`."""
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    return {f.name for f in functions for node in ast.walk(f) if isinstance(node, ast.Call) and _is_hold(node)}


def _is_hold(node: ast.Call) -> bool:
    return getattr(node.func, "id", "") == "hold"


def test_whoever_must_hold_the_lines_of_a_departement_does() -> None:
    found = {f"{path.relative_to(ROOT)} {name}" for path in ROOT.rglob("*.py") for name in holders_of(nodes_of(path))}
    assert found == HELD


def test_a_hold_taken_away_is_seen() -> None:
    assert holders_of(ast.walk(ast.parse("def f():\n    hold(session, '41')\n    session.add(x)"))) == {"f"}
    assert holders_of(ast.walk(ast.parse("def f():\n    pass\n    session.add(x)"))) == set()
