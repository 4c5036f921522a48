#!/bin/sh
# navigateur.sh : prints the path of a Chromium for the tests, bringing one when the machine has none.
set -eu
cd "$(dirname "$0")/.."
. outils/systeme.sh

chercher() {
    for nom in "${PAQTE_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        # Run it: on some systems the name is only a stub that asks for an installation.
        [ -n "$nom" ] && "$nom" --version >/dev/null 2>&1 && command -v "$nom" && return 0
    done
    return 1
}

de_playwright() {
    dire "Téléchargement du Chromium de Playwright…"
    .venv/bin/python -m playwright install chromium >&2 </dev/null || return 1
    .venv/bin/python - <<'PY'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PY
}

# Playwright drives the browser with a program of its own, which a bare system may lack a library for.
pilote_demarre() { .venv/bin/python -m playwright --version >/dev/null 2>&1; }

if ! pilote_demarre; then
    { installer_paquets libatomic1 && pilote_demarre; } ||
        refuser "Le pilote du navigateur (Playwright) ne démarre pas ; « .venv/bin/playwright --version » dit pourquoi." \
            "Sur Debian ou Ubuntu : sudo apt-get install libatomic1"
fi
chercher && exit
dire "Aucun navigateur Chromium sur cette machine ; les tests des pages en demandent un."
installer_paquets chromium chromium-l10n fonts-liberation fonts-dejavu-core && chercher && exit
de_playwright && exit
refuser "Aucun navigateur n'a pu être installé : les tests des pages échoueront." \
    "Sur Debian ou Ubuntu : sudo apt-get install chromium chromium-l10n" \
    "Ailleurs : installez Chromium ou Chrome, puis PAQTE_CHROMIUM=/chemin/vers/chromium make test"
