#!/bin/sh
# installer.sh, in an archive of `make paquet`: installs PAQTE in this folder, asking nothing of any network.
set -eu
cd "$(dirname "$0")"
. outils/systeme.sh

[ -d roues ] || refuser "Ce script s'emploie dans un paquet fait par « make paquet » : ici il n'y a pas de bibliothèques (roues/)."
sha256sum --check --quiet --strict EMPREINTES >&2 ||
    refuser "Ce paquet est abîmé ou a été modifié (voir ci-dessus) : copiez-le de nouveau. Rien n'a été installé."
sh outils/paqte.sh install
dire "PAQTE est installé dans $(pwd -P) : .venv/bin/paqte --help. La suite est dans docs/exploitation.md."
