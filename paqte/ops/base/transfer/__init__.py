"""From an SQLite base to a PostgreSQL one, every row compared before anything is kept."""

from paqte.ops.base.transfer.move import Told, transfer_base
from paqte.ops.base.transfer.source import source_path

__all__ = ["Told", "source_path", "transfer_base"]
