"""The look of the default template: the colours of the pages, Arial, thin lines. No mark of the State is imitated."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from paqte.reporting.charte import ACCENT, ALERTE, CLOISON, ENCRE, ENTETE, FONCE, GRIS, TRAIT

POLICE = "Arial"
ABSENT = "F3F3F0"

# French whatever the language of the reader that prints: a thin rule of the format, not of the machine.
ENTIER = "[$-40C]#,##0"
DECIMAL = "[$-40C]#,##0.0#"
EUROS = "[$-40C]#,##0.00"
# A bare no-break space would be, to LibreOffice in French, a separator of thousands: it saves the figure divided.
POURCENT = "[$-40C]0.0#\\\u00a0%"
JOUR = "dd/mm/yyyy"
TEXTE = "@"
GENERAL = "General"


@dataclass(frozen=True, slots=True)
class Style:
    """What a cell looks like. `taille` in points; `filet` the colour of the line below, "" for none."""

    taille: float = 9.0
    gras: bool = False
    italique: bool = False
    couleur: str = ENCRE
    fond: str = ""
    filet: str = ""
    epais: bool = False
    gauche: str = ""
    droite: str = ""
    horizontal: str = "left"
    vertical: str = "center"
    format: str = GENERAL
    renvoi: bool = True
    retrait: int = 0

    def apply(self, cell) -> None:  # type: ignore[no-untyped-def]
        """Give this look to a cell of openpyxl."""
        cell.font = Font(name=POLICE, size=self.taille, bold=self.gras, italic=self.italique, color=f"FF{self.couleur}")
        if self.fond:
            cell.fill = PatternFill("solid", fgColor=f"FF{self.fond}")
        side = Side("medium" if self.epais else "thin", color=f"FF{self.filet}") if self.filet else Side()
        left = Side("thick", color=f"FF{self.gauche}") if self.gauche else Side()
        right = Side("thin", color=f"FF{self.droite}") if self.droite else Side()
        cell.border = Border(bottom=side, left=left, right=right)
        # Figures shrink rather than show ####; texts wrap.
        cell.alignment = Alignment(
            self.horizontal,
            self.vertical,
            wrap_text=self.renvoi,
            shrink_to_fit=not self.renvoi,
            indent=self.retrait,
        )
        cell.number_format = self.format


CORPS = Style(taille=9, vertical="top")
CELLULE = Style(taille=8, filet=TRAIT, droite=CLOISON)
NOMBRE = Style(taille=8, filet=TRAIT, droite=CLOISON, horizontal="right", renvoi=False)
OBSERVATION = Style(taille=7.5, filet=TRAIT, droite=CLOISON, couleur=GRIS)
EN_TETE = Style(taille=7.5, gras=True, couleur=FONCE, fond=ENTETE, filet=ACCENT)
RUBRIQUE = Style(taille=12, gras=True, couleur=FONCE, filet=ACCENT, epais=True, vertical="bottom")
SOUS_RUBRIQUE = Style(taille=10, gras=True, couleur=ACCENT, vertical="bottom")
PRECISION = Style(taille=8, italique=True, couleur=GRIS, vertical="top")
NEANT = Style(taille=10, gras=True, couleur=ALERTE)
