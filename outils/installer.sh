#!/bin/sh
# installer.sh run|test|dev : the environment .venv, with exactly the files of requirements/<level>.txt.
# Done again only when that list, the metadata or the place of the checkout changed.
set -eu
cd "$(dirname "$0")/.."
. outils/systeme.sh

niveau=$1
journal=.venv/installation.log
ICI=$(pwd -P)

empreinte() { cat "requirements/$1.txt" setup.cfg pyproject.toml | cksum; }

est_a_jour() { [ "$(cat ".venv/.installe-$1" 2>/dev/null)" = "$(empreinte "$1")" ]; }

# A moved or half-made environment cannot be mended: its scripts bear the former path.
est_sain() {
    grep -qF "$ICI/.venv" .venv/bin/activate 2>/dev/null &&
        .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# trouver_python MODULE… : the first interpreter of 3.11 or more that has these modules.
trouver_python() {
    for nom in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        command -v "$nom" >/dev/null 2>&1 || continue
        if "$nom" - "$@" 2>/dev/null <<'PY'; then
import importlib, sys
[importlib.import_module(name) for name in sys.argv[1:]]
sys.exit(sys.version_info < (3, 11))
PY
            printf '%s\n' "$nom"
            return 0
        fi
    done
    return 1
}

refuser_python() {
    refuser "Python 3.11 ou plus récent est introuvable (ici : $(python3 --version 2>/dev/null || echo aucun python3))." \
        "Sur Debian 12 ou Ubuntu 24.04 : sudo apt-get install python3 python3-venv" \
        "Ailleurs : https://www.python.org/downloads/ ; si Python est déjà installé sous un autre nom : PYTHON=/chemin/vers/python make run" \
        "Puis relancez la même commande."
}

refuser_venv() {
    refuser "Python est là, mais pas ses modules venv et ensurepip, qui créent l'environnement .venv." \
        "Sur Debian ou Ubuntu : sudo apt-get install $1" \
        "Puis relancez la même commande."
}

choisir_python() {
    trouver_python venv ensurepip && return
    if ! nom=$(trouver_python); then
        command -v python3 >/dev/null 2>&1 && refuser_python
        dire "Python 3 est introuvable."
        installer_paquets python3 python3-venv || refuser_python
        trouver_python venv ensurepip || refuser_python
        return
    fi
    paquet=$("$nom" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    dire "Le module venv de Python manque."
    installer_paquets "$paquet" || refuser_venv "$paquet"
    trouver_python venv ensurepip || refuser_venv "$paquet"
}

creer_environnement() {
    python=$(choisir_python)
    dire "Création de l'environnement .venv avec $("$python" --version)…"
    rm -rf .venv
    "$python" -m venv .venv || refuser "L'environnement .venv n'a pas pu être créé (voir ci-dessus)."
}

expliquer_echec() {
    tail -n 15 "$journal" >&2
    if grep -q 'DO NOT MATCH THE HASHES' "$journal"; then
        cause="Un paquet reçu n'est pas celui attendu (empreinte différente) : il n'a pas été installé. Prévenez les mainteneurs."
    elif [ -d roues ] && grep -q 'No matching distribution' "$journal"; then
        cause="Ce paquet est fait pour $(cat roues/POUR 2>/dev/null), et non pour $(.venv/bin/python --version) $(uname -sm) : refaites-le par « make paquet » sur une machine de même système et de même Python."
    elif grep -qi 'no space left' "$journal"; then
        cause="Le disque est plein : libérez de la place (environ 1 Go)."
    elif grep -q 'CERTIFICATE_VERIFY_FAILED' "$journal"; then
        cause="Le certificat du serveur de paquets n'est pas reconnu : votre réseau inspecte sans doute le trafic. Donnez le certificat de votre organisme : PIP_CERT=/chemin/certificat.pem make run"
    elif grep -qiE 'name resolution|newconnectionerror|connection (refused|error|broken|reset)|timed out|unreachable|proxyerror|nodename' "$journal"; then
        cause="Le réseau ne répond pas : les paquets Python n'ont pas pu être téléchargés. Vérifiez la connexion, et le proxy s'il y en a un (variable HTTPS_PROXY)."
    else
        cause="Les paquets Python n'ont pas pu être installés."
    fi
    refuser "$cause" "Le détail est dans $journal. Puis relancez la même commande : elle reprendra où elle s'est arrêtée."
}

installer_paquets_python() {
    dire "Installation des paquets Python (une à deux minutes la première fois)…"
    pip=".venv/bin/python -m pip --disable-pip-version-check --no-input install"
    # An archive of `make paquet` brings them along: nothing is asked of any network.
    [ ! -d roues ] || pip="$pip --no-index --find-links roues"
    # Wheels only: building from source would fetch a build system that no hash checks.
    $pip --require-hashes --only-binary :all: -r "requirements/$niveau.txt" >"$journal" 2>&1 || expliquer_echec
    $pip --no-deps --no-build-isolation --no-index -e . >>"$journal" 2>&1 || expliquer_echec
}

noter() {
    for inclus in run test dev; do
        empreinte "$inclus" >".venv/.installe-$inclus"
        [ "$inclus" = "$niveau" ] && break
    done
}

# Two at once would each build .venv over the other's; the lock ends with the process, however it ends.
attendre_son_tour() {
    command -v flock >/dev/null 2>&1 || return 0
    exec 9>.installation.verrou
    flock -n 9 && return 0
    dire "Une autre installation est en cours dans ce dossier : attente de sa fin…"
    flock 9
}

attendre_son_tour
est_sain || creer_environnement
est_a_jour "$niveau" || { installer_paquets_python && noter; }
