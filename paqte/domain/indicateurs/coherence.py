"""What makes a grid contradict itself; each fault is a French phrase that follows the indicator's code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from paqte.domain.indicateurs.genres import GENRES, NOMBRES
from paqte.domain.indicateurs.grille import (
    CALENDRIERS,
    Axe,
    Catalogue,
    Indicateur,
    Version,
)
from paqte.domain.statuts.conventions import PAQTE, PLAN_10000

# One supplier may stand in several of these figures: they are never added up (R21).
SUPPLIERS = frozenset({"A1", "A2", "A3", "A4"})
_CODE = re.compile(r"[A-Za-z0-9]{1,10}", re.ASCII)


def version_faults(versions: tuple[Version, ...]) -> Iterator[tuple[str, str]]:
    """Code and fault of each version that does not begin after the one before."""
    for before, after in pairwise(versions):
        if after.du <= before.du:
            yield after.code, "une version commence après la précédente"


def axe_faults(axe: Axe) -> Iterator[str]:
    """An axis belongs to the PAQTE or to the plan 10 000."""
    if axe.dispositif not in (PAQTE, PLAN_10000):
        yield f"dispositif « {axe.dispositif} » inconnu"


def faults(i: Indicateur, grid: Catalogue) -> Iterator[str]:
    """Everything wrong in one indicator, what it cites that does not exist first."""
    yield from _citation_faults(i, grid)
    if i.genre not in GENRES:
        yield f"genre « {i.genre} » inconnu"
        return
    checks = (
        (not _CODE.fullmatch(i.code), "un code a dix lettres ou chiffres au plus"),
        (i.nombre not in NOMBRES, f"nombre « {i.nombre} » inconnu"),
        (i.calendrier not in CALENDRIERS, f"calendrier « {i.calendrier} » inconnu"),
        (not i.unite and not i.traits.is_free, "l’unité manque"),
        (i.nombre in NOMBRES - i.traits.nombres, i.traits.refus_nombre),
        (not i.compte.strip(), "la phrase qui dit ce qui est compté manque"),
        (bool(i.phare) and not _is_headline(i, grid), "un chiffre phare est du PAQTE et s’additionne"),
        (i.du > i.au, "la fin de validité précède le début"),
    )
    yield from (fault for wrong, fault in checks if wrong)
    yield from _ratio_faults(i, grid)
    yield from _part_faults(i, grid)
    yield from _total_faults(i, grid)
    yield from _repeat_faults(i, grid)
    yield from _thematique_faults(i, grid)


def _is_headline(i: Indicateur, grid: Catalogue) -> bool:
    """Two of them compare by their difference: a share has none that is exact (R33)."""
    axe = grid.axes.get(i.axe)
    return axe is not None and axe.dispositif == PAQTE and i.is_summable and not i.traits.is_pair


def _citation_faults(i: Indicateur, grid: Catalogue) -> Iterator[str]:
    cited = (("dont", i.dont), ("numerateur", i.numerateur), ("repete", i.repete))
    for name, code in (*cited, *(("total_de", code) for code in i.total_de)):
        # The sum of a mean may be that of no indicator: it is then named in words.
        is_worded = name == "numerateur" and not _CODE.fullmatch(code)
        if code and code not in grid.indicateurs and not is_worded:
            yield f"{name} cite « {code} », qui n’existe pas"
    for code in (*i.thematiques, i.thematique):
        if code and code not in grid.thematiques:
            yield f"la thématique « {code} » n’existe pas"
    if i.axe not in grid.axes:
        yield f"l’axe « {i.axe} » n’existe pas"


def _ratio_faults(i: Indicateur, grid: Catalogue) -> Iterator[str]:
    """Two numbers are named, the part of a total being an indicator; nothing else has two (R14)."""
    counted = grid.indicateurs.get(i.numerateur)
    checks = (
        (i.traits.is_pair and not (i.numerateur and i.denominateur), "un ratio a un numérateur et un dénominateur"),
        (i.traits.is_percent and bool(i.numerateur) and counted is None, "le numérateur d’une part est un indicateur"),
        (not i.traits.is_pair and bool(i.denominateur or i.numerateur), "seul un ratio a un dénominateur"),
        (counted is not None and not counted.traits.adds_over_time, f"le numérateur {i.numerateur} n’est pas un flux"),
    )
    yield from (fault for wrong, fault in checks if wrong)


def _part_faults(i: Indicateur, grid: Catalogue) -> Iterator[str]:
    """A "dont" is a part of another indicator of its kind."""
    whole = grid.indicateurs.get(i.dont)
    if whole is None:
        return
    if whole is i:
        yield "un indicateur n’est pas une partie de lui-même"
    elif _is_own_ancestor(i, grid):
        yield "ses « dont » tournent en rond"
    if whole.genre != i.genre:
        yield f"« dont » de {i.dont}, qui n’est pas du même genre"
    if not i.traits.is_plain:
        yield "seul un flux ou un stock peut être un « dont »"


def _is_own_ancestor(i: Indicateur, grid: Catalogue) -> bool:
    seen: set[str] = set()
    parent = i.dont
    while parent in grid.indicateurs and parent not in seen:
        seen.add(parent)
        parent = grid.indicateurs[parent].dont
    return i.code in seen


def _total_faults(i: Indicateur, grid: Catalogue) -> Iterator[str]:
    """A total adds flows of one sort, each once (R10), and never two figures on one supplier (R21)."""
    parts = [grid.indicateurs[code] for code in i.total_de if code in grid.indicateurs]
    if i.code in i.total_de:
        yield "un indicateur n’est pas une partie de lui-même"
    if len(set(i.total_de)) != len(i.total_de):
        yield "total_de cite deux fois le même indicateur"
    if len(SUPPLIERS.intersection(i.total_de)) > 1:
        yield "A1, A2, A3 et A4 peuvent décrire un même fournisseur : ils ne s’additionnent pas (R21)"
    for part in parts:
        if part.dont in i.total_de:
            yield f"{part.code} est déjà compté dans {part.dont}"
        elif part.total_de and part is not i:
            yield f"{part.code} est déjà un total"
        elif not (i.traits.adds_over_time and part.traits.adds_over_time and part.nombre == i.nombre):
            yield f"{part.code} ne s’additionne pas dans ce total : ce n’est pas un flux de même nombre"


def _repeat_faults(i: Indicateur, grid: Catalogue) -> Iterator[str]:
    """What is typed once is one quantity: same unit, same persons; and it is typed in one place alone."""
    source = grid.indicateurs.get(i.source)
    if source is i:
        yield "un indicateur ne se reprend pas lui-même"
    elif source is not None and source.source:
        yield f"{source.code} reprend déjà {source.source}"
    if source is None or not i.repete:
        return
    checks = (
        (not i.traits.is_plain, "seul un flux ou un stock en reprend un autre"),
        (
            (i.unite, i.genre, i.nombre) != (source.unite, source.genre, source.nombre),
            f"{source.code}, qu’il reprend, n’a pas la même unité",
        ),
        (
            bool(i.thematique) and i.thematique not in source.thematiques,
            f"{source.code}, qu’il reprend, ne valorise pas {i.thematique} : il ne compte pas les mêmes personnes",
        ),
    )
    yield from (fault for wrong, fault in checks if wrong)


def _thematique_faults(i: Indicateur, grid: Catalogue) -> Iterator[str]:
    """The plan's measures bear their thématique (R8b); the PAQTE's indicators may value some, beside (R10)."""
    axe = grid.axes.get(i.axe)
    is_measure = axe is not None and axe.dispositif == PLAN_10000
    if axe and is_measure != bool(i.thematique):
        yield "une mesure du plan a sa thématique, et elle seule"
    if is_measure and i.thematiques:
        yield "seul un indicateur du PAQTE valorise des thématiques"
    if len(set(i.thematiques)) != len(i.thematiques):
        yield "thematiques cite deux fois la même"
