"""What stands at the foot of every page: help, contact, legal notice, accessibility; open to anybody."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import TABLE, Acteur
from paqte.domain.personnes.roles import PUBLIC, open_to
from paqte.queries.reglages.mentions import contacts_for, read_mentions
from paqte.web.affichage.conformite import read_conformity
from paqte.web.affichage.guides import guide_html, guides_there, picture_path, place_of
from paqte.web.socle.acces import current_actor, current_menu, may_open

blueprint = Blueprint("aide", __name__)
# The guide that each role opens first.
FIRST = {code: role.guide for code, role in TABLE.items()}
# Pages that the menu does not name, for the site map; a page of one thing is reached from its list.
BESIDE_MENU = {
    "referent.abonnement": "Vos dates dans votre agenda",
    "referent.club": "Le club",
    "referent.prospects": "Prospects",
    "referent.appels": "Qui appeler aujourd’hui",
    "referent.rencontres": "Rencontres",
    "referent.recherche": "Rechercher",
    "referent.relances": "Relances",
    "referent.courriels": "Courriels",
    "referent.signalements": "Erreurs signalées",
    "referent.completude": "Taux de réponse",
    "referent.declarations_recues": "Déclarations à valider",
    "referent.formulaires": "Formulaires Excel reçus",
    "referent.imports": "Tableaux à importer",
    "referent.colonnes": "Colonnes gardées de vos tableaux",
    "referent.etablissements": "Établissements à vérifier",
    "referent.trimestres": "Exports trimestriels",
    "referent.bilans_comparer": "Comparer deux éditions",
    "referent.pilotage_reglages": "Réglages des dates et des destinataires",
    "referent.pilotage_debut": "Premier semestre suivi",
    "referent.pilotage_protocole": "Protocole d’engagements",
    "referent.conservation": "Conservation des contacts",
    "bilans.verifier": "Vérifier un fichier",
    "taches.liste": "Tâches",
    "admin.verification": "Vérifications",
    "national.accueil": "Équipe nationale",
    "compte.mon_compte": "Mon compte",
    "facteurs.facteur": "Second facteur",
}
PUBLIC_PAGES = {
    "public.accueil": "Accueil",
    "compte.connexion": "Se connecter",
    "aide.guides": "Aide",
    "aide.contact": "Contact",
    "aide.mentions": "Mentions légales",
    "aide.accessibilite": "Accessibilité",
    "public.attestation_verifier": "Vérifier une attestation",
}

# Guide -> heading -> the pages that it tells of. Of any other page, the guide is opened at its beginning.
TOLD: Mapping[str, Mapping[str, str]] = {
    "guide_referent": {
        "L’accueil dit quoi faire": "referent.accueil",
        "Retrouver un signataire, un contact, une édition": "referent.recherche",
        "Garder une liste sous un nom": "referent.vue",
        "Qui est en retard, et pourquoi": "referent.declarations referent.completude referent.signataire_avancement",
        "Le lundi avec cent entreprises": """
            referent.acces_inviter_tous referent.acces_animateur referent.relances_selection
            referent.declarations_questionner
        """,
        "Le calendrier": "referent.calendrier referent.abonnement",
        "Les rencontres": """
            referent.rencontres referent.rencontre referent.rencontre_nouvelle referent.rencontre_modifier
            referent.rencontre_supprimer referent.rencontre_signataire referent.appels
        """,
        "Les prospects": "referent.prospects referent.demarche",
        "Le club et les résultats répartis": "referent.club",
        "Les relances": "referent.relances referent.courriels taches.liste",
        "Ajouter un signataire": """
            referent.signataires referent.signataire_nouveau referent.signataire referent.signataire_modifier
            referent.etablissements referent.etablissement
        """,
        "Importer un tableau de suivi": """
            referent.imports referent.importation referent.colonnes referent.colonne referent.colonne_supprimer
            referent.signataire_colonnes
        """,
        "Saisir une convention": """
            referent.convention referent.convention_nouvelle referent.convention_modifier referent.engagements
        """,
        "Ouvrir un accès": "referent.acces referent.signataire_acces referent.acces_compte",
        "Les données des contacts": "referent.conservation referent.contact_effacer referent.acces_effacer",
        "Saisir une déclaration à la place d’une entreprise": "referent.declaration_saisir referent.declaration",
        "Saisir beaucoup de déclarations : le tableau": "referent.declarations_tableau",
        "Une entreprise qui ne veut que Excel": "referent.formulaires",
        "Valider beaucoup de déclarations": """
            referent.declarations_recues referent.declaration_renvoyer referent.declaration_rouvrir
        """,
        "Une erreur signalée par une entreprise": "referent.signalements referent.signalement_repondre",
        "Les actions et le pilotage": """
            referent.actions referent.action referent.action_nouvelle referent.action_modifier
            referent.action_supprimer referent.pilotage referent.pilotage_retirer
            referent.pilotage_ajouter referent.pilotage_modifier referent.pilotage_texte referent.pilotage_reglages
            referent.pilotage_debut referent.pilotage_protocole
        """,
        "Le bilan": """
            referent.bilan referent.bilans referent.bilan_chiffre referent.annee_chiffre referent.bilans_comparer
            bilans.verifier
        """,
        "Transmettre le bilan": "referent.edition_transmettre referent.edition_transmise",
        "L’export trimestriel": """
            referent.trimestre referent.trimestres referent.trimestre_chiffre referent.document referent.documents
        """,
    },
    "guide_entreprise": {
        "Du courriel à « transmis »": "entreprise.accueil entreprise.signataire",
        "Répondre": "entreprise.declaration_saisir entreprise.pieces",
        "Dans un tableur plutôt que sur le site": "entreprise.formulaire",
        "Relire, transmettre": "entreprise.declaration_relire",
        "Et après": """
            entreprise.declaration entreprise.declaration_signaler entreprise.action_proposer
            entreprise.attestation_page
        """,
    },
    "guide_national": {
        "Un semestre": "national.accueil national.bilan",
        "Les bilans reçus en classeur": "national.recus national.recu",
        "Un chiffre": "national.chiffre",
        "Les préfectures de région": "national.region_inviter",
    },
}
_PLACES = {
    (guide, endpoint): heading
    for guide, headings in TOLD.items()
    for heading, endpoints in headings.items()
    for endpoint in endpoints.split()
}


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(adresse_aide=help_address)


@blueprint.get("/aide")
@open_to(PUBLIC)
def guides() -> ResponseReturnValue:
    """The list of guides, one's own first; or the guide asked for."""
    there = guides_there()
    asked = request.args.get("guide", "")
    if not asked:
        return render_template("aide/guides.html", guides=_own_first(there, current_actor()))
    if asked not in there:
        abort(404)
    texte = guide_html(asked, url_for("aide.guides"), url_for("aide.image"))
    return render_template("aide/guide.html", titre=there[asked], texte=texte)


@blueprint.get("/aide/image")
@open_to(PUBLIC)
def image() -> ResponseReturnValue:
    """A picture of the guides."""
    path = picture_path(request.args.get("nom", ""))
    if path is None:
        abort(404)
    return send_file(path, mimetype="image/png", max_age=3600)


@blueprint.get("/contact")
@open_to(PUBLIC)
def contact() -> ResponseReturnValue:
    """Whom to call: the référent for a company, the administrator for everybody else."""
    asking = current_actor()
    return render_template("aide/contact.html", contacts=contacts_for(asking), asking=asking)


@blueprint.get("/mentions-legales")
@open_to(PUBLIC)
def mentions() -> ResponseReturnValue:
    """Who answers for the application there, what is kept of people and for how long."""
    return render_template("aide/mentions.html", mentions=read_mentions(current_actor()))


@blueprint.get("/accessibilite")
@open_to(PUBLIC)
def accessibilite() -> ResponseReturnValue:
    """The accessibility statement."""
    asking = current_actor()
    told = {"mentions": read_mentions(asking), "contacts": contacts_for(asking) if asking else ()}
    return render_template("aide/accessibilite.html", conformite=read_conformity(), **told)


@blueprint.get("/plan")
@open_to(PUBLIC)
def plan() -> ResponseReturnValue:
    """The site map: what whoever asks may open, by its menu, then beside it, then what anybody may."""
    menu = {entry.url.partition("?")[0]: entry.libelle for entry in current_menu()}
    beside = {url_for(one).partition("?")[0]: label for one, label in BESIDE_MENU.items() if may_open(one)}
    beside = {url: label for url, label in beside.items() if url not in menu}
    anybody = {url_for(one): label for one, label in PUBLIC_PAGES.items()}
    return render_template("aide/plan.html", menu=menu, beside=beside, anybody=anybody, guides=guides_there())


def _own_first(there: dict[str, str], asking: Acteur | None) -> dict[str, str]:
    first = FIRST.get(asking.role, "") if asking else "guide_entreprise"
    return dict(sorted(there.items(), key=lambda one: one[0] != first))


def help_address() -> str:
    """Where « Aide » leads from this page: the guide of whoever asks, at the place that tells of it."""
    asking = current_actor()
    guide = TABLE[asking.role].guide if asking else ""
    if guide not in guides_there():
        return url_for("aide.guides")
    heading = _PLACES.get((guide, request.endpoint or ""), "")
    return url_for("aide.guides", guide=guide, _anchor=place_of(heading) or None)
