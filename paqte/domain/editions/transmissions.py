"""How an edition was transmitted: by whom, to whom, which file (R40)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from paqte.domain.saisie.adresses import read_address
from paqte.domain.saisie.nombres import shown

PAR_COURRIEL, AUTREMENT = "courriel", "autre"
MOYENS: Mapping[str, str] = {PAR_COURRIEL: "par courriel", AUTREMENT: "par un autre moyen"}
MOST_ADDRESSES = 10
_BETWEEN = re.compile(r"[,;\s]+")


def read_addresses(text: str) -> tuple[str, ...]:
    """The addresses typed, apart by commas, semicolons or spaces, each once; ValueError with a French sentence."""
    found: dict[str, None] = {}
    for one in _BETWEEN.split(text.strip()):
        if not one:
            continue
        try:
            found[read_address(one)] = None
        except ValueError:
            raise ValueError(
                f"« {shown(one)} » n’est pas une adresse : écrivez-la comme prenom.nom@exemple.fr."
            ) from None
    if not found:
        raise ValueError("Donnez au moins une adresse.")
    if len(found) > MOST_ADDRESSES:
        raise ValueError(f"{len(found)} adresses : {MOST_ADDRESSES} au plus à la fois.")
    return tuple(found)
