"""What a document is made from, those issued, and what overtook them."""

from paqte.queries.editions.editions_depassees import EditionOvertaken, overtaken_editions
from paqte.queries.editions.transmissions import EditionAwaited, editions_to_send_again

__all__ = [
    "EditionAwaited",
    "EditionOvertaken",
    "editions_to_send_again",
    "overtaken_editions",
]
