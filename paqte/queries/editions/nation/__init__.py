"""What the nation is made of: départements that use PAQTE, what each issued last, and the texts in it."""

from paqte.queries.editions.nation.avis import (
    SommeTold,
    UtilisateurWarned,
    holders_of,
    somme_told,
    territory_of_edition,
)
from paqte.queries.editions.nation.contextes import ContexteShown, read_contexts
from paqte.queries.editions.nation.departements import (
    DepartementAwaited,
    DepartementSuivi,
    departements_awaited,
    departements_followed,
    names_of_departements,
)
from paqte.queries.editions.nation.emises import (
    LastEdition,
    NationalSemestre,
    is_issued,
    issued_semesters,
    last_editions,
)
from paqte.queries.editions.nation.gardees import part_of_edition, parts_of_before, stale_parts, wrong_parts
from paqte.queries.editions.nation.rappels import ReferentAwaited, RelanceAwaited, coming_rappels, rappels_due
from paqte.queries.editions.nation.retards import BilanAwaited, list_awaited
from paqte.queries.editions.nation.sommes import (
    SommeIssued,
    find_issued_somme,
    issued_sommes,
    own_territory,
    publishable_document,
    read_somme_file,
    sealed_export,
)
from paqte.queries.editions.nation.textes import TextShown, read_texts

__all__ = [
    "BilanAwaited",
    "ContexteShown",
    "DepartementAwaited",
    "DepartementSuivi",
    "LastEdition",
    "NationalSemestre",
    "ReferentAwaited",
    "RelanceAwaited",
    "SommeIssued",
    "SommeTold",
    "TextShown",
    "UtilisateurWarned",
    "coming_rappels",
    "departements_awaited",
    "departements_followed",
    "find_issued_somme",
    "holders_of",
    "is_issued",
    "issued_semesters",
    "issued_sommes",
    "last_editions",
    "list_awaited",
    "names_of_departements",
    "own_territory",
    "part_of_edition",
    "parts_of_before",
    "publishable_document",
    "rappels_due",
    "read_contexts",
    "read_somme_file",
    "read_texts",
    "sealed_export",
    "somme_told",
    "stale_parts",
    "territory_of_edition",
    "wrong_parts",
]
