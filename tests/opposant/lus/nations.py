"""The page of the nation beside one count over all of its départements (R20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.opposant.compte import ENSEMBLE
from tests.opposant.lecture import nature_of, number, page_rows
from tests.opposant.lus.classeurs import Attendu, is_wrong
from tests.opposant.monde import LIBRE, TOUS, Monde


def merged(mondes: list[Monde]) -> Monde:
    """All their signatories as those of one; what counts of an enterprise counts once in each département (R3)."""
    return replace(mondes[0], signataires=[s for monde in mondes for s in monde.signataires])


def differences(mondes: list[Monde], html: str) -> Iterator[str]:
    """Each line of the page; what it says of each département too."""
    periode = mondes[0].periode
    whole = Attendu(merged(mondes), periode)
    found = set()
    for row in page_rows(html, "Indicateur", "Semestre", "Réponses complètes"):
        title, answers = row["Indicateur"].texte, row["Réponses complètes"].texte
        code, nature = title.split()[0], nature_of(title)
        if TOUS[code][0] == LIBRE:
            continue
        found.add((code, nature))
        ligne = whole.ligne(code, nature)
        text = row["Semestre"].texte.strip()
        if is_wrong(number(text), text, ligne, "periode", code):
            yield f"nation {code} {nature} : {text!r}, compté {ligne.periode}"
        said = [number(part.strip()) for part in answers.split(" sur ")] if " sur " in answers else []
        if said != ([ligne.repondu, ligne.du] if ligne.du else []):
            yield f"nation {code} {nature} : {answers.strip()!r}, compté {ligne.repondu} sur {ligne.du}"
    for code, (kind, _) in TOUS.items():
        for nature in ("entreprise", "reseau", "employeur_public", "association"):
            told = kind != LIBRE and whole.ligne(code, nature).periode is not None
            if told and not code.startswith("P") and (code, nature) not in found:
                yield f"nation {code} {nature} : aucune ligne"
    for monde, row in zip(
        sorted(mondes, key=lambda m: m.departement), page_rows(html, "Département", "Entreprises"), strict=True
    ):
        counts = Attendu(monde, periode).compte(ENSEMBLE).counts()
        if number(row["Entreprises"].texte.strip()) != counts["entreprises"]:
            yield f"nation {monde.departement} : {row['Entreprises'].texte}, compté {counts['entreprises']}"
