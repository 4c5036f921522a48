"""A link opens in the browser that asked for it; elsewhere, with a short code that this browser shows.

The base keeps of the browser a hash alone, and the code is drawn from it by the product's key: whoever reads a mail, or
the base without the key, has no code.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

# Without the letters and digits that are read for one another: 6 signs of 30 hold 29 bits.
_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_LENGTH, _GROUP = 6, 3
# Wrong codes given to one link: it then opens nothing more.
MOST_WRONG = 5


def code_shown(navigateur: str, cle: str) -> str:
    """« K7P-2QX »: the code of a browser, by the hash that the base keeps of it."""
    number = int.from_bytes(hmac.new(cle.encode(), f"lien demandé {navigateur}".encode(), sha256).digest())
    signs = ""
    for _ in range(_LENGTH):
        number, rest = divmod(number, len(_SIGNS))
        signs += _SIGNS[rest]
    return f"{signs[:_GROUP]}-{signs[_GROUP:]}"


def is_code(typed: str, navigateur: str, cles: Sequence[str]) -> bool:
    """Whether this is that code, by any of the product's keys, however its letters and its hyphen were typed."""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())[:40].encode()
    shown = [code_shown(navigateur, cle).replace("-", "").encode() for cle in cles]
    return sum(hmac.compare_digest(plain, one) for one in shown) > 0
