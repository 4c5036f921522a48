#!/bin/sh
# paqte.sh run|test|bench|… : what `make run`, `make test`… do, also where make is missing.
set -eu
cd "$(dirname "$0")/.."
. outils/systeme.sh

installer() { sh outils/installer.sh "$1"; }

verrouiller() {
    for niveau in run test dev; do
        .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
            --no-header --no-emit-index-url "$@" -o "requirements/$niveau.txt" "requirements/$niveau.in"
    done
}

commande=${1:-}
[ $# = 0 ] || shift
case $commande in
install) installer run ;;
run) installer run && exec .venv/bin/paqte lancer "$@" ;;
test) installer test && exec sh outils/verifier.sh "$@" ;;
test-vite) installer test && exec sh outils/verifier.sh --vite "$@" ;;
bench) installer test && exec .venv/bin/python -m tests.bench "$@" ;;
images) installer test && exec sh outils/images.sh ;;
lint) installer test && .venv/bin/lint-imports --no-logo && .venv/bin/ruff check . && exec .venv/bin/ruff format --check . ;;
types) installer test && exec .venv/bin/mypy ;;
lock) installer dev && verrouiller "$@" ;;
audit) installer dev && exec .venv/bin/python outils/audit.py ;;
composants) installer dev && exec .venv/bin/python outils/composants.py "$@" ;;
paquet) installer run && exec sh outils/paquet.sh ;;
mutations) installer dev && exec .venv/bin/python outils/mutations.py "$@" ;;
licences) installer dev && exec .venv/bin/python outils/licences.py ;;
*) refuser "Usage : sh outils/paqte.sh install|run|test|test-vite|bench|images|lint|types|lock|audit|composants|paquet|mutations|licences" ;;
esac
