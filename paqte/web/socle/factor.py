"""When a code of the second factor is asked: at sign-in, where it is required and missing, and before grave acts."""

from __future__ import annotations

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from paqte.config import Settings
from paqte.domain.personnes.entree.facteurs import is_fresh, may_have_factor
from paqte.ops import clock
from paqte.web.socle import session

CODE, OWN_PAGE = "facteurs.code", "facteurs.facteur"
# What opens while no code was given, and what opens to whoever must still prepare her factor.
OPEN_WITHOUT_CODE = frozenset({CODE, "cles.defi_donner", "cles.donner"})
OPEN_WITHOUT_FACTOR = frozenset({CODE, OWN_PAGE, "facteurs.preparer", "facteurs.activer"})
# Erasing somebody, sending to the CGET, putting a template in service or out of it, changing who may do what.
GRAVE = frozenset(
    {
        *("admin.compte_effacer", "referent.contact_effacer", "referent.acces_effacer"),
        "referent.edition_transmettre",
        *("admin.gabarit", "admin.gabarit_retirer"),
        *("admin.compte_nouveau", "admin.compte_desactiver", "admin.compte_reactiver", "admin.compte_inviter"),
        *("admin.compte_departement_retirer", "admin.compte_facteur_retirer", "national.region_inviter"),
        *("referent.signataire_acces", "referent.acces_compte", "referent.acces_animateur"),
        *("referent.acces_desactiver", "referent.acces_reactiver", "referent.acces_retirer"),
        *("referent.acces_inviter", "referent.acces_inviter_tous"),
        *("facteurs.codes", "facteurs.retirer", "cles.defi_ajouter", "cles.ajouter", "cles.retirer"),
    }
)


# What opens an account, or ends its sessions: whoever found a browser left open changes nothing of it.
OF_ACCOUNT = frozenset(
    {
        *("compte.mon_adresse", "compte.session_fermer", "compte.sessions_fermer"),
        *("facteurs.preparer", "facteurs.activer", "fournisseur.detacher"),
    }
)


class SignInAsked(Exception):
    """What was sent waits for a sign-in of these last minutes; it is given back, to be sent again."""


class FactorAsked(Exception):
    """What was sent waits for a code of the second factor; it is given back, to be sent again."""


def ask_factor() -> ResponseReturnValue | None:
    """Where to go first, None for nowhere; FactorAsked or SignInAsked for what was sent, whose typing is kept."""
    identity, endpoint = session.current_identity(), str(request.endpoint)
    if identity is None:
        return None
    settings: Settings = current_app.extensions["paqte"]
    is_sent = request.method == "POST"
    if not identity.has_factor:
        is_missing = settings.facteur.is_required and may_have_factor(identity.acteur.role)
        if is_missing and endpoint not in OPEN_WITHOUT_FACTOR:
            return _first(OWN_PAGE)
        if is_sent and endpoint in OF_ACCOUNT and not is_fresh(session.signed_in_at(), clock.now(), settings.facteur):
            raise SignInAsked
        return None
    if identity.facteur_le is None:
        return None if endpoint in OPEN_WITHOUT_CODE else _first(CODE)
    is_grave = is_sent and endpoint in GRAVE | OF_ACCOUNT
    if is_grave and not is_fresh(identity.facteur_le, clock.now(), settings.facteur):
        raise FactorAsked
    return None


def _first(endpoint: str) -> ResponseReturnValue:
    if request.method not in ("GET", "HEAD"):
        raise FactorAsked
    return redirect(url_for(endpoint, next=request.full_path.rstrip("?")))
