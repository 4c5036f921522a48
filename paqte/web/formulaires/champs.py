"""Typed fields: what is typed becomes a value of the domain, or a French sentence beside the field.

Every field keeps the text as typed, so that a refused form shows it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, TextInput

from paqte.domain.saisie.adresses import read_address
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.identifiants import grouped, read_siren, read_siren_or_siret, read_siret
from paqte.domain.saisie.nombres import COMPTE, is_one_of_groups, read_number
from paqte.domain.saisie.textes import clean_line, clean_lines, too_long
from paqte.web.affichage.filters import show_number

# What a telephone or a browser would change in a figure, a day or a number of register: nothing.
AS_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
# One cell of a table at most: the page's script reads what is pasted before the browser joins the cells.
ONE_CELL = {"data-cellule": True}
LINE = 200
TEXT = 4_000
EMAIL = 254
BLANKS = " \t\r\n\u00a0\u202f\u2009"


class Required:
    """Refuses a field left empty; typed blanks are empty. 0 is an answer."""

    field_flags = {"required": True}  # noqa: RUF012 — the name and shape WTForms reads

    def __init__(self, message: str = "") -> None:
        self.message = message

    def __call__(self, form: object, field: Field) -> None:
        if field.errors:
            raise StopValidation
        if field.data is None or field.data in ("", []) or field.data is False:
            raise StopValidation(self.message or _ask(field))


def _ask(field: Field) -> str:
    if isinstance(field, SelectField | RadioField | SelectMultipleField):
        return "Choisissez une réponse."
    if isinstance(field, BooleanField):
        return "Cochez cette case pour continuer."
    return "Remplissez ce champ."


class Warned:
    """What any field of ours may bear besides errors: warnings (R17), and the value saved meanwhile."""

    avertissements: list[str]
    enregistre: str = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.avertissements = []
        super().__init__(*args, **kwargs)


class _TypedField(Warned, Field):
    """A text box read by `read(text) -> value`, which raises ValueError with the sentence to show."""

    widget = TextInput()

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def write(self, value: Any) -> str:
        return str(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.typed = valuelist[0] if valuelist else ""
        if self.typed.strip(BLANKS):
            self.data = self.read(self.typed)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)


class QuantiteField(_TypedField):
    """A figure typed in French (R16); `data` is a Decimal, or None when nothing was typed: never zero."""

    data: Decimal | None
    typed: str = ""

    def __init__(self, label: str = "", validators: Iterable[Any] = (), genre: str = COMPTE, **kwargs: Any) -> None:
        self.genre = genre
        keyboard = "numeric" if genre == COMPTE else "decimal"
        kwargs["render_kw"] = {"inputmode": keyboard, **AS_TYPED, **ONE_CELL, **kwargs.get("render_kw", {})}
        super().__init__(label, tuple(validators), **kwargs)

    def read(self, text: str) -> Decimal:
        return read_number(text, self.genre)

    @property
    def is_read_as_one(self) -> bool:
        """Whether ordinary spaces part what was read as one figure: a browser makes the same of cells pasted."""
        return self.data is not None and is_one_of_groups(self.typed)

    def write(self, value: Decimal) -> str:
        return show_number(value)


class DateField(_TypedField):
    """A day typed in French. A text box, not the browser's calendar, which loses what it cannot read."""

    data: date | None

    def __init__(self, label: str = "", validators: Iterable[Any] = (), **kwargs: Any) -> None:
        kwargs.setdefault("description", "Par exemple 31/12/2026")
        kwargs["render_kw"] = {**AS_TYPED, **ONE_CELL, **kwargs.get("render_kw", {})}
        super().__init__(label, tuple(validators), **kwargs)

    def read(self, text: str) -> date:
        return read_date(text)

    def write(self, value: date) -> str:
        return f"{value:%d/%m/%Y}"


class SiretField(_TypedField):
    """Fourteen digits, spaces and dots allowed (R24); `data` is the bare text."""

    reader: Callable[[str], str] = staticmethod(read_siret)

    def __init__(self, label: str = "", validators: Iterable[Any] = (), **kwargs: Any) -> None:
        kwargs["render_kw"] = {"inputmode": "numeric", **AS_TYPED, **ONE_CELL, **kwargs.get("render_kw", {})}
        super().__init__(label, tuple(validators), **kwargs)

    def read(self, text: str) -> str:
        return self.reader(text)

    def write(self, value: str) -> str:
        return grouped(value)


class SirenField(SiretField):
    """Nine digits (R24)."""

    reader = staticmethod(read_siren)


class SiretOrSirenField(SiretField):
    """A SIRET, or a bare SIREN (R3)."""

    reader = staticmethod(read_siren_or_siret)


class TextField(Warned, StringField):
    """One line, cleaned; `data` is '' when nothing was typed. Too long is refused with both counts."""

    def __init__(self, label: str = "", validators: Iterable[Any] = (), limite: int = LINE, **kwargs: Any) -> None:
        self.limite = limite
        super().__init__(label, tuple(validators), **kwargs)

    clean = staticmethod(clean_line)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, removed = self.clean(valuelist[0] if valuelist else "")
        if removed:
            self.avertissements.append(_removed(removed))
        if sentence := too_long(self.data, self.limite):
            raise ValueError(sentence)

    def _value(self) -> str:
        return self.data or ""


class LongTextField(TextField, TextAreaField):
    """Several lines, cleaned."""

    clean = staticmethod(clean_lines)

    def __init__(self, label: str = "", validators: Iterable[Any] = (), limite: int = TEXT, **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"rows": 5, "data-limite": limite})
        super().__init__(label, validators, limite, **kwargs)


def _removed(count: int) -> str:
    if count == 1:
        return "Un caractère invisible a été retiré de ce texte."
    return f"{show_number(count)} caractères invisibles ont été retirés de ce texte."


# One's own address, which the browser may know.
OWN_ADDRESS = {"inputmode": "email", "autocomplete": "email", "autocapitalize": "none"}


class CourrielField(TextField):
    """An e-mail address, in lower case; no look-up is made."""

    def __init__(self, label: str = "", validators: Iterable[Any] = (), **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "email", "autocapitalize": "none"})
        super().__init__(label, validators, EMAIL, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = read_address(self.data)


class ChoiceField(Warned, SelectField):
    """One answer in a list; `choices` is a dict {code: label}, or {heading: {code: label}}, never tuples."""


class RadiosField(Warned, RadioField):
    """One answer among a few, all in sight; none is an answer too unless Required says otherwise."""

    def pre_validate(self, form: object) -> None:
        if self.data is not None:
            super().pre_validate(form)


class BoxesField(Warned, SelectMultipleField):
    """Several answers, as boxes to tick."""

    option_widget = CheckboxInput()


class ColonnesField(BoxesField):
    """The columns that a list shows; none ticked, or none that it has, shows those that it shows by itself."""

    def __init__(self, label: str = "Colonnes", **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Those ticked, in the order of the list."""
        return tuple(str(code) for code, *_ in self.iter_choices() if code in (self.data or ()))


class BoxField(Warned, BooleanField):
    """One box to tick."""


class FichierField(Warned, FileField):
    """A file handed in; its content is checked by the use case."""


class FichiersField(Warned, MultipleFileField):
    """Several files handed in at once; each is checked by the use case."""


class VersionField(HiddenField):
    """The version of the thing on which this form was opened: a whole number, or None when new."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        is_number = text.isascii() and text.isdigit() and len(text) < 10
        self.data = int(text) if is_number else None


__all__ = [
    "BoxField",
    "BoxesField",
    "ChoiceField",
    "CourrielField",
    "DateField",
    "FichierField",
    "FichiersField",
    "LongTextField",
    "QuantiteField",
    "RadiosField",
    "Required",
    "SirenField",
    "SiretField",
    "SiretOrSirenField",
    "TextField",
    "ValidationError",
    "VersionField",
]
