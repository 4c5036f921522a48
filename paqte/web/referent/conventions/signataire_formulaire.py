"""The form of a signatory and its contacts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from wtforms import Field, FieldList, FormField

from paqte.domain.conventions.signataires import COLONNES, ENTIER, ContactTyped, SignataireTyped, identity
from paqte.domain.statuts.conventions import CATEGORIES, ENTREPRISE, NATURES
from paqte.queries.suivi.fiche_signataire import SignatairePage
from paqte.services.conventions.signataires import MAX_CONTACTS
from paqte.web.formulaires.base import OurForm, SubForm
from paqte.web.formulaires.champs import (
    BoxField,
    ChoiceField,
    CourrielField,
    LongTextField,
    QuantiteField,
    RadiosField,
    Required,
    SiretOrSirenField,
    TextField,
    VersionField,
)

IDENTIFIER_HELP = "SIRET de l’établissement (14 chiffres) ou, sans établissement précis, SIREN (9 chiffres)."


class ContactForm(SubForm):
    """One contact; `cle` is its key when it is already known."""

    cle = VersionField()
    nom = TextField("Nom de la personne ou du service", limite=120)
    fonction = TextField("Fonction", limite=120)
    courriel = CourrielField("Courriel professionnel")
    telephone = TextField("Téléphone professionnel", limite=30, render_kw={"inputmode": "tel", "autocomplete": "off"})
    retirer = BoxField("Retirer ce contact")


class SignataireForm(OurForm):
    """Identity, place, what the bilan needs, and contacts (R2, R27, R30)."""

    identifiant = SiretOrSirenField(
        "SIRET ou SIREN", [Required("Écrivez le SIRET, ou le SIREN.")], description=IDENTIFIER_HELP
    )
    nom = TextField("Nom ou raison sociale", [Required("Écrivez le nom sous lequel le signataire est connu.")])
    nature = RadiosField(
        "Nature",
        [Required()],
        choices=NATURES,
        default=ENTREPRISE,
        description="Le bilan compte les entreprises signataires ; les autres y sont listées à part. Un SIREN a une "
        "seule nature dans le département : une nouvelle fiche prend celle qui est enregistrée, la changer la change "
        "pour toutes ses fiches.",
    )
    categorie = ChoiceField(
        "Catégorie",
        choices=CATEGORIES,
        description="Celle que l’entreprise déclare ou que donne Sirene ; elle ne se déduit pas de l’effectif seul.",
    )
    effectif = QuantiteField("Effectif")
    naf = TextField("Code NAF", limite=10, description="Par exemple 62.01Z")
    secteur = TextField("Secteur d’activité")
    adresse = TextField("Adresse", limite=300)
    code_postal = TextField("Code postal", limite=5, render_kw={"inputmode": "numeric", "autocomplete": "off"})
    commune = TextField("Commune", limite=100, render_kw={"list": "communes"})
    is_partial_diffusion = BoxField(
        "Diffusion partielle",
        description="Entrepreneur individuel qui l’a demandé : son adresse ne sort pas de la préfecture.",
    )
    is_covered_nationally = BoxField("Déjà couvert par une convention nationale")
    notes = LongTextField("Notes internes", description="Elles ne figurent dans aucun bilan.")
    contacts = FieldList(FormField(ContactForm), max_entries=MAX_CONTACTS)

    def identite(self) -> SignataireTyped:
        """What was typed, as the use case takes it."""
        typed = {c.champ: self[c.champ].data for c in COLONNES}
        whole = {c.champ: int(typed[c.champ]) for c in COLONNES if c.genre == ENTIER and typed[c.champ] is not None}
        return SignataireTyped(**{**typed, **whole})

    def of_group(self, groupe: str) -> list[Field]:
        """The fields of a group, in the order in which they stand above."""
        names = {c.champ for c in COLONNES if c.groupe == groupe}
        return [field for field in self if field.name in names]

    def contacts_typed(self) -> list[ContactTyped]:
        """The contacts in the order of the page; one to be taken away is blank."""
        return [_contact(entry.form) for entry in self.contacts]

    def add_blank_contact(self) -> None:
        """Room for one more, as far as there may be."""
        if len(self.contacts) < MAX_CONTACTS:
            self.contacts.append_entry()


def form_data(fiche: SignatairePage) -> dict[str, Any]:
    """A known signatory as the form takes it."""
    contacts = [{**asdict(contact), "cle": contact.id} for contact in fiche.contacts]
    return {**identity(fiche), "version": fiche.version, "contacts": contacts}


def _contact(form: ContactForm) -> ContactTyped:
    if form.retirer.data:
        return ContactTyped(id=form.cle.data)
    return ContactTyped(form.nom.data, form.fonction.data, form.courriel.data, form.telephone.data, form.cle.data)
