"""What a document is made from, those issued, and what overtook them."""

from paqte.queries.editions.editions_depassees import EditionOvertaken, overtaken_editions

__all__ = [
    "EditionOvertaken",
    "overtaken_editions",
]
