"""A convention of Camille's and its declaration for the third quarter of 2026: what the tests of its life share."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Journal
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import (
    open_declaration,
)
from tests.factories import CAMILLE, a_convention, a_signataire, engagement_of

T2 = Periode.from_code("2026-T2")
T3 = Periode.from_code("2026-T3")
JULIEN = replace(CAMILLE, utilisateur_id=9, nom="Julien Besnard")


class Maison:
    """A convention of Camille's with the engagements asked for, and its declaration for 2026-T3."""

    def __init__(self, now: datetime, *indicateurs: str, effectif: int | None = None, **more: Any) -> None:
        self.now = now
        self.signataire = a_signataire(effectif=effectif)
        self.convention = a_convention(self.signataire, *indicateurs, **more)
        self.keys = {code: engagement_of(self.convention, code) for code in indicateurs}
        self.id = self.opened(T3)

    def opened(self, periode: Periode) -> int:
        return open_declaration(actor=CAMILLE, now=self.now, convention_id=self.convention, periode=periode)

    def saisie(self, texte: str | None = None, dire: dict[tuple[str, str], str] | None = None, **given: Any) -> Saisie:
        answers = {self.keys[code]: typed_as(value) for code, value in given.items()}
        sentences = {(self.keys[code], warning): text for (code, warning), text in (dire or {}).items()}
        return Saisie(answers, texte, sentences)

    def call(self, use_case: Any, *, actor: Acteur = CAMILLE, key: int | None = None, **given: Any) -> Any:
        """Call a use case on the declaration as it stands now."""
        key = key or self.id
        version = given.pop("version", None) or read_declaration(actor=CAMILLE, declaration_id=key).version
        return use_case(actor=actor, now=self.now, declaration_id=key, version=version, **given)

    def read(self, key: int | None = None) -> Any:
        return read_declaration(actor=CAMILLE, declaration_id=key or self.id)

    def answer(self, code: str) -> Any:
        return self.read().ligne(self.keys[code]).actuelle


def typed_as(value: Any) -> AnswerTyped:
    if isinstance(value, AnswerTyped):
        return value
    if value == "néant":
        return AnswerTyped(is_neant=True)
    if isinstance(value, tuple):
        upper, lower = (None if part is None else Decimal(part) for part in value)
        return AnswerTyped(numerateur=upper, denominateur=lower)
    return AnswerTyped(valeur=None if value is None else Decimal(value))


def journal_of(session: Any, objet: str = "declaration") -> list[Journal]:
    return list(session.scalars(select(Journal).where(Journal.objet == objet).order_by(Journal.id)))


def states_reached(session: Any) -> list[tuple[str, str]]:
    found = [(line.qui, json.loads(line.apres).get("etat")) for line in journal_of(session)]
    return [(qui, etat) for qui, etat in found if etat]
