"""The journal read: its lines, those sought, and whether its chain holds."""

from paqte.queries.journal.chain import check_chain
from paqte.queries.journal.lines import LigneJournal, latest_lines, lines_where
from paqte.queries.journal.sought import JournalFound, JournalSought, find_lines

__all__ = ["JournalFound", "JournalSought", "LigneJournal", "check_chain", "find_lines", "latest_lines", "lines_where"]
