#!/bin/sh
# tableur.sh : prints the path of a LibreOffice Calc for the tests, bringing one when the machine has none.
# Gnumeric is brought too: one more program that reads our workbooks, and whose test says so where it is missing.
set -eu
cd "$(dirname "$0")/.."
. outils/systeme.sh

chercher() {
    for nom in "${PAQTE_SOFFICE:-}" soffice libreoffice /Applications/LibreOffice.app/Contents/MacOS/soffice; do
        # Run it: a half-removed LibreOffice leaves its name behind, and one without Calc saves no workbook.
        [ -n "$nom" ] && sait_enregistrer "$nom" && command -v "$nom" && return 0
    done
    return 1
}

sait_enregistrer() {
    "$1" --version >/dev/null 2>&1 || return 1
    dossier=$(mktemp -d)
    printf 'a;1\n' >"$dossier/essai.csv"
    "$1" "-env:UserInstallation=file://$dossier/profil" --headless --convert-to xlsx --outdir "$dossier" \
        "$dossier/essai.csv" >/dev/null 2>&1 </dev/null || :
    [ -s "$dossier/essai.xlsx" ] && code=0 || code=1
    rm -rf "$dossier"
    return $code
}

apporter_gnumeric() {
    command -v ssconvert >/dev/null 2>&1 && return 0
    installer_paquets gnumeric || dire "Gnumeric n'a pas pu être installé : les classeurs seront lus sans lui."
}

apporter_gnumeric
chercher && exit
dire "Aucun LibreOffice Calc sur cette machine ; les tests des classeurs en demandent un."
installer_paquets libreoffice-calc && chercher && exit
refuser "LibreOffice Calc n'a pas pu être installé : les tests des classeurs échoueront." \
    "Sur Debian ou Ubuntu : sudo apt-get install --no-install-recommends libreoffice-calc" \
    "Ailleurs : installez LibreOffice, puis PAQTE_SOFFICE=/chemin/vers/soffice make test"
