"""The same form sent twice, even at once, makes one thing: the second answer leads to what the first one made.

A double click, a page sent again, a network that repeats: the form bears the same token of the same page, and says the
same. The base decides, in the very transaction that makes the thing (services/transaction.py).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import wraps

from flask import Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue

from paqte.domain.erreurs import AlreadySent
from paqte.ops import clock
from paqte.services.envois import LONGEST, expect_once, forget_expected, keep_outcome, outcome_of
from paqte.web.socle import session
from paqte.web.socle.acces import own_page

View = Callable[..., ResponseReturnValue]
TOKEN = "csrf_token"
ALREADY = "Ce formulaire était déjà reçu : il n’a été enregistré qu’une fois."
NO_OUTCOME = "Ce formulaire est déjà reçu : regardez ce qu’il a fait avant de l’envoyer à nouveau."
# The first answer is on its way while the second waits for where it leads.
WAITS, PAUSE = 40, 0.1


def once(view: View) -> View:
    """Mark a view that makes something when it is posted to (test_once.py goes over every such route)."""

    @wraps(view)
    def sent_once(**given: object) -> ResponseReturnValue:
        if request.method != "POST":
            return view(**given)
        key = _key_of_form()
        expect_once(key)
        try:
            answer = make_response(view(**given))
        except AlreadySent:
            return _led_to_the_first(key)
        finally:
            forget_expected()
        if answer.status_code in (302, 303):
            keep_outcome(key=key, suite=_place_kept(answer.headers["Location"]), now=clock.now())
        return answer

    sent_once.is_once = True  # type: ignore[attr-defined]
    return sent_once


def _place_kept(place: str) -> str:
    """Where it led; without its parameters when they are too many to be kept, never cut in the middle of one."""
    return place if len(place) <= LONGEST else place.partition("?")[0]


def _key_of_form() -> str:
    """The hash of whose session it is, of the page it was sent from, and of all it says."""
    told = hashlib.sha256(f"{session.own_secret()}\n{own_page()}\n".encode())
    for name, value in sorted(request.form.items(multi=True)):
        told.update(f"{len(name)}:{name}={len(value)}:{value}\n".encode("utf-8", "surrogatepass"))
    for name, file in sorted(request.files.items(multi=True), key=lambda one: one[0]):
        told.update(f"{name}={file.filename}\n".encode("utf-8", "surrogatepass"))
        while block := file.stream.read(65_536):
            told.update(block)
        file.stream.seek(0)
    return told.hexdigest()


def _led_to_the_first(key: str) -> Response:
    for _ in range(WAITS):
        suite = outcome_of(key=key)
        if suite:
            flash(ALREADY, "info")
            return make_response(redirect(suite, 303))
        time.sleep(PAUSE)
    flash(NO_OUTCOME, "attention")
    return make_response(redirect(own_page(), 303))
