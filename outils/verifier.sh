#!/bin/sh
# verifier.sh : every check of `make test`, all of them whatever fails; pytest's closing line comes last.
set -u
cd "$(dirname "$0")/.."
. outils/systeme.sh

echecs=""

# etape TITRE COMMANDE… : runs the check and remembers its failure.
etape() {
    titre=$1
    shift
    printf '\n== %s\n' "$titre"
    "$@" || echecs="${echecs:+$echecs, }$titre"
}

etape "sens des imports" .venv/bin/lint-imports --no-logo
etape "style" .venv/bin/ruff check .
etape "mise en forme" .venv/bin/ruff format --check .
etape "types" .venv/bin/mypy
PAQTE_CHROMIUM=$(sh outils/navigateur.sh) || echecs="${echecs:+$echecs, }navigateur"
PAQTE_SOFFICE=$(sh outils/tableur.sh) || echecs="${echecs:+$echecs, }tableur"

printf '\n== tests\n'
# tests/conftest.py repeats PAQTE_CONTROLES above the closing line, so that nobody takes a red run for a green one.
export PAQTE_CHROMIUM PAQTE_SOFFICE PAQTE_CONTROLES="$echecs"
# In the order of the rooms: by number of tests, the few long ones would come last, on one process alone.
.venv/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder "$@"
code=$?
[ -z "$echecs" ] || [ "$code" != 0 ] || code=1
exit "$code"
