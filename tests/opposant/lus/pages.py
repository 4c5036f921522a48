"""Each figure of the référent's pages beside what the count says of it, French numbers read back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.opposant import listes
from tests.opposant.compte import SAID_ONCE, Ligne
from tests.opposant.lecture import Case, nature_of, number, page_rows
from tests.opposant.lus.classeurs import COLONNES, COUNTS, Attendu, is_wrong, lacking, measure, unlike, valued
from tests.opposant.monde import INDICATEURS, LIBRE, MESURES, OUI_NON, TOUS, Reponse
from tests.opposant.nombres import rounded

Cells = dict[str, Case]


def bilan(attendu: Attendu, browser: Any) -> Iterator[str]:
    """The page of a semester, then the traces of its figures (R45)."""
    html = _open(browser, f"/referent/bilans/{attendu.periode}")
    has_some = 'aria-label="Indicateurs, ' in html
    yield from _indicators(attendu, page_rows(html, "Indicateur", "Semestre") if has_some else [])
    yield from _themes(attendu, page_rows(html, "Thématique", "Prévision"))
    counts = attendu.counts
    yield from _key(html, "Entreprises signataires", counts["entreprises"], (counts["nouvelles"], counts["actives"]))
    natures = tuple(counts[name] for name in ("reseau", "employeur_public", "association"))
    yield from _key(html, "Autres signataires", sum(natures), natures)
    yield from _key(html, "Plan « 10 000 entreprises »", counts["plan"], (counts["club"],))
    places = {"Toutes les réponses": ("Ensemble", "Toutes les réponses")}
    expected = listes.completude(attendu.monde, attendu.periode)
    for row in page_rows(html, "Réponses", "Attendues", "Taux de réponse") if expected else ():
        label = row["Réponses"].texte.strip()
        yield from _completeness(row, expected[places.get(label, ("Axe", label))])
    # The trace of a figure has a page of its own: some of each world are enough.
    columns = ("periode", "cumul", "precedent", "un_an_avant")
    codes = [code for code in attendu.monde.paniers[0] if TOUS[code][0] != LIBRE]
    for rank, code in enumerate(codes[:4]):
        yield from trace(attendu, browser, code, columns[(rank + len(attendu.monde.signataires)) % 4])


def trimestre(attendu: Attendu, browser: Any) -> Iterator[str]:
    """The page of a quarter."""
    html = _open(browser, f"/referent/trimestres/{attendu.periode}")
    has_some = "Indicateurs engagés" in html
    yield from _indicators(attendu, page_rows(html, "Indicateur", "Trimestre") if has_some else [])
    yield from _themes(attendu, page_rows(html, "Thématique", "Prévision"))
    counts = attendu.counts
    yield from _key(html, "Entreprises engagées", counts["engagees"], (counts["nouvelles"],))
    yield from _key(html, "Entreprises actives", counts["actives"], ())
    yield from _key(html, "Plan « 10 000 entreprises »", counts["plan"], (counts["club"],))


def completude(attendu: Attendu, browser: Any) -> Iterator[str]:
    """The page of completeness: every signatory, axis and indicator that owed something (R13, R42)."""
    html = _open(browser, f"/referent/completude?periode={attendu.periode}")
    expected = listes.completude(attendu.monde, attendu.periode)
    found: list[tuple[str, str]] = []
    for title in (
        () if not expected and "aucune réponse n’était attendue" in html else ("Signataire", "Axe", "Indicateur")
    ):
        for row in page_rows(html, title, "Attendues"):
            label = row[title].texte.strip()
            place = (title, label.split()[0] if title == "Indicateur" else label)
            found.append(place)
            yield from _completeness(row, expected.get(place, (0, 0, 0)))
    yield from unlike("Taux de réponse", Counter(found), Counter(key for key in expected if key[0] != "Ensemble"))


def _open(browser: Any, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, f"{address} : {answer.status_code}"
    return str(answer.text)


def _indicators(attendu: Attendu, rows: list[Cells]) -> Iterator[str]:
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        title = row["Indicateur"].texte
        code, nature = title.split(" · ")[-1].split()[0], nature_of(title)
        found[code, nature] += 1
        if TOUS[code][0] != LIBRE:
            yield from _figures(row, f"page {code} {nature}", code, attendu.ligne(code, nature))
    yield from lacking(attendu, found, "page", INDICATEURS)


def _themes(attendu: Attendu, rows: list[Cells]) -> Iterator[str]:
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        title, mention = row["Thématique"].texte, row["Thématique"].mention
        # The unit comes first of what is said in small.
        code, nature = measure(title.split()[0], mention.strip()[1:].split(")")[0]), nature_of(title)
        found[code, nature] += 1
        yield from _figures(row, f"page {code} {nature}", code, attendu.ligne(code, nature))
        engaged = attendu.compte(nature).entreprises_engagees(code)
        if number(row["Entreprises engagées"].texte) != engaged:
            yield f"page {code} {nature} · Entreprises engagées : {row['Entreprises engagées']}, compté {engaged}"
        yield from valued(attendu, code, nature, row["Valorisé depuis le PAQTE"].texte)
    yield from lacking(attendu, found, "page", MESURES)


def _figures(row: Cells, where: str, code: str, ligne: Ligne) -> Iterator[str]:
    for title, field in COLONNES.items():
        if title in row and field not in COUNTS:
            cell = row[title]
            if is_wrong(number(cell.texte.strip()), cell.texte, ligne, field, code):
                yield f"{where} · {title} : {cell.texte.strip()!r}, compté {getattr(ligne, field)}"
    if "Réponses complètes" in row:
        yield from _answers(row["Réponses complètes"], where, ligne)
    if "Taux" in row and "sans objectif" in row["Taux"].mention:
        told = row["Taux"].mention.replace("sans objectif", "").strip()
        if is_wrong(number(told), told, ligne, "sans_cible", code):
            yield f"{where} · sans objectif : {told!r}, compté {ligne.sans_cible}"


def _answers(cell: Case, where: str, ligne: Ligne) -> Iterator[str]:
    """« 2 sur 3, dont 1 zéro confirmé, 1 déclarant semestriel »."""
    said = [int(n) for n in re.findall(r"\d+", cell.texte)]
    if said != ([ligne.repondu, ligne.du] if ligne.du else []):
        yield f"{where} · Réponses complètes : {cell.texte.strip()!r}, compté {ligne.repondu} sur {ligne.du}"
    for word, count in (("confirmé", ligne.neants), ("semestriel", ligne.semestriels)):
        if word in cell.mention and int(re.findall(r"\d+", cell.mention)[0]) != count:
            yield f"{where} · {cell.mention.strip()!r}, compté {count}"


def _completeness(row: Cells, counts: tuple[int, int, int]) -> Iterator[str]:
    due, known, punctual = counts
    expected = {
        "Attendues": Fraction(due),
        "Validées": Fraction(known),
        "À temps": Fraction(punctual),
        "Taux de réponse": Fraction(rounded(Fraction(100 * known, due or 1), 1)),
        "Réponses dans les délais": Fraction(rounded(Fraction(100 * punctual, due or 1), 1)),
    }
    for title, value in expected.items():
        if number(row[title].texte.strip()) != value:
            yield f"page, complétude {[c.texte.strip() for c in row.values()]}, compté {counts}"


def _key(html: str, name: str, value: int, details: tuple[int, ...]) -> Iterator[str]:
    """A key figure and the numbers of the sentence under it."""
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("’", "’")
    wanted = name.replace("\u00a0", " ")
    told = re.findall(rf"{re.escape(wanted)} (\d+)((?:[^\d]+\d+){{{len(details)}}})", plain)
    numbers = [(int(v), tuple(int(n) for n in re.findall(r"\d+", rest))) for v, rest in told]
    if (value, details) not in numbers:
        yield f"page, {name} : {numbers}, compté {value} {details}"


def trace(attendu: Attendu, browser: Any, code: str, colonne: str) -> Iterator[str]:
    """Behind the figure of a column, the very answers of which it is made, and no other (R45)."""
    kind = "trimestres" if attendu.is_quarter else "bilans"
    for nature in ("entreprise", "ensemble")[: 2 if TOUS[code][0] in SAID_ONCE else 1]:
        address = f"/referent/{kind}/{attendu.periode}/chiffres/{code}?nature={nature}&colonne={colonne}"
        answer = browser.get(address)
        if answer.status_code == 404 and nature == "ensemble":
            continue
        assert answer.status_code == 200, address
        has_some = "Déclarations derrière ce chiffre" in answer.text
        rows = page_rows(answer.text, "Signataire", "Réponse", "État") if has_some else []
        said = Counter(
            (r["Signataire"].texte.strip(), _moment(r["Période"].texte.strip(), code), answer_read(r["Réponse"].texte))
            for r in rows
            if "Pourquoi" not in r
        )
        counted = Counter(
            (g.signataire.nom, _moment(listes.label(g.periode), code), told(g.reponse, code))
            for g in attendu.compte(nature).sources(code, colonne)
        )
        yield from unlike(f"trace {code} {nature} {colonne}", said, counted)


def _moment(label: str, code: str) -> str:
    """When an answer was given; the rules don't say which of two that end on one day and are equal is told (R32)."""
    return (
        label.replace("2e trimestre", "1er semestre").replace("4e t", "2e s") if TOUS[code][0] in SAID_ONCE else label
    )


# A yes counts one and a no none: both are told by their word, whatever confirmed the zero (R13).
WORDS: dict[str, object] = {"zéro confirmé": "zéro confirmé", "oui": "oui", "non": "non"}


def answer_read(text: str) -> object:
    """What `told` gives, from how pages and workbooks say it."""
    if text.strip() in WORDS:
        return WORDS[text.strip()]
    nil, _, both = text.strip().removesuffix(")").partition(" (")
    if nil in WORDS:
        return WORDS[nil], *_numbers(both)
    parts = _numbers(text)
    return parts if len(parts) == 2 else parts[0]


def _numbers(text: str) -> tuple[object, ...]:
    return tuple(number(part.strip()) for part in text.split(" sur "))


def told(reponse: Reponse, code: str) -> object:
    """An answer as it is told: a word for a yes, a no and a confirmed zero, else its number or its two numbers."""
    if TOUS[code][0] == OUI_NON:
        return "oui" if reponse.valeur else "non"
    both = reponse.denominateur is not None and (Fraction(reponse.numerateur or 0), Fraction(reponse.denominateur))
    if reponse.sorte == "neant":
        return ("zéro confirmé", *both) if both else "zéro confirmé"
    return both or Fraction(reponse.valeur or 0)
