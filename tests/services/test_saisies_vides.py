"""What a form leaves out is blank, or unknown: no use case puts a word or a number in its place (R13)."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import paqte.domain
import paqte.services

# What is chosen for whoever says nothing, and why.
CHOSEN = {"ConventionTyped.rythme": "T"}  # each quarter, as the plan asks (R11)


def typed_classes() -> dict[str, Any]:
    """Every class of what people type, by name."""
    found = {}
    for room in (paqte.domain, paqte.services):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            for name, one in vars(importlib.import_module(module.name)).items():
                if name.endswith("Typed") and is_dataclass(one) and one.__module__ == module.name:
                    found[name] = one
    return found


def test_R13_what_nobody_typed_is_blank_and_neither_a_word_nor_a_number() -> None:
    classes = typed_classes()
    assert {"ProtocoleTyped", "ReferentTyped", "ActionTyped", "RencontreTyped", "ContactTyped"} <= set(classes)
    told = {
        f"{name}.{field.name}": field.default
        for name, one in classes.items()
        for field in fields(one)
        if field.default is not MISSING and not (field.default is None or field.default in ((), False, ""))
    }
    assert told == CHOSEN
