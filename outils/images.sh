#!/bin/sh
# images.sh : refait les images des guides (pages par les essais, classeur par LibreOffice).
set -eu
cd "$(dirname "$0")/.."
. outils/systeme.sh
for outil in soffice pdftoppm; do
    command -v "$outil" >/dev/null || refuser "Il manque $outil : installez LibreOffice Calc et poppler-utils."
done
PAQTE_IMAGES=docs/images .venv/bin/python -m pytest -q tests/parcours -k "every_picture or axe_finds_nothing_on_the_company"
travail=$(mktemp -d)
trap 'rm -rf "$travail"' EXIT
PAQTE_INSTANCE="$travail/instance" PAQTE_REPORTS="$travail/reports" PAQTE_DATABASE_URL= PAQTE_ENV=demonstration
export PAQTE_INSTANCE PAQTE_REPORTS PAQTE_DATABASE_URL PAQTE_ENV
.venv/bin/paqte base migrer
.venv/bin/paqte demo charger
semestre=$(.venv/bin/python -c 'from tests.parcours.demonstration import SEMESTRE; print(SEMESTRE)')
.venv/bin/paqte bilan produire --departement 41 --periode "$semestre" --sortie "$travail/bilan.xlsx"
soffice --headless --convert-to pdf --outdir "$travail" "$travail/bilan.xlsx" >/dev/null
pdftoppm -png -r 70 "$travail/bilan.pdf" "$travail/classeur"
for page in 01 02 04 05 08; do
    cp "$travail/classeur-$page.png" "docs/images/classeur_${page#0}.png"
done
# All the pages of three bilans side by side: the demonstration, a département with nothing, one with 150 signatories.
.venv/bin/python -m tests.reporting.planches classeurs "$travail"
for nom in vide grand; do
    soffice --headless --convert-to pdf --outdir "$travail" "$travail/$nom.xlsx" >/dev/null
done
mv "$travail/bilan.pdf" "$travail/demonstration.pdf"
for nom in demonstration vide grand; do
    mkdir "$travail/$nom"
    pdftoppm -png -r 45 "$travail/$nom.pdf" "$travail/$nom/page"
    .venv/bin/python -m tests.reporting.planches planche "$travail/$nom" "docs/images/pages_$nom.png"
done
trimestre=$(.venv/bin/python -c 'from paqte.domain.calendrier.periodes import Periode; from tests.parcours.demonstration import SEMESTRE; print(Periode.from_code(SEMESTRE).parts("T")[1].code)')
.venv/bin/paqte export trimestriel --departement 41 --periode "$trimestre" --sortie "$travail/export.xlsx"
soffice --headless --convert-to pdf --outdir "$travail" "$travail/export.xlsx" >/dev/null
pdftoppm -png -r 70 -f 1 -l 1 "$travail/export.pdf" "$travail/export"
cp "$travail"/export-*1.png docs/images/export_1.png
echo "Images refaites dans docs/images/ et docs/ecrans/."
