"""`make bench`: one line a figure, and docs/mesures.md; ends with 1 when one is over its limit.

Parts may be named (`make bench` runs all): `python -m tests.bench pages production`.
"""

from __future__ import annotations

import sys

from tests.bench import ecritures, liste, pages, taille
from tests.bench.documents import bilan, comparaison, nation, production, recus, tableaux
from tests.bench.rapport import write_report

PARTS = {
    "pages": ("Pages", pages),
    "production": ("Production d’un bilan", production),
    "bilan": ("Calcul d’un bilan dans une base de 10 100 entreprises", bilan),
    "comparaison": ("Comparaison de deux éditions", comparaison),
    "liste": ("Liste de 10 000 entreprises", liste),
    "tableaux": ("Tableaux importés", tableaux),
    "recus": ("Classeurs reçus", recus),
    "nation": ("Nation", nation),
    "taille": ("Taille", taille),
    "ecritures": ("Écritures", ecritures),
}


def main(asked: list[str]) -> int:
    """Print every figure as soon as it is known."""
    late = []
    for name, (title, part) in PARTS.items():
        if asked and name not in asked:
            continue
        found = []
        for figure in part.figures():
            print(figure, flush=True)
            found.append(figure)
        write_report(title, found)
        late += [figure for figure in found if not figure.is_good]
    for figure in late:
        print(
            f"Au-delà de sa limite : {figure.nom}, {figure.ratio:.3g} pour {figure.limite:.3g} au plus.",
            file=sys.stderr,
        )
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
