"""What a document is made from, those issued, and what overtook them."""

from paqte.queries.editions.editions_depassees import EditionDepassee, overtaken_editions

__all__ = [
    "EditionDepassee",
    "overtaken_editions",
]
