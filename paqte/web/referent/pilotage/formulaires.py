"""The forms of the steering pages."""

from __future__ import annotations

from decimal import Decimal

from wtforms import HiddenField

from paqte.domain.nombres import POURCENTAGE
from paqte.domain.pilotage import CHIFFRES, REGLAGES
from paqte.services.pilotage.contexte import ChiffreTyped
from paqte.services.pilotage.pilotage import PartenaireTyped, ReferentTyped
from paqte.services.pilotage.protocole import ProtocoleTyped
from paqte.services.pilotage.rubriques import HEADING
from paqte.web.formulaires.base import Formulaire
from paqte.web.formulaires.champs import (
    ChoixField,
    CourrielField,
    DateField,
    NombreField,
    Required,
    TexteField,
    TexteLongField,
)

PLACE = "Laissez vide pour la dernière place."


class TexteForm(Formulaire):
    """One text of a period."""

    texte = TexteLongField(
        "Texte",
        limite=HEADING,
        description="Ce texte s’imprime tel quel. Jamais le nom d’un jeune ou d’un bénéficiaire.",
        render_kw={"rows": 14, "data-limite": HEADING},
    )


class ConfirmationForm(Formulaire):
    """A text confirmed as the page showed it."""

    vu = HiddenField()


class ReferentForm(Formulaire):
    nom = TexteField("Nom", [Required("Écrivez le nom du référent.")], limite=120)
    fonction = TexteField("Fonction", limite=120, description="Par exemple : délégué du préfet, chargée de mission.")
    courriel = CourrielField("Courriel professionnel")
    telephone = TexteField("Téléphone professionnel", limite=30, description="Par exemple 02 54 00 00 00")
    rang = NombreField("Place dans la liste", description=PLACE)

    def typed(self) -> ReferentTyped:
        return ReferentTyped(
            self.nom.data, self.fonction.data, self.courriel.data, self.telephone.data, _whole(self.rang.data)
        )


class PartenaireForm(Formulaire):
    nom = TexteField("Nom", [Required("Écrivez le nom du partenaire.")], limite=200)
    nature = TexteField("Nature", limite=80, description="Par exemple : association, chambre consulaire, collectivité.")
    role = TexteField("Rôle dans le PAQTE", limite=500)
    rang = NombreField("Place dans la liste", description=PLACE)

    def typed(self) -> PartenaireTyped:
        return PartenaireTyped(self.nom.data, self.nature.data, self.role.data, _whole(self.rang.data))


class ChiffreForm(Formulaire):
    code = ChoixField(
        "Chiffre", [Required()], choices={"": "Choisissez…", **{code: g.libelle for code, g in CHIFFRES.items()}}
    )
    valeur = NombreField("Valeur", [Required("Écrivez le nombre, par exemple 1 234.")])
    date = DateField(
        "Date du chiffre",
        [Required("Indiquez la date, par exemple 31/12/2026.")],
        description="Le dernier jour du mois pour les demandeurs d’emploi. Par exemple 31/12/2026",
    )
    precision = TexteField(
        "Ce qu’il couvre",
        limite=200,
        description="Laissez vide pour « catégories ABC » et la génération de QPV en vigueur à cette date.",
    )
    source = TexteField("Source", limite=300, description="Par exemple : France Travail, STMT, juin 2026.")

    def typed(self) -> ChiffreTyped:
        return ChiffreTyped(self.code.data, self.valeur.data, self.date.data, self.precision.data, self.source.data)


class ProtocoleForm(Formulaire):
    libelle = TexteField("Engagement", [Required("Écrivez l’engagement tel que le protocole le dit.")], limite=500)
    enjeu = TexteField("Enjeu", [Required("Écrivez l’enjeu du protocole auquel il répond.")], limite=300)
    axe_dijon = TexteField("Axe du Pacte de Dijon", limite=200)
    levier = TexteField("Levier", [Required("Écrivez le levier, par exemple PAQTE.")], limite=200, default="PAQTE")
    partenaires = TexteField("Partenaires", limite=500)
    cible = NombreField("Cible", genre=POURCENTAGE, description="Part visée pour les habitants des QPV.")
    realise = NombreField("Réalisé", genre=POURCENTAGE, description="Laissez vide tant qu’il n’est pas connu.")
    commentaire = TexteLongField("Commentaire", limite=2_000)
    rang = NombreField("Place dans la liste", description=PLACE)

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


def _recipients(cle: str) -> TexteLongField:
    return TexteLongField(REGLAGES[cle][1], limite=2_000, render_kw={"rows": 3, "data-limite": 2_000})


class ReglagesForm(Formulaire):
    """Texts, read by the use case: blank goes back to the national value."""

    declaration_ouverture_jours = TexteField(REGLAGES["declaration_ouverture_jours"][1], limite=40)
    declaration_delai_jours = TexteField(REGLAGES["declaration_delai_jours"][1], limite=40)
    relances_jours = TexteField(REGLAGES["relances_jours"][1], limite=100)
    fermeture_delai_jours = TexteField(REGLAGES["fermeture_delai_jours"][1], limite=40)
    lecture_jours = TexteField(REGLAGES["lecture_jours"][1], limite=40)
    bilan_delai_jours = TexteField(REGLAGES["bilan_delai_jours"][1], limite=40)
    destinataires_bilan = _recipients("destinataires_bilan")
    export_delai_jours = TexteField(REGLAGES["export_delai_jours"][1], limite=40)
    destinataires_export = _recipients("destinataires_export")
    preavis_jours = TexteField(REGLAGES["preavis_jours"][1], limite=100)
    conservation_annees = TexteField(REGLAGES["conservation_annees"][1], limite=40)
    courriels_texte_jours = TexteField(REGLAGES["courriels_texte_jours"][1], limite=40)

    def values(self) -> dict[str, str]:
        return {cle: self[cle].data for cle in REGLAGES}


def _whole(number: Decimal | None) -> int | None:
    return None if number is None else int(number)
