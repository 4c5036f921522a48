"""Icons, bars and curves drawn on the server: pure functions, no inline style (the CSP forbids it)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import ceil, floor, log10
from pathlib import Path

import flask_bootstrap
from babel.numbers import format_decimal
from markupsafe import Markup

from paqte.domain.chiffres import Chiffre

WIDTH, HEIGHT = 1000, 400
MOST_LABELS = 6


@dataclass(frozen=True, slots=True)
class Point:
    """One period on a curve. `valeur` None is a gap, never zero; `texte` is what the table shows.

    `libelle` stands under the drawing; `entier` names the period whole, in the table, and leads to `url` where given.
    """

    libelle: str
    valeur: Decimal | None
    texte: str = ""
    entier: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """A drawing and the words of its axes: `graduations` from top to bottom, `etiquettes` one a period."""

    dessin: Markup
    graduations: tuple[str, ...]
    etiquettes: tuple[str, ...]


@cache
def _sprite() -> str:
    folder = Path(flask_bootstrap.__file__).parent
    return (folder / "static/bootstrap5/icons/bootstrap-icons.svg").read_text(encoding="utf-8")


@cache
def icon(name: str) -> Markup:
    """A decorative Bootstrap icon, inline, hidden from screen readers. KeyError when it does not exist."""
    found = re.search(rf'<symbol class="bi bi-{re.escape(name)}"[^>]*>(.*?)</symbol>', _sprite())
    if not found:
        raise KeyError(f"no icon is called {name}")
    return Markup(
        '<svg class="icone" viewBox="0 0 16 16" width="16" height="16" fill="currentColor" '
        f'aria-hidden="true" focusable="false">{found[1]}</svg>'
    )


def progress(achieved: Decimal | int, target: Decimal | int, label: str) -> Markup:
    """A bar of what is achieved against its target; the scale grows when the target is passed."""
    scale = float(max(achieved, target, 1))
    done, mark = 100 * float(achieved) / scale, 100 * float(target) / scale
    return Markup(
        '<svg class="barre{reached}" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<rect class="barre-fond" width="100" height="10"/>'
        '<rect class="barre-realise" width="{done:.2f}" height="10"/>'
        '<rect class="barre-cible" x="{x:.2f}" width="0.8" height="10"/></svg>'
    ).format(reached=" barre-atteinte" if achieved >= target else "", label=label, done=done, x=max(0.0, mark - 0.8))


def rate(told: Chiffre) -> Markup:
    """The bar of a rate told beside it in words, hidden from screen readers; nothing when there is no rate (R13)."""
    if told.is_missing:
        return Markup("")
    return progress(told.valeur or 0, 100, "").replace('role="img" aria-label=""', Markup('aria-hidden="true"'))


def curve(points: Sequence[Point], title: str) -> Curve:
    """A line over the periods, cut where a value is missing. `title` names it for screen readers.

    The words of the axes are left to the page: inside a drawing they would shrink with it on a telephone.
    """
    values = [float(p.valeur) for p in points if p.valeur is not None]
    step = _nice_step(max(values, default=1.0))
    rungs = max(1, ceil(max(values, default=1.0) / step))
    body = [*_grid(rungs), *_segments(points, step * rungs), *_marks(points, step * rungs)]
    drawing = Markup(
        '<svg class="courbe" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" aria-label="{title}">'
        "{body}</svg>"
    ).format(w=WIDTH, h=HEIGHT, title=title, body=Markup("").join(body))
    every = ceil(len(points) / MOST_LABELS) or 1
    shown = [p.libelle if (len(points) - 1 - rank) % every == 0 else "" for rank, p in enumerate(points)]
    scale = [format_decimal(step * rank, locale="fr_FR") for rank in range(rungs, -1, -1)]
    return Curve(drawing, tuple(scale), tuple(shown))


def _nice_step(highest: float) -> int:
    """1, 2 or 5 times a power of ten, so that the axis bears at most about five figures."""
    rough = max(highest, 1.0) / 4
    power = 10 ** floor(log10(rough))
    return max(1, round(next(m for m in (1, 2, 5, 10) if rough <= m * power) * power))


def _x(rank: int, count: int) -> str:
    return f"{WIDTH * (rank + 0.5) / count:.1f}"


def _y(value: Decimal, top: int) -> str:
    return f"{HEIGHT * (1 - float(value) / top):.1f}"


def _grid(rungs: int) -> list[Markup]:
    heights = [f"{HEIGHT * rank / rungs:.1f}" for rank in range(rungs + 1)]
    return [Markup(f'<line class="courbe-grille" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>') for y in heights]


def _segments(points: Sequence[Point], top: int) -> list[Markup]:
    """One polyline a run of known values: a missing one leaves a gap."""
    runs: list[list[str]] = [[]]
    for rank, point in enumerate(points):
        if point.valeur is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(rank, len(points))},{_y(point.valeur, top)}")
    return [Markup(f'<polyline class="courbe-ligne" points="{" ".join(run)}"/>') for run in runs if len(run) > 1]


def _marks(points: Sequence[Point], top: int) -> list[Markup]:
    """A dot a value: a line of no length with round ends, which stays round whatever the drawing's shape."""
    return [
        Markup(f'<path class="courbe-point" d="M{_x(rank, len(points))} {_y(point.valeur, top)}h0"/>')
        for rank, point in enumerate(points)
        if point.valeur is not None
    ]
