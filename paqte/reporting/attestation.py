"""The attestation of engagement: one sober A4 page, no State mark, drawn from figures already validated."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, HRFlowable, KeepInFrame, Paragraph, Spacer, Table, TableStyle

INK, SOFT, LINE = HexColor("#17282d"), HexColor("#4b5c62"), HexColor("#0f5563")
MARGIN = 22 * mm
FOOT = 28 * mm
TITLE = "Attestation d’engagement"
# What the fonts of every reader lack, in words or in the nearest letter.
_SAID = str.maketrans(
    {"\u202f": "\u00a0", "\u2011": "-", "≥": "au moins", "≤": "au plus", "Ł": "L", "ł": "l", "ʼ": "’", "−": "–"}
)
_TEXT = ParagraphStyle("texte", fontName="Helvetica", fontSize=10.5, leading=15, textColor=INK)
_SMALL = ParagraphStyle("petit", parent=_TEXT, fontSize=8.5, leading=11.5, textColor=SOFT)
_CELL = ParagraphStyle("cellule", parent=_TEXT, fontSize=9.5, leading=12.5)
_FIGURE = ParagraphStyle("nombre", parent=_CELL, alignment=2)
_HEAD = ParagraphStyle("entete", parent=_CELL, fontName="Helvetica-Bold", fontSize=9)
_AXIS = ParagraphStyle("axe", parent=_CELL, fontName="Helvetica-Bold", textColor=LINE)
_H1 = ParagraphStyle("titre", parent=_TEXT, fontName="Helvetica-Bold", fontSize=22, leading=28)
_NAME = ParagraphStyle("nom", parent=_TEXT, fontName="Helvetica-Bold", fontSize=15, leading=20, textColor=LINE)


@dataclass(frozen=True, slots=True)
class LigneAttested:
    """One engagement: what was validated since the start and its objective, as texts; '' when there is none."""

    axe: str
    libelle: str
    realise: str
    objectif: str


@dataclass(frozen=True, slots=True)
class Attestation:
    """Everything the page says, as texts already written in French."""

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


def draw_attestation(attestation: Attestation) -> bytes:
    """The PDF: exactly one page, whatever the number of engagements (it is drawn smaller when they are many)."""
    held = BytesIO()
    canvas = Canvas(held, pagesize=A4, pageCompression=1, invariant=1, lang="fr-FR")
    canvas.setTitle(fit_for_font(f"{TITLE}, {attestation.signataire}"))
    canvas.setAuthor("PAQTE")
    width, height = A4
    room = KeepInFrame(width - 2 * MARGIN, height - MARGIN - FOOT, _story(attestation), mode="shrink")
    Frame(MARGIN, FOOT, width - 2 * MARGIN, height - MARGIN - FOOT, 0, 0, 0, 0).addFromList([room], canvas)
    _foot(canvas, attestation)
    canvas.showPage()
    canvas.save()
    return held.getvalue()


def fit_for_font(text: str) -> str:
    """The text in the characters every PDF reader draws: narrow spaces widened, other scripts without their marks."""
    kept = []
    for character in text.translate(_SAID):
        plain = character if _is_drawn(character) else unicodedata.normalize("NFKD", character)
        kept += [c for c in plain if _is_drawn(c)] or (["?"] if not unicodedata.combining(character) else [])
    return "".join(kept)


def _is_drawn(character: str) -> bool:
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return character.isprintable() or character == "\u00a0"


def _story(a: Attestation) -> list[Flowable]:
    return [
        _engagement_line("Pacte avec les quartiers pour toutes les entreprises", _SMALL),
        _engagement_line(TITLE, _H1),
        HRFlowable(width="100%", thickness=1.5, color=LINE, spaceBefore=4, spaceAfter=14),
        _engagement_line(a.signataire, _NAME),
        Spacer(1, 6),
        _engagement_line(
            f"Cette structure s’est engagée par la convention {a.numero}, du {a.debut} au {a.fin}, en faveur des "
            f"habitants des quartiers prioritaires : {a.territoire}.",
            _TEXT,
        ),
        Spacer(1, 8),
        _engagement_line(_intro(a), _TEXT),
        Spacer(1, 12),
        _table(a.lignes),
        Spacer(1, 14),
        _engagement_line("Merci à celles et ceux qui, dans cette structure, ouvrent leurs portes.", _TEXT),
    ]


def _intro(a: Attestation) -> str:
    if not any(ligne.realise for ligne in a.lignes):
        return "Aucun résultat n’a encore été validé : voici ses engagements."
    return f"Voici les résultats que son référent a validés ({a.periodes})."


def _table(lignes: Sequence[LigneAttested]) -> Table:
    rows: list[list[Paragraph]] = [
        [
            _engagement_line("Engagement", _HEAD),
            _engagement_line("Réalisé", _HEAD_RIGHT),
            _engagement_line("Objectif", _HEAD_RIGHT),
        ]
    ]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    axe = ""
    for ligne in lignes:
        if ligne.axe != axe:
            axe = ligne.axe
            style += [("SPAN", (0, len(rows)), (-1, len(rows))), ("TOPPADDING", (0, len(rows)), (-1, len(rows)), 7)]
            rows.append([_engagement_line(axe, _AXIS), _engagement_line("", _CELL), _engagement_line("", _CELL)])
        style.append(("LINEBELOW", (0, len(rows)), (-1, len(rows)), 0.3, SOFT))
        told = ligne.realise or "pas encore validé"
        rows.append(
            [
                _engagement_line(ligne.libelle, _CELL),
                _engagement_line(told, _FIGURE),
                _engagement_line(ligne.objectif or "–", _FIGURE),
            ]
        )
    width = A4[0] - 2 * MARGIN
    return Table(rows, colWidths=[width * 0.56, width * 0.22, width * 0.22], style=TableStyle(style), repeatRows=1)


_HEAD_RIGHT = ParagraphStyle("entete_droite", parent=_HEAD, alignment=2)


def _engagement_line(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(fit_for_font(text)), style)


def _foot(canvas: Canvas, a: Attestation) -> None:
    by = ", ".join(part for part in (a.prefecture and f"par la {a.prefecture}", a.referent) if part)
    lines = (
        f"Émise le {a.emise_le}{' ' if a.prefecture else ', ' if by else ''}{by}. Seuls les résultats validés par le "
        "référent PAQTE du département y figurent.",
        *([f"Pour vérifier qu’elle a bien été émise : {a.verification}, code {a.code}."] if a.code else []),
        "Document produit par PAQTE, logiciel libre. Il ne vaut ni label ni agrément.",
    )
    bottom = 11 * mm
    for text in reversed(lines):
        paragraph = _engagement_line(text, _SMALL)
        _, height = paragraph.wrap(A4[0] - 2 * MARGIN, FOOT)
        paragraph.drawOn(canvas, MARGIN, bottom)
        bottom += height
