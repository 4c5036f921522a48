"""What stands in place of somebody who was erased, and how her name leaves a text (R30)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

NOM_EFFACE = "Personne effacée"
VALEUR_EFFACEE = "effacé"
ADRESSE_EFFACEE = "adresse effacée"
# No mail ever leaves for it (RFC 2606): the account keeps its key, and nobody's address.
DOMAINE_EFFACE = "efface.invalid"
# Columns that hold one person's own words: her card, whatever stands in them.
PERSONAL = frozenset({"nom", "fonction", "courriel", "telephone"})
_LEAST_DIGITS = 6


def erased_address(key: int) -> str:
    """The address an erased account bears: unique, and unusable."""
    return f"{key}@{DOMAINE_EFFACE}"


@dataclass(frozen=True, slots=True)
class Personne:
    """What tells somebody apart: names, addresses (lower case) and numbers, as they were typed."""

    noms: frozenset[str] = frozenset()
    adresses: frozenset[str] = frozenset()
    telephones: frozenset[str] = frozenset()

    def apart_from(self, others: Personne) -> Personne:
        """What is hers alone: what another person still bears, such as a switchboard's number, is not taken away."""
        return Personne(*(getattr(self, f.name) - getattr(others, f.name) for f in fields(self)))

    @property
    def marks(self) -> tuple[str, ...]:
        """What gives her away inside a text, the longest first.

        A name of one word (« Accueil », « Martin ») is not: it would take common words with it.
        """
        names = {nom for nom in self.noms if len(nom.split()) > 1}
        numbers = {t for t in self.telephones if sum(c.isdigit() for c in t) >= _LEAST_DIGITS}
        return tuple(sorted((names | self.adresses | numbers) - {""}, key=lambda m: (-len(m), m)))

    def scrub(self, text: str) -> str:
        """The text without her marks; the rest of it word for word."""
        found = "|".join(map(re.escape, self.marks))
        return re.sub(rf"(?<!\w)(?:{found})(?!\w)", VALEUR_EFFACEE, text, flags=re.IGNORECASE) if found else text

    def scrub_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A journal line's values without her: what/before/after of figures stay as they are."""
        return {name: self._without(name, value) for name, value in values.items()}

    def _without(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value in self.noms and (name in {"nom", "par"} or name.endswith("_par")):
            return NOM_EFFACE
        return self.scrub(value)


def blanked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a journal line about a contact or an account itself, without anything of its card."""
    said = {"nom": NOM_EFFACE, "courriel": ADRESSE_EFFACEE}
    return {
        name: said.get(name, VALEUR_EFFACEE) if name in PERSONAL and value else value for name, value in values.items()
    }
