"""The only place that reads the time. Doors call it; everything below receives `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
