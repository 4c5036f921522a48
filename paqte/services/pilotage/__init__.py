"""How a département steers, as its référent types it: people, partners, protocol, context, texts."""

from paqte.services.pilotage.lignes import hold
from paqte.services.pilotage.rubriques import keep_rubriques

__all__ = [
    "hold",
    "keep_rubriques",
]
