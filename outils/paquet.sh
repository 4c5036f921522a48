#!/bin/sh
# paquet.sh : dist/paqte-….tar.gz, the product of the last commit with every library that it runs on, for a server
# without a way out. Made again from the same commit, for the same Python, it is the same archive byte for byte.
set -eu
cd "$(dirname "$0")/.."
. outils/systeme.sh

python=.venv/bin/python
commit=$(git rev-parse --short=12 HEAD 2>/dev/null) || refuser "Le paquet se fait dans le dépôt git du projet : ici il n'y en a pas."
[ -z "$(git status --porcelain --untracked-files=no)" ] ||
    dire "Des fichiers ont changé depuis le dernier commit ($commit) : le paquet est celui du commit, sans eux."
pour=$("$python" -c 'import platform, sys; print("Python %d.%d" % sys.version_info[:2], platform.system(), platform.machine())')
version=$("$python" -c 'import configparser; c = configparser.ConfigParser(); c.read("setup.cfg"); print(c["metadata"]["version"])')
nom=paqte-$version-$commit-$(printf '%s' "$pour" | tr -d '.' | tr ' A-Z' '-a-z')

travail=$(mktemp -d)
trap 'rm -rf "$travail"' EXIT
dossier=$travail/$nom
mkdir -p "$dossier/roues" dist
git archive HEAD -- . ':(exclude)tests' | tar -x -C "$dossier"
dire "Téléchargement des bibliothèques verrouillées (requirements/run.txt)…"
"$python" -m pip --disable-pip-version-check --no-input download --quiet --no-deps --require-hashes --only-binary :all: \
    --dest "$dossier/roues" -r "$dossier/requirements/run.txt" ||
    refuser "Les bibliothèques n'ont pas pu être téléchargées (voir ci-dessus). Vérifiez la connexion, puis relancez la même commande."
printf '%s\n' "$pour" >"$dossier/roues/POUR"
cp "$dossier/outils/deballer.sh" "$dossier/installer.sh"
(cd "$dossier" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum >"$travail/EMPREINTES")
mv "$travail/EMPREINTES" "$dossier/EMPREINTES"

# Nothing of this machine nor of this moment stays in it.
tar --sort=name --format=ustar --mtime="@$(git log -1 --format=%ct)" --owner=0 --group=0 --numeric-owner \
    --mode='u+rwX,go+rX,go-w' -C "$travail" -cf "$travail/$nom.tar" "$nom"
gzip -n -9 <"$travail/$nom.tar" >"$travail/$nom.tar.gz"
mv "$travail/$nom.tar.gz" "dist/$nom.tar.gz"
dire "Paquet pour $pour. Empreinte, à comparer sur le serveur par « sha256sum » :"
(cd dist && sha256sum "$nom.tar.gz")
