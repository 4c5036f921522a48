"""Finding what looks like a person's name in a text that must not hold any beneficiary's (R29)."""

from __future__ import annotations

import re

_TITLE = r"(?:M\.|MM\.|Mr|Mme|Mmes|Mlle|Monsieur|Madame|Mademoiselle)"
_NAME = r"[A-ZÀ-ÖØ-Ý][\w’'-]*"
_NAMED = re.compile(rf"\b{_TITLE}[ \u00a0\u202f]+{_NAME}(?:[ \u00a0\u202f]+{_NAME})?")
SHOWN = 3


def names_suspected(text: str) -> tuple[str, ...]:
    """The first « Mme Durand » of a text, each once: a hint for whoever proof-reads, never a proof."""
    found = dict.fromkeys(match[0] for match in _NAMED.finditer(text))
    return tuple(found)[:SHOWN]
