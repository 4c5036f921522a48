"""What every refusal of the domain owes its reader: a French sentence, short and clean."""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 300


def is_french_sentence(text: str) -> bool:
    """Begins like a sentence, ends like one, fits beside a field, holds no control character."""
    begins = text[:1] == "«" or text[:1].isupper()
    is_clean = all(unicodedata.category(c) not in ("Cc", "Cf", "Cn", "Cs") for c in text)
    return begins and is_clean and text.endswith((".", "…")) and len(text) <= MAX_LENGTH
