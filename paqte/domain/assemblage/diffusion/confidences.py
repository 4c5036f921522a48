"""Sentences that people wrote and that may count persons under secret, told from the others (R23, R29, R46)."""

from __future__ import annotations

import re
from collections.abc import Collection

_PERSONS = (
    "personne|jeune|r[ée]fugi[ée]e?|salari[ée]e?|travailleu(?:r|se)|homme|femme|candidate?|stagiaire|apprentie?|"
    "alternante?|b[ée]n[ée]ficiaire|d[ée]tenue?|demandeu(?:r|se)|collaborat(?:eur|rice)|participante?|employ[ée]e?|"
    "contrat|recrutement|embauche|cdi|cdd|m[èe]re|p[èe]re|maman|papa|gar[çc]on|fille|dame|monsieur|coll[èe]gue|"
    "ancien(?:ne)?|adulte|[ée]l[èe]ve|habitante?|ouvri(?:er|[èe]re)|agent|poste|place|stage"
)
# Whom T05, T07, T09 and T10 speak of, in the words of their libellés and in those people use.
_PUBLICS = (
    r"r[ée]fugi|handicap|\brqth\b|\boeth\b|justice|d[ée]ten|prison|[ée]crou|probation|\bppsmj\b|\bspip\b|"
    r"\be2c\b|2e\schance|deuxi[èe]me\schance|\bepide\b|garantie\sjeunes|engagement\sjeune|\bcej\b|parcours\sd.insertion|"
    r"\bhope\b|asile|incarc[ée]r|p[ée]nitentiaire|lib[ée]r[ée]e?s?\sde\speine|semi.libert[ée]|\bpeine\b|"
    r"mission(?:s)?\slocale|\bneets?\b|exil[ée]|primo.arrivant|invalidit[ée]|malvoyant|malentendant|\bsourde?s?\b|aveugle|"
    r"autis|trisomi"
)
_NUMBER = re.compile(
    r"\d|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|"
    r"quarante|cinquante|soixante|cent|mille|(?:dix|douz|quinz|vingt|trent|cinquant|cent)aine|duo|trio|bin[ôo]me|"
    # « une réfugiée », « un ancien prisonnier »: the article counts, but that of « une mission locale ».
    rf"couple|seule?|unique|aucune?|une?\s(?:\S+\s)?(?:{_PERSONS})|une?\s(?:\S+\s){{0,2}}?(?!mission)(?:{_PUBLICS})\w*)s?\b",
    re.IGNORECASE,
)
_PUBLIC = re.compile(_PUBLICS, re.IGNORECASE)
# Units that count no person.
_THINGS = re.compile(r"€|euro|\bht\b|heure|\bh\b|jour|\bkg\b|kilo|tonne|litre|\bm²|%", re.IGNORECASE)


def tells_a_number(text: str) -> bool:
    """Whether a sentence counts something, in digits or in words; "une journée" counts nobody."""
    return _NUMBER.search(text) is not None


def speaks_of_a_public(text: str) -> bool:
    """Whether a sentence names the persons whose small numbers are under secret (R23)."""
    return _PUBLIC.search(text) is not None


def counts_a_public(libelle: str, unite: str) -> bool:
    """Whether a commitment that a convention words itself counts such persons, by its label and its unit (R5, R23)."""
    return speaks_of_a_public(f"{libelle} {unite}") and _THINGS.search(unite) is None


def may_tell(text: str, signataire: str, secretive: Collection[str]) -> bool:
    """Whether a sentence about a signatory may count persons under secret.

    `secretive` are the names of those that answered a measure under secret: any number they give may be that one.
    """
    return tells_a_number(text) and (signataire in secretive or speaks_of_a_public(text))
