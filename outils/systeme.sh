# Sourced by the other scripts: what to say, and how to bring a missing piece of the system.

dire() { printf '%s\n' "$*" >&2; }

refuser() {
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

peut_installer() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

en_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# installer_paquets PAQUET… : by apt-get, after saying so; fails when it may not or cannot.
installer_paquets() {
    peut_installer || return 1
    dire "Installation par apt-get de : $* (peut prendre une minute)…"
    {
        en_root apt-get update -qq &&
            en_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "$@"
    } </dev/null >/dev/null
}
