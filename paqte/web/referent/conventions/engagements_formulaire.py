"""The form of the promises on one axis, made from the grid: a line an indicator, several free ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import request
from wtforms import Field, FormField

from paqte.domain.conventions.engagements import LENGTHS, EngagementSaisi
from paqte.domain.indicateurs.catalogue import Indicateur
from paqte.domain.indicateurs.genres import genre_of
from paqte.queries.conventions.conventions import EngagementShown
from paqte.services.conventions.engagements import MAX_FREE
from paqte.web.formulaires.base import SubForm
from paqte.web.formulaires.champs import BoxField, ChoiceField, QuantiteField, TextField
from paqte.web.referent.conventions.conventions_formulaires import AnterioritesForm

_FREE = re.compile(r"X1_([0-9]{1,2})-libelle", re.ASCII)


@dataclass(frozen=True, slots=True)
class IndicateurOffered:
    """An indicator of the axis and what is already promised on it: one, or several free ones."""

    indicateur: Indicateur
    promis: tuple[EngagementShown, ...]


class PromesseForm(SubForm):
    """One promise. The figures depend on the indicator: see `_promise_class`."""

    indicateur: Indicateur
    rang: int
    promis: EngagementShown | None

    @property
    def nom(self) -> str:
        """What the promise is called on the page."""
        return f"Engagement libre {self.rang}" if self.indicateur.traits.is_free else self.indicateur.libelle

    @property
    def yearly(self) -> list[Any]:
        """The fields of the yearly targets, in order."""
        return [field for field in self if re.fullmatch(r"an\d+", field.short_name)]

    def typed(self) -> EngagementSaisi:
        """What was typed, as the use case takes it."""
        is_free = self.indicateur.traits.is_free
        duree = self["duree"].data
        saisi = EngagementSaisi(
            indicateur=self.indicateur.code,
            is_kept=True,
            rang=self.rang,
            libelle=self["libelle"].data if is_free else "",
            unite=self["unite"].data if is_free else "",
            reference=self["reference"].data if "reference" in self else None,
            duree=(Decimal(duree) if duree else None) if self.indicateur.traits.is_chosen else duree,
            annees={int(f.short_name[2:]): f.data for f in self.yearly if f.data is not None},
            precision=self["precision"].data,
        )
        is_kept = self["retenu"].data if "retenu" in self else not saisi.is_blank
        return replace(saisi, is_kept=is_kept)


class EngagementsForm(AnterioritesForm):
    """The promises of one axis, fields named "<indicateur>_<rang>"."""

    @property
    def promesses(self) -> Iterator[FormField]:
        return (field for field in self if isinstance(field, FormField))

    def title_of(self, field: Field) -> str:
        """Each field with the promise it belongs to: all promises have the same fields."""
        holder, _, _ = field.name.partition("-")
        title = super().title_of(field)
        return _titled(self[holder].form.nom, title) if holder != field.name and holder in self else title


def build_form(lignes: Sequence[IndicateurOffered], years: int, version: int, *, one_more: bool) -> EngagementsForm:
    """The form of these lines as posted, else as known. `one_more`: one more free line than was posted."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"version": version}
    for ligne in lignes:
        known = {e.rang: e for e in ligne.promis}
        for rang in _ranks(ligne, one_more):
            name = f"{ligne.indicateur.code}_{rang}"
            fields[name] = FormField(_promise_class(ligne.indicateur, rang, known.get(rang), years))
            data[name] = _known(known[rang]) if rang in known else {}
    form: EngagementsForm = type("EngagementsForm", (EngagementsForm,), fields)(data=data)
    form.prepare()
    return form


def typed_promises(form: EngagementsForm) -> list[EngagementSaisi]:
    """Every line; a free one left blank and unknown is nothing."""
    saisis = [field.form.typed() for field in form.promesses]
    known = {(f.form.indicateur.code, f.form.rang) for f in form.promesses if f.form.promis}
    return [s for s in saisis if not (s.is_blank and not s.is_kept and (s.indicateur, s.rang) not in known)]


def _titled(nom: str, title: str) -> str:
    return title if nom == title else f"{nom}, {title[:1].lower()}{title[1:]}"


def _ranks(ligne: IndicateurOffered, one_more: bool) -> list[int]:
    if not ligne.indicateur.traits.is_free:
        return [1]
    known = {e.rang for e in ligne.promis}
    posted = {int(match[1]) for name in request.form if (match := _FREE.fullmatch(name))}
    ranks = {rank for rank in known | posted if 1 <= rank <= MAX_FREE}
    if one_more or not ranks:
        ranks.add(min(max(ranks, default=0) + 1, MAX_FREE))
    return sorted(ranks)


def _promise_class(indicateur: Indicateur, rang: int, promis: EngagementShown | None, years: int) -> type[PromesseForm]:
    is_free = indicateur.traits.is_free
    fields: dict[str, Any] = {"indicateur": indicateur, "rang": rang, "promis": promis}
    if not is_free:
        fields["retenu"] = BoxField(indicateur.libelle)
    else:
        if promis:
            fields["retenu"] = BoxField("Garder cet engagement")
        fields["libelle"] = TextField("À quoi le signataire s’engage", limite=LENGTHS["libelle"])
        fields["unite"] = TextField("Unité", limite=LENGTHS["unite"], description="Par exemple heures, repas, actions")
    fields |= _figures(indicateur, years)
    fields["precision"] = TextField("Précision", limite=LENGTHS["precision"])
    return type("PromesseForm", (PromesseForm,), fields)


def _figures(indicateur: Indicateur, years: int) -> dict[str, Any]:
    if indicateur.traits.is_chosen:
        choices = {"": "Sans objectif", **indicateur.traits.cibles}
        return {"duree": ChoiceField("Objectif", choices=choices)}
    genre = indicateur.nombre
    fields = {
        "reference": QuantiteField("Référence", genre=genre),
        "duree": QuantiteField("Objectif sur la durée", genre=genre),
    }
    if years > 1:
        fields |= {f"an{year}": QuantiteField(f"Année {year}", genre=genre) for year in range(1, years + 1)}
    return fields


def _known(promis: EngagementShown) -> dict[str, Any]:
    term = promis.objectifs.get(0)
    duree = ("" if term is None else str(term)) if genre_of(promis.genre).is_chosen else term
    return {
        "retenu": True,
        "libelle": promis.libelle,
        "unite": promis.unite,
        "reference": promis.reference,
        "duree": duree,
        "precision": promis.precision,
        **{f"an{year}": cible for year, cible in promis.objectifs.items() if year},
    }
