"""Writing mails: each from its two templates of templates/courriels/, one of text and one of HTML."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from paqte.domain.statuts.courriels import Message
from paqte.reporting import charte

SUBJECT = "Objet : "


def write_mail(modele: str, destinataire: str, **told: object) -> Message:
    """The mail of a model, told these values; an unknown one raises, so that no mail leaves with a hole in it.

    The first line of `<modele>.txt` is the subject, the next says what to do.
    """
    head, _, text = _render(f"{modele}.txt", told).partition("\n")
    subject = head.removeprefix(SUBJECT).strip()
    return Message(destinataire, subject, text.strip() + "\n", _render(f"{modele}.html", {**told, "sujet": subject}))


def _render(name: str, told: dict[str, object]) -> str:
    return _environment().get_template(f"courriels/{name}").render(**told)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("paqte"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["charte"] = charte
    return environment
