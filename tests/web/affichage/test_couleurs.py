"""The colours of the stylesheet can be read by everybody: contrast by WCAG's formula, seen by whoever confuses some."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

import paqte

CSS = (Path(paqte.__file__).parent / "static" / "paqte.css").read_text(encoding="utf-8")
SCREEN = CSS[: CSS.index("/* On paper */")] + CSS[CSS.index("/* What a référent has to do") :]
VARIABLES = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", CSS[CSS.index(":root") : CSS.index("}")]))
Colour = tuple[float, float, float]
# Texts on what they are written on (1.4.3), then marks and edges on what is beside them (1.4.11).
TEXTS = [
    *((text, ground) for text in ("encre", "encre-douce", "petrole", "petrole-fonce", "vert", "ambre", "rouge")
      for ground in ("papier", "fond")),
    ("vert", "vert-clair"), ("ambre", "ambre-clair"), ("rouge", "rouge-clair"), ("petrole", "petrole-clair"),
    ("encre", "vert-clair"), ("encre", "ambre-clair"), ("encre", "rouge-clair"), ("encre", "petrole-clair"),
    ("encre", "or"), ("or", "petrole-fonce"), ("papier", "petrole"), ("papier", "petrole-fonce"), ("papier", "vert"),
    ("papier", "rouge"),
]  # fmt: skip
MARKS = [("bord", "papier"), ("bord", "fond"), ("brique", "papier"), ("brique", "fond"), ("or", "petrole-fonce")]
# Machado, Oliveira and Fernandes (2009), severity 1: what is seen of linear red, green and blue.
SIGHTS = {
    "protanope": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranope": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanope": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "achromate": ((0.2126, 0.7152, 0.0722),) * 3,
}


def linear(code: str) -> Colour:
    """Red, green and blue of a CSS colour, as light."""
    digits = code[1:] if len(code) == 7 else "".join(2 * c for c in code[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def seen_by(sight: str, colour: Colour) -> Colour:
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, colour, strict=True)))) for row in SIGHTS[sight]
    )
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """From 1 to 21."""
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_that_of_the_standard() -> None:
    assert contrast(linear("#000"), linear("#ffffff")) == pytest.approx(21)
    assert contrast(linear("#767676"), linear("#fff")) == pytest.approx(4.54, abs=0.01)
    assert contrast(linear("#949494"), linear("#fff")) == pytest.approx(3.03, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), TEXTS)
@pytest.mark.parametrize("sight", ["", *SIGHTS])
def test_a_text_is_read_on_its_ground_whatever_one_confuses(text: str, ground: str, sight: str) -> None:
    pair = [linear(VARIABLES[name]) for name in (text, ground)]
    assert contrast(*(seen_by(sight, c) if sight else c for c in pair)) >= 4.5


@pytest.mark.parametrize(("mark", "ground"), MARKS)
@pytest.mark.parametrize("sight", ["", *SIGHTS])
def test_an_edge_and_the_frame_of_the_focus_are_seen(mark: str, ground: str, sight: str) -> None:
    pair = [linear(VARIABLES[name]) for name in (mark, ground)]
    assert contrast(*(seen_by(sight, c) if sight else c for c in pair)) >= 3


def test_every_colour_that_is_named_is_tried() -> None:
    """One more variable is one more pair here; `trait` and the shades of the grounds only decorate."""
    tried = {name for pair in (*TEXTS, *MARKS) for name in pair}
    assert VARIABLES.keys() - tried == {"trait"}


def test_states_that_some_confuse_by_colour_are_told_apart_by_their_picture() -> None:
    """For a deuteranope green and red are two browns: each state has words and an icon of its own."""
    close = [
        pair
        for pair in combinations(("vert", "ambre", "rouge"), 2)
        if contrast(*(seen_by("deuteranope", linear(VARIABLES[name])) for name in pair)) < 3
    ]
    assert close, "they could be told apart: this test would hold nothing"
    badge = (Path(paqte.__file__).parent / "templates/composants/badge.html").read_text(encoding="utf-8")
    icons = dict(re.findall(r'"(succes|attention|danger|info|neutre)": "([\w-]+)"', badge))
    assert len(icons) == len(set(icons.values())) == 5


def test_every_size_of_text_on_a_screen_is_one_of_the_scale() -> None:
    steps = [float(size) for size in re.findall(r"--t-\d+: ([\d.]+)rem", SCREEN)]
    assert len(steps) == 10 and steps == sorted(set(steps)) and steps[0] >= 0.75
    written = re.findall(r"font-size: ([^;}]+)", SCREEN)
    assert written and {one.strip() for one in written if not re.fullmatch(r"var\(--t-\d+\)", one.strip())} == set()
