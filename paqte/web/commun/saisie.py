"""The form of a declaration, made from the convention's own engagements (R5); the same for whoever types it.

For a number, left empty is « no answer yet »; 0 and the tick « Aucun (0) » both confirm a zero (R13).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from flask import flash, jsonify, request
from flask.typing import ResponseReturnValue
from wtforms import Field, HiddenField
from wtforms.form import BaseForm

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.declarations.champs import (
    CHOICE,
    DAY,
    FREE_TEXT,
    NUMBER,
    SENTENCE,
    TEXT,
    TICK,
    TOUCHED,
    FieldAsked,
    answers_typed,
    explanations_named,
)
from paqte.domain.declarations.controles import ERREUR, Constat
from paqte.domain.declarations.reponses import Saisie, SaisieRefused, comment_field, field_of
from paqte.domain.erreurs import Refused
from paqte.domain.statuts.declarations import ZERO_CONFIRME
from paqte.ops import clock
from paqte.queries.declarations.attendus import opens_on
from paqte.queries.declarations.lecture.champs_remplis import values_kept
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration
from paqte.services.declarations.declarations import save_draft
from paqte.web.affichage.filters import plural
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import BoxField, DateField, LongTextField, QuantiteField, RadiosField
from paqte.web.socle.session import actor

REMINDER = "Des nombres et des faits, jamais le nom d’un jeune ou d’un bénéficiaire."
NOT_YET = {"": "Pas encore de réponse"}
# What the page's script adds to the form: it has read what was pasted.
SEEN = "collage"
# The field of a page for each sort of field asked.
SHOWN: Mapping[str, Callable[[FieldAsked], Any]] = {
    NUMBER: lambda asked: QuantiteField(asked.libelle, genre=asked.nombre),
    CHOICE: lambda asked: RadiosField(asked.libelle, choices={**asked.choix, **NOT_YET}),
    DAY: lambda asked: DateField(asked.libelle, description="Par exemple 31/12/2026"),
    TICK: lambda asked: BoxField(asked.libelle),
    TEXT: lambda asked: _short_text(asked.libelle, asked.limite, REMINDER),
    # Whether a figure that repeats another was touched: told by the page's script, and not needed without it.
    TOUCHED: lambda asked: HiddenField(),
}


class SaisieForm(OurForm):
    """The fields of every declaration; build_form adds those of one."""

    texte_libre = LongTextField("Ce qu’il faut savoir de cette période", limite=FREE_TEXT, description=REMINDER)
    page: DeclarationShown
    ouvertes: frozenset[int]

    def saisie(self) -> Saisie:
        """What was typed. An engagement none of whose fields was sent stays as it was."""
        fields = self.page.all_fields()
        values = {asked.nom: self._data(asked.nom) for asked in fields}
        sentences = {key: self[name].data for name, key in explanations_named(self._fields).items()}
        return Saisie(answers_typed(fields, values, request.form.keys()), self._data("texte_libre"), sentences)

    def leaves(self) -> Iterator[Field]:
        """Fields in the order of the page: a warning's explanation stands under its number."""
        order = {str(ligne.engagement_id): rank for rank, ligne in enumerate(self.page.lignes)}
        return iter(sorted(super().leaves(), key=lambda field: _rank(field.name, order)))

    def explanations_of(self, engagement: int) -> list[Any]:
        """The fields in which the warnings of one engagement are explained."""
        return [self[name] for name, key in explanations_named(self._fields).items() if key[0] == engagement]

    def read_as_one(self) -> list[str]:
        """Without the page's script: figures apart by ordinary spaces, which cells pasted together look like too."""
        if request.form.get(SEEN) == "vu":
            return []
        read = (f for f in self.leaves() if isinstance(f, QuantiteField) and f.is_read_as_one)
        return [f"« {f.label.text} » : {f.write(f.data)}" for f in read if f.data is not None]

    def show_findings(self, findings: Iterable[Constat]) -> None:
        """Put warnings beside their fields, each with a place to explain it; errors too when nothing was sent yet."""
        for constat in findings:
            ligne = self.page.ligne(constat.engagement)
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
            born = explanations_named(refused.errors).keys() - request.form.keys()
            refused = SaisieRefused({n: s for n, s in refused.errors.items() if n not in born}, refused.constats)
        super().apply_refusal(refused)

    def _show_current(self, current: Mapping[str, str], fields: Mapping[str, Any]) -> None:
        """A tick « Aucun (0) » or a zero here and a confirmed zero there are the same answer."""
        zeros = {name for name in current if self._data(name) == 0 or self._data(f"neant_{name.partition('_')[2]}")}
        shown = {name: value for name, value in current.items() if not (value == ZERO_CONFIRME and name in zeros)}
        super()._show_current(shown, fields)

    def _data(self, name: str) -> Any:
        return self[name].data if name in self else None

    def _warn(self, name: str, sentence: str) -> None:
        if name in self:
            self[name].avertissements.append(sentence)

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
    return [ligne for ligne in page.lignes if ligne.doutes]


def opening_day(page: DeclarationShown) -> date | None:
    """The day from which it may be sent, while that day is to come (R12)."""
    today = local_date(clock.now(), page.departement)
    return opens_on(departement=page.departement, periode=page.periode, etat=page.etat, today=today)


def build_form(page: DeclarationShown, *, only: frozenset[int] | None = None, has_text: bool = True) -> SaisieForm:
    """The form of this declaration, holding what was sent, else what is stored with its findings.

    `only` are the engagements that may be answered, all of them by default; `has_text` says whether the free text may.
    """
    opened = frozenset(ligne.engagement_id for ligne in page.lignes) if only is None else only
    fields: dict[str, Any] = {}
    for ligne in page.lignes:
        if ligne.engagement_id in opened:
            fields |= {asked.nom: SHOWN[asked.sorte](asked) for asked in page.fields(ligne)}
    for name, (key, _) in explanations_named(request.form).items():
        if (ligne := page.ligne(key)) is not None:
            fields[name] = _explanation_field(ligne)
    form = type("SaisieDeclaration", (SaisieForm,), fields)(data=values_kept(page))
    form.page, form.ouvertes = page, opened
    if not has_text:
        del form.texte_libre
    if not form.is_submitted():
        form.version.data = page.version
        form.show_findings(c for ligne in page.lignes for c in ligne.constats)
    return form


def _rank(name: str, order: Mapping[str, int]) -> tuple[int, bool]:
    """Line of the page in which a field stands, its explanations last; those of no engagement after all."""
    kind, _, rest = name.partition("_")
    return order.get(rest.partition("_")[0], len(order)), kind == "explication"


def _explanation_field(ligne: LigneDeclaration) -> Any:
    return _short_text(f"Votre explication sur « {ligne.libelle} »", SENTENCE)


def _short_text(label: str, limite: int, description: str = "") -> Any:
    return LongTextField(label, limite=limite, description=description, render_kw={"rows": 2, "data-limite": limite})


def draft_kept(form: SaisieForm, page: DeclarationShown) -> bool:
    """Whether the draft was kept; otherwise the form bears the reasons."""
    with form.refusals():
        save_draft(
            actor=actor(), now=clock.now(), declaration_id=page.id, version=form.version.data, saisie=form.saisie()
        )
        return True
    return False


def draft_answer(form: SaisieForm, page: DeclarationShown) -> ResponseReturnValue:
    """What the page is told of what it sent: kept, in one sentence, with the next version; or why not, and where."""
    if form.validate_on_submit() and draft_kept(form, page):
        kept = read_declaration(actor=actor(), declaration_id=page.id)
        return jsonify(version=kept.version, message=f"Brouillon enregistré, {answered(kept)}.")
    faults = form.points_to_correct()
    points = [f"{p.titre} : {p.message}" if p.titre else p.message for p in faults]
    told = " ".join(dict.fromkeys(points)) or "Rechargez la page."
    where = [p.cible for p in faults if p.cible]
    return jsonify(conflit=form.is_conflict, champs=where, message=f"Pas encore enregistré. {told}"), form.http_status


def answered(page: DeclarationShown) -> str:
    """`7 réponses sur 8`."""
    return f"{plural(page.dus - len(page.manquantes), 'réponse')} sur {page.dus}"
