"""The attestation of engagement: sober A4 pages, no State mark, drawn from figures already validated.

Typst sets the pages: its PDF is tagged (PDF/UA-1), which a screen reader follows, and bears its typeface.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import typst
from fontTools.ttLib import TTFont

from paqte.domain.statuts.conventions import CHARTE, PAQTE, PLAN_10000
from paqte.reporting import charte, typeface
from paqte.reporting.remplissage.plan.format import GABARITS

TITLE = "Attestation d’engagement"
_SOURCE = GABARITS / "attestation.typ"
_COLOURS = {"encre": charte.ENCRE, "gris": charte.GRIS, "accent": charte.ACCENT, "trait": charte.TRAIT}
# What stands over the title, and how what was signed is called.
_HEADS = {
    PAQTE: "Pacte avec les quartiers pour toutes les entreprises",
    CHARTE: "Charte «\u00a0Entreprises et quartiers\u00a0»",
    PLAN_10000: "Plan «\u00a010\u00a0000 entreprises\u00a0»",
}
_ACTS = {PAQTE: "la convention", CHARTE: "la charte", PLAN_10000: "l’adhésion"}
# What the typeface lacks and has a twin of.
_SAID = str.maketrans({"\u202f": "\u00a0", "\u2011": "-", "ʼ": "’"})


@dataclass(frozen=True, slots=True)
class LigneAttested:
    """One engagement: what was validated since the start and its objective, as texts; '' when there is none.

    A validated answer left missing is none: whether one may still come, the pages do not say (R13).
    """

    axe: str
    libelle: str
    realise: str
    objectif: str


@dataclass(frozen=True, slots=True)
class Attestation:
    """Everything the pages say, as texts already written in French."""

    numero: str
    signataire: str
    territoire: str
    debut: str
    fin: str
    emise_le: str
    periodes: str
    referent: str
    lignes: Sequence[LigneAttested]
    prefecture: str = ""
    code: str = ""
    verification: str = ""
    dispositif: str = PAQTE


def draw_attestation(attestation: Attestation) -> bytes:
    """The PDF, as many pages as it takes, the same bytes for the same figures."""
    compiler = typst.Compiler(_SOURCE.read_bytes(), font_paths=_typefaces(), ignore_system_fonts=True)
    told = json.dumps(_fitted({"couleurs": _COLOURS, **words_of(attestation)}))
    made = compiler.compile(sys_inputs={"data": told}, format="pdf", pdf_standards="ua-1", timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("typst gave no PDF")
    return made


def fit_for_font(text: str) -> str:
    """The text in characters that the typeface has; others without their marks, or a question mark."""
    kept = []
    for character in unicodedata.normalize("NFC", text).translate(_SAID):
        plain = character if _is_drawn(character) else unicodedata.normalize("NFKD", character)
        kept += [c for c in plain if _is_drawn(c)] or (["?"] if not unicodedata.combining(character) else [])
    return "".join(kept)


def _fitted(told: object) -> object:
    if isinstance(told, str):
        return fit_for_font(told)
    if isinstance(told, dict):
        return {name: _fitted(value) for name, value in told.items()}
    return [_fitted(value) for value in told] if isinstance(told, list | tuple) else told


def _is_drawn(character: str) -> bool:
    return ord(character) in _coverage() and (character.isprintable() or character == "\u00a0")


@cache
def _coverage() -> frozenset[int]:
    """The characters that both weights in use have."""
    weights = (TTFont(typeface.FILES / f"SourceSansPro-{weight}.ttf", lazy=True) for weight in ("Regular", "Bold"))
    first, second = (frozenset(font.getBestCmap()) for font in weights)
    return first & second


@cache
def _typefaces() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(typeface.FILES)])


def words_of(a: Attestation) -> dict[str, object]:
    """All that an attestation says, in its order: the PDF and the page to print are laid out from the same words."""
    return {
        "titre_document": f"{TITLE}, {a.signataire}",
        "surtitre": _HEADS[a.dispositif],
        "titre": TITLE,
        "signataire": a.signataire,
        "engagement": _engagement(a),
        "intro": _introduction(a),
        "entetes": ["Engagement", "Réalisé", "Objectif"],
        "groupes": [
            {"axe": axe, "lignes": [_row_of(ligne) for ligne in lignes]}
            for axe, lignes in groupby(a.lignes, key=lambda ligne: ligne.axe)
        ],
        "merci": "Merci à celles et ceux qui y contribuent.",
        "pied": _footing(a),
        "rappel": f"Attestation de {_ACTS[a.dispositif]} {a.numero}",
    }


def _row_of(ligne: LigneAttested) -> list[str]:
    return [ligne.libelle, ligne.realise or "aucun résultat validé", ligne.objectif or "–"]


def _engagement(a: Attestation) -> str:
    """What was signed; the plan is not for the inhabitants of these neighbourhoods alone (R8)."""
    whom = "" if a.dispositif == PLAN_10000 else ", en faveur des habitants des quartiers prioritaires"
    return f"Engagement pris par {_ACTS[a.dispositif]} {a.numero}, du {a.debut} au {a.fin}{whom}\u00a0: {a.territoire}."


def _introduction(a: Attestation) -> str:
    if a.dispositif == CHARTE:
        return "Une charte ne demande aucun résultat chiffré."
    if not a.lignes:
        return f"Aucun engagement chiffré n’est inscrit dans {_ACTS[a.dispositif]}."
    if not a.periodes:
        return "Aucun résultat chiffré n’a été validé\u00a0: voici ses engagements."
    return f"Voici les résultats que son référent a validés ({a.periodes})."


def _footing(a: Attestation) -> list[str]:
    by = ", ".join(part for part in (a.prefecture and f"par la {a.prefecture}", a.referent) if part)
    return [
        f"Produite le {a.emise_le}{' ' if a.prefecture else ', ' if by else ''}{by}. Seuls les résultats validés par "
        "le référent PAQTE du département y figurent.",
        *([f"Pour vérifier qu’elle a bien été produite\u00a0: {a.verification}, code {a.code}."] if a.code else []),
        "Document produit par PAQTE, logiciel libre. Il ne vaut ni label ni agrément.",
    ]
