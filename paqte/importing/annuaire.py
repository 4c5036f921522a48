"""Answers of the State's company search, read with suspicion: what is not in the documented shape is not believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from paqte.domain.conventions.etablissements import (
    SIRENE_CATEGORIES,
    TRANCHES,
    EtablissementLu,
    departement_of,
    nature_of,
    said,
    street_of,
)
from paqte.domain.saisie.textes import clean_line

DIFFUSIBLE = "O"
_SIRET = re.compile(r"[0-9]{14}", re.ASCII)
_NAF = re.compile(r"[0-9]{2}\.[0-9]{2}[A-Z]", re.ASCII)
_POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)
# Columns of the base.
_LONGEST = {"nom": 200, "enseigne": 200, "adresse": 300, "commune": 100}


def read_answer(content: bytes) -> list[list[EtablissementLu]]:
    """By legal unit found, its establishments that answer, the head office first when it is told.

    ValueError when this is no answer of the service.
    """
    try:
        told = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("réponse illisible") from None
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, list):
        raise ValueError("réponse d’une autre forme que celle du service")
    return [list(_establishments(unit)) for unit in results if isinstance(unit, dict)]


def _establishments(unit: dict[str, Any]) -> Iterator[EtablissementLu]:
    matching, siege = unit.get("matching_etablissements"), unit.get("siege")
    seen: set[str] = set()
    for one in (siege, *(matching if isinstance(matching, list) else [])):
        if not isinstance(one, dict):
            continue
        siret = _told_text(one, "siret")
        if _SIRET.fullmatch(siret) and siret[:9] == _told_text(unit, "siren") and siret not in seen:
            seen.add(siret)
            yield _establishment(unit, one, siret, is_siege=one is siege or one.get("est_siege") is True)


def _establishment(unit: dict[str, Any], one: dict[str, Any], siret: str, *, is_siege: bool) -> EtablissementLu:
    more = unit.get("complements")
    more = more if isinstance(more, dict) else {}
    code_postal, commune = _told_text(one, "code_postal"), _told_text(one, "libelle_commune")
    names = {
        "nom": _told_text(unit, "nom_raison_sociale") or _told_text(unit, "nom_complet"),
        "enseigne": _told_text(one, "nom_commercial") or _first_text(one.get("liste_enseignes")),
        "adresse": street_of(said(_told_text(one, "adresse")), code_postal, commune),
        "commune": commune,
    }
    is_unit_open = _told_text(unit, "etat_administratif") != "C"
    is_open = _told_text(one, "etat_administratif") not in ("F", "C") and is_unit_open
    return EtablissementLu(
        siret=siret,
        **{name: said(text)[: _LONGEST[name]] for name, text in names.items()},
        code_postal=_matching(_POSTCODE, code_postal),
        departement=departement_of(_told_text(one, "commune"), code_postal),
        naf=_matching(_NAF, _told_text(one, "activite_principale"))
        or _matching(_NAF, _told_text(unit, "activite_principale")),
        nature=nature_of(
            _told_text(unit, "nature_juridique"),
            is_association=more.get("est_association") is True,
            is_public=more.get("est_administration") is True or more.get("est_collectivite_territoriale") is True,
        ),
        categorie=_among(SIRENE_CATEGORIES, _told_text(unit, "categorie_entreprise")),
        tranche=_among(TRANCHES, _told_text(one, "tranche_effectif_salarie")),
        is_ouvert=is_open,
        ferme_le=None if is_open else _closing_day(one) or _closing_day(unit),
        is_diffusible=_is_told(unit, "statut_diffusion") and _is_told(one, "statut_diffusion_etablissement"),
        is_siege=is_siege,
    )


def _is_told(thing: dict[str, Any], name: str) -> bool:
    """Whether it may be published; without a word of it, as most."""
    return _told_text(thing, name) in ("", DIFFUSIBLE)


def _told_text(thing: dict[str, Any], name: str) -> str:
    found = thing.get(name)
    return clean_line(found)[0] if isinstance(found, str) else ""


def _first_text(given: Any) -> str:
    texts = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
    return clean_line(texts[0])[0] if texts else ""


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def _among(codes: Any, text: str) -> str:
    return text if text in codes else ""


def _closing_day(thing: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(_told_text(thing, "date_fermeture")[:10])
    except ValueError:
        return None
