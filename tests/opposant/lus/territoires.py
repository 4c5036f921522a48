"""The workbooks of an edition of a territory beside one count over all of its départements (R20, R23).

What is under secret is read a second time in the publishable workbooks of the départements, and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.opposant import listes
from tests.opposant.lecture import Classeur, Row, nature_of
from tests.opposant.lus.classeurs import Attendu, figure, in_workbook, lacking, measure
from tests.opposant.lus.nations import merged
from tests.opposant.monde import INDICATEURS, MESURES, Monde

# Counts of persons that a publishable file may hide (R23), copied by hand.
SECRETES = frozenset({"P05", "P07", "P09", "P10"})
FIGURES = {"S": ("Prévision", "Réalisé au semestre", "Depuis le début")}
FIGURES["T"] = ("Prévision", "Réalisé au trimestre", "Depuis le début")
EXACTES = ("Numérateur", "Dénominateur", "Réalisé avec objectif", "Visé", "Poids de l’objectif")
AUTRES = {"Réseaux": "reseau", "Employeurs publics": "employeur_public", "Associations": "association"}


@dataclass
class Territoire:
    """The départements that are summed; `recus` names those received as workbooks, `publics` are files that are out."""

    mondes: list[Monde]
    periode: str
    recus: Collection[str] = ()
    publics: Mapping[str, Classeur] = field(default_factory=dict)

    @cached_property
    def whole(self) -> Attendu:
        return Attendu(merged(self.mondes), self.periode)

    @cached_property
    def each(self) -> dict[str, Attendu]:
        return {monde.departement: Attendu(monde, self.periode) for monde in self.mondes}


def interne(territoire: Territoire, classeur: Classeur) -> Iterator[str]:
    """Each figure of the whole version, total by total and département by département."""
    yield from _indicators(territoire, classeur)
    yield from _measures(territoire, classeur)
    yield from _parts(territoire, classeur)


def publiable(territoire: Territoire, classeur: Classeur) -> Iterator[str]:
    """The same of the version that may go out: no exact number, and of secrets what files already out say."""
    yield from _indicators(territoire, classeur)
    yield from _measures(territoire, classeur, sans=SECRETES)
    yield from _parts(territoire, classeur)
    yield from _secrets(territoire, classeur)
    for sheet in ("Indicateurs", "Détail"):
        for row in classeur.rows(sheet, "Code", "Indicateur"):
            yield from (f"publiable {sheet} {row['Code']} : {t} est donné" for t in EXACTES if row.get(t, "") != "")


def _indicators(territoire: Territoire, classeur: Classeur) -> Iterator[str]:
    found: Counter[tuple[str, str]] = Counter()
    for row in classeur.rows("Indicateurs", "Code", "Indicateur"):
        code, nature = row["Code"], nature_of(row["Indicateur"])
        found[code, nature] += 1
        yield from _row_told(row, f"Indicateurs {code} {nature}", code, territoire.whole.ligne(code, nature))
    yield from lacking(territoire.whole, found, "Indicateurs", INDICATEURS)
    each: dict[str, Counter[tuple[str, str]]] = {code: Counter() for code in territoire.each}
    for row in classeur.rows("Détail", "Code", "Département"):
        code, nature, place = row["Code"], nature_of(row["Indicateur"]), row["Département"]
        each[place][code, nature] += 1
        yield from _row_told(row, f"Détail {place} {code} {nature}", code, territoire.each[place].ligne(code, nature))
    for place, told in each.items():
        yield from lacking(territoire.each[place], told, f"Détail {place}", INDICATEURS)


def _row_told(row: Row, where: str, code: str, ligne: Any) -> Iterator[str]:
    """A row of figures; a publishable one has no exact number, which has a test of its own."""
    told = row if "publiable" not in row["Diffusion"].lower() else {k: v for k, v in row.items() if k not in EXACTES}
    yield from in_workbook(_with_reasons(told), where, code, ligne)


def _with_reasons(row: Row) -> Row:
    """Where a figure is absent, what its row says of it beside (R13, R33)."""
    reasons = str(row["Observations"]).split(" ; ")
    told = dict(row)
    for title in ("Objectif", "Taux de réalisation", *FIGURES["S"], *FIGURES["T"]):
        if row.get(title) == "":
            name = title.split()[0].lower() if title in ("Objectif", "Taux de réalisation") else ""
            mine = [one for one in reasons if (name in one.partition(" : ")[0] if name else " : " not in one)]
            told[title] = " ; ".join(mine)
    return told


def _measures(territoire: Territoire, classeur: Classeur, sans: Collection[str] = ()) -> Iterator[str]:
    found: Counter[tuple[str, str]] = Counter()
    for row in classeur.rows("Thématiques", "Code", "Prévision"):
        code, nature = measure(row["Code"], row["Unité"]), nature_of(row["Thématique"])
        found[code, nature] += 1
        firms = sum(one.compte(nature).entreprises_engagees(code) for one in territoire.each.values())
        ligne = territoire.whole.ligne(code, nature)
        yield from _measure_told(row, f"Thématiques {code} {nature}", ligne, firms, is_hidden=code in sans)
    yield from lacking(territoire.whole, found, "Thématiques", MESURES)
    for row in classeur.rows("Thématiques, détail", "Code", "Département"):
        code, nature, place = measure(row["Code"], row["Unité"]), nature_of(row["Thématique"]), row["Département"]
        firms = territoire.each[place].compte(nature).entreprises_engagees(code)
        ligne, where = territoire.each[place].ligne(code, nature), f"Thématiques, détail {place} {code} {nature}"
        yield from _measure_told(row, where, ligne, firms, is_hidden=code in sans)


def _measure_told(row: Row, where: str, ligne: Any, firms: int, *, is_hidden: bool) -> Iterator[str]:
    kept = {k: v for k, v in row.items() if not is_hidden or k not in (*FIGURES["S"], *FIGURES["T"])}
    yield from in_workbook(kept, where, measure(row["Code"], row["Unité"]), ligne)
    if row["Entreprises engagées"] != firms:
        yield f"{where} · Entreprises engagées : {row['Entreprises engagées']}, compté {firms}"


def _parts(territoire: Territoire, classeur: Classeur) -> Iterator[str]:
    """Who signed, how many answered, of each département and of all of them together (R2, R3, R13)."""
    expected = {place: _counted(one) for place, one in territoire.each.items()}
    rows = {row["Département"]: row for row in classeur.rows("Départements", "Département", "Entreprises")}
    for place in expected.keys() | rows.keys():
        mine = expected.get(place, {})
        said = {title: rows.get(place, {}).get(title) for title in mine}
        if said != mine:
            yield f"Départements {place} : {said}, compté {mine}"
    told = {row["Quoi"]: row["Valeur"] for row in classeur.rows("Ensemble", "Quoi", "Valeur")}
    totals: Counter[str] = Counter()
    for mine in expected.values():
        totals.update({title: int(value) for title, value in mine.items() if value != ""})
    wanted: dict[str, Any] = {
        "Départements additionnés": len(territoire.mondes),
        "Entreprises, chaque SIREN une fois": len(
            {siren for monde in territoire.mondes for siren in _sirens(monde, territoire.periode)}
        ),
        **{
            title: totals[title]
            for title in ("Entreprises", *AUTRES, "Autres signataires", "Réponses attendues", "Réponses reçues")
        },
    }
    for title, value in wanted.items():
        if told.get(title) != value:
            yield f"Ensemble {title} : {told.get(title)}, compté {value}"


def _counted(attendu: Attendu) -> dict[str, Any]:
    counts, dues = attendu.counts, listes.completude(attendu.monde, attendu.periode)
    due, answered, in_time = dues.get(("Ensemble", "Toutes les réponses"), (0, 0, 0))
    return {
        "Entreprises": counts["engagees" if attendu.is_quarter else "entreprises"],
        **{title: counts[nature] for title, nature in AUTRES.items()},
        "Autres signataires": sum(counts[nature] for nature in AUTRES.values()),
        "Réponses attendues": due,
        "Réponses reçues": answered,
        **({} if attendu.is_quarter else {"Dont à temps": in_time}),
    }


def _sirens(monde: Monde, periode: str) -> set[str]:
    wanted = ("paqte", "plan_10000") if periode[5] == "T" else ("paqte",)
    bound = listes.bound(monde, periode)
    return {s.siren for s, c in bound if s.nature == "entreprise" and c.dispositif in wanted}


# What is under secret


def _secrets(territoire: Territoire, classeur: Classeur) -> Iterator[str]:
    """A total is told when every département's own file tells it, and is then their sum; it hides otherwise."""
    details = classeur.rows("Thématiques, détail", "Code", "Département")
    for row in details:
        code, nature = measure(row["Code"], row["Unité"]), nature_of(row["Thématique"])
        if code in SECRETES:
            for title in FIGURES[territoire.periode[5]]:
                yield from _as_out(territoire, row, code, nature, title)
    for row in classeur.rows("Thématiques", "Code", "Prévision"):
        code = measure(row["Code"], row["Unité"])
        mine = [d for d in details if (d["Code"], d["Thématique"]) == (row["Code"], row["Thématique"])]
        for title in FIGURES[territoire.periode[5]] if code in SECRETES else ():
            known = [value for d in mine if (value := figure(d[title])) is not None]
            is_hidden = any(_is_hidden(d, title) for d in mine)
            expected = None if is_hidden or not known else sum(known)
            if figure(row[title]) != expected or (is_hidden and not _is_hidden(row, title)):
                yield f"publiable {code} · {title} : {row[title]!r}, {row['Observations']!r}, somme {expected}"


def _as_out(territoire: Territoire, row: Row, code: str, nature: str, title: str) -> Iterator[str]:
    place = row["Département"]
    where = f"publiable {place} {code} {nature} · {title}"
    if place in territoire.recus:
        if row[title] != "" or not _is_hidden(row, title):
            yield f"{where} : {row[title]!r} d’un classeur reçu"
        return
    out = [
        r
        for r in territoire.publics[place].rows("Thématiques", "Code", "Prévision")
        if r["Code"] == row["Code"] and r["Unité"] == row["Unité"]
    ]
    of_nature = {nature_of(r["Thématique"]): r[title] for r in out}
    told = of_nature.get(nature, of_nature.get("entreprise") if nature == "ensemble" else None)
    if figure(row[title]) != figure(told):
        yield f"{where} : {row[title]!r}, dans son fichier {told!r}"
    if figure(told) is None and str(told).startswith(("<", "masqué")) and not _is_hidden(row, title):
        yield f"{where} : masqué dans son fichier ({told!r}), et rien ne le dit"


def _is_hidden(row: Row, title: str) -> bool:
    return "masqué" in row["Observations"] and title in row["Observations"]
