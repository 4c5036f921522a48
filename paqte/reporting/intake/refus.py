"""Why a file handed in is refused: a French sentence, and what to do."""

from __future__ import annotations


class PieceRefused(Exception):
    """This file may not be kept; the message is the sentence to show."""
