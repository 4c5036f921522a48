"""What an edition is kept as: kinds of template and formats of file."""

from __future__ import annotations

GABARIT_BILAN = "bilan"
GABARIT_TRIMESTRE = "trimestre"
GENRES_GABARIT: dict[str, str] = {GABARIT_BILAN: "Bilan semestriel", GABARIT_TRIMESTRE: "Export trimestriel"}

XLSX = "xlsx"
CSV = "csv"
JSON = "json"
FORMATS: dict[str, str] = {XLSX: "Classeur", CSV: "Données (CSV)", JSON: "Schéma des données"}
