"""What each document brings to the calendar, to the settings and to the mails of a département (R12)."""

from __future__ import annotations

from collections.abc import Mapping

from paqte.domain.calendrier.campagnes import (
    COURRIELS,
    RELANCE,
    DelaiDocument,
    Delais,
    delay_setting,
    task_kind,
)
from paqte.domain.documents.commun.genre import PERIODES, GenreDocument
from paqte.domain.documents.registre import DOCUMENTS, SOMMES
from paqte.domain.statuts.courriels import MOTIFS
from paqte.domain.statuts.pilotage import REGLAGES_MENTIONS, REGLAGES_SAISIE, REGLAGES_SUITES, SUJET_MENTIONS

SHIPPED_DAYS = "30"


def reglages() -> dict[str, tuple[str, str]]:
    """Every setting, by key: the value that the product ships, and what people read of it."""
    first, *others = DOCUMENTS.values()
    recipients = {recipients_setting(genre): ("", _told_recipients(genre)) for genre in DOCUMENTS.values()}
    return {
        **_delays(first),
        **REGLAGES_SAISIE,
        **_delays(*others),
        **recipients,
        **REGLAGES_SUITES,
        **REGLAGES_MENTIONS,
    }


def sujets() -> dict[str, tuple[str, ...]]:
    """The settings of a département under the headings of their page, in its order."""
    documents = {g.titre: (delay_setting(g.travail), recipients_setting(g)) for g in DOCUMENTS.values()}
    return {
        "Déclarations": tuple(REGLAGES_SAISIE),
        **documents,
        "Conventions": ("preavis_jours",),
        "Rencontres et appels": ("rencontre_mois",),
        SUJET_MENTIONS: tuple(REGLAGES_MENTIONS),
        "Données personnelles": ("conservation_annees", "courriels_texte_jours"),
    }


def _delays(*genres: GenreDocument) -> dict[str, tuple[str, str]]:
    return {
        delay_setting(g.travail): (
            SHIPPED_DAYS,
            f"Jours laissés après la fin {PERIODES[g.rythme].du} avant que {g.le} se produise automatiquement",
        )
        for g in genres
    }


def recipients_setting(genre: GenreDocument) -> str:
    """The setting that says to whom the référent transmits a document: nothing goes there by itself (R40)."""
    return f"destinataires_{genre.travail}"


def _told_recipients(genre: GenreDocument) -> str:
    return (
        f"Adresses à qui vous transmettez {genre.le_titre}, séparées par des virgules (rien n’y part automatiquement)"
    )


def read_delais(values: Mapping[str, str]) -> Delais:
    """The settings that date a campaign, as the base keeps them."""
    return Delais.read(values, (DelaiDocument(g.travail, g.rythme, 0, g.depuis) for g in DOCUMENTS.values()))


def made_by(travail: str) -> GenreDocument | None:
    """The document that a task produces, None for a task that sends mails."""
    return next((genre for genre in DOCUMENTS.values() if genre.travail == travail), None)


def travail_libelle(code: str) -> str:
    """What people read of a task: « Relance J−15 », « Bilan semestriel »."""
    genre = made_by(code)
    if genre is not None:
        return genre.titre
    kind = task_kind(code)
    somme = next((one.titre for one in SOMMES.values() if one.travail == kind), "")
    day = code.removeprefix(kind).replace("-", "−") if somme or kind == RELANCE else ""
    return f"{somme or COURRIELS.get(kind, code)}{f' J{day}' if day else ''}"


def motifs() -> dict[str, str]:
    """Why a mail leaves, as the list of mails says it."""
    return MOTIFS | {genre.travail: f"{genre.court} produit{genre.e}" for genre in DOCUMENTS.values()}
