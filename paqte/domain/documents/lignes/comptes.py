"""The counts of the signatories that are no enterprises: each nature in a line of its own (R2, R34)."""

from __future__ import annotations

from typing import Any, NamedTuple

from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, RESEAU


class Compte(NamedTuple):
    """The fields that count one nature: all of it, the new, the active; `titre` and its agreement for people."""

    tous: str
    nouveaux: str
    actifs: str
    titre: str
    neufs: str
    vifs: str


COMPTES_AUTRES: dict[str, Compte] = {
    RESEAU: Compte("reseaux", "nouveaux_reseaux", "actifs_reseaux", "Réseaux", "nouveaux", "actifs"),
    EMPLOYEUR_PUBLIC: Compte(
        "employeurs_publics",
        "nouveaux_employeurs_publics",
        "actifs_employeurs_publics",
        "Employeurs publics",
        "nouveaux",
        "actifs",
    ),
    ASSOCIATION: Compte(
        "associations", "nouvelles_associations", "actives_associations", "Associations", "nouvelles", "actives"
    ),
}
# None in an edition of before: it says nothing of them, which is not zero (R13).
TITRES_AUTRES: dict[str, str] = {
    name: f"{c.titre}, {word}"
    for c in COMPTES_AUTRES.values()
    for name, word in ((c.nouveaux, c.neufs), (c.actifs, c.vifs))
}


def told_others(comptes: Any) -> tuple[str, ...]:
    """« Réseaux : 3, dont 1 nouveaux… » in neutral words, one sentence a nature that signed; () for editions of before.

    `comptes` are the counts of a bilan or of a compte rendu.
    """
    told = []
    for c in COMPTES_AUTRES.values():
        count, new, alive = (getattr(comptes, name) for name in (c.tous, c.nouveaux, c.actifs))
        if count and new is not None and alive is not None:
            told.append(f"{c.titre} : {count} ; {c.neufs} : {new} ; {c.vifs} : {alive}.")
    return tuple(told)
