"""Back-ups: who alone opens them, where the scheduler puts them, how long they are kept."""

from __future__ import annotations

from collections.abc import Mapping

from paqte.config.given import ConfigurationRefused

NAMES = ("PAQTE_SAUVEGARDE_CLE", "PAQTE_SAUVEGARDE_DOSSIER", "PAQTE_SAUVEGARDE_JOURS")
DAYS = 30
_MOST_DAYS = 3650


def read_public_keys(values: Mapping[str, str]) -> tuple[str, ...]:
    """The public keys as given, separated by a space; () when back-ups stay in clear."""
    given = tuple(values["PAQTE_SAUVEGARDE_CLE"].split())
    if any(key.upper().startswith("AGE-SECRET-KEY") for key in given):
        raise ConfigurationRefused(
            "PAQTE_SAUVEGARDE_CLE contient une clé privée : donnez la clé publique (age1…), et gardez la clé "
            "privée hors de cette machine."
        )
    for key in given:
        _refuse_unknown(key)
    return given


def _refuse_unknown(key: str) -> None:
    # Imported only where back-ups are encrypted: each command reads the settings.
    from pyrage import RecipientError, x25519

    try:
        x25519.Recipient.from_str(key)
    except RecipientError as error:
        raise ConfigurationRefused(
            f"PAQTE_SAUVEGARDE_CLE vaut « {key[:80]} » : donnez une clé publique, qui commence par age1 ; plusieurs se "
            "séparent par un espace."
        ) from error


def read_days(values: Mapping[str, str]) -> int:
    """How many days a back-up is kept."""
    text = values["PAQTE_SAUVEGARDE_JOURS"] or str(DAYS)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) <= _MOST_DAYS):
        raise ConfigurationRefused(
            f"PAQTE_SAUVEGARDE_JOURS vaut « {text[:40]} » : écrivez un nombre de jours entre 1 et {_MOST_DAYS}."
        )
    return int(text)
