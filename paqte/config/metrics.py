"""Who may read the figures told to monitoring: a token, addresses, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from paqte.config.given import ConfigurationRefused

NAMES = ("PAQTE_METRIQUES_JETON", "PAQTE_METRIQUES_ADRESSES")
_LEAST = 16


def read_token(values: Mapping[str, str]) -> str:
    """The token to be shown, "" for none."""
    token = values["PAQTE_METRIQUES_JETON"]
    if token and (len(token) < _LEAST or not token.isascii() or " " in token):
        raise ConfigurationRefused(
            f"PAQTE_METRIQUES_JETON est trop faible : donnez {_LEAST} signes au moins, sans espace ni accent, tirés au "
            "hasard."
        )
    return token


def read_networks(values: Mapping[str, str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The addresses and networks that may ask, separated by a space; () for any."""
    given = values["PAQTE_METRIQUES_ADRESSES"].split()
    try:
        return tuple(ip_network(one) for one in given)
    except ValueError as error:
        raise ConfigurationRefused(
            f"PAQTE_METRIQUES_ADRESSES vaut « {' '.join(given)[:80]} » : écrivez des adresses ou des réseaux "
            "séparés par un espace, par exemple 10.0.0.5 10.1.0.0/24."
        ) from error
