"""Which rules counted an edition, and what changed of them since another: a figure never moves without a word (R19).

An edition bears the code of the rules in force when it was made; those of before this table bear none. Whoever changes
how a figure is counted adds a line here, in the same commit.
"""

from __future__ import annotations

# By version, the oldest first: what its rules count otherwise than those of before, each with its number.
REGLES: dict[str, tuple[str, ...]] = {
    "2026-11": (
        "une charte n’entre plus dans les objectifs, les références, les taux ni le plan (R7)",
        "un stock ou un « oui » compte une fois par signataire lié à la fin de la période (R32)",
        "les taux viennent des nombres exacts, jamais d’un arrondi (R33)",
        "une entreprise est active d’après les quatre derniers trimestres ou les deux derniers semestres (R34)",
        "un signataire a une seule nature dans le département (R35)",
        "les délais d’une période passée restent ceux de sa campagne (R37)",
        "les résultats des entreprises sont à part de ceux des autres signataires (R38)",
        "rien n’est attendu d’une convention sans engagement ni avant la première période suivie (R41, R42)",
        "les observations disent ce que comptent un taux, une référence et les réponses à un pourcentage (R22)",
        "un engagement libre ne compte de déclarant semestriel que le sien (R11)",
        "une ligne dit quand seuls d’autres signataires que des entreprises s’y sont engagés, et combien (R38)",
    ),
    "2026-12": (
        "ce qui se masque se décide d’après qui a répondu et ce qui est publié, plus d’après l’effectif caché : "
        "des chiffres montrés dans une version publiable antérieure peuvent y être masqués, et l’inverse (R23)",
        "une charte n’est plus à transformer dès que la convention signée qui la suit a commencé (R7)",
        "la courbe des signataires commence à la première convention du PAQTE signée (R2)",
    ),
}
EN_VIGUEUR = tuple(REGLES)[-1]


def named(code: str) -> str:
    """« règles de calcul 2026-11 », or those of before any had a name."""
    return f"règles de calcul {code}" if code else "règles de calcul d’avant 2026-11"


def changed_since(avant: str, apres: str) -> tuple[str, ...]:
    """A sentence a version that came after `avant`, up to `apres`; in whichever order the two are given.

    A code that this application does not know, of a newer one, tells nothing.
    """
    known = ("", *REGLES)
    if avant not in known or apres not in known:
        return ()
    first, last = sorted((known.index(avant), known.index(apres)))
    return tuple(f"Règles de calcul {code} : {' ; '.join(REGLES[code])}." for code in known[first + 1 : last + 1])
