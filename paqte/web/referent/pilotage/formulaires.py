"""The forms of the steering pages."""

from __future__ import annotations

from decimal import Decimal

from wtforms import HiddenField

from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.documents.reglages import recipients_setting, reglages
from paqte.domain.saisie.nombres import POURCENTAGE
from paqte.domain.statuts.pilotage import CHIFFRES, REGLAGES_MENTIONS
from paqte.services.pilotage.contexte import ChiffreTyped
from paqte.services.pilotage.pilotage import PartenaireTyped, ReferentTyped
from paqte.services.pilotage.protocole import ProtocoleTyped
from paqte.services.pilotage.rubriques import HEADING
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import (
    ChoiceField,
    CourrielField,
    DateField,
    LongTextField,
    QuantiteField,
    Required,
    TextField,
)

PLACE = "Laissez vide pour la dernière place."


class RubriqueForm(OurForm):
    """One text of a period."""

    texte = LongTextField(
        "Texte",
        limite=HEADING,
        description="Ce texte s’imprime tel quel. Jamais le nom d’un jeune ou d’un bénéficiaire.",
        render_kw={"rows": 14, "data-limite": HEADING},
    )


class ConfirmationForm(OurForm):
    """A text confirmed as the page showed it."""

    vu = HiddenField()


class ReferentForm(OurForm):
    nom = TextField("Nom", [Required("Écrivez le nom du référent.")], limite=120)
    fonction = TextField("Fonction", limite=120, description="Par exemple : délégué du préfet, chargée de mission.")
    courriel = CourrielField("Courriel professionnel")
    telephone = TextField("Téléphone professionnel", limite=30, description="Par exemple 02 54 00 00 00")
    rang = QuantiteField("Place dans la liste", description=PLACE)

    def typed(self) -> ReferentTyped:
        return ReferentTyped(
            self.nom.data, self.fonction.data, self.courriel.data, self.telephone.data, _whole(self.rang.data)
        )


class PartenaireForm(OurForm):
    nom = TextField("Nom", [Required("Écrivez le nom du partenaire.")], limite=200)
    nature = TextField("Nature", limite=80, description="Par exemple : association, chambre consulaire, collectivité.")
    role = TextField("Rôle dans le PAQTE", limite=500)
    rang = QuantiteField("Place dans la liste", description=PLACE)

    def typed(self) -> PartenaireTyped:
        return PartenaireTyped(self.nom.data, self.nature.data, self.role.data, _whole(self.rang.data))


class ChiffreForm(OurForm):
    code = ChoiceField(
        "Chiffre", [Required()], choices={"": "Choisissez…", **{code: g.libelle for code, g in CHIFFRES.items()}}
    )
    valeur = QuantiteField("Valeur", [Required("Écrivez le nombre, par exemple 1 234.")])
    date = DateField(
        "Date du chiffre",
        [Required("Indiquez la date, par exemple 31/12/2026.")],
        description="Le dernier jour du mois pour les demandeurs d’emploi. Par exemple 31/12/2026",
    )
    precision = TextField(
        "Ce qu’il couvre",
        limite=200,
        description="Laissez vide pour « catégories ABC » et la génération de QPV en vigueur à cette date.",
    )
    source = TextField("Source", limite=300, description="Par exemple : France Travail, STMT, juin 2026.")

    def typed(self) -> ChiffreTyped:
        return ChiffreTyped(self.code.data, self.valeur.data, self.date.data, self.precision.data, self.source.data)


class ProtocoleForm(OurForm):
    libelle = TextField("Engagement", [Required("Écrivez l’engagement tel que le protocole le dit.")], limite=500)
    enjeu = TextField("Enjeu", [Required("Écrivez l’enjeu du protocole auquel il répond.")], limite=300)
    axe_dijon = TextField("Axe du Pacte de Dijon", limite=200)
    levier = TextField("Levier", [Required("Écrivez le levier, par exemple PAQTE.")], limite=200, default="PAQTE")
    partenaires = TextField("Partenaires", limite=500)
    cible = QuantiteField("Objectif", genre=POURCENTAGE, description="Part visée pour les habitants des QPV.")
    realise = QuantiteField("Réalisé", genre=POURCENTAGE, description="Laissez vide tant qu’il n’est pas connu.")
    commentaire = LongTextField("Commentaire", limite=2_000)
    rang = QuantiteField("Place dans la liste", description=PLACE)

    def typed(self) -> ProtocoleTyped:
        return ProtocoleTyped(
            libelle=self.libelle.data,
            enjeu=self.enjeu.data,
            levier=self.levier.data,
            axe_dijon=self.axe_dijon.data,
            partenaires=self.partenaires.data,
            cible=self.cible.data,
            realise=self.realise.data,
            commentaire=self.commentaire.data,
            rang=_whole(self.rang.data),
        )


class ReglagesForm(OurForm):
    """Texts, read by the use case: blank goes back to the national value."""

    def values(self) -> dict[str, str]:
        return {cle: self[cle].data for cle in reglages()}


def reglages_form() -> type[ReglagesForm]:
    """The form of the settings that there are."""
    recipients = set(map(recipients_setting, DOCUMENTS.values()))
    lists = {"relances_jours", "preavis_jours"}
    fields = {
        cle: LongTextField(libelle, limite=2_000, render_kw={"rows": 3, "data-limite": 2_000})
        if cle in recipients
        else TextField(libelle, limite=300 if cle in REGLAGES_MENTIONS else 100 if cle in lists else 40)
        for cle, (_shipped, libelle) in reglages().items()
    }
    return type("DepartementSettingsForm", (ReglagesForm,), fields)


def _whole(number: Decimal | None) -> int | None:
    return None if number is None else int(number)
