"""A mail about to leave, what its question answers, and what several questions ask of its addressee."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.saisie.adresses import is_shadow
from paqte.domain.statuts.courriels import Message
from paqte.models import Courriel, Rattachement, Utilisateur
from paqte.queries.perimetre import LIMITED, is_referent_of

CLOSED = "Le compte de cette personne est désactivé ou effacé : le courriel n’est pas parti."
NO_ACCESS = "Cette personne n’a plus d’accès à ce dont parle le courriel."
MOVED = "La date de ce rappel a changé : il partira à la nouvelle."
ANSWERED = "Plus rien n’attend de réponse de cette personne : elle a répondu, ou la convention ne le demande plus."
NEWER = "Une édition plus récente a été produite depuis."


@dataclass(frozen=True, slots=True)
class RaisonSaid:
    """`reason` says why the mail does not leave, "" when it does; `message` is what it says now when that changed."""

    reason: str = ""
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class CourrielReady:
    """A mail about to leave, and what it rests on."""

    session: Session
    mail: Courriel
    now: datetime
    appui: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def departement(self) -> str:
        return self.mail.departement_code or ""

    @property
    def today(self) -> date:
        return local_date(self.now, self.departement)

    @property
    def account(self) -> Utilisateur | None:
        """The account written to, by its key, or by the address for mails that carry no link."""
        key, address = self.mail.utilisateur_id, self.mail.destinataire
        if key is not None:
            return self.session.get(Utilisateur, key)
        return self.session.scalar(select(Utilisateur).where(Utilisateur.courriel == address))


Question = Callable[[CourrielReady], RaisonSaid]


def open_account(asking: CourrielReady) -> RaisonSaid:
    """The account written to was not closed; a mail to an address alone leaves whatever happens."""
    user = asking.account
    is_open = asking.mail.utilisateur_id is None or (user is not None and user.is_active)
    return RaisonSaid("" if is_open else CLOSED)


def receives(asking: CourrielReady) -> str:
    """Why whoever is written to about a company no longer is to be; "" when she still is."""
    user = asking.account
    if user is not None and user.role not in LIMITED:
        return "" if user.is_active else CLOSED
    if user is not None and not user.is_active and not is_shadow(user.courriel):
        return CLOSED
    return "" if user is not None and given(asking, user.id) else NO_ACCESS


def given(asking: CourrielReady, utilisateur_id: int) -> bool:
    """Whether something is still open to the account: the signatory of the mail when it is about one."""
    r, signataire = Rattachement, asking.appui.get("signataire")
    query = select(r.id).where(r.utilisateur_id == utilisateur_id, r.is_suspendu.is_(False))
    if signataire is not None:
        query = query.where(r.signataire_id == signataire)
    return asking.session.scalar(query.limit(1)) is not None


def is_referent(asking: CourrielReady) -> bool:
    """Whether the account written to is open, and of a référent of the département of the mail."""
    return answers_for(asking, asking.account)


def answers_for(asking: CourrielReady, user: Utilisateur | None) -> bool:
    """Whether this account is open, and of a référent of the département of the mail."""
    if user is None or not user.is_active:
        return False
    hers = select(Utilisateur.id).where(Utilisateur.id == user.id, is_referent_of(asking.departement))
    return asking.session.scalar(hers) is not None
