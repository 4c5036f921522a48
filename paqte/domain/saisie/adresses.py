"""E-mail addresses: the one reading of what people type."""

from __future__ import annotations

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# Where the accounts live that stand for an invitation nobody can keep: no mail ever leaves for it (RFC 2606).
OMBRE = "invitation.invalid"
EXPECTED = "Cette adresse n’est pas complète : écrivez-la comme prenom.nom@exemple.fr."

# The demonstration's accounts live there: a domain that exists nowhere, by its very rule (RFC 2606).
if "invalid" in SPECIAL_USE_DOMAIN_NAMES:
    SPECIAL_USE_DOMAIN_NAMES.remove("invalid")


def read_address(text: str) -> str:
    """The address in lower case; ValueError with a French sentence when it is none. No look-up is made."""
    try:
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError(EXPECTED) from None
    return checked.normalized.lower()


def is_shadow(courriel: str) -> bool:
    """Whether this account stands for an invitation that could not be kept: nobody ever signs in with it."""
    return courriel.endswith(f"@{OMBRE}")


def masked(courriel: str) -> str:
    """The address as its owner knows it again and nobody else learns it: b••••@entreprise.fr."""
    local, _, domain = courriel.partition("@")
    return f"{local[:1]}••••@{domain}"
