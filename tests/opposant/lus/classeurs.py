"""Each printed cell of the two workbooks and of the CSV beside what the count says of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.opposant import listes
from tests.opposant.compte import ENSEMBLE, Compte, Ligne, window_before
from tests.opposant.lecture import Classeur, Row, nature_of, number, read_csv
from tests.opposant.monde import INDICATEURS, LIBRE, MESURES, RATIO, TOUS, Monde
from tests.opposant.nombres import rounded

# Column of a workbook or of a page, and what the count calls it.
COLONNES = {
    "Référence": "reference",
    "Objectif": "cible",
    "Prévision": "cible",
    **dict.fromkeys(("Semestre précédent", "Trimestre précédent", "Précédent"), "precedent"),
    **dict.fromkeys(("Réalisé au semestre", "Réalisé au trimestre", "Semestre", "Trimestre"), "periode"),
    **dict.fromkeys(("Même semestre un an avant", "Même trimestre un an avant", "Un an avant"), "un_an_avant"),
    "Depuis le début": "cumul",
    **dict.fromkeys(("Taux de réalisation", "% de l’objectif", "% de la prévision", "Taux"), "taux"),
    "Part sans objectif": "sans_cible",
    "Réponses reçues": "repondu",
    "Réponses attendues": "du",
    "Zéros confirmés": "neants",
    "Déclarants semestriels": "semestriels",
    "Numérateur": "numerateur",
    "Dénominateur": "denominateur",
    "Réalisé avec objectif": "realise_vise",
    "Visé": "vise",
    "Poids de l’objectif": "poids",
}
EXACTS = ("realise_vise", "vise", "poids")
# Shown as they are, whatever the line is.
COUNTS = frozenset({"repondu", "du", "neants", "semestriels", "numerateur", "denominateur", *EXACTS})
PROMISES = frozenset({"cible", "reference"})
LITTLE = "< 0,1"
# What of the PAQTE is shown beside each measure of the plan, never added (R10), and in which unit.
VALORISE = {
    "P01": {"S1": "offres", "S2": "personnes"},
    "P02": {"S3": "personnes", "S4": "interventions", "S5": "personnes"},
    "P03": {"F1": "personnes"},
    "P04": {"F3": "personnes"},
    "P08": {"R3e": "contrats"},
    "P12": {"A3": "€ HT", "A4": "€ HT"},
    "P12h": {"A6": "heures"},
}


class Attendu:
    """A world in one period, counted once for all that shows it."""

    def __init__(self, monde: Monde, periode: str) -> None:
        self.monde, self.periode = monde, periode
        self._comptes: dict[str, Compte] = {}
        self._lignes: dict[tuple[str, str], Ligne] = {}

    @property
    def is_quarter(self) -> bool:
        return self.periode[5] == "T"

    def ligne(self, code: str, nature: str) -> Ligne:
        if (code, nature) not in self._lignes:
            self._lignes[code, nature] = self.compte(nature).ligne(code)
        return self._lignes[code, nature]

    def compte(self, nature: str) -> Compte:
        if nature not in self._comptes:
            self._comptes[nature] = Compte(self.monde, self.periode, nature)
        return self._comptes[nature]

    @cached_property
    def counts(self) -> dict[str, int]:
        return self.compte(ENSEMBLE).counts()


def figure(cell: Any) -> Fraction | None:
    """A cell of a workbook as a number."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return Fraction(repr(cell)) if is_number else None


def is_wrong(shown: Fraction | None, text: object, ligne: Ligne, field: str, code: str) -> bool:
    """Whether a cell says otherwise than the count; `shown` is its number, a share in percent (R13, R33)."""
    expected: Fraction | int | None = getattr(ligne, field)
    if expected is None:
        return shown is not None
    if field in COUNTS or not (field in ("taux", "sans_cible") or TOUS[code][0] == RATIO):
        return shown != expected
    places = 2 if field in PROMISES and not ligne.is_mean else 1
    value = Fraction(rounded(Fraction(expected), places))
    if not value and expected:
        return shown is not None or LITTLE not in str(text)
    return shown is None or Fraction(rounded(shown, places)) != value


def in_workbook(row: Row, where: str, code: str, ligne: Ligne) -> Iterator[str]:
    """The columns of a row that are columns of the count."""
    for title, field in COLONNES.items():
        if title in row:
            shown = figure(row[title])
            is_share = field in ("taux", "sans_cible") or (TOUS[code][0] == RATIO and field not in COUNTS)
            shown = shown * 100 if shown is not None and is_share else shown
            if is_wrong(shown, row[title], ligne, field, code):
                yield f"{where} · {title} : {row[title]!r}, compté {getattr(ligne, field)}"
    if "Réponses" in row and row["Réponses"] != f"{ligne.repondu} / {ligne.du}":
        yield f"{where} · Réponses : {row['Réponses']!r}, compté {ligne.repondu} / {ligne.du}"


# The tables of figures


def indicators(attendu: Attendu, classeur: Classeur, sheet: str) -> Iterator[str]:
    """Each line of the PAQTE's indicators, and none that lacks."""
    rows = classeur.rows(sheet, "Code", "Indicateur")
    found: Counter[tuple[str, str]] = Counter()
    for row in (r for r in rows if r["Code"] in INDICATEURS):
        code, nature = row["Code"], nature_of(row["Indicateur"])
        found[code, nature] += 1
        if TOUS[code][0] != LIBRE:
            yield from in_workbook(row, f"{sheet} {code} {nature}", code, attendu.ligne(code, nature))
    yield from lacking(attendu, found, sheet, INDICATEURS)
    if "Référence" in (rows[0] if rows else ()):
        yield from _free(attendu, [r for r in rows if r["Code"] == "X1"], sheet)


def lacking(attendu: Attendu, found: Counter[tuple[str, str]], where: str, grid: Mapping[str, Any]) -> Iterator[str]:
    """A figure that stands on no line is one that nobody adds up; a line that stands twice is read twice (R38)."""
    for code in (c for c in grid if TOUS[c][0] != LIBRE):
        for nature in ("entreprise", "reseau", "employeur_public", "association", ENSEMBLE):
            counted, count = attendu.ligne(code, nature), found[code, nature]
            is_said = counted.cumul is not None or counted.du
            others = any(attendu.ligne(code, n).cumul is not None for n in ("reseau", "employeur_public"))
            if count > 1 or (is_said and not count and (nature != ENSEMBLE or others)):
                yield f"{where} {code} {nature} : {count} lignes"


def _free(attendu: Attendu, rows: list[Row], sheet: str) -> Iterator[str]:
    said = Counter(
        (
            row["Indicateur"].split("(", 1)[1].split(") (")[0].split("))")[0].split(" —")[0].rstrip(")") + ")",
            figure(row["Référence"]),
            figure(row["Objectif"]),
            *(int(row[title]) for title in ("Réponses reçues", "Réponses attendues", "Zéros confirmés")),
        )
        for row in rows
    )
    yield from unlike(f"{sheet} X1", said, listes.libres(attendu.monde, attendu.periode))


def unlike(where: str, said: Any, counted: Any) -> Iterator[str]:
    """What two counters or dictionaries do not say alike."""
    if isinstance(said, Counter):
        yield from (f"{where} : {key} en trop" for key in said - counted)
        yield from (f"{where} : {key} manque" for key in counted - said)
        return
    for key in said.keys() | counted.keys():
        if said.get(key) != counted.get(key):
            yield f"{where} {key} : {said.get(key)}, compté {counted.get(key)}"


def themes(attendu: Attendu, classeur: Classeur) -> Iterator[str]:
    """Each measure of the plan, nature by nature, and what is valued beside it (R8, R10)."""
    found: Counter[tuple[str, str]] = Counter()
    for row in classeur.rows("Thématiques", "Code", "Prévision"):
        if row["Code"][:1] != "T" or not row["Code"][1:].isdigit():
            continue
        code, nature = measure(row["Code"], row["Unité"]), nature_of(row["Thématique"])
        found[code, nature] += 1
        where = f"Thématiques {code} {nature}"
        yield from in_workbook(row, where, code, attendu.ligne(code, nature))
        engaged = attendu.compte(nature).entreprises_engagees(code)
        if row["Entreprises engagées"] != engaged:
            yield f"{where} · Entreprises engagées : {row['Entreprises engagées']}, compté {engaged}"
        yield from valued(attendu, code, nature, row["Valorisé depuis le PAQTE"])
    yield from lacking(attendu, found, "Thématiques", MESURES)


def measure(theme: str, unit: str) -> str:
    """T12 has two measures: euros and hours never add (R8b)."""
    return f"P{theme[1:]}{'h' if theme == 'T12' and unit == 'heures' else ''}"


def valued(attendu: Attendu, code: str, nature: str, text: str) -> Iterator[str]:
    """« S1 : 12 offres ; S2 : 7 personnes »: what was answered in the period, nothing of what was not."""
    expected = {
        feeding: (value, unit)
        for feeding, unit in VALORISE.get(code, {}).items()
        if (value := attendu.ligne(feeding, nature).periode) is not None
    }
    said = {}
    for part in filter(None, (p.strip() for p in text.split(" ; "))):
        name, _, told = part.partition(" : ")
        value = next((n for end in range(len(told), 0, -1) if (n := number(told[:end].strip())) is not None), None)
        unit = VALORISE.get(code, {}).get(name, "")
        said[name] = (value, unit if told.endswith(unit) else told)
    yield from unlike(f"Valorisé {code} {nature}", said, expected)


# The lists


def responses(attendu: Attendu, classeur: Classeur) -> Iterator[str]:
    """Who owed, who answered, and completeness (R12, R13)."""
    rows = classeur.rows("Qualité", "Convention", "Manquants")
    said = {
        (r["Convention"], r["Période"]): {
            **{title: r[title] for title in ("Signataire", "État", "Attendus", "Répondus", "Zéros confirmés")},
            "Manquants": ", ".join(sorted(r["Manquants"].split(", "))),
        }
        for r in rows
        if r.get("Convention")
    }
    counted = listes.declarations(attendu.monde, attendu.periode)
    for row in counted.values():
        row["Manquants"] = ", ".join(sorted(str(row["Manquants"]).split(", ")))
    yield from unlike("Réponses", said, counted)
    rows = classeur.rows("Qualité", "De", "Taux de réponse")
    places = {
        (r["De"], r["Code"] or r["Libellé"]): [r[t] for t in ("Attendues", "Validées", "Dont à temps")]
        for r in rows
        if r["Libellé"]
    }
    expected = listes.completude(attendu.monde, attendu.periode)
    yield from unlike("Taux de réponse", {k: tuple(map(int, v)) for k, v in places.items()}, expected)
    for row in (r for r in rows if r["Libellé"]):
        yield from _rates(row, expected.get((row["De"], row["Code"] or row["Libellé"]), (0, 0, 0)))


def _rates(row: Row, counts: tuple[int, int, int]) -> Iterator[str]:
    for title, upper in (("Taux de réponse", counts[1]), ("Réponses dans les délais", counts[2])):
        value = rounded(Fraction(100 * upper, counts[0]), 1) if counts[0] else None
        shown = figure(row[title])
        if value is None or shown is None or rounded(shown * 100, 1) != value:
            yield f"{title} {row['Libellé']} : {row[title]!r}, compté {value}"


def listed(said: list[Row], counted: dict[str, dict[str, object]], where: str) -> Iterator[str]:
    """A list of conventions, whose columns are those that the count has."""
    names = {name for row in counted.values() for name in row}
    rows = {r["Convention"]: {name: r.get(name) for name in names} for r in said if r["Convention"]}
    yield from unlike(where, rows, counted)


def evolution(attendu: Attendu, classeur: Classeur) -> Iterator[str]:
    """Signatories semester after semester, the last eight."""
    code = attendu.periode
    rows = [r for r in classeur.rows("Bilan", "Semestre", "Entreprises", "Autres signataires") if r["Semestre"]]
    # Below it, a sentence stands for the chart of nothing but zeros.
    if rows and str(rows[-1]["Semestre"]).startswith("Aucun graphique"):
        rows.pop()
        if any(row["Entreprises"] or row["Autres signataires"] for row in rows):
            yield "Évolution : aucun graphique, alors que des nombres ne sont pas nuls"
    for row in reversed(rows):
        said = (row["Semestre"], row["Entreprises"], row["Autres signataires"])
        counted = (f"{code[5:]} {code[:4]}", *attendu.compte(ENSEMBLE).evolution(code))
        if said != counted:
            yield f"Évolution : {said}, compté {counted}"
        code = window_before(code)


def bilan(attendu: Attendu, classeur: Classeur) -> Iterator[str]:
    """The workbook of a semester."""
    yield from indicators(attendu, classeur, "Indicateurs")
    yield from indicators(attendu, classeur, "Bilan")
    yield from themes(attendu, classeur)
    yield from responses(attendu, classeur)
    yield from evolution(attendu, classeur)
    rows = classeur.rows("Signataires", "Convention", "Dispositifs")
    yield from listed(_dated(rows), listes.signataires(attendu.monde, attendu.periode), "Signataires")


def _dated(rows: list[Row]) -> list[Row]:
    """Without the line that says that there is none."""
    return [r for r in rows if isinstance(r.get("Fin"), date)]


def export(attendu: Attendu, classeur: Classeur, csv: bytes) -> Iterator[str]:
    """The workbook of a quarter, and its CSV."""
    yield from indicators(attendu, classeur, "Axes PAQTE")
    yield from themes(attendu, classeur)
    engaged = [
        row
        for sheet in ("Entreprises", "Autres signataires")
        for row in classeur.rows(sheet, "Convention", "Déclaration du trimestre")
    ]
    yield from listed(
        _dated(engaged),
        listes.engages(attendu.monde, attendu.periode),
        "Entreprises",
    )
    yield from _synthesis(attendu, classeur)
    counted = listes.donnees(attendu.monde, attendu.periode)
    yield from unlike("CSV", Counter(_of_csv(r) for r in read_csv(csv)), counted)
    sheet = [r for r in classeur.rows("Données", "indicateur", "numerateur") if r["indicateur"]]
    yield from unlike("Données", Counter(_of_sheet(r) for r in sheet), counted)


def _of_csv(row: dict[str, str]) -> tuple[object, ...]:
    named = (
        row["siret"],
        listes.place(row["convention"], row["indicateur"]),
        row["indicateur"],
        row["periode"],
        row["etat"],
    )
    return (*named, number(row["valeur"]), number(row["numerateur"]), number(row["denominateur"]))


def _of_sheet(row: Row) -> tuple[object, ...]:
    named = (
        row["siret"],
        listes.place(row["convention"], row["indicateur"]),
        row["indicateur"],
        row["periode"],
        row["etat"],
    )
    return (*named, *(figure(row[title]) for title in ("valeur", "numerateur", "denominateur")))


def _synthesis(attendu: Attendu, classeur: Classeur) -> Iterator[str]:
    """The first sheet of the export: who is engaged, and what was declared."""
    counts, owed = attendu.counts, listes.declarations(attendu.monde, attendu.periode)
    named = {str(row[0]): row[1] for row in classeur.texts("Synthèse") if len(row) > 1}
    expected = {
        "Entreprises du PAQTE": counts["entreprises"],
        "Plan « 10 000 entreprises »": counts["plan"],
        "Réseaux d’entreprises": counts["reseau"],
        "Employeurs publics": counts["employeur_public"],
        "Associations": counts["association"],
        "Chartes à transformer": counts["chartes"],
        "Déclarants semestriels": len(
            {row[0] for row in listes.donnees(attendu.monde, attendu.periode) if row[4] == "semestriel"}
        ),
    }
    yield from unlike("Synthèse", {name: named.get(name) for name in expected}, expected)
    keys = [row for row in classeur.texts("Synthèse") if len(row) == 4 and all(figure(c) is not None for c in row)]
    wanted = [counts[name] for name in ("engagees", "nouvelles", "actives", "club")]
    if wanted not in keys:
        yield f"Synthèse : {keys}, compté {wanted}"
    validated = sum(row["État"] == "Validée" for row in owed.values())
    told = " ".join(str(row[0]) for row in classeur.texts("Synthèse"))
    counted = (str(validated), str(len(owed)))
    found = re.search(r"(\d+) déclarations? validées? sur (\d+) attendues?", told)
    if owed and (found is None or found.groups() != counted):
        yield f"Synthèse : {found and found[0]}, compté {counted}"
