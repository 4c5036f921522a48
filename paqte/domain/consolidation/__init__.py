"""How figures add up: the only place where they do (R10, R13–R15, R20–R22).

`consolidate` turns facts into a Consolidation, and consolidations merge: the result over two sets of facts
is the merge of the results over each. A région and the nation are merges of départements.
"""

from paqte.domain.consolidation.faits import Attente, Cle, Fait, Last, Number, Whose, inside, lasting
from paqte.domain.consolidation.parts import NOTHING, Consolidation, Part, consolidate, fold, merge_all, together
from paqte.domain.consolidation.totaux import (
    Counted,
    Somme,
    Total,
    add_up,
    condense,
    counted,
    figure,
    percent,
    quotient,
    said,
    summed,
    total,
    total_of,
)

# fmt: off
__all__ = [
    "NOTHING", "Attente", "Cle", "Consolidation", "Counted", "Fait", "Last", "Number", "Part", "Somme", "Total",
    "Whose", "add_up", "condense", "consolidate", "counted", "figure", "fold", "inside", "lasting", "merge_all",
    "percent", "quotient", "said", "summed", "together", "total", "total_of",
]
# fmt: on
