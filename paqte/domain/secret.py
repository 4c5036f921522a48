"""What may be shown to whom: the internal file whole, the publishable one without small numbers (R23)."""

from __future__ import annotations

INTERNE = "interne"
PUBLIABLE = "publiable"
DIFFUSIONS: dict[str, str] = {INTERNE: "Usage interne", PUBLIABLE: "Publiable"}
