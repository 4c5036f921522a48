"""A workbook handed in as evidence: the reading of templates and of bilans, told to whoever joins it."""

from __future__ import annotations

from paqte.reporting.intake.refus import PieceRefused
from paqte.reporting.ooxml.parts.package import PaquetRefused, sheet_parts
from paqte.reporting.ooxml.parts.received import open_received


def check_workbook(content: bytes) -> None:
    """Return for an .xlsx that does nothing by itself; PieceRefused for anything else, whatever its name says."""
    try:
        if not sheet_parts(open_received(content)):
            raise PaquetRefused("ce n’est pas un classeur Excel (.xlsx)")
    except (PaquetRefused, ValueError, KeyError, IndexError, RecursionError, MemoryError) as error:
        why = str(error) if isinstance(error, PaquetRefused) else "le fichier est abîmé ou incomplet"
        raise PieceRefused(
            f"Ce fichier n’est pas accepté : {why}. Joignez un classeur .xlsx sans macro ni lien, ou un PDF."
        ) from error
