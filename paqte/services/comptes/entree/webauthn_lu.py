"""What browsers are asked of passkeys, and what of their answer is believed (WebAuthn, by the webauthn library).

Nothing here reads the base: options out, answers in; an answer that is not what was asked is refused, whatever is
wrong with it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from paqte.domain.personnes.entree.cles import CHALLENGE_LIFE, LARGEST, PasskeyHolder

VERIFIED = UserVerificationRequirement.REQUIRED
MILLISECONDS = int(CHALLENGE_LIFE.total_seconds()) * 1000
# How a browser writes the number of a key, which has 1,023 bytes at most.
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,1364}")


class AnswerRefused(Exception):
    """The answer of a browser is not what was asked, or not of who should give it."""


class PasskeyMade(NamedTuple):
    """A key that a browser has just made."""

    identifiant: str
    cle_publique: str
    compteur: int


def creation_options(
    holder: PasskeyHolder, *, titre: str, compte: int, courriel: str, nom: str, defi: str, held: Iterable[str]
) -> dict[str, Any]:
    """What a browser is asked to make a key of: none twice on one device, and used with a code, a finger or a face."""
    made = generate_registration_options(
        rp_id=holder.domaine,
        rp_name=titre,
        user_id=_handle(compte),
        user_name=courriel,
        user_display_name=nom,
        challenge=base64url_to_bytes(defi),
        timeout=MILLISECONDS,
        exclude_credentials=_described(held),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=VERIFIED
        ),
    )
    return options_to_json_dict(made)


def request_options(holder: PasskeyHolder, *, defi: str, held: Iterable[str]) -> dict[str, Any]:
    """What a browser is asked to have signed, by one of the keys held."""
    made = generate_authentication_options(
        rp_id=holder.domaine,
        challenge=base64url_to_bytes(defi),
        timeout=MILLISECONDS,
        allow_credentials=_described(held),
        user_verification=VERIFIED,
    )
    return options_to_json_dict(made)


def read_creation(reponse: str, *, holder: PasskeyHolder, defi: str) -> PasskeyMade:
    """The key made for this challenge, on our pages, by somebody whom her device recognised; AnswerRefused."""
    try:
        made = verify_registration_response(
            credential=_read(reponse),
            expected_challenge=base64url_to_bytes(defi),
            expected_rp_id=holder.domaine,
            expected_origin=holder.origine,
            require_user_verification=True,
        )
    except Exception as error:  # whatever hostile bytes make the library stumble on
        raise AnswerRefused(str(error)) from error
    identifiant = bytes_to_base64url(made.credential_id)
    if not _NUMBER.fullmatch(identifiant):
        raise AnswerRefused("the number of the key is no number of a key")
    return PasskeyMade(identifiant, bytes_to_base64url(made.credential_public_key), made.sign_count)


def key_named(reponse: str) -> str:
    """The number of the key by which an answer says it was signed, "" for none: nothing else is asked of the base."""
    try:
        named = _read(reponse).get("id")
    except ValueError:
        return ""
    return named if isinstance(named, str) and _NUMBER.fullmatch(named) else ""


def read_signature(
    reponse: str, *, holder: PasskeyHolder, defi: str, cle_publique: str, compteur: int, compte: int
) -> int:
    """How often the key now says it has signed; AnswerRefused unless it signed this challenge, here, and anew."""
    try:
        given = _read(reponse)
        signed = verify_authentication_response(
            credential=given,
            expected_challenge=base64url_to_bytes(defi),
            expected_rp_id=holder.domaine,
            expected_origin=holder.origine,
            credential_public_key=base64url_to_bytes(cle_publique),
            credential_current_sign_count=compteur,
            require_user_verification=True,
        )
        whose = given["response"].get("userHandle")
        if whose and base64url_to_bytes(whose) != _handle(compte):
            raise AnswerRefused("the key is another account's")
    except Exception as error:  # whatever hostile bytes make the library stumble on
        raise AnswerRefused(str(error)) from error
    return signed.new_sign_count


def _read(reponse: str) -> dict[str, Any]:
    if len(reponse) > LARGEST:
        raise ValueError("too long")
    try:
        given = json.loads(reponse)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(given, dict):
        raise ValueError("no object")
    return given


def _described(held: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in held]


def _handle(compte: int) -> bytes:
    """How keys name an account: neither its address nor its name."""
    return hashlib.sha256(f"paqte compte {compte}".encode()).digest()
