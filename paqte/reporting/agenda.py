"""The file that programs of calendars read (RFC 5545): folded and escaped by its library, never by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from paqte.domain.calendrier.flux import CALLED_OFF, DateTold, FeedEntry
from paqte.domain.saisie.espaces import held_together

PRODUCT = "-//PAQTE//Dates du departement//FR"
# How often a program may ask again: its own habit comes first.
EVERY = timedelta(hours=6)


def agenda_file(
    entries: Iterable[FeedEntry],
    *,
    titre: str,
    departement: str,
    fuseau: str,
    base_url: str,
    address: Callable[[DateTold], str],
) -> bytes:
    """The dates as a calendar, in UTF-8 with CRLF; the same bytes as long as nothing changes.

    A date is a whole day of the département (`fuseau` names its legal time), so it falls on that day in any program.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", titre)
    calendar.add("x-wr-timezone", fuseau)
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    place = f"{departement}.{urlsplit(base_url).hostname or 'paqte'}"
    for entry in entries:
        calendar.add_component(_event(entry, place, address(entry.date)))
    made: bytes = calendar.to_ical()
    return made


def _event(entry: FeedEntry, place: str, url: str) -> Event:
    """One date: it ends the day after, occupies nobody, and bears how many times it changed."""
    date, event = entry.date, Event()
    event.add("uid", f"{date.cle}.{place}")
    event.add("dtstamp", entry.change_le)
    event.add("last-modified", entry.change_le)
    event.add("sequence", entry.rang)
    event.add("dtstart", date.jour)
    event.add("dtend", date.jour + timedelta(days=1))
    event.add("summary", CALLED_OFF if entry.is_called_off else held_together(date.titre))
    event.add("status", "CANCELLED" if entry.is_called_off else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if date.texte:
        event.add("description", held_together(date.texte))
    if not entry.is_called_off:
        event.add("url", url)
    return event
