"""The life of a file taken in: handed in, seen, kept or given up. Kept, what it
sent may be validated together. Its bytes go away as soon as it is kept or given up.
"""

from __future__ import annotations

DEPOSE, A_ESSAYER, ESSAYE, A_APPLIQUER = "depose", "a_essayer", "essaye", "a_appliquer"
APPLIQUE, A_VALIDER, ANNULE = "applique", "a_valider", "annule"
ETATS: dict[str, str] = {
    DEPOSE: "Colonnes à vérifier",
    A_ESSAYER: "Essai en cours",
    ESSAYE: "Essayé",
    A_APPLIQUER: "Enregistrement en cours",
    APPLIQUE: "Enregistré",
    A_VALIDER: "Validation en cours",
    ANNULE: "Annulé",
}
# What the scheduler has to do, and what is over.
WORKING = frozenset({A_ESSAYER, A_APPLIQUER, A_VALIDER})
OVER = frozenset({APPLIQUE, A_VALIDER, ANNULE})
ESSAYER, APPLIQUER, VALIDER, ANNULER = "essayer", "appliquer", "valider", "annuler"
TRANSITIONS: dict[tuple[str, str], str] = {
    (DEPOSE, ESSAYER): A_ESSAYER,
    (ESSAYE, ESSAYER): A_ESSAYER,
    (ESSAYE, APPLIQUER): A_APPLIQUER,
    (APPLIQUE, VALIDER): A_VALIDER,
    (DEPOSE, ANNULER): ANNULE,
    (ESSAYE, ANNULER): ANNULE,
    (A_ESSAYER, ANNULER): ANNULE,
}
