"""Reading the files that commands are given: never more of them than may be read, a device or a pipe among them."""

from __future__ import annotations

from pathlib import Path


def first_octets(path: Path, most: int) -> bytes:
    """The bytes of a file, one more than `most` where it has more: whoever reads them refuses it for its weight."""
    with path.open("rb") as stream:
        return stream.read(most + 1)
