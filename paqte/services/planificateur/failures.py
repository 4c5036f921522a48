"""What failed, in words that say what to do: for the lists of tasks and of jobs."""

from __future__ import annotations

import errno

from paqte.domain.erreurs import Refused
from paqte.ops.base.damage import tell

_SENTENCES = {
    errno.ENOSPC: "le disque est plein : libérez de la place",
    errno.EDQUOT: "le quota du disque est atteint : libérez de la place",
    errno.EROFS: "le dossier est en lecture seule : rendez-le inscriptible",
    errno.EACCES: "le dossier refuse l’écriture : donnez-en le droit au compte qui lance PAQTE",
    errno.EPERM: "le dossier refuse l’écriture : donnez-en le droit au compte qui lance PAQTE",
    errno.EIO: "le disque ne répond plus : vérifiez-le",
}


def in_plain_words(error: Exception) -> str:
    """A sentence for whoever runs PAQTE; the log has the rest."""
    if isinstance(error, Refused):
        return str(error)
    told = tell(error)
    if told is not None:
        return f"{told} Nouvel essai au prochain passage."
    if isinstance(error, OSError) and error.errno in _SENTENCES:
        where = f"{error.filename} : " if error.filename else ""
        return f"Écriture impossible, {where}{_SENTENCES[error.errno]}."
    return f"Erreur inattendue ({type(error).__name__}) : voir le journal du planificateur."
