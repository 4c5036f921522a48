"""The form of a declaration, made from the convention's own engagements (R5); the same for whoever types it.

For a number, left empty is « no answer yet »; 0 and the tick « néant » both confirm a zero (R13).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask import flash, request
from wtforms import Field, HiddenField
from wtforms.form import BaseForm

from paqte.domain.declarations.controles import ERREUR, Constat, figure_of
from paqte.domain.declarations.reponses import (
    AnswerTyped,
    Saisie,
    SaisieRefused,
    comment_field,
    field_of,
    part_kind,
    whole_kind,
)
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.declarations import MANQUANTE, NEANT
from paqte.queries.declarations.declaration_lue import DeclarationShown, LigneDeclaration
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import BoxField, DateField, LongTextField, QuantiteField, RadiosField

REMINDER = "Des nombres et des faits, jamais le nom d’un jeune ou d’un bénéficiaire."
NOT_YET = {"": "Pas encore de réponse"}
FREE_TEXT, PRECISION, SENTENCE = 8_000, 2_000, 1_000
NEANT_SHOWN = "néant"
# What the page's script adds to the form: it has read what was pasted.
SEEN = "collage"
_EXPLANATION = re.compile(r"explication_([0-9]{1,9})_([a-z_]{1,30})", re.ASCII)


class SaisieForm(OurForm):
    """The fields of every declaration; build_form adds those of one."""

    texte_libre = LongTextField("Ce qu’il faut savoir de cette période", limite=FREE_TEXT, description=REMINDER)
    page: DeclarationShown
    ouvertes: frozenset[int]

    def saisie(self) -> Saisie:
        """What was typed. An engagement none of whose fields was sent stays as it was."""
        sent = {ligne.engagement_id: ligne for ligne in self.page.lignes if _is_sent(ligne)}
        sentences = {key: self[comment_field(*key)].data for key in self._explanations()}
        return Saisie({key: self._answer(ligne) for key, ligne in sent.items()}, self._data("texte_libre"), sentences)

    def leaves(self) -> Iterator[Field]:
        """Fields in the order of the page: a warning's explanation stands under its number."""
        order = {str(ligne.engagement_id): rank for rank, ligne in enumerate(self.page.lignes)}
        return iter(sorted(super().leaves(), key=lambda field: _rank(field.name, order)))

    def explanations_of(self, engagement: int) -> list[Any]:
        """The fields in which the warnings of one engagement are explained."""
        return [self[comment_field(*key)] for key in self._explanations() if key[0] == engagement]

    def read_as_one(self) -> list[str]:
        """Without the page's script: figures apart by ordinary spaces, which cells pasted together look like too."""
        if request.form.get(SEEN) == "vu":
            return []
        read = (f for f in self.leaves() if isinstance(f, QuantiteField) and f.is_read_as_one)
        return [f"« {f.label.text} » : {f.write(f.data)}" for f in read if f.data is not None]

    def show_findings(self, findings: Iterable[Constat]) -> None:
        """Put warnings beside their fields, each with a place to explain it; errors too when nothing was sent yet."""
        for constat in findings:
            ligne = self.page.ligne(constat.engagement or 0)
            name = field_of(constat, ligne.indicateur if ligne else None)
            if ligne is None:
                continue
            if constat.gravite == ERREUR:
                self._warn(name, f"À corriger avant de transmettre. {constat.phrase}")
                continue
            self._warn(name, f"À expliquer : {constat.phrase[:1].lower()}{constat.phrase[1:]}")
            self._add_explanation(ligne, constat.code)

    def apply_refusal(self, refused: Refused) -> None:
        """As every form does, once the warnings found have their place."""
        if isinstance(refused, SaisieRefused):
            self.show_findings(c for c in refused.constats if c.gravite != ERREUR)
            # A field that this page adds is a question: nobody has left it empty yet.
            born = {name for name in refused.errors if _EXPLANATION.fullmatch(name) and name not in request.form}
            refused = SaisieRefused({n: s for n, s in refused.errors.items() if n not in born}, refused.constats)
        super().apply_refusal(refused)

    def _show_current(self, current: Mapping[str, str], fields: Mapping[str, Any]) -> None:
        """A tick « néant » or a zero here and a confirmed zero there are the same answer."""
        zeros = {name for name in current if self._data(name) == 0 or self._data(f"neant_{name.partition('_')[2]}")}
        shown = {name: value for name, value in current.items() if not (value == NEANT_SHOWN and name in zeros)}
        super()._show_current(shown, fields)

    def _answer(self, ligne: LigneDeclaration) -> AnswerTyped:
        key = ligne.engagement_id
        value = self[f"valeur_{key}"].data if f"valeur_{key}" in self else None
        if ligne.indicateur.traits.is_chosen:
            value = Decimal(value) if value else None
        return AnswerTyped(
            valeur=value,
            numerateur=self._data(f"numerateur_{key}"),
            denominateur=self._data(f"denominateur_{key}"),
            is_neant=bool(self._data(f"neant_{key}")),
            datee_du=self._data(f"date_{key}"),
            commentaire=self._data(f"precision_{key}") or "",
            is_own=self._data(f"propre_{key}") == "1",
        )

    def _data(self, name: str) -> Any:
        return self[name].data if name in self else None

    def _warn(self, name: str, sentence: str) -> None:
        if name in self:
            self[name].avertissements.append(sentence)

    def _explanations(self) -> list[tuple[int, str]]:
        found = (_EXPLANATION.fullmatch(name) for name in self._fields)
        return [(int(match[1]), match[2]) for match in found if match]

    def _add_explanation(self, ligne: LigneDeclaration, code: str) -> None:
        name = comment_field(ligne.engagement_id, code)
        if name not in self:
            # A Form takes no new field; the warning is known only once the answers were read.
            BaseForm.__setitem__(self, name, _explanation_field(ligne))
            self[name].process(request.form or None, ligne.explications.get(code, ""))


def tell_read_as_one(form: SaisieForm) -> None:
    """Say how figures apart by spaces were read: nobody finds 5 120 later where two cells had been pasted."""
    if read := form.read_as_one():
        flash(
            f"Lu comme un seul nombre : {' ; '.join(read)}. Si vous avez collé plusieurs cellules, corrigez.",
            "attention",
        )


def doubts(page: DeclarationShown) -> list[LigneDeclaration]:
    """Lines that stop the sending: an error, or a warning without its sentence (R17)."""
    return [ligne for ligne in page.lignes if any(_is_doubt(ligne, c) for c in ligne.constats)]


def build_form(page: DeclarationShown, *, only: frozenset[int] | None = None, has_text: bool = True) -> SaisieForm:
    """The form of this declaration, holding what was sent, else what is stored with its findings.

    `only` are the engagements that may be answered, all of them by default; `has_text` says whether the free text may.
    """
    opened = frozenset(ligne.engagement_id for ligne in page.lignes) if only is None else only
    fields: dict[str, Any] = {}
    for ligne in page.lignes:
        if ligne.engagement_id in opened:
            fields |= _fields(ligne) | _repeat(page, ligne)
    for match in filter(None, map(_EXPLANATION.fullmatch, request.form)):
        ligne = page.ligne(int(match[1]))
        if ligne is not None:
            fields[match[0]] = _explanation_field(ligne)
    form = type("SaisieDeclaration", (SaisieForm,), fields)(data=_stored(page))
    form.page, form.ouvertes = page, opened
    if not has_text:
        del form.texte_libre
    if not form.is_submitted():
        form.version.data = page.version
        form.show_findings(c for ligne in page.lignes for c in ligne.constats)
    return form


def _fields(ligne: LigneDeclaration) -> dict[str, Any]:
    key, indicateur = ligne.engagement_id, ligne.indicateur
    if indicateur.traits.is_chosen:
        dated = DateField("Si oui, à quelle date ?", description="Par exemple 31/12/2026")
        return {
            f"valeur_{key}": RadiosField(ligne.libelle, choices={**indicateur.traits.choix, **NOT_YET}),
            **({f"date_{key}": dated} if indicateur.traits.is_dated else {}),
        } | _precision(ligne)
    neant = {f"neant_{key}": BoxField("Néant")}
    if indicateur.traits.is_pair:
        grid = catalogue()
        counted = grid.indicateurs.get(indicateur.numerateur)
        return (
            {
                f"numerateur_{key}": QuantiteField(
                    counted.libelle if counted else indicateur.numerateur, genre=part_kind(indicateur, grid)
                ),
                f"denominateur_{key}": QuantiteField(indicateur.denominateur, genre=whole_kind(indicateur, grid)),
            }
            | neant
            | _precision(ligne)
        )
    return {f"valeur_{key}": QuantiteField(ligne.libelle, genre=indicateur.nombre)} | neant | _precision(ligne)


def _repeat(page: DeclarationShown, ligne: LigneDeclaration) -> dict[str, Any]:
    """Whether a figure that repeats another was touched: told by the page's script, and not needed without it."""
    return {f"propre_{ligne.engagement_id}": HiddenField()} if page.source_of(ligne) else {}


def _precision(ligne: LigneDeclaration) -> dict[str, Any]:
    """A text beside the answer: for a free commitment, for an answer asked back, or where there is one already."""
    told = ligne.actuelle is not None and ligne.actuelle.commentaire
    if not (ligne.indicateur.traits.is_free or ligne.questions or told):
        return {}
    label = "Ce qui a été fait" if ligne.indicateur.traits.is_free else "Votre réponse à la question"
    rows = {"rows": 2, "data-limite": PRECISION}
    return {
        f"precision_{ligne.engagement_id}": LongTextField(label, limite=PRECISION, description=REMINDER, render_kw=rows)
    }


def _rank(name: str, order: Mapping[str, int]) -> tuple[int, bool]:
    """Line of the page in which a field stands, its explanations last; those of no engagement after all."""
    kind, _, rest = name.partition("_")
    return order.get(rest.partition("_")[0], len(order)), kind == "explication"


def _explanation_field(ligne: LigneDeclaration) -> Any:
    rows = {"rows": 2, "data-limite": SENTENCE}
    return LongTextField(f"Votre explication sur « {ligne.libelle} »", limite=SENTENCE, render_kw=rows)


def _is_doubt(ligne: LigneDeclaration, constat: Constat) -> bool:
    return constat.gravite == ERREUR or not ligne.explications.get(constat.code)


def _is_sent(ligne: LigneDeclaration) -> bool:
    key = ligne.engagement_id
    return not {f"valeur_{key}", f"numerateur_{key}", f"denominateur_{key}", f"neant_{key}"}.isdisjoint(request.form)


def _stored(page: DeclarationShown) -> dict[str, Any]:
    """The answers in the base, as the fields hold them."""
    data: dict[str, Any] = {"texte_libre": page.texte_libre}
    for ligne in page.lignes:
        data |= _stored_line(ligne) or _filled_line(page, ligne)
        data |= {comment_field(ligne.engagement_id, code): text for code, text in ligne.explications.items()}
    return data


def _filled_line(page: DeclarationShown, ligne: LigneDeclaration) -> dict[str, Any]:
    """What saving would fill in where nothing was answered yet."""
    source, key = page.source_of(ligne), ligne.engagement_id
    counted = figure_of(source.reponse()) if source else None
    if source is None or counted is None:
        return {}
    if ligne.indicateur.traits.is_pair:
        return {f"numerateur_{key}": counted}
    return {f"valeur_{key}": counted, f"neant_{key}": source.reponse().reponse == NEANT}


def _stored_line(ligne: LigneDeclaration) -> dict[str, Any]:
    key, given = ligne.engagement_id, ligne.actuelle
    is_chosen = ligne.indicateur.traits.is_chosen
    if given is None or (given.reponse == MANQUANTE and not given.commentaire and not is_chosen):
        return {f"valeur_{key}": ""} if is_chosen else {}
    if is_chosen:
        return {
            f"valeur_{key}": "" if given.valeur is None else str(int(given.valeur)),
            f"date_{key}": given.datee_du,
            f"precision_{key}": given.commentaire,
        }
    return {
        f"valeur_{key}": given.valeur,
        f"numerateur_{key}": given.numerateur,
        f"denominateur_{key}": given.denominateur,
        f"neant_{key}": given.reponse == NEANT,
        f"precision_{key}": given.commentaire,
    }
