"""What is set: dates and delays of each département."""

from paqte.queries.reglages.agendas import all_agendas, read_agenda
from paqte.queries.reglages.reglages import (
    ReglageApplied,
    places_saying,
    read_limits,
    read_rappels,
    read_settings,
    says_yes,
    whole_numbers,
)

__all__ = [
    "ReglageApplied",
    "all_agendas",
    "places_saying",
    "read_agenda",
    "read_limits",
    "read_rappels",
    "read_settings",
    "says_yes",
    "whole_numbers",
]
