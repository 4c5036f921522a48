"""A département with many signatories and long actions, invented: what a printed bilan must hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from tests.reporting.mondes.exemples import exemple

NATURES = (*["entreprise"] * 12, "reseau", "employeur_public", "association")
NOTE = (
    "souvent compté par année scolaire ; référence connue pour 2 conventions sur 5 ; taux sur les seules conventions "
    "en vigueur ayant un objectif (5 sur 5) : 102 sur 169"
)
LONG = "Établissements Éric Lefèvre-Ançel et associés de la vallée du Cher, n° {} (fictif)"
TEXT = "Élèves, familles et tuteurs se sont retrouvés autour d’un atelier ; chacun en a tiré un métier. " * 12


def crowded(signatories: int, actions: int) -> Bilan:
    """Long names with accents, every nature, notes of six lines, actions of five thousand characters."""
    base = exemple(2)
    of, said, done = base.signataires, base.reponses, base.actions
    listed = tuple(
        replace(
            of[n % len(of)],
            signataire_id=n + 1,
            convention=f"41-2025-{n:03}",
            nature=NATURES[n % len(NATURES)],
            nom=LONG.format(n) if n % 3 == 0 else f"Œuvres du Cher {n} (fictif)",
        )
        for n in range(signatories)
    )
    owed = tuple(
        replace(said[n % len(said)], signataire=listed[n // 2].nom, convention=listed[n // 2].convention)
        for n in range(2 * signatories)
    )
    return replace(
        base,
        signataires=listed,
        reponses=owed,
        indicateurs=tuple(_by_nature(base)),
        actions=tuple(
            replace(done[n % len(done)], titre=f"Action {n}, menée avec les habitants", texte="\n".join([TEXT] * 4))
            for n in range(actions)
        ),
        corrections=tuple(replace(base.corrections[0], signataire=s.nom) for s in listed[::8]),
        ecarts=tuple(replace(base.ecarts[0], ligne=f"Case changée {n}") for n in range(200)),
        avertissements=base.avertissements * 20,
    )


def _by_nature(base: Bilan) -> Iterator[LigneIndicateur]:
    for rank, row in enumerate(base.indicateurs):
        told = replace(row, nature="entreprise", mention=NOTE if rank % 4 == 0 else row.mention)
        others = ("reseau", "ensemble") if rank % 2 else ("employeur_public", "association", "ensemble")
        yield from (told, *(replace(row, nature=nature) for nature in others if rank % 3 != 2))
