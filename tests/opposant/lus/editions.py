"""What a second edition says that it changed, beside what two counts of the world do not say alike (R19)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from tests.opposant import listes
from tests.opposant.compte import Ligne
from tests.opposant.lecture import Classeur, nature_of, number
from tests.opposant.lus.classeurs import COLONNES, COUNTS, PROMISES, Attendu, measure, unlike
from tests.opposant.lus.pages import answer_read, told
from tests.opposant.monde import INDICATEURS, LIBRE, RATIO, TOUS, Convention, Engagement, Monde, day_after, first_day
from tests.opposant.nombres import rounded

# A cell that an edition compares: its table, its row, its column; and what it shows.
Place = tuple[str, object, str]
Shown = object
LIGNE_ENTIERE = "(ligne entière)"
COMPLETUDE = ("Attendues", "Validées", "Dont à temps", "Taux de réponse", "Réponses dans les délais")
# What the count says of them: where they differ alone is looked at.
SEMESTRE = ("Référence", "Objectif", "Réalisé au semestre", "Semestre précédent", "Même semestre un an avant")
TRIMESTRE = ("Objectif", "Réalisé au trimestre", "Trimestre précédent", "Même trimestre un an avant")
PARTAGES = ("Depuis le début", "Taux de réalisation", "Réponses reçues", "Réponses attendues", "Zéros confirmés")
NOMBRES_EXACTS = ("Numérateur", "Dénominateur", "Réalisé avec objectif", "Visé", "Poids de l’objectif")
# Texts: what they say follows from figures that are looked at.
PASSES = frozenset({"Observations", "Manquants", "Transmise le", "Validée le", "Valorisé depuis le PAQTE"})
NON_COMPTES = frozenset({"Provenance"})


def shown(ligne: Ligne, field: str, code: str) -> Shown:
    """A cell as it is read: rounded, or None (R33)."""
    value: Fraction | int | None = getattr(ligne, field)
    if value is None or field in COUNTS or not (field in ("taux", "sans_cible") or TOUS[code][0] == RATIO):
        return value
    told = Fraction(rounded(Fraction(value), 2 if field in PROMISES and not ligne.is_mean else 1))
    return "infime" if value and not told else told


def lines_of(attendu: Attendu, classeur: Classeur) -> set[tuple[str, str]]:
    """Which lines a document has, of the indicators and of the plan's measures."""
    sheet = "Axes PAQTE" if attendu.is_quarter else "Indicateurs"
    named = [(r["Code"], r["Indicateur"]) for r in classeur.rows(sheet, "Code", "Indicateur")]
    named += [
        (measure(r["Code"], r["Unité"]), r["Thématique"]) for r in classeur.rows("Thématiques", "Code", "Prévision")
    ]
    return {(code, nature_of(title)) for code, title in named if code in TOUS and TOUS[code][0] != LIBRE}


def cells(attendu: Attendu, lines: set[tuple[str, str]]) -> dict[Place, Shown]:
    """Every figure that two editions compare, as the count says it."""
    found: dict[Place, Shown] = {}
    of_paqte = (*(TRIMESTRE if attendu.is_quarter else (*SEMESTRE, "Part sans objectif")), *PARTAGES)
    of_plan = ("Prévision", of_paqte[1 if attendu.is_quarter else 2], "Depuis le début", *PARTAGES[2:4])
    for code, nature in lines:
        ligne, is_paqte = attendu.ligne(code, nature), code in INDICATEURS
        table = ("Axes PAQTE" if attendu.is_quarter else "Indicateurs") if is_paqte else "Thématiques"
        exact = NOMBRES_EXACTS if is_paqte and not attendu.is_quarter else ()
        for title in (*of_paqte, *exact) if is_paqte else of_plan:
            found[table, (code, nature), title] = shown(ligne, COLONNES[title], code)
        if attendu.is_quarter:
            found[table, (code, nature), "Déclarants semestriels"] = ligne.semestriels
            if not is_paqte:
                found[table, (code, nature), "% de la prévision"] = shown(ligne, "taux", code)
    return found | (_of_quarter(attendu) if attendu.is_quarter else _of_semester(attendu))


def _of_semester(attendu: Attendu) -> dict[Place, Shown]:
    found: dict[Place, Shown] = {("Nombre de signataires", "", "Entreprises actives"): attendu.counts["actives"]}
    found |= _active_others(attendu, "Nombre de signataires")
    for key, row in listes.declarations(attendu.monde, attendu.periode).items():
        for title in ("État", "Attendus", "Répondus", "Zéros confirmés"):
            found["Réponses", key, title] = row[title]
    return found


def _active_others(attendu: Attendu, table: str) -> dict[Place, Shown]:
    """Active signatories of the other natures, each counted in its own line (R34)."""
    titles = {"reseau": "Réseaux", "employeur_public": "Employeurs publics", "association": "Associations"}
    counted = attendu.compte("ensemble").active_others()
    ending = {"association": "actives"}
    return {(table, "", f"{titles[n]}, {ending.get(n, 'actifs')}"): count for n, count in counted.items()}


def _of_quarter(attendu: Attendu) -> dict[Place, Shown]:
    owed = listes.declarations(attendu.monde, attendu.periode).values()
    found: dict[Place, Shown] = {
        ("Synthèse", "", "Entreprises actives"): attendu.counts["actives"],
        ("Synthèse", "", "Déclarations validées"): sum(row["État"] == "Validée" for row in owed),
    }
    found |= _active_others(attendu, "Synthèse")
    for numero, row in listes.engages(attendu.monde, attendu.periode).items():
        for title in ("Active", "Déclaration du trimestre", "Réponses attendues", "Réponses reçues", "Zéros confirmés"):
            found["Entreprises", numero, title] = row[title]
    return found


def completeness(attendu: Attendu) -> dict[tuple[str, str], tuple[Shown, ...]]:
    """The five figures of each row of completeness."""
    return {
        place: (*map(Fraction, n), *(Fraction(rounded(Fraction(100 * one, n[0]), 1)) for one in n[1:]))
        for place, n in listes.completude(attendu.monde, attendu.periode).items()
    }


def differences(
    before: Attendu, after: Attendu, former: Classeur, latter: Classeur, ecarts: Iterable[Any]
) -> Iterator[str]:
    """What the écarts say that two counts don't, and the reverse. Each has `tableau`, `ligne`, `colonne`, `avant`."""
    had, has = lines_of(before, former), lines_of(after, latter)
    was, is_now = cells(before, had & has), cells(after, had & has)
    expected = {place: (was[place], is_now[place]) for place in was if was[place] != is_now.get(place)}
    rates = _changed(completeness(before), completeness(after)) if not before.is_quarter else Counter()
    said: dict[Place, tuple[Shown, Shown]] = {}
    said_rates: Counter[tuple[Shown, ...]] = Counter()
    for e in ecarts:
        if e.colonne == LIGNE_ENTIERE or e.tableau in NON_COMPTES or e.colonne in PASSES:
            yield from _whole(e, had ^ has)
        elif e.tableau == "Taux de réponse":
            said_rates[e.ligne.split(" : ")[0], e.colonne, number(e.avant), number(e.apres)] += 1
        elif e.tableau != "Données" and (read := _read(e)) and read[1] != read[2]:
            said[read[0]] = read[1:]
    yield from unlike("Écart", said, expected)
    yield from unlike("Écart de complétude", said_rates, rates)


def _whole(ecart: Any, lines: set[tuple[str, str]]) -> Iterator[str]:
    """A whole row comes or goes only with its line; those of lists are values that were not there."""
    is_figure = ecart.tableau in ("Indicateurs", "Axes PAQTE", "Thématiques")
    if ecart.colonne == LIGNE_ENTIERE and is_figure and _line(ecart) not in lines:
        yield f"Écart : {ecart} ligne entière"


def _changed(was: dict[Any, tuple[Shown, ...]], is_now: dict[Any, tuple[Shown, ...]]) -> Counter[tuple[Shown, ...]]:
    return Counter(
        (place[0], title, old, new)
        for place in was
        for title, old, new in zip(COMPLETUDE, was[place], is_now[place], strict=True)
        if old != new
    )


def _read(ecart: Any) -> tuple[Place, Shown, Shown] | None:
    if ecart.tableau in ("Indicateurs", "Axes PAQTE", "Thématiques"):
        line = _line(ecart)
        if line[0] == "X1":
            return None
        return (ecart.tableau, line, ecart.colonne), _told(ecart.avant), _told(ecart.apres)
    key: object = ecart.ligne
    if ecart.tableau == "Réponses":
        numero, *_, periode = ecart.ligne.split(", ")
        key = (numero, periode)
    elif ecart.tableau == "Entreprises":
        key = ecart.ligne.split(", ")[0]
    return (ecart.tableau, key, ecart.colonne), _said(ecart.avant), _said(ecart.apres)


def _line(ecart: Any) -> tuple[str, str]:
    code = ecart.ligne.split(",")[0].split(" — ")[0]
    if code[0] == "T":
        code = measure(code, ecart.ligne.rsplit("(", 1)[1].rstrip(")"))
    return code, nature_of(ecart.ligne)


def _told(text: str) -> Shown:
    return "infime" if text.startswith("<") else number(text)


def _said(text: str) -> Shown:
    value = number(text)
    return text if value is None else value


# Corrections


def corrections(before: Monde, after: Monde, window: str) -> Counter[tuple[object, ...]]:
    """Every answer of the window that reads otherwise, with its reason if a référent opened it again (R19)."""
    found: Counter[tuple[object, ...]] = Counter()
    for s, old in zip(before.signataires, after.signataires, strict=True):
        for was, is_now in zip(s.conventions, old.conventions, strict=True):
            if was.dispositif == "charte":
                continue
            for e, f in zip(was.engagements, is_now.engagements, strict=True):
                for p in e.reponses:
                    if first_day(window) <= first_day(p) and day_after(p) <= day_after(window):
                        pair = answer(was, e, p), answer(is_now, f, p)
                        if pair[0] != pair[1]:
                            found[s.nom, listes.label(p), e.code, *pair, p in is_now.rouvertes] += 1
    return found


def answer(c: Convention, e: Engagement, periode: str) -> object:
    """An answer as it is told: its numbers, a word for a confirmed zero, None when there is none."""
    r = listes.given(c, e, periode)
    return None if r is None else told(r, e.code)


def corrections_said(rows: Iterable[Any], reason: str) -> Counter[tuple[object, ...]]:
    """The rows of the table of corrections."""
    return Counter(
        (r["Signataire"], r["Période"], r["Indicateur"], _read_answer(r["Avant"]), _read_answer(r["Après"]),
         r["Motif"] == reason)
        for r in rows
        if r.get("Indicateur")
    )  # fmt: skip


def _read_answer(text: Any) -> object:
    return None if text == "sans réponse" else answer_read(str(text))
