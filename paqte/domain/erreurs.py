"""What a use case answers when it refuses: sentences tied to fields, nothing saved."""

from __future__ import annotations

from collections.abc import Mapping

GENERAL = ""


class Refused(Exception):
    """A refusal. `errors` maps a field's name (GENERAL for the whole) to a French sentence."""

    def __init__(self, errors: Mapping[str, str] | str) -> None:
        self.errors = {GENERAL: errors} if isinstance(errors, str) else dict(errors)
        super().__init__(" ".join(self.errors.values()))


class NotFound(Refused):
    """No such thing, or not for this actor: both answer alike."""

    def __init__(self, what: str = "Cette page") -> None:
        is_masculine = what.startswith(("Ce ", "Cet "))
        super().__init__(f"{what} n’existe pas ou ne vous est pas {'ouvert' if is_masculine else 'ouverte'}.")


class Conflict(Refused):
    """Somebody saved meanwhile; `current` holds the values in the base, by field, as texts."""

    def __init__(self, message: str, current: Mapping[str, str]) -> None:
        super().__init__(message)
        self.current = dict(current)


class AlreadySent(Exception):
    """This very form was received before, and did what it asks."""
