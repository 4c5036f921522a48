"""What the register of companies brings to the form of a signatory: proposed, never over what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request

from paqte.domain.saisie.textes import searchable
from paqte.domain.statuts.conventions import CATEGORIES, NATURES
from paqte.ops import clock
from paqte.services.conventions.entreprises.annuaire import (
    AnnuaireAnswer,
    AnnuaireFound,
    look_up,
    search_by_name,
    told_of,
)
from paqte.services.envois import forget_expected
from paqte.web.commun.public import search_address, search_proxy
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import Required, TextField, ValidationError
from paqte.web.referent.conventions.signataire_formulaire import SignataireForm
from paqte.web.socle.session import actor

COMPLETE = "completer"
SEARCH = "cherche"
FEWEST_LETTERS = 3


class AnnuaireForm(FilterForm):
    """The name of a structure whose number is not at hand."""

    cherche = TextField(
        "Nom du signataire",
        [Required("Saisissez un nom, par exemple « menuiserie val Blois ».")],
        limite=100,
        description="Son nom ou son enseigne, avec la commune si vous la connaissez.",
        render_kw={"type": "search"},
    )

    def validate_cherche(self, field: TextField) -> None:
        """A letter or two answers for everybody, and the service refuses them."""
        if len(searchable(field.data).replace(" ", "")) < FEWEST_LETTERS:
            raise ValidationError(f"Saisissez au moins {FEWEST_LETTERS} lettres.")


def found_for(identifiant: str) -> AnnuaireAnswer:
    """What the register says of a number; the form received on the way is still to be sent for good."""
    forget_expected()
    return look_up(actor=actor(), url=search_address(), proxy=search_proxy(), identifiant=identifiant, now=clock.now())


def sought(form: AnnuaireForm) -> AnnuaireFound | None:
    """What answers to the name asked for in the address; None when nothing is asked, or not enough."""
    if SEARCH not in request.args or not form.validate():
        return None
    return search_by_name(actor=actor(), url=search_address(), proxy=search_proxy(), texte=form.cherche.data)


def complete(form: SignataireForm) -> tuple[AnnuaireAnswer | None, list[tuple[str, str]]]:
    """Fill what was left empty from the number typed; gives what the register says otherwise than what was typed.

    None when the number cannot be read: its field says why.
    """
    if not form.identifiant.validate(form):
        return None, []
    found = found_for(form.identifiant.data)
    return found, list(_differences(form, told_of(found.etablissement)))


def _differences(form: SignataireForm, told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        field = form[name]
        if not field.data:
            field.data = value
        elif isinstance(value, str) and searchable(str(field.data)) != searchable(value):
            shown = (NATURES | CATEGORIES).get(value, value)
            yield str(field.label.text), shown
