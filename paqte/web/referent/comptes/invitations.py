"""Inviting many contacts at once, and giving conventions of several signatories to an animateur."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ANIMATEUR, REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.suivi.acces_prevus import (
    MOTIFS,
    AccessKnown,
    ConventionOffered,
    forecast_giving,
    forecast_invitations,
    known_animateurs,
)
from paqte.services.comptes.comptes import invite_user
from paqte.services.comptes.invitations import invite_contacts
from paqte.web.affichage.filters import plural
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import BoxesField, CourrielField, RadiosField, TextField
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.refusals import tell_refusals
from paqte.web.socle.typed.ticked import CHOICE, MOST, ticked, whole

SOMEBODY_ELSE = "autre"


class AccessSharedForm(OurForm):
    """One who has an account already, or somebody else by name and address."""

    animateur = RadiosField("Animateur", default=SOMEBODY_ELSE)
    nom = TextField("Prénom et nom", limite=120)
    courriel = CourrielField("Adresse électronique professionnelle")
    version = None


class ContactsForm(OurForm):
    """Who is ticked; the boxes stand on the page, one beside each contact."""

    contact = BoxesField("À inviter")
    version = None


@blueprint.route("/acces/inviter", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def acces_inviter_tous() -> ResponseReturnValue:
    """Who would be invited and who not, of the signatories ticked or of all; then the invitations, each alone."""
    only = ticked().signataires if request.values.getlist(CHOICE) else None
    if request.method == "POST":
        return _invitations_sent(only)
    found = forecast_invitations(actor=actor(), now=clock.now(), signataires=only)
    form = ContactsForm()
    form.contact.choices = {str(person.contact_id): person.nom for person in found.a_inviter[:MOST]}
    return render_template(
        "referent/acces_inviter.html",
        a_inviter=found.a_inviter[:MOST],
        suivants=max(0, len(found.a_inviter) - MOST),
        ecartes=found.ecartes,
        selection=only,
        form=form,
        motifs=MOTIFS,
    )


def _invitations_sent(only: Collection[int] | None) -> ResponseReturnValue:
    asked = [key for key in map(whole, request.form.getlist("contact")[:MOST]) if key]
    again = {} if only is None else {CHOICE: list(only)}
    if not asked:
        flash("Cochez au moins un contact à inviter.", "attention")
        return redirect(url_for("referent.acces_inviter_tous", **again))
    names = {
        person.contact_id: f"{person.nom} ({person.courriel})"
        for person in forecast_invitations(actor=actor(), now=clock.now(), signataires=only).a_inviter
    }
    done = invite_contacts(actor=actor(), now=clock.now(), contacts=asked, signataires=only, base_url=public_address())
    if done.faits:
        flash(f"{plural(len(done.faits), 'invitation')} : départ dans la minute.", "succes")
    meanwhile = len(set(asked)) - len(done.faits) - len(done.refuses)
    if meanwhile:
        flash(f"{plural(meanwhile, 'contact a', 'contacts ont')} déjà un accès : aucun courriel de plus.", "info")
    tell_refusals({names[key]: f"invitation non envoyée. {why}" for key, why in done.refuses.items()})
    return redirect(url_for("referent.acces_inviter_tous", **again))


@blueprint.route("/acces/animateur", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def acces_animateur() -> ResponseReturnValue:
    """The conventions of the signatories ticked that may be given, to whom; then the invitation that gives them."""
    choice = ticked()
    if not choice.signataires:
        flash("Cochez au moins un signataire, puis « Confier à un animateur ».", "attention")
        return redirect(url_for("referent.signataires"))
    known = {str(one.numero): one for one in known_animateurs(actor=actor())}
    form = AccessSharedForm()
    form.animateur.choices = {
        **{key: f"{one.nom}, {one.courriel}" for key, one in known.items()},
        SOMEBODY_ELSE: "Une autre personne",
    }
    found = forecast_giving(actor=actor(), signataires=choice.signataires, now=clock.now())
    if form.validate_on_submit() and found.conventions:
        with form.refusals():
            return _shared(form, known.get(form.animateur.data or ""), found.conventions)
    return render_template(
        "referent/acces_animateur.html", form=form, selection=choice, prevision=found, autre=SOMEBODY_ELSE
    ), form.http_status


def _shared(
    form: AccessSharedForm, known: AccessKnown | None, conventions: Sequence[ConventionOffered]
) -> ResponseReturnValue:
    """One transaction and one mail to one person, with all that she is given."""
    nom, courriel = (known.nom, known.courriel) if known else (form.nom.data or "", form.courriel.data or "")
    missing = [c for c in conventions if known is None or known.lacks(c)]
    if missing:
        invite_user(
            actor=actor(),
            now=clock.now(),
            role=ANIMATEUR,
            courriel=courriel,
            nom=nom,
            conventions=[c.id for c in missing],
            base_url=public_address(),
        )
        told = plural(len(missing), "convention confiée", "conventions confiées")
        flash(f"{told} à {nom} : un courriel part dans la minute.", "succes")
    had = len(conventions) - len(missing)
    if had:
        flash(
            f"{plural(had, 'convention lui était', 'conventions lui étaient')} déjà confiée{'s' * (had > 1)}.", "info"
        )
    return redirect(url_for("referent.acces"))
