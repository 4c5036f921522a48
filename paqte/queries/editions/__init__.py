"""What a document is made from, those issued, and what overtook them."""

from paqte.queries.editions.editions import EditionLue, list_editions
from paqte.queries.editions.editions_depassees import EditionOvertaken, overtaken_editions
from paqte.queries.editions.nation import departements_awaited, departements_followed
from paqte.queries.editions.recus import RecuLu, counted_received, last_counted_before
from paqte.queries.editions.transmissions import EditionAwaited, editions_to_send_again

__all__ = [
    "EditionAwaited",
    "EditionLue",
    "EditionOvertaken",
    "RecuLu",
    "counted_received",
    "departements_awaited",
    "departements_followed",
    "editions_to_send_again",
    "last_counted_before",
    "list_editions",
    "overtaken_editions",
]
