"""The outbox: mails are queued here and sent by the scheduler."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.statuts.courriels import ETATS
from paqte.models.base import Base, Moment
from paqte.models.commun import Identified, one_of


class Courriel(Base, Identified):
    """One mail to one person, with its state; refused ones say why."""

    __tablename__ = "courriel"
    __table_args__ = (one_of("etat", ETATS), Index("ix_courriel_etat_prochain", "etat", "prochain_essai"))

    destinataire: Mapped[str] = mapped_column(String(254))
    sujet: Mapped[str] = mapped_column(String(200))
    texte: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    motif: Mapped[str] = mapped_column(String(40))
    departement_code: Mapped[str | None] = mapped_column(String(3))
    # Whose link it carries: drawn as it leaves, never kept.
    utilisateur_id: Mapped[int | None] = mapped_column(index=True)
    # What it rests on, in JSON: asked again as it leaves (services/courriels/raisons/tables.py).
    appui: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    # Who may be named in it, by key: « utilisateur/3 contact_signataire/7 », a space on each side.
    nomme: Mapped[str] = mapped_column(Text, default="", server_default="")
    etat: Mapped[str] = mapped_column(String(10), default="en_attente")
    erreur: Mapped[str] = mapped_column(String(500), default="")
    essais: Mapped[int] = mapped_column(default=0)
    cree_le: Mapped[datetime] = mapped_column(Moment)
    prochain_essai: Mapped[datetime] = mapped_column(Moment)
    envoye_le: Mapped[datetime | None] = mapped_column(Moment)
