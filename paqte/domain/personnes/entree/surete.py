"""What looks like somebody trying the doors: bursts of refusals or of wrong codes, and a place never seen before."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

# What is counted together, and how far back it is looked for: whoever looks once an hour misses nothing.
BURST = timedelta(hours=1)
LOOKED_BACK = timedelta(hours=24)
# Addresses that a provider gives one subscriber after another are one place: the first 24 bits, or 48 of IPv6.
_PLACE_4, _PLACE_6 = 24, 48


def burst_at(moments: Sequence[datetime], least: int) -> datetime | None:
    """When these moments, in their order, first counted `least` within an hour; None when they never did."""
    for rank in range(least - 1, len(moments)):
        if moments[rank] - moments[rank - least + 1] < BURST:
            return moments[rank]
    return None


def place_of(source: str) -> str:
    """The place of a sign-in as the journal keeps it, « 192.0.2.7, Firefox, Windows »; "" when it names no address."""
    try:
        read = ipaddress.ip_address(source.partition(",")[0].strip().partition("%")[0])
    except ValueError:
        return ""
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is not None:
        read = read.ipv4_mapped
    bits = _PLACE_4 if read.version == 4 else _PLACE_6
    return str(ipaddress.ip_network((read, bits), strict=False))
