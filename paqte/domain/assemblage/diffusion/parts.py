"""What one convention weighs in a total that was published, where what is left tells nobody's figure (R23)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.chiffres import Chiffre, share
from paqte.domain.consolidation import Fait, summed
from paqte.domain.secret import Cellule, primary


class PartTold(NamedTuple):
    """What a convention brought to one figure of the département, the figure, and their quotient in percent."""

    valeur: Decimal
    total: Decimal
    taux: Chiffre


def part_told(
    total: Decimal, faits: Sequence[Fait], convention: int, sirens: Mapping[int, str], known: Collection[str]
) -> PartTold | None:
    """The part of a convention in the published total of a flow, from the answers of its edition about that flow alone.

    None where it brought nothing, where these answers are not that total, or where what is left of it would be hidden
    by itself: without those whose answers the reader knows already, by SIREN, it must have three contributors at least
    and none above 85 % (R23). `sirens` says whose each signatory is; those that are gone are one contributor together.
    """
    given = [f for f in faits if f.valeur]
    own = summed(f.valeur for f in given if f.convention == convention)
    if not own or summed(f.valeur for f in given) != total:
        return None
    others = {(sirens.get(f.signataire, ""), f.engagement, f.periode): f for f in given}
    unknown = {origin: Decimal(f.valeur or 0) for origin, f in others.items() if origin[0] not in known}
    rest = Cellule("reste", given[0].indicateur, unknown)
    return PartTold(own, total, share(own, total)) if rest.valeur and not primary(rest) else None
