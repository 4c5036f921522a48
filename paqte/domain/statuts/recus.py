"""The life of a bilan received as a workbook: decided, added up, replaced by a later one or withdrawn."""

from __future__ import annotations

A_DECIDER, RETENU, ECARTE, RETIRE, REMPLACE = "a_decider", "retenu", "ecarte", "retire", "remplace"
ETATS: dict[str, str] = {
    A_DECIDER: "À décider",
    RETENU: "Additionné",
    ECARTE: "Écarté",
    RETIRE: "Retiré",
    REMPLACE: "Remplacé",
}
GARDER, ECARTER, RETIRER, REMPLACER = "garder", "ecarter", "retirer", "remplacer"
TRANSITIONS: dict[tuple[str, str], str] = {
    (A_DECIDER, GARDER): RETENU,
    (A_DECIDER, ECARTER): ECARTE,
    (RETENU, RETIRER): RETIRE,
    (RETENU, REMPLACER): REMPLACE,
}
# How its figures were taken: as our own hash proves them, or because somebody decided to.
INTACT, MODIFIE, REMPLI, CONTREDIT = "intact", "modifie", "rempli", "contredit"
MARQUES: dict[str, str] = {
    INTACT: "reçu, intact",
    MODIFIE: "modifié après sa production, gardé par décision",
    REMPLI: "rempli à la main, gardé par décision",
    CONTREDIT: "ses chiffres se contredisent, gardé par décision",
}
