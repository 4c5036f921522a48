"""What the first sheets of the templates are made of: title, cards, counts, headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from paqte.reporting import charte
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.styles import Style
from paqte.reporting.dessin.motifs.tables import Pencil
from paqte.reporting.remplissage.plan.format import PAS


def draw_title(pen: Pencil, title: str, subtitle: str, periode: str) -> None:
    """The head of the page: préfecture, title, then département, period, edition and dates on a pale ground."""
    grey = Style(taille=8, couleur=charte.GRIS, filet=charte.TRAIT)
    pen.line("Bandeau repris en haut de chaque page", grey, 16, "b_bandeau")
    pen.skip(16)
    pen.line("Préfecture", Style(taille=10, gras=True, couleur=charte.GRIS), 16, "b_prefecture")
    pen.line(title, Style(taille=24, gras=True, couleur=charte.FONCE), 36)
    pen.line(subtitle, Style(taille=11, couleur=charte.GRIS), 18)
    pen.skip(8)
    strong = Style(taille=13, gras=True, couleur=charte.FONCE, fond=charte.PALE, retrait=1)
    light = Style(taille=9, couleur=charte.GRIS, fond=charte.PALE, vertical="top", retrait=1)
    half = PAS // 2
    pen.write("Département", replace(strong, gauche=charte.ACCENT), 1, half, "b_departement")
    pen.write(periode, replace(strong, horizontal="right"), half + 1, PAS, "b_periode")
    pen.next(26)
    pen.write("Édition", replace(light, gauche=charte.ACCENT), 1, half, "b_edition")
    pen.write("Dates", replace(light, horizontal="right"), half + 1, PAS, "b_dates")
    pen.next(20)
    pen.skip(12)


def draw_cards(pen: Pencil, cartes: Sequence[tuple[str, str]]) -> None:
    """Big figures side by side, each with its caption; pairs of named cell and caption."""
    figure = Style(taille=20, gras=True, couleur=charte.ACCENT, horizontal="center", format=styles.ENTIER, renvoi=False)
    caption = Style(taille=8.5, couleur=charte.GRIS, horizontal="center", vertical="top", filet=charte.TRAIT)
    width = PAS // len(cartes)
    for rank, (name, _) in enumerate(cartes):
        pen.write(None, figure, rank * width + 1, (rank + 1) * width, name)
    pen.next(30)
    for rank, (_, text) in enumerate(cartes):
        pen.write(text, caption, rank * width + 1, (rank + 1) * width)
    pen.next(27)


def draw_counts(pen: Pencil, reperes: Sequence[tuple[str, str, str]]) -> None:
    """One count a row: named cell, label, meaning."""
    for name, label, meaning in reperes:
        pen.write(label, styles.CELLULE, 1, 12)
        pen.write(None, replace(styles.NOMBRE, gras=True, format=styles.ENTIER), 13, 15, name)
        pen.write(meaning, replace(styles.OBSERVATION, taille=8, retrait=1), 16, PAS)
        pen.next(16)


def draw_heading(pen: Pencil, text: str, hint: str = "", height: float = 26) -> None:
    """A heading of the page, with what the circular says of it."""
    pen.skip(12)
    pen.line(text, styles.RUBRIQUE, height)
    if hint:
        pen.line(hint, styles.PRECISION, 26 if len(hint) > 130 else 15)
        pen.skip(3)
    else:
        pen.skip(5)


def draw_sub_heading(pen: Pencil, text: str, gap: float = 9) -> None:
    """A heading inside a heading."""
    if gap:
        pen.skip(gap)
    pen.line(text, styles.SOUS_RUBRIQUE, 20)
    pen.skip(3)
