"""Signing in by single sign-on: it opens accounts that exist, makes none and gives no right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.fournisseur import ProviderSettings
from paqte.domain.personnes.jetons import digest
from paqte.domain.personnes.sessions import REFUSAL_EVERY, WINDOW
from paqte.models import ProviderIdentity, TentativeConnexion, Utilisateur, db
from paqte.ops.outward.provider import ProviderFailed
from paqte.ops.outward.sign_on import IdentityProved, SignOnAsked, prove_identity
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.comptes.entree.fournisseur import account_known, account_of_address, is_tied
from paqte.queries.comptes.tentatives import tried
from paqte.services.comptes.connexion import (
    VISITEUR,
    RequestSource,
    SessionOpened,
    TooManyLinks,
    add_session,
    origin_limit,
)
from paqte.services.transaction import note, transaction

OR_LINK = "Vous pouvez demander un lien par courriel."
DOWN = "{nom} ne répond pas. " + OR_LINK
UNSOUND = "La réponse de {nom} n’a pas pu être vérifiée. Recommencez. " + OR_LINK
USED = "Cette réponse de {nom} n’est pas attendue, ou elle a déjà servi. Recommencez la connexion."
STOPPED = "La connexion par {nom} a été interrompue. Recommencez. " + OR_LINK
UNVERIFIED = "{nom} n’a pas vérifié votre adresse électronique. " + OR_LINK
UNKNOWN = (
    "Aucun compte ouvert ne porte l’adresse {courriel}, donnée par {nom}. Si votre compte en porte une autre, demandez "
    "un lien à celle-ci. Sinon, demandez un accès à la préfecture de votre département."
)
TIED = (
    "Le compte de cette adresse est rattaché à une autre identité {nom}. Demandez un lien par courriel, puis détachez "
    "cette identité dans « Mon compte »."
)
# By what the journal says of a refusal: what the person reads.
NO_ACCOUNT, OTHER_IDENTITY, NOT_VERIFIED, ALREADY_USED = (
    "adresse sans compte", "autre identité rattachée", "adresse non vérifiée", "réponse déjà employée",
)  # fmt: skip
SENTENCES = {NO_ACCOUNT: UNKNOWN, OTHER_IDENTITY: TIED, NOT_VERIFIED: UNVERIFIED, ALREADY_USED: USED}


class SignOnRefused(Refused):
    """Single sign-on opened no session; the message says why, and what else to do. `is_down`: nobody answered."""

    def __init__(self, sentence: str, *, is_down: bool = False) -> None:
        super().__init__(sentence)
        self.is_down = is_down


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the browser brings back: a code, and whom the answer names ("" for nobody); `back` is where it was sent."""

    code: str
    issuer: str
    back: str


def open_provided_session(
    *, fournisseur: ProviderSettings, reponse: ProviderAnswer, asked: SignOnAsked, now: datetime, depuis: RequestSource
) -> SessionOpened:
    """Open a session of the account that the provider's answer proves; SignOnRefused, which leaves a line.

    The account is the one tied to the provider's number for her, else the one that bears her verified address.
    TooManyLinks when this origin failed too often. Nothing of the base is held while the provider is asked.
    """
    db.session.rollback()
    if tried(db.session(), _origin_key(depuis), now - WINDOW) >= origin_limit(db.session(), depuis.reseau):
        raise TooManyLinks("Trop d’essais depuis cette connexion : réessayez dans un quart d’heure.")
    db.session.rollback()
    try:
        proved = prove_identity(
            fournisseur, code=reponse.code, issuer=reponse.issuer, asked=asked, back=reponse.back, now=now
        )
    except ProviderFailed as failed:
        record_provided_refusal(motif=failed.motif, now=now, depuis=depuis, is_counted=not failed.is_down)
        sentence = DOWN if failed.is_down else UNSOUND
        raise SignOnRefused(sentence.format(nom=fournisseur.nom), is_down=failed.is_down) from failed
    user, motif = _account_of(db.session(), fournisseur.issuer, proved)
    actor = actor_of(user) if user is not None else VISITEUR
    opened = None
    if not motif:
        opened, motif = _opened(actor, fournisseur, proved, state=asked.state, now=now, depuis=depuis)
    if opened is None:
        record_provided_refusal(motif=motif, now=now, depuis=depuis, utilisateur_id=actor.utilisateur_id)
        raise SignOnRefused(SENTENCES[motif].format(nom=fournisseur.nom, courriel=proved.courriel[:254]))
    return opened


def record_provided_refusal(
    *,
    motif: str,
    now: datetime,
    depuis: RequestSource,
    utilisateur_id: int | None = None,
    is_counted: bool = True,
) -> None:
    """Leave a line of a sign-in that failed, one a minute a reason and an origin, and count it against its origin.

    Not counted when the provider did not answer: whoever comes next from there has done nothing.
    """
    with transaction(actor=VISITEUR, now=now) as session:
        if is_counted:
            session.add(TentativeConnexion(cle=_origin_key(depuis), quand=now))
        key = digest(f"fournisseur:{motif}:{depuis.reseau or depuis.origine}")
        if tried(session, key, now - REFUSAL_EVERY):
            return
        session.add(TentativeConnexion(cle=key, quand=now))
        trail = {"motif": motif, "adresse": digest(f"origine:{depuis.reseau}")[:32]}
        objet, numero = ("connexion", "") if utilisateur_id is None else ("utilisateur", str(utilisateur_id))
        note(session, "connexion_refusee", objet, numero, apres=trail, sujet="connexion")


def untie_provider(*, actor: Acteur, emetteur: str, now: datetime) -> None:
    """Forget the number by which the provider knows the actor's own account: the next is taken by her address.

    NotFound when there is none.
    """
    i = ProviderIdentity
    with transaction(actor=actor, now=now) as session:
        mine = i.utilisateur_id == actor.utilisateur_id, i.emetteur == emetteur
        if session.execute(delete(i).where(*mine)).rowcount != 1:  # type: ignore[attr-defined]
            raise NotFound("Cette identité")
        note(session, "detacher_identite", "utilisateur", actor.utilisateur_id)


def _opened(
    actor: Acteur,
    fournisseur: ProviderSettings,
    proved: IdentityProved,
    *,
    state: str,
    now: datetime,
    depuis: RequestSource,
) -> tuple[SessionOpened | None, str]:
    """The session, or why there is none: asked again where nobody else writes."""
    with transaction(actor=actor, now=now) as session:
        user, motif = _account_of(session, fournisseur.issuer, proved)
        if user is None or user.id != actor.utilisateur_id or motif:
            return None, motif or NO_ACCOUNT
        key = digest(f"retour:{state}")
        if tried(session, key, now - WINDOW):
            return None, ALREADY_USED
        session.add(TentativeConnexion(cle=key, quand=now))
        if not is_tied(session, user.id, fournisseur.issuer):
            tied = {"utilisateur_id": user.id, "emetteur": fournisseur.issuer, "sub": proved.sub}
            session.add(ProviderIdentity(connue_le=now, **tied))
            note(session, "rattacher_identite", "utilisateur", user.id, apres={"moyen": fournisseur.nom})
        return add_session(session, actor, now, depuis, moyen=fournisseur.nom, jeton=proved.id_token), ""


def _account_of(session: Session, emetteur: str, proved: IdentityProved) -> tuple[Utilisateur | None, str]:
    """Whose account this is, and why it does not open, "" when it does."""
    known = account_known(session, emetteur, proved.sub)
    if known is not None:
        return known, "" if known.is_active else NO_ACCOUNT
    if proved.is_unverified:
        return None, NOT_VERIFIED
    user = account_of_address(session, proved.courriel)
    if user is None or not user.is_active:
        return user, NO_ACCOUNT
    return user, OTHER_IDENTITY if is_tied(session, user.id, emetteur) else ""


def _origin_key(depuis: RequestSource) -> str:
    return digest(f"fournisseur:{depuis.reseau or depuis.origine}")
