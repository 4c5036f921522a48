"""The jobs of the scheduler: how often each comes back, and why. scheduling/calendrier.py says what it calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

COURRIELS = "courriels"
CALENDRIER = "calendrier"
TACHES = "taches"
CONVENTIONS = "conventions"
RAPPELS = "rappels"
MENAGE = "menage"
CONSERVATION = "conservation"
VEILLE = "veille"
IMPORTS = "imports"
SAUVEGARDE = "sauvegarde"


# A scheduler that lives writes down that it passed every minute.
SILENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Travail:
    """A job: what people call it, the seconds between two runs, and why."""

    libelle: str
    secondes: int
    pourquoi: str


TRAVAUX: dict[str, Travail] = {
    COURRIELS: Travail("Envoi des courriels", 5, "un lien de connexion est attendu devant l’écran"),
    CALENDRIER: Travail("Calendrier", 3600, "chaque réglage et chaque période donnent leurs tâches, à leur jour"),
    TACHES: Travail("Tâches prévues", 60, "bilans, exports, ouvertures et relances se font à leur jour, une fois"),
    CONVENTIONS: Travail("Fins de convention", 3600, "le référent est prévenu avant qu’une convention finisse"),
    RAPPELS: Travail("Bilans attendus", 3600, "un bilan attendu est rappelé à ses référents, aux jours réglés"),
    IMPORTS: Travail("Imports de tableaux", 5, "un référent attend devant l’écran ce que dit son fichier"),
    MENAGE: Travail("Ménage", 3600, "liens, sessions et comptages périmés ne se gardent pas"),
    CONSERVATION: Travail(
        "Conservation des contacts", 86400, "un contact s’efface une fois sa convention finie depuis assez longtemps"
    ),
    SAUVEGARDE: Travail("Sauvegarde", 3600, "chaque nuit, la base est copiée là où le réglage le demande"),
    VEILLE: Travail(
        "Veille du répertoire Sirene", 300, "la nuit, un établissement fermé ou renommé est proposé au référent"
    ),
}


def frequency(secondes: int) -> str:
    """« toutes les 5 secondes », « chaque minute », « chaque heure »."""
    named = {60: "chaque minute", 3600: "chaque heure", 86400: "chaque jour"}
    return named.get(secondes, f"toutes les {secondes} secondes")


def is_silent(passed: datetime | None, now: datetime) -> bool:
    """Whether the scheduler no longer passes, or never did, by its last run of the tasks.

    A run of the future says nothing of now: the clock stepped back since.
    """
    return passed is None or abs(now - passed) > SILENCE
