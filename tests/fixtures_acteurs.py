"""The same three people everywhere: Camille (référente 41), Bruno (her company), Zoé (référente 972)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_base import KeptBases


@dataclass(frozen=True, slots=True)
class Personne:
    """Somebody who has an account."""

    nom: str
    courriel: str
    role: str
    departement: str | None = None
    siret: str | None = None


SIRET_BRUNO = "73282932000074"
CAMILLE = Personne("Camille Aubry", "camille@prefecture41.test", "referent", "41")
ZOE = Personne("Zoé Marival", "zoe@prefecture972.test", "referent", "972")
BRUNO = Personne("Bruno Lenoir", "bruno@entreprise.test", "entreprise", siret=SIRET_BRUNO)
NADIA = Personne("Nadia Ferrand", "nadia@national.test", "national")
ALIX = Personne("Alix Roche", "alix@admin.test", "admin")
EVERYBODY = (CAMILLE, ZOE, BRUNO, NADIA, ALIX)


@pytest.fixture
def accounts(app: Flask, kept_bases: KeptBases) -> tuple[Personne, ...]:
    """Accounts of EVERYBODY, with the départements 41 and 972 and Bruno's company as a signatory of the 41."""
    from paqte.ops.clock import now

    # Written where time stands still, they are the same whenever they are; where it goes on, they are of this run.
    moment = now() if time_machine.escape_hatch.is_travelling() else None
    kept_bases.write_once(app, ("accounts", moment), lambda: _write_accounts(app))
    return EVERYBODY


def _write_accounts(app: Flask) -> None:
    from paqte.domain.personnes.acteurs import PLANIFICATEUR
    from paqte.models import Departement, Entreprise, Signataire
    from paqte.ops.clock import now
    from paqte.services.transaction import transaction

    with app.app_context():
        with transaction(actor=PLANIFICATEUR, now=now()) as session:
            complete = date(2025, 1, 1)
            session.add(Departement(code="41", nom="Loir-et-Cher", premiere_complete_le=complete))
            session.add(Departement(code="972", nom="Martinique", premiere_complete_le=complete))
            session.flush()
            company = Entreprise(siren=SIRET_BRUNO[:9], created_at=now())
            session.add(
                Signataire(
                    entreprise=company,
                    departement_code="41",
                    identifiant=SIRET_BRUNO,
                    nom="Atelier Lenoir (fictif)",
                    nature="entreprise",
                    created_at=now(),
                )
            )
        for person in EVERYBODY:
            invitation_of(person)


def invitation_of(person: Personne) -> str:
    """A fresh sign-in link for this person, her account made when there is none."""
    from paqte.domain.personnes.acteurs import PLANIFICATEUR
    from paqte.ops.clock import now
    from paqte.services.comptes.comptes import invite_user

    return invite_user(
        actor=PLANIFICATEUR,
        role=person.role,
        courriel=person.courriel,
        nom=person.nom,
        departement=person.departement,
        siret=person.siret,
        base_url="http://localhost",
        now=now(),
        by_mail=False,
    )


@pytest.fixture
def sign_in(app: Flask, accounts: object, kept_bases: KeptBases) -> Callable[[Personne], FlaskClient]:
    """`sign_in(CAMILLE)` gives a browser of her own, signed in through a link as she would be.

    Where time stands still she went through the link once: a copy of the base, and what her cookie holds, are given.
    """
    from paqte.ops.clock import now

    def open_for(person: Personne) -> FlaskClient:
        browser = app.test_client()
        if not time_machine.escape_hatch.is_travelling():
            _go_through_the_link(app, browser, person)
            return browser
        story = ("sign_in", person, now())
        held = kept_bases.write_once(app, story, lambda: _go_through_the_link(app, browser, person))
        with browser.session_transaction() as cookie:
            cookie.update(held)
        return browser

    return open_for


def _go_through_the_link(app: Flask, browser: FlaskClient, person: Personne) -> dict[str, Any]:
    """Sign her in there; gives what her cookie then holds."""
    with app.app_context():
        link = invitation_of(person).removeprefix("http://localhost")
    answer = post(browser, link, {})
    assert answer.status_code == 302, answer.text
    with browser.session_transaction() as cookie:
        return dict(cookie)


RANKS = count()


def post(browser: FlaskClient, path: str, data: dict[str, Any], page: str | None = None, **kwargs: Any) -> Any:
    """Open `page` (the path itself by default), take its token, and post the form.

    Two pages drawn within one second bear one token, which no person sees: each form is told from the one before.
    """
    token = token_in(browser.get(page or path).text)
    return browser.post(path, data={"csrf_token": token, "essai": str(next(RANKS)), **data}, **kwargs)


def token_in(html: str) -> str:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found, "cette page n’a pas de formulaire"
    return found[1]
