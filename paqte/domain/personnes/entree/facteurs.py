"""The second factor of the accounts of the State: who is asked for it, how long it counts, what a code looks like."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from paqte.domain.personnes.acteurs import OF_STATE

OFFERED, REQUIRED = "propose", "exige"
NAMES = ("PAQTE_SECOND_FACTEUR", "PAQTE_SECOND_FACTEUR_MINUTES")
# Seconds of a code, and how many before and after are taken: clocks of telephones differ (RFC 6238, 5.2).
STEP, DRIFT = 30, 1
DIGITS = 6
RECOVERY_CODES = 10
# Wrong codes of an account in a quarter of an hour (sessions.WINDOW).
MOST_WRONG = 5
# Without the letters and digits that are read for one another.
_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_RECOVERY_LENGTH, _GROUP = 12, 4


@dataclass(frozen=True, slots=True)
class FactorSettings:
    """Whether the second factor is required of whoever may have one, and how long a code counts for grave acts."""

    is_required: bool = False
    fresh: timedelta = timedelta(minutes=10)


def read_factor_settings(given: Mapping[str, str]) -> FactorSettings:
    """As set, by full name; ValueError with a French sentence."""
    asked, minutes = (given.get(name, "") for name in NAMES)
    if asked not in ("", OFFERED, REQUIRED):
        raise ValueError(f"PAQTE_SECOND_FACTEUR vaut « {asked[:40]} » : écrivez {OFFERED} ou {REQUIRED}.")
    if not minutes:
        return FactorSettings(asked == REQUIRED)
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) < 5 and 1 <= int(minutes) <= 720):
        raise ValueError(f"PAQTE_SECOND_FACTEUR_MINUTES vaut « {minutes[:40]} » : écrivez un nombre de 1 à 720.")
    return FactorSettings(asked == REQUIRED, timedelta(minutes=int(minutes)))


def may_have_factor(role: str) -> bool:
    """Whether this role has a second factor: référents, régions, nation, administrators."""
    return role in OF_STATE


def is_fresh(proved: datetime | None, now: datetime, settings: FactorSettings) -> bool:
    """Whether a code given at this moment still counts for what is asked anew; one of the future never does."""
    return proved is not None and timedelta(seconds=-5) <= now - proved < settings.fresh


def typed_code(text: str) -> str:
    """A code as it is compared: without the spaces and hyphens that people copy, in capitals."""
    return "".join(text.split()).replace("-", "").upper()[:40]


def is_recovery(code: str) -> bool:
    """Whether a code typed has the shape of a recovery code."""
    return len(code) == _RECOVERY_LENGTH


def draw_recovery_codes() -> list[str]:
    """Ten codes to be kept on paper, « ABCD-EFGH-JKMN », of 58 bits each."""
    return [_drawn() for _ in range(RECOVERY_CODES)]


def _drawn() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_RECOVERY_LENGTH))
    return "-".join(signs[start : start + _GROUP] for start in range(0, _RECOVERY_LENGTH, _GROUP))
