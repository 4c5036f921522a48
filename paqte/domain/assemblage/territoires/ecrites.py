"""What a département brings to a sum, as a text that is kept and read again: its figures exact (R20)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from paqte.domain.assemblage.nation import PartDepartement, PartRecue
from paqte.domain.assemblage.territoire import PartBeside, SommeObjectif, SommeThematique
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Somme


def part_kept(part: PartDepartement) -> str:
    """What a part says, as a text to be kept: its figures exact, in order."""
    sums = [
        [code, nature, *(None if n is None else str(n) for n in somme[:3]), *somme[3:]]
        for (code, nature), somme in sorted(part.sommes.items())
    ]
    told = {
        "numero": part.numero, "sha256": part.sha256, "entreprises": part.entreprises, "autres": part.autres,
        "dus": part.dus, "repondus": part.repondus, "sommes": sums, "beside": _beside_kept(part.beside),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def sum_sha256(parts: Iterable[PartDepartement], periode: Periode) -> str:
    """Hash of a sum: the same for the same figures of the same editions and files, whoever adds them up."""
    told = [[part.departement, part_kept(part)] for part in sorted(parts, key=lambda p: p.departement)]
    return hashlib.sha256(json.dumps([periode.code, told], ensure_ascii=False).encode()).hexdigest()


def _beside_kept(beside: PartBeside) -> dict[str, Any]:
    aims, measures = beside.objectifs, beside.thematiques
    return {
        "objectifs": None if aims is None else [[*key, *_aim_kept(aim)] for key, aim in sorted(aims.items())],
        "thematiques": None
        if measures is None
        else [[*key, *map(_in_letters, held)] for key, held in sorted(measures.items())],
        "natures": None if beside.natures is None else dict(beside.natures),
        "a_temps": beside.a_temps,
        "sirens": beside.sirens,
    }


def _aim_kept(aim: SommeObjectif) -> list[str | int | None]:
    """Its numbers, the last one where there is one alone: what was kept before it bears the same letters."""
    return [*map(_in_letters, aim[:3] if aim.seul is None else aim)]


def _in_letters(number: Decimal | int | None) -> str | int | None:
    return str(number) if isinstance(number, Decimal) else number


def part_again(kept: str, departement: str, nom: str, recue: PartRecue) -> PartDepartement:
    """The same part, read again, with where it comes from."""
    return PartDepartement(
        departement=departement, nom=nom, edition_id=0, ecarts=(), recue=recue, **_told_again(json.loads(kept))
    )


def edition_part_kept(part: PartDepartement) -> str:
    """The same of an edition issued here, with whose it is and what no longer equals it."""
    return json.dumps([part.departement, part.nom, part.ecarts, part_kept(part)], ensure_ascii=False)


def edition_part_again(kept: str, edition_id: int) -> PartDepartement:
    """The part of an edition, equal to the one that was kept."""
    departement, nom, gaps, told = json.loads(kept)
    return PartDepartement(
        departement=departement, nom=nom, edition_id=edition_id, ecarts=tuple(gaps), **_told_again(json.loads(told))
    )


def _told_again(told: dict[str, Any]) -> dict[str, Any]:
    sums = {(code, nature): _somme_again(*numbers) for code, nature, *numbers in told.pop("sommes")}
    return {**told, "sommes": sums, "beside": _beside_again(told.pop("beside", {}))}


def _beside_again(told: Mapping[str, Any]) -> PartBeside:
    """The same; what was kept before it was told says nothing of it."""
    aims, measures = told.get("objectifs"), told.get("thematiques")
    return PartBeside(
        None if aims is None else {(code, nature): SommeObjectif(*map(_exact, exact)) for code, nature, *exact in aims},
        None
        if measures is None
        else {
            (code, unite, nature): SommeThematique(firms, _exact(forecast), _exact(done), _exact(since), *answers)
            for code, unite, nature, firms, forecast, done, since, *answers in measures
        },
        told.get("natures"),
        told.get("a_temps"),
        None if told.get("sirens") is None else tuple(told["sirens"]),
    )


def _exact(kept: str | int | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


def _somme_again(valeur: str | None, numerateur: str | None, denominateur: str | None, *counts: int) -> Somme:
    return Somme(_exact(valeur), _exact(numerateur), _exact(denominateur), *counts)
