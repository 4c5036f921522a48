"""The page of the nation beside one count over all of its départements (R20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.opposant.compte import ENSEMBLE, Ligne
from tests.opposant.lecture import nature_of, number, page_rows
from tests.opposant.lus.classeurs import Attendu, is_wrong, measure
from tests.opposant.monde import LIBRE, MESURES, TOUS, Monde


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
        for title, field in (("Semestre", "periode"), ("Objectif", "cible"), ("Taux", "taux")):
            yield from _unlike(row[title].texte.strip(), title, ligne, field, f"{code} {nature}")
        said = [number(part.strip()) for part in answers.split(" sur ")] if " sur " in answers else []
        if said != ([ligne.repondu, ligne.du] if ligne.du else []):
            yield f"nation {code} {nature} : {answers.strip()!r}, compté {ligne.repondu} sur {ligne.du}"
    for code, (kind, _) in TOUS.items():
        for nature in ("entreprise", "reseau", "employeur_public", "association"):
            told = kind != LIBRE and whole.ligne(code, nature).periode is not None
            if told and not code.startswith("P") and (code, nature) not in found:
                yield f"nation {code} {nature} : aucune ligne"
    yield from _measures(whole, html)
    for monde, row in zip(
        sorted(mondes, key=lambda m: m.departement), page_rows(html, "Département", "Entreprises"), strict=True
    ):
        counts = Attendu(monde, periode).compte(ENSEMBLE).counts()
        if number(row["Entreprises"].texte.strip()) != counts["entreprises"]:
            yield f"nation {monde.departement} : {row['Entreprises'].texte}, compté {counts['entreprises']}"


def _measures(whole: Attendu, html: str) -> Iterator[str]:
    """Forecast and achieved of each measure of the thématiques (R8)."""
    found = set()
    for row in page_rows(html, "Thématique", "Prévision", "Depuis le début"):
        title, unite = row["Thématique"].texte, row["Thématique"].mention.strip(" ()")
        code, nature = measure(title.split()[0], unite), nature_of(title)
        found.add((code, nature))
        ligne = whole.ligne(code, nature)
        for heading, field in (("Prévision", "cible"), ("Semestre", "periode"), ("Depuis le début", "cumul")):
            yield from _unlike(row[heading].texte.strip(), heading, ligne, field, f"{code} {nature}")
    for code in MESURES:
        for nature in ("entreprise", "reseau", "employeur_public", "association"):
            if whole.ligne(code, nature).cumul is not None and (code, nature) not in found:
                yield f"nation {code} {nature} : aucune ligne de thématique"


def _unlike(text: str, heading: str, ligne: Ligne, field: str, whose: str) -> Iterator[str]:
    if is_wrong(number(text), text, ligne, field, whose.split(maxsplit=1)[0]):
        yield f"nation {whose} : {heading} {text!r}, compté {getattr(ligne, field)}"
