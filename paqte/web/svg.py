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
from markupsafe import Markup, escape

WIDTH, HEIGHT = 420, 210
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 16, 34


@dataclass(frozen=True, slots=True)
class Point:
    """One period on a curve. `valeur` None is a gap, never zero; `texte` is what the table shows."""

    libelle: str
    valeur: Decimal | None
    texte: str = ""


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


def progress(achieved: Decimal, target: Decimal, label: str) -> Markup:
    """A bar of what is achieved against its target; the scale grows when the target is passed."""
    scale = max(achieved, target, Decimal(1))
    done = round(100 * achieved / scale, 2)
    mark = round(100 * target / scale, 2)
    reached = " barre-atteinte" if achieved >= target else ""
    return Markup(
        '<svg class="barre{reached}" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<rect class="barre-fond" width="100" height="10"/>'
        '<rect class="barre-realise" width="{done}" height="10"/>'
        '<rect class="barre-cible" x="{x}" width="0.8" height="10"/></svg>'
    ).format(reached=reached, label=label, done=done, x=max(Decimal(0), mark - Decimal("0.8")))


def curve(points: Sequence[Point], title: str) -> Markup:
    """A line over the periods, cut where a value is missing. `title` names it for screen readers."""
    values = [p.valeur for p in points if p.valeur is not None]
    step = _nice_step(max(values, default=Decimal(1)))
    top = step * max(1, ceil(max(values, default=Decimal(1)) / step))
    parts = [_grid(step, top), *_labels(points), *_segments(points, top), *_marks(points, top)]
    return Markup('<svg class="courbe" viewBox="0 0 {w} {h}" role="img" aria-label="{title}">{body}</svg>').format(
        w=WIDTH, h=HEIGHT, title=title, body=Markup("").join(parts)
    )


def _nice_step(highest: Decimal) -> Decimal:
    """1, 2 or 5 times a power of ten, so that the axis bears at most about five figures."""
    rough = max(float(highest), 1.0) / 4
    power = 10 ** floor(log10(rough))
    step = next(m for m in (1, 2, 5, 10) if rough <= m * power) * power
    return Decimal(str(max(1, round(step))))


def _x(index: int, count: int) -> float:
    inner = WIDTH - LEFT - RIGHT
    return LEFT + (inner / 2 if count == 1 else 12 + (inner - 24) * index / (count - 1))


def _y(value: Decimal, top: Decimal) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - float(value / top))


def _grid(step: Decimal, top: Decimal) -> Markup:
    lines = []
    for rank in range(int(top / step) + 1):
        y = _y(step * rank, top)
        figure = format_decimal(step * rank, locale="fr_FR")
        lines.append(f'<line class="courbe-grille" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        text = f'x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end"'
        lines.append(f'<text class="courbe-axe" {text}>{escape(figure)}</text>')
    return Markup("".join(lines))


def _labels(points: Sequence[Point]) -> list[Markup]:
    every = ceil(len(points) / 6) or 1
    return [
        Markup('<text class="courbe-axe" x="{x:.1f}" y="{y}" text-anchor="middle">{text}</text>').format(
            x=_x(rank, len(points)), y=HEIGHT - 10, text=point.libelle
        )
        for rank, point in enumerate(points)
        if (len(points) - 1 - rank) % every == 0
    ]


def _segments(points: Sequence[Point], top: Decimal) -> list[Markup]:
    """One polyline a run of known values: a missing one leaves a gap."""
    runs: list[list[str]] = [[]]
    for rank, point in enumerate(points):
        if point.valeur is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(rank, len(points)):.1f},{_y(point.valeur, top):.1f}")
    return [Markup('<polyline class="courbe-ligne" points="{p}"/>').format(p=" ".join(r)) for r in runs if len(r) > 1]


def _marks(points: Sequence[Point], top: Decimal) -> list[Markup]:
    marks = []
    for rank, point in enumerate(points):
        x = _x(rank, len(points))
        if point.valeur is None:
            y = HEIGHT - BOTTOM - 6
            marks.append(Markup(f'<text class="courbe-manque" x="{x:.1f}" y="{y}" text-anchor="middle">n. r.</text>'))
        else:
            marks.append(Markup(f'<circle class="courbe-point" cx="{x:.1f}" cy="{_y(point.valeur, top):.1f}" r="4"/>'))
    return marks
