"""Timing things turn by turn in processor time: neither a slow moment of the machine nor its other users weigh."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

ROUNDS = 9


class Figure(NamedTuple):
    """A ratio, its limit, and how many measures its median comes from. Without a limit it is there to compare with."""

    nom: str
    ratio: float
    limite: float | None
    mesures: int

    @property
    def is_good(self) -> bool:
        return self.limite is None or self.ratio <= self.limite

    def __str__(self) -> str:
        return f"{self.nom}: {self.ratio:.3g} (médiane de {self.mesures})"


def interleaved(*actions: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Median seconds of each action, all run in turn at each round, after one round that does not count."""
    taken: list[list[float]] = [[] for _ in actions]
    for measured in range(-1, rounds):
        for times, action in zip(taken, actions, strict=True):
            spent = seconds(action)
            if measured >= 0:
                times.append(spent)
    return [statistics.median(times) for times in taken]


def seconds(action: Callable[[], object]) -> float:
    """Processor time of one run in this process, without the collector's whims."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        action()
        return time.process_time() - start
    finally:
        gc.enable()
