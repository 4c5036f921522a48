"""The base of every form: French messages, refusals of use cases beside their fields, optimistic lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FieldList, FileField, Form, FormField, MultipleFileField
from wtforms.fields.choices import SelectFieldBase
from wtforms.meta import DefaultMeta
from wtforms.widgets import HiddenInput

from paqte.domain.erreurs import Conflict, NotFound, Refused
from paqte.web.formulaires.champs import (
    BoxesField,
    BoxField,
    DateField,
    FichierField,
    FichiersField,
    QuantiteField,
    RadiosField,
    VersionField,
)
from paqte.web.formulaires.libelles import Label, labels_field

# WTForms' own sentences, by their English key. A key that is not here falls back on WTForms' French catalogue.
SENTENCES = {
    "Not a valid choice.": "Choisissez une réponse proposée.",
    "Not a valid choice": "Choisissez une réponse proposée.",
    "Invalid Choice: could not coerce.": "Choisissez une réponse proposée.",
    "'%(value)s' is not a valid choice for this field.": "« %(value)s » n’est pas dans la liste.",
    "'%(value)s' are not valid choices for this field.": "« %(value)s » ne sont pas dans la liste.",
    "This field is required.": "Remplissez ce champ.",
    "This field is disabled and cannot have a value.": "Ce champ ne se remplit pas.",
    "This field cannot be edited.": "Ce champ ne se modifie pas.",
    "Not a valid week value.": "Écrivez une semaine comme 2026-W05.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choisissez des réponses proposées.",
    "Date must be at least %(min)s.": "Écrivez une date à partir du %(min)s.",
    "Date must be at most %(max)s.": "Écrivez une date jusqu’au %(max)s.",
    "Date must be between %(min)s and %(max)s.": "Écrivez une date du %(min)s au %(max)s.",
}

TICKED = "coché"


class FrenchTranslations:
    """Our sentences first, then WTForms' French ones."""

    def __init__(self, fallback: Any) -> None:
        self.fallback = fallback

    def gettext(self, text: str) -> str:
        return SENTENCES.get(text) or str(self.fallback.gettext(text))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return SENTENCES.get(one if count < 2 else many) or str(self.fallback.ngettext(one, many, count))


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing to correct: where its field is (an HTML id, '' for the whole), its label, the sentence."""

    cible: str
    titre: str
    message: str


class FormMeta(DefaultMeta):
    """Fields speak of somebody else: a browser must not offer the typist's own name, address or telephone.

    Those about oneself say so, field by field. A hidden field is nobody's to fill, and a page of several forms holds
    its token several times: it bears neither hint nor id.
    """

    def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
        if isinstance(field.widget, HiddenInput):
            return super().render_field(field, {"id": False, **render_kw})
        asked = {**(field.render_kw or {}), **render_kw}
        if "autocomplete" not in asked and not isinstance(field, FormField | FieldList):
            render_kw = {"autocomplete": "off", **render_kw}
        return super().render_field(field, render_kw)


class OurForm(FlaskForm):
    """A form of ours. `version` goes with the page and comes back, so that nobody overwrites unseen."""

    class Meta(FormMeta, FlaskForm.Meta):
        locales = ("fr",)

        def get_translations(self, form: Any) -> FrenchTranslations:
            return FrenchTranslations(DefaultMeta.get_translations(self, form))

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What is given, else what a browser would have sent with this very form."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return _posted(form) if form.is_submitted() else None

    version = VersionField()
    is_conflict = False
    # Whether what was typed is kept already, though what was asked for is refused.
    is_kept = False
    # Whether the page comes again before anything was asked to be kept: a list narrowed, boxes ticked together.
    is_again = False

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Stop at what a use case refuses, and bear it: the page is then shown again."""
        try:
            yield
        except Refused as refused:
            self.apply_refusal(refused)

    def apply_refusal(self, refused: Refused) -> None:
        """Put each sentence of a use case beside its field, or in the summary when no field bears that name.

        A Conflict also shows the values saved meanwhile and takes the new version, so that sending again is a choice.
        NotFound goes through: it is a page of its own.
        """
        if isinstance(refused, NotFound):
            raise refused
        self.is_conflict = isinstance(refused, Conflict)
        fields = {field.short_name: field for field in self} | {field.name: field for field in self.leaves()}
        for name, sentence in refused.errors.items():
            if name in fields:
                fields[name].errors = [*fields[name].errors, sentence]
            else:
                self.form_errors.append(sentence)
        if isinstance(refused, Conflict):
            self._show_current(refused.current, fields)

    def apply_warnings(self, warnings: Mapping[str, str]) -> None:
        """Put each warning (R17) beside its field; warnings do not make the form invalid."""
        for field in self.leaves():
            if field.name in warnings and hasattr(field, "avertissements"):
                field.avertissements.append(warnings[field.name])

    def leaves(self) -> Iterator[Field]:
        """Every field that bears a value, those of nested forms and lists included."""
        return _leaves(self)

    def has_required(self) -> bool:
        """Whether a field of it must be filled, so that the page says what the marks mean."""
        return any(field.flags.required for field in self.leaves())

    def hidden_tag(self, *fields: Any) -> Markup:
        """The hidden fields, and the labels of the others: what is typed can be named again whatever happens."""
        return super().hidden_tag(*fields) + self.labels_tag()

    def labels_tag(self) -> Markup:
        """The labels alone, for a form whose token and version are written by hand."""
        return labels_field((f.name, Label(self.title_of(f), _choices(f))) for f in self.leaves() if _is_shown(f))

    def title_of(self, field: Field) -> str:
        """What a field is called when it is named away from its place on the page."""
        return str(field.label.text)

    def points_to_correct(self) -> list[FieldFault]:
        """What the summary at the top lists, in the order of the page."""
        points = [FieldFault("", "", sentence) for sentence in self.form_errors]
        for field in self.leaves():
            points += [FieldFault(_target(field), self.title_of(field), str(sentence)) for sentence in field.errors]
        return points

    @property
    def http_status(self) -> int:
        """What the page that shows this form answers: 409 after a conflict, 422 when refused, else 200."""
        if self.is_conflict:
            return 409
        return 422 if self.points_to_correct() else 200

    def summary_title(self) -> str:
        """`1 point à corriger`."""
        count = len(self.points_to_correct())
        return "1 point à corriger" if count == 1 else f"{count} points à corriger"

    def _show_current(self, current: Mapping[str, str], fields: Mapping[str, Field]) -> None:
        for name, value in current.items():
            field = fields.get(name)
            if field is self.version:
                self.version.data = int(value)
            elif (
                field is not None
                and hasattr(field, "enregistre")
                and _with_plain_spaces(_as_text(field)) != _with_plain_spaces(value)
            ):
                field.enregistre = _label_of(field, value) or "(vide)"


class SubForm(Form):
    """Fields repeated inside a form (FieldList(FormField(…))): no token of its own, same French messages."""

    class Meta(FormMeta):
        locales = ("fr",)

        def get_translations(self, form: Any) -> FrenchTranslations:
            return FrenchTranslations(super().get_translations(form))


class FilterForm(OurForm):
    """Search and filters, sent by GET: nothing changes, so no token and no version.

    An answer absent from the address, or not in its list, filters nothing and is no error. The first that cannot be
    read takes the focus: no summary above a list leads to it.
    """

    class Meta(OurForm.Meta):
        csrf = False

    version = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Forget what is in no list, then check the rest."""
        super().validate(extra_validators)
        for field in self.leaves():
            if isinstance(field, SelectFieldBase) and field.errors:
                field.data, field.errors = field.default or "", []
        for field in [field for field in self.leaves() if field.errors][:1]:
            field.render_kw = {**(field.render_kw or {}), "autofocus": True}
        return not self.points_to_correct()


def _posted(form: Any) -> CombinedMultiDict[str, Any]:
    """Texts, and files for the fields that ask for one: no field reads a file as a text, nor anything as JSON."""
    asked = {field.name for field in form if isinstance(field, FichierField | FichiersField)}
    files = [(name, file) for name, file in request.files.items(multi=True) if name in asked]
    texts = [(name, text) for name, text in request.form.items(multi=True) if _has_plain_ranks(name)]
    return CombinedMultiDict([MultiDict(files), MultiDict(texts)])


def _has_plain_ranks(name: str) -> bool:
    """Whether the ranks in a name ("contacts-2-nom") are numbers: WTForms takes « ² » for one, then fails."""
    return all(part.isascii() and len(part) < 10 for part in name.split("-") if part.isdigit())


def _as_text(field: Field) -> str:
    """What the field holds, as a use case writes it: a code for a choice, « oui » or « non » for a box, or labels."""
    if isinstance(field, BoxField):
        return "oui" if field.data else "non"
    if isinstance(field, BoxesField):
        ticked = {str(value) for value in field.data or ()}
        return ", ".join(label for value, label in _choices(field).items() if value in ticked)
    if isinstance(field, SelectFieldBase):
        return "" if field.data is None else str(field.data)
    if isinstance(field, QuantiteField | DateField) and field.data is not None:
        return field.write(field.data)
    return str(field._value())


def _with_plain_spaces(text: str) -> str:
    """The text with ordinary spaces: a figure is the same however its thousands are set apart."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def _label_of(field: Field, value: str) -> str:
    """A code of a list, as people read it."""
    return _choices(field).get(value, value) if isinstance(field, SelectFieldBase) else value


def _choices(field: Field) -> dict[str, str]:
    """What each code of a field means to people; a box has one."""
    if isinstance(field, BoxField):
        return {str(field._value()): TICKED}
    if not isinstance(field, SelectFieldBase):
        return {}
    return {str(choice.value): str(choice.label) for choice in field.iter_choices()}


def _is_shown(field: Field) -> bool:
    return not isinstance(field, FileField | MultipleFileField) and not isinstance(field.widget, HiddenInput)


def _leaves(holder: Any) -> Iterator[Field]:
    for field in holder:
        if isinstance(field, FormField | FieldList):
            yield from _leaves(field)
        else:
            yield field


def _target(field: Field) -> str:
    """The id a link can give the focus to: a group's first box, else the field itself."""
    if isinstance(field, RadiosField | BoxesField):
        return next((option.id for option in field), field.id)
    return str(field.id)
