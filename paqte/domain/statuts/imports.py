"""The life of a file taken in: handed in, seen, kept or given up. Its bytes go away with the last two."""

from __future__ import annotations

DEPOSE, A_ESSAYER, ESSAYE, A_APPLIQUER = "depose", "a_essayer", "essaye", "a_appliquer"
APPLIQUE, ANNULE = "applique", "annule"
ETATS: dict[str, str] = {
    DEPOSE: "Colonnes à vérifier",
    A_ESSAYER: "Essai en cours",
    ESSAYE: "Essayé",
    A_APPLIQUER: "Enregistrement en cours",
    APPLIQUE: "Enregistré",
    ANNULE: "Annulé",
}
# What the scheduler has to do, and what is over.
WORKING = frozenset({A_ESSAYER, A_APPLIQUER})
OVER = frozenset({APPLIQUE, ANNULE})
ESSAYER, APPLIQUER, ANNULER = "essayer", "appliquer", "annuler"
TRANSITIONS: dict[tuple[str, str], str] = {
    (DEPOSE, ESSAYER): A_ESSAYER,
    (ESSAYE, ESSAYER): A_ESSAYER,
    (ESSAYE, APPLIQUER): A_APPLIQUER,
    (DEPOSE, ANNULER): ANNULE,
    (ESSAYE, ANNULER): ANNULE,
    (A_ESSAYER, ANNULER): ANNULE,
}
