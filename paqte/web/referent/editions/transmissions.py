"""An edition leaves the préfecture when its référent says so: to whom, which file, and what became of it (R40)."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.secret import INTERNE, PUBLIABLE
from paqte.ops import clock
from paqte.queries.editions.editions import EditionLue, edition_of, list_editions
from paqte.queries.editions.transmissions import transmissions_of
from paqte.services.editions.transmissions import MESSAGE, note_transmission, recipients_of, transmit_edition
from paqte.web.affichage.adresses import url_document
from paqte.web.affichage.filters import plural
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import DateField, LongTextField, RadiosField, Required, TextField
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once

FILES = {
    INTERNE: "La version interne, complète : réservée aux services de l’État",
    PUBLIABLE: "La version publiable, sans petit effectif : elle peut être diffusée",
}


class SendingForm(OurForm):
    """To whom, and which of the two workbooks."""

    adresses = TextField(
        "À qui",
        [Required("Donnez au moins une adresse.")],
        description="Une ou plusieurs adresses, séparées par des virgules. Celles de vos réglages sont proposées.",
    )
    diffusion = RadiosField("Quel classeur", [Required("Choisissez un classeur.")], choices=FILES)
    version = None


class SendingTextForm(SendingForm):
    message = LongTextField("Votre message (facultatif)", limite=MESSAGE, render_kw={"rows": 4, "data-limite": MESSAGE})


class SendingSaidForm(SendingForm):
    le = DateField("Transmise le", [Required("Donnez le jour.")], description="Par exemple 31/12/2026")


@blueprint.route("/editions/<int:edition_id>/transmettre", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def edition_transmettre(edition_id: int) -> ResponseReturnValue:
    """Say to whom, read what leaves, send."""
    edition = _own_edition(edition_id)
    form = SendingTextForm(data=_proposed(edition))
    if form.validate_on_submit():
        with form.refusals():
            sent = transmit_edition(
                actor=actor(),
                now=clock.now(),
                edition_id=edition_id,
                adresses=form.adresses.data,
                diffusion=form.diffusion.data,
                message=form.message.data or "",
            )
            flash(
                f"L’édition n° {edition.numero} part par courriel à {plural(sent, 'adresse')}. "
                "Son envoi se suit ci-dessous.",
                "succes",
            )
            return redirect(url_document(edition.genre_document, edition.periode, "editions"))
    return _page("referent/edition_transmettre.html", form, edition)


@blueprint.route("/editions/<int:edition_id>/transmise", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def edition_transmise(edition_id: int) -> ResponseReturnValue:
    """Note that it was transmitted another way."""
    edition = _own_edition(edition_id)
    today = local_date(clock.now(), edition.departement)
    form = SendingSaidForm(data=_proposed(edition) | {"le": today})
    if form.validate_on_submit():
        with form.refusals():
            note_transmission(
                actor=actor(),
                now=clock.now(),
                edition_id=edition_id,
                adresses=form.adresses.data,
                diffusion=form.diffusion.data,
                le=form.le.data,
            )
            flash(f"La transmission de l’édition n° {edition.numero} est notée.", "succes")
            return redirect(url_document(edition.genre_document, edition.periode, "editions"))
    return _page("referent/edition_transmise.html", form, edition)


def _own_edition(edition_id: int) -> EditionLue:
    edition = edition_of(actor=actor(), edition_id=edition_id)
    if edition is None:
        raise NotFound("Cette édition")
    return edition


def _proposed(edition: EditionLue) -> dict[str, object]:
    adresses = recipients_of(departement=edition.departement, genre=edition.genre_document)
    return {"adresses": adresses, "diffusion": INTERNE}


def _page(template: str, form: SendingForm, edition: EditionLue) -> ResponseReturnValue:
    if not edition.has_publishable:
        form.diffusion.choices = [(INTERNE, FILES[INTERNE])]
    siblings = list_editions(actor=actor(), periode=edition.periode, genre=edition.genre_document)
    sent = transmissions_of(actor=actor(), editions=[e.id for e in siblings])
    return render_template(
        template,
        form=form,
        edition=edition,
        genre=DOCUMENTS[edition.genre_document],
        periode=Periode.from_code(edition.periode),
        avant=next((e for e in siblings if e.numero < edition.numero and e.id in sent), None),
        retour=url_document(edition.genre_document, edition.periode, "editions"),
    ), form.http_status
