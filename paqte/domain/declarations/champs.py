"""What a declaration asks, field by field, and what is typed there: the same in every door (R5, R13, R16).

A door shows these fields, hands over what was typed by name of field, and gives the Saisie to a use case; refusals
come back by name of field. Left empty is no answer yet; 0 and the tick « néant » both confirm a zero.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from paqte.domain.declarations.reponses import AnswerTyped, Saisie, SaisieRefused, part_kind, whole_kind
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.nombres import read_number
from paqte.domain.saisie.textes import clean_line, clean_lines, searchable, too_long

# What is typed in a field: a number, one word of a list, a day, a tick, a text, or the mark that a figure was touched.
NUMBER, CHOICE, DAY, TICK, TEXT, TOUCHED = "number", "choice", "day", "tick", "text", "touched"
FREE_TEXT, PRECISION, SENTENCE = 8_000, 2_000, 1_000
# The numbers that a tick « Aucun (0) » stands in the place of.
FIGURES = frozenset({"valeur", "numerateur"})
# The fields whose presence says that an engagement is answered.
ANSWERING = frozenset({"valeur", "numerateur", "denominateur", "neant"})
# What confirms a zero in the place of a number: the words of the page, and those that trackers are filled with.
_NIL_WORDS = frozenset({"neant", "aucun", "aucune", "zero", "zero confirme"})
TICKED = frozenset({"1", "x", "y", "on", "oui", "vrai", "true", "✓", "✔", "☑"})
UNTICKED = frozenset({"", "0", "n", "non", "faux", "false"})
_EXPLANATION = re.compile(r"explication_([0-9]{1,9})_([a-z_]{1,30})", re.ASCII)


@dataclass(frozen=True, slots=True)
class FieldAsked:
    """One field of an engagement: which `part` of the answer, what is typed there (`sorte`), what it is called.

    `nombre` is how a number is typed, `choix` the words of a list, from what is kept to what is read, `limite` the
    longest text.
    """

    engagement: int
    part: str
    sorte: str
    libelle: str = ""
    nombre: str = ""
    choix: Mapping[str, str] = field(default_factory=dict)
    limite: int = 0
    refus: str = ""

    @property
    def nom(self) -> str:
        """Its name, the same in every door."""
        return f"{self.part}_{self.engagement}"

    def read(self, text: str) -> Any:
        """What a text typed there is; None, '' or False when it is blank. ValueError with the sentence to show."""
        if self.sorte == TEXT:
            return _fitting_text(text, self.limite)
        if not (bare := clean_lines(text)[0]):
            return False if self.sorte == TICK else None
        if self.sorte == NUMBER:
            return read_number(text, self.nombre)
        if self.sorte == DAY:
            return read_date(text)
        if self.sorte == CHOICE:
            return self._chosen(bare)
        return read_tick(bare) if self.sorte == TICK else bare

    def kept(self, value: Any) -> Any:
        """What an answer holds of the value of this field: a word chosen is the number that stands for it."""
        return (Decimal(value) if value else None) if self.sorte == CHOICE else value

    def _chosen(self, text: str) -> str:
        """What is kept of a word of the list, typed as it is kept or as it is read."""
        words = {searchable(word): kept for kept, word in self.choix.items()}
        if text not in self.choix and searchable(text) not in words:
            raise ValueError(self.refus or f"Choisissez parmi : {', '.join(self.choix.values())}.")
        return text if text in self.choix else words[searchable(text)]


def fields_of(
    engagement: int, libelle: str, indicateur: Indicateur, grid: Catalogue, *, asks_text: bool, is_repeat: bool
) -> tuple[FieldAsked, ...]:
    """The fields of one engagement: its answer, then its text where one is asked.

    `is_repeat` says that its figure is filled from another of the same declaration.
    """
    traits = indicateur.traits
    given = [FieldAsked(engagement, "neant", TICK, "Aucun (0)")]
    if traits.is_chosen:
        given = [FieldAsked(engagement, "valeur", CHOICE, libelle, choix=traits.choix, refus=traits.refus_choix)]
        given += [FieldAsked(engagement, "date", DAY, "Si oui, à quelle date ?")] if traits.is_dated else []
    elif traits.is_pair:
        counted = grid.indicateurs.get(indicateur.numerateur)
        first = counted.libelle if counted else indicateur.numerateur
        upper, lower = part_kind(indicateur, grid), whole_kind(indicateur, grid)
        given = [
            FieldAsked(engagement, "numerateur", NUMBER, first, nombre=upper),
            FieldAsked(engagement, "denominateur", NUMBER, indicateur.denominateur, nombre=lower),
            *given,
        ]
    else:
        given = [FieldAsked(engagement, "valeur", NUMBER, libelle, nombre=indicateur.nombre), *given]
    if asks_text:
        label = "Ce qui a été fait" if traits.is_free else "Votre réponse à la question"
        given.append(FieldAsked(engagement, "precision", TEXT, label, limite=PRECISION))
    if is_repeat:
        given.append(FieldAsked(engagement, "propre", TOUCHED))
    return tuple(given)


def answers_typed(
    fields: Iterable[FieldAsked], values: Mapping[str, Any], sent: Collection[str]
) -> dict[int, AnswerTyped]:
    """The answers that these values make, by engagement; one none of whose figures was sent stays as it was."""
    listed = tuple(fields)
    parts: dict[int, dict[str, Any]] = {f.engagement: {} for f in listed if f.part in ANSWERING and f.nom in sent}
    for asked in listed:
        if asked.engagement in parts:
            parts[asked.engagement][asked.part] = asked.kept(values.get(asked.nom))
    return {engagement: _answer(given) for engagement, given in parts.items()}


def explanations_named(names: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Of names of fields, those in which a warning is explained: its engagement and its code (R17)."""
    return {name: (int(found[1]), found[2]) for name in names if (found := _EXPLANATION.fullmatch(name))}


def read_typing(fields: Iterable[FieldAsked], texts: Mapping[str, str], *, origine: str) -> Saisie:
    """What texts typed by name of field mean, for a door that has no form of its own.

    A name that no field bears is passed over. SaisieRefused with a sentence for each field that cannot be read.
    """
    listed = tuple(fields)
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    explained = explanations_named(texts)
    readers = {f.nom: f.read for f in listed if f.nom in texts}
    readers |= {name: lambda text: _fitting_text(text, SENTENCE) for name in explained}
    readers |= {"texte_libre": lambda text: _fitting_text(text, FREE_TEXT)} if "texte_libre" in texts else {}
    for name, read in readers.items():
        try:
            values[name] = read(texts[name])
        except ValueError as error:
            faults[name] = str(error)
    if faults:
        raise SaisieRefused(faults)
    sentences = {key: values[name] for name, key in explained.items()}
    return Saisie(answers_typed(listed, values, texts.keys()), values.get("texte_libre"), sentences, origine)


def read_changes(fields: Iterable[FieldAsked], kept: Mapping[str, Any], texts: Mapping[str, str]) -> Saisie:
    """What the form of a declaration says once these texts are typed into it, by name of field.

    `kept` are the values that it shows, by name: what is not typed anew is sent as it is there, as by the form whole.
    SaisieRefused with a sentence for each text that cannot be read; a name that no field bears is passed over.
    """
    listed = tuple(fields)
    names = [asked.nom for asked in listed]
    values, faults = dict(kept), {}
    for asked in listed:
        if asked.nom not in texts:
            continue
        try:
            values |= read_cell(asked, texts[asked.nom], names)
        except ValueError as error:
            faults[asked.nom] = str(error)
    if faults:
        raise SaisieRefused(faults)
    return Saisie(answers_typed(listed, values, names))


def read_cell(asked: FieldAsked, text: str, names: Collection[str]) -> dict[str, Any]:
    """The values, by name of field, that a text typed alone in a cell gives; ValueError with the sentence to show.

    `names` are the fields of its declaration: beside a number that has a tick « Aucun (0) », a word says it (R13).
    """
    tick = tick_of(asked.nom)
    if tick not in names:
        return {asked.nom: asked.read(text)}
    is_nil = says_nil(text)
    return {asked.nom: None if is_nil else asked.read(text), tick: is_nil}


def tick_of(nom: str) -> str:
    """Name of the tick that says zero in the place of a number, "" for a field that is none of FIGURES."""
    part, _, engagement = nom.partition("_")
    return f"neant_{engagement}" if part in FIGURES else ""


def _answer(parts: Mapping[str, Any]) -> AnswerTyped:
    return AnswerTyped(
        valeur=parts.get("valeur"),
        numerateur=parts.get("numerateur"),
        denominateur=parts.get("denominateur"),
        is_neant=bool(parts.get("neant")),
        datee_du=parts.get("date"),
        commentaire=parts.get("precision") or "",
        is_own=parts.get("propre") == "1",
    )


def _fitting_text(text: str, limite: int) -> str:
    cleaned = clean_lines(text)[0]
    if sentence := too_long(cleaned, limite):
        raise ValueError(sentence)
    return cleaned


def read_tick(text: str) -> bool:
    """Whether a box is ticked, typed in any of the usual ways; ValueError with a sentence for anything else."""
    said = searchable(text)
    is_ticked = said in TICKED or says_nil(text)
    if not is_ticked and said not in UNTICKED:
        raise ValueError("Cochez par un « x », ou laissez vide.")
    return is_ticked


def says_nil(text: str) -> bool:
    """Whether a word typed in the place of a number confirms a zero (R13): « Néant », « Aucun (0) », « zéro. »."""
    return searchable(clean_line(text)[0]).strip(" .()0:") in _NIL_WORDS
