"""What every document has at its head and at its foot, whatever it tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, get_origin, get_type_hints

from paqte.domain.documents.commun.canonique import Frozen, row_of
from paqte.domain.documents.lignes.lignes import LigneCorrection, Versions
from paqte.domain.secret import INTERNE


@dataclass(frozen=True, slots=True)
class Document(Frozen):
    """A document of one département and one period, whole unless `diffusion` says publishable.

    `corrections` and `regles`, the rules that changed, tell of the edition before (R19). A document that has the field
    `ecarts` tells every cell that differs too. `sans_secret` names the fields whose rows, of a type that the
    publishable version does not know, tell nothing that R23 and R46 withhold: what nobody judged is never published.
    """

    sans_secret: ClassVar[frozenset[str]] = frozenset()

    departement: str
    departement_nom: str
    prefecture: str
    periode: str
    periode_libelle: str
    edition: int
    genere_le: str
    versions: Versions
    corrections: tuple[LigneCorrection, ...] = ()
    notes: tuple[str, ...] = ()
    diffusion: str = INTERNE
    regles: tuple[str, ...] = ()

    def parts(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Each field that holds rows, or a record, with its rows; texts and numbers are left out."""
        for field in fields(self):
            value = getattr(self, field.name)
            rows = value if isinstance(value, tuple) else (value,)
            if rows and not isinstance(rows[0], str | int | None):
                yield field.name, rows

    def parts_of(self, *kinds: type) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Those of its parts whose rows are of these types."""
        return ((name, rows) for name, rows in self.parts() if type(rows[0]) in kinds)

    @classmethod
    def kinds(cls) -> dict[str, type]:
        """The type of the rows of each field that holds some, or of its record."""
        rows = ((name, row_of(hint)) for name, hint in get_type_hints(cls).items() if get_origin(hint) is not ClassVar)
        return {name: kind for name, kind in rows if kind not in (str, int)}

    @classmethod
    def has(cls, champ: str) -> bool:
        """Whether it tells this."""
        return any(field.name == champ for field in fields(cls))
