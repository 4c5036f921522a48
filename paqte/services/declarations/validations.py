"""Validating several declarations at once: each stands or falls alone (R18)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.services.declarations.declarations import validate_declaration


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
    done, refused = [], {}
    for key, version in versions.items():
        try:
            validate_declaration(actor=actor, now=now, declaration_id=key, version=version, base_url=base_url)
        except Refused as refusal:
            refused[key] = str(refusal)
        else:
            done.append(key)
    return Validations(tuple(done), refused)
