"""`make bench`: one line a figure; ends with 1 when one is over its limit."""

from __future__ import annotations

import sys
from itertools import chain

from tests.bench import bilan, comparaison, ecritures, liste, nation, pages


def main() -> int:
    """Print every figure as soon as it is known."""
    late = []
    parts = (bilan, comparaison, pages, liste, nation, ecritures)
    for figure in chain.from_iterable(part.figures() for part in parts):
        print(figure, flush=True)
        if not figure.is_good:
            late.append(figure)
    for figure in late:
        print(
            f"Au-delà de sa limite : {figure.nom}, {figure.ratio:.3g} pour {figure.limite:.3g} au plus.",
            file=sys.stderr,
        )
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
