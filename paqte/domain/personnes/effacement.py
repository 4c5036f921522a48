"""What stands in place of somebody who was erased, and what gives her away inside a text (R30)."""

from __future__ import annotations

from dataclasses import dataclass

NOM_EFFACE = "Personne effacée"
VALEUR_EFFACEE = "effacé"
ADRESSE_EFFACEE = "adresse effacée"
# No mail ever leaves for it (RFC 2606): the account keeps its key, and nobody's address.
DOMAINE_EFFACE = "efface.invalid"
# What a mail that waits names once one of those it named was erased: its text leaves, and goes with it.
NOMME_EFFACE = " efface "
# Columns that hold one person's own words: her card, whatever stands in them.
PERSONAL = frozenset({"nom", "fonction", "courriel", "telephone", "adresse", "depuis"})
# Acts of the journal after which words beside its lines may be missing.
ACTES_EFFACEMENT = frozenset({"effacer", "effacer_contact", "oublier"})
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

    @property
    def marks(self) -> tuple[str, ...]:
        """What gives her away inside a text, the longest first.

        A name of one word (« Accueil », « Martin ») is not: it would take common words with it.
        """
        names = {nom for nom in self.noms if len(nom.split()) > 1}
        numbers = {t for t in self.telephones if sum(c.isdigit() for c in t) >= _LEAST_DIGITS}
        return tuple(sorted((names | self.adresses | numbers) - {""}, key=lambda m: (-len(m), m)))


def erased_value(name: str) -> str:
    """What is read in place of an erased word of a journal line, by the name of its column."""
    return {"nom": NOM_EFFACE, "courriel": ADRESSE_EFFACEE}.get(name, VALEUR_EFFACEE)
