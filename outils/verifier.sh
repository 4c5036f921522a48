#!/bin/sh
# verifier.sh [--vite] : every check of `make test`, all of them whatever fails; pytest's closing line comes last.
# --vite : style and the quick tests alone, as `make test-vite` asks; pytest counts those it leaves aside.
set -u
cd "$(dirname "$0")/.."
. outils/systeme.sh

# Tests start PAQTE by the dozen: compiled once, not at each start.
unset PYTHONDONTWRITEBYTECODE

echecs=""

# etape TITRE COMMANDE… : runs the check and remembers its failure.
etape() {
    titre=$1
    shift
    printf '\n== %s\n' "$titre"
    "$@" || echecs="${echecs:+$echecs, }$titre"
}

# tests OPTION… : two processes, each with half of the rooms in their order; whichever ends first takes of what the
# other has left, test by test, so that no long file keeps one of them alone at the end.
tests() {
    printf '\n== tests\n'
    .venv/bin/python -m pytest --numprocesses 2 --dist worksteal "$@"
}

if [ "${1:-}" = --vite ]; then
    shift
    etape "style" .venv/bin/ruff check .
    export PAQTE_CONTROLES="$echecs"
    tests -m "not navigateur and not postgresql and not tableur and not lent and not long" "$@"
    code=$?
    [ -z "$echecs" ] || [ "$code" != 0 ] || code=1
    exit "$code"
fi

etape "sens des imports" .venv/bin/lint-imports --no-logo
etape "style" .venv/bin/ruff check .
etape "mise en forme" .venv/bin/ruff format --check .
etape "types" .venv/bin/mypy
PAQTE_CHROMIUM=$(sh outils/navigateur.sh) || echecs="${echecs:+$echecs, }navigateur"
PAQTE_SOFFICE=$(sh outils/tableur.sh) || echecs="${echecs:+$echecs, }tableur"

# tests/conftest.py repeats PAQTE_CONTROLES above the closing line, so that nobody takes a red run for a green one.
export PAQTE_CHROMIUM PAQTE_SOFFICE PAQTE_CONTROLES="$echecs"
tests "$@"
code=$?
[ -z "$echecs" ] || [ "$code" != 0 ] || code=1
exit "$code"
