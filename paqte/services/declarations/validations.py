"""Validating several declarations at once, or asking the same of several: each stands or falls alone (R18)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from paqte.domain.personnes.acteurs import Acteur
from paqte.services.declarations.declarations import COMMENT, send_back, validate_declaration
from paqte.services.envois import BatchDone, one_by_one, open_batch
from paqte.services.textes import fitted, required


class Validations(NamedTuple):
    """Keys of those validated, and of the others with the reason."""

    validees: tuple[int, ...]
    refusees: Mapping[int, str]


def validate_declarations(
    *, actor: Acteur, now: datetime, versions: Mapping[int, int | None], base_url: str
) -> Validations:
    """Validate each declaration that is still as it was read (`versions`, by key), and say of the others why not.

    One that changed meanwhile, was validated by somebody else or is not the actor's holds none of the others back.
    """

    def validate(key: int) -> None:
        validate_declaration(actor=actor, now=now, declaration_id=key, version=versions[key], base_url=base_url)

    return Validations(*one_by_one(versions, validate))


def ask_declarations(
    *, actor: Acteur, now: datetime, versions: Mapping[int, int | None], question: str, base_url: str
) -> BatchDone:
    """Send each declaration that is still as it was read back with the same question on the whole (R18).

    Refused at once when the question is empty or too long; of each declaration, as `send_back`.
    """
    asked = required(fitted(question, COMMENT, "question"), "question", "Écrivez la question.")
    open_batch(actor=actor, now=now, geste="renvoyer", nombre=len(versions))

    def ask(key: int) -> None:
        send_back(
            actor=actor,
            now=now,
            declaration_id=key,
            version=versions[key],
            commentaires={None: asked},
            base_url=base_url,
        )

    return one_by_one(versions, ask)
