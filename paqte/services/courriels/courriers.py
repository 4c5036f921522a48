"""Writing mails: each from its two templates of templates/courriels/, one of text and one of HTML."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from paqte.domain.saisie.espaces import held_together, html_held_together
from paqte.domain.statuts.courriels import A_QUI, Message
from paqte.models import Courriel
from paqte.queries.comptes.a_qui import addresses, whom_to_call
from paqte.reporting import charte

SUBJECT = "Objet : "


def write_mail(modele: str, destinataire: str, **told: object) -> Message:
    """The mail of a model, told these values; an unknown one raises, so that no mail leaves with a hole in it.

    The first line of `<modele>.txt` is the subject, the next says what to do.
    """
    head, _, text = _render(f"{modele}.txt", told).partition("\n")
    subject = head.removeprefix(SUBJECT).strip()
    html = html_held_together(_render(f"{modele}.html", {**told, "sujet": subject}))
    return Message(destinataire, subject, held_together(text.strip()) + "\n", html)


def signed(mail: Courriel) -> Message:
    """A mail of the outbox with whom to call, as of now, in both its parts; an answer goes to the same people."""
    people = whom_to_call(destinataire=mail.destinataire, departement=mail.departement_code)
    text, html = (_render(f"_a_qui.{kind}", {"personnes": people}).strip() for kind in ("txt", "html"))
    return Message(
        mail.destinataire,
        mail.sujet,
        mail.texte.replace(A_QUI, text),
        mail.html.replace(A_QUI, html),
        addresses(people),
    )


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
    environment.globals["A_QUI"] = A_QUI
    return environment
