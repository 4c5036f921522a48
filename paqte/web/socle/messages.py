"""A message told after a redirection is met first: the page that comes opens on it, never further down."""

from __future__ import annotations

from urllib.parse import urldefrag

from flask import Flask, Response, flash, get_flashed_messages


def register(app: Flask) -> None:
    app.after_request(_open_on_message)


def _open_on_message(response: Response) -> Response:
    """A browser that is sent to a part of a page gives the focus to nothing else there: the message leads to it.

    The part goes with the last message's tone, `succes#editions`: composants/alerte.html makes a link of it.
    """
    target, place = urldefrag(response.location or "")
    told = get_flashed_messages(with_categories=True) if place else []
    for rank, (tone, text) in enumerate(told):
        flash(text, f"{tone}#{place}" if rank == len(told) - 1 else tone)
    if told:
        response.location = target
    return response
