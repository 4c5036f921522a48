"""What the system refuses, in French: the errors of files and sockets speak the language of the machine."""

from __future__ import annotations

import errno

_REASONS = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota de disque est atteint",
    errno.EFBIG: "le disque ne reçoit pas un fichier de cette taille",
    errno.EROFS: "le dossier est en lecture seule",
    errno.EACCES: "le compte qui lance PAQTE n’en a pas le droit",
    errno.EPERM: "le compte qui lance PAQTE n’en a pas le droit",
    errno.ENOENT: "ce fichier ou ce dossier n’existe pas",
    errno.ENOTDIR: "ce chemin ne mène pas à un dossier",
    errno.EISDIR: "c’est un dossier, non un fichier",
    errno.EEXIST: "quelque chose porte déjà ce nom",
    errno.ENAMETOOLONG: "ce nom est trop long",
    errno.ELOOP: "ce lien tourne en rond",
    errno.EIO: "le disque ne répond plus",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
    errno.ENOMEM: "la mémoire manque",
    errno.ECONNREFUSED: "rien n’y répond",
    errno.ECONNRESET: "la connexion a été coupée",
    errno.EPIPE: "la connexion a été coupée",
    errno.ETIMEDOUT: "le délai est passé",
    errno.EHOSTUNREACH: "le réseau n’y mène pas",
    errno.ENETUNREACH: "le réseau n’y mène pas",
}


def reason_of(error: OSError) -> str:
    """Why, in a few words without a full stop; the number of the error for what is rare."""
    if isinstance(error, TimeoutError):
        return _REASONS[errno.ETIMEDOUT]
    return _REASONS.get(error.errno or 0, f"le système a refusé (erreur {error.errno or 'inconnue'})")
