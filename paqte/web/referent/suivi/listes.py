"""Lists to take away: the columns on screen and the contacts, as a workbook or a CSV; the journal says so (R30)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from flask import Response, request
from flask.typing import ResponseReturnValue

from paqte.domain.assemblage.tableaux.club import PAR
from paqte.domain.calendrier.periodes import local_date
from paqte.domain.conventions.propres import JOUR, NOMBRE
from paqte.domain.conventions.signataires import COLONNES, ContactTyped
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.saisie.identifiants import grouped
from paqte.domain.statuts.conventions import CATEGORIES, DISPOSITIFS
from paqte.domain.statuts.conventions import ETATS as ETATS_CONVENTION
from paqte.domain.statuts.declarations import ETATS
from paqte.ops import clock
from paqte.queries.conventions import last_met
from paqte.queries.conventions.propres import ColonneKept, own_values
from paqte.queries.conventions.signataires import SignataireListed, list_contacts
from paqte.queries.conventions.situations.resumes import ConventionBrief
from paqte.queries.declarations.listes.declarations import GROUPES, DeclarationOwed
from paqte.queries.perimetre import own_departement
from paqte.queries.suivi.avancements import read_calls, read_verdicts
from paqte.reporting.dessin.listes import ListSheet
from paqte.reporting.liste_csv import ListCell
from paqte.services.comptes.habitudes import note_list_taken
from paqte.services.conventions.signataires import export_list
from paqte.web.affichage.listes import list_file, require_format
from paqte.web.referent import blueprint
from paqte.web.referent.conventions.liste import AVANCEMENT, SearchForm, own_code
from paqte.web.referent.declarations.actions import actions_found
from paqte.web.referent.declarations.declarations import DeclarationsForm, declarations_found
from paqte.web.referent.suivi.club import club_found
from paqte.web.referent.suivi.prospects import prospects_found
from paqte.web.referent.suivi.rencontres import meetings_found
from paqte.web.socle.session import actor

NARROWED_BY = frozenset({"axe", "etat", "genre", "periode", "q"})
CONTACTS = ("Contacts", "Fonctions", "Courriels", "Téléphones")
# Name first: a list is read by it.
LISTED = sorted((c for c in COLONNES if c.liste), key=lambda c: c.champ != "nom")
OF_CONVENTIONS: dict[str, Callable[[ConventionBrief], ListCell]] = {
    "Convention": lambda c: c.numero,
    "Dispositif": lambda c: DISPOSITIFS[c.dispositif],
    "État": lambda c: ETATS_CONVENTION[c.etat] + (", à compléter" if c.is_to_complete else ""),
    "Début": lambda c: c.debut,
    "Fin": lambda c: c.fin,
    "Axes": lambda c: ", ".join(catalogue().axes[code].libelle for code in c.axes),
}

# What each column of a page is in its file; the names and the contacts always are.
OF_SIGNATORIES = {
    "commune": ("Adresse", "Code postal", "Commune"),
    "nature": ("Nature", "Catégorie"),
    "convention": ("Convention", "Dispositif", "État", "Début", "Fin"),
    "axes": ("Axes",),
    AVANCEMENT: ("Avancement",),
}
OF_DECLARATIONS = {
    "periode": ("Période", "Convention"),
    "etat": ("État", "En retard"),
    "agir": ("Qui doit agir",),
    "reponses": ("Attendus", "Répondus"),
    "manquantes": ("Sans réponse",),
    "echeance": ("Au plus tard le",),
    "transmise": ("Transmise le",),
}
ALWAYS = frozenset({"Nom", "SIRET ou SIREN", "Signataire", *CONTACTS})


@blueprint.get("/signataires.<format>")
@open_to(*TERRITORIAL)
def signataires_telecharger(format: str) -> ResponseReturnValue:
    """The signatories found, in the order asked for; several conventions stand in one cell, one a line."""
    require_format(format)
    form, now = SearchForm(request.args), clock.now()
    lignes = export_list(actor=actor(), criteres=form.criteres(), now=now)
    cards = list_contacts(actor=actor())
    verdicts = read_verdicts(actor=actor(), departement=own_departement(actor()), now=now)
    titres = (*(c.titre for c in LISTED), *OF_CONVENTIONS, "Plan 10 000", "Avancement", *CONTACTS)
    own = own_values(actor=actor(), signataires=[ligne.id for ligne in lignes]) if form.colonnes else {}
    rows = [
        (
            *_identity_cells(ligne),
            *(_together([read(c) for c in ligne.conventions]) for read in OF_CONVENTIONS.values()),
            "oui" if any(c.is_in_plan for c in ligne.conventions) else "non",
            verdicts[ligne.id].libelle if ligne.id in verdicts else "rien n’est attendu",
            *_contact_cells(cards.get(ligne.id, ())),
            *(_own_cell(c, own.get(ligne.id, {}).get(c.id, "")) for c in form.colonnes),
        )
        for ligne in lignes
    ]
    titles = distinct_titles([c.titre for c in form.colonnes], titres)
    own_titles = {own_code(c): (title,) for c, title in zip(form.colonnes, titles, strict=True)}
    told = OF_SIGNATORIES | own_titles
    return _list_handed("Signataires", format, *_chosen((*titres, *titles), rows, form.montre.chosen, told))


def distinct_titles(titles: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Headings of kept columns beside those of the list: a spreadsheet's table has each once, whatever its case."""
    known, told = {title.casefold() for title in taken}, []
    for own in titles:
        title = own
        while title.casefold() in known:
            title = f"{title} (gardée)"
        known.add(title.casefold())
        told.append(title)
    return told


def _own_cell(colonne: ColonneKept, valeur: str) -> ListCell:
    """What a column of the préfecture's own says: a number is one, a day is one."""
    if not valeur:
        return None
    if colonne.genre == JOUR:
        return date.fromisoformat(valeur)
    return Decimal(valeur) if colonne.genre == NOMBRE else valeur


@blueprint.get("/declarations.<format>")
@open_to(*TERRITORIAL)
def declarations_telecharger(format: str) -> ResponseReturnValue:
    """The declarations found, those to act on first."""
    require_format(format)
    form = DeclarationsForm(request.args)
    _, _, found = declarations_found(form)
    cards = list_contacts(actor=actor())
    titres = (
        *("Signataire", "Convention", "Période", "État", "Qui doit agir", "En retard", "Au plus tard le"),
        *("Transmise le", "Attendus", "Répondus", "Sans réponse", *CONTACTS),
    )
    rows = [(*_owed_cells(one), *_contact_cells(cards.get(one.signataire_id, ()))) for one in found]
    _journal_taking("declaration", format, rows)
    return _list_handed("Déclarations", format, *_chosen(titres, rows, form.montre.chosen, OF_DECLARATIONS))


@blueprint.get("/actions.<format>")
@open_to(*TERRITORIAL)
def actions_telecharger(format: str) -> ResponseReturnValue:
    """The actions found, whole."""
    require_format(format)
    _, found = actions_found()
    axes = catalogue().axes
    titres = ("Action", "Date", "Axe", "Signataire", "Lieu", "Quartier", "Bénéficiaires", "Relecture", "Récit")
    rows = [
        (
            *(a.titre, a.date, axes[a.axe].libelle if a.axe in axes else a.axe, a.signataire, a.lieu),
            *(a.quartier.libelle if a.quartier else "", a.beneficiaires),
            *("relue" if a.is_proofread else "à relire", a.texte),
        )
        for a in found
    ]
    _journal_taking("action", format, rows)
    return _list_handed("Actions", format, titres, rows)


@blueprint.get("/appels.<format>")
@open_to(REFERENT)
def appels_telecharger(format: str) -> ResponseReturnValue:
    """Whom to call today."""
    require_format(format)
    departement, now = own_departement(actor()), clock.now()
    found = read_calls(actor=actor(), departement=departement, now=now)
    met = last_met(actor=actor(), signataires=[one.id for one in found], now=now, departement=departement)
    cards = list_contacts(actor=actor())
    late = ("Pourquoi", "Déclarations en retard", "En retard depuis", "Dernière relance", "Dernière rencontre")
    rows = [
        (
            *(a.nom, a.verdict.libelle, len(a.verdict.en_retard), a.verdict.depuis, a.relance, met.get(a.id)),
            *_contact_cells(cards.get(a.id, ())),
        )
        for a in found
    ]
    _journal_taking("signataire", format, rows)
    return _list_handed("À appeler", format, ("Signataire", *late, *CONTACTS), rows)


@blueprint.get("/rencontres.<format>")
@open_to(REFERENT)
def rencontres_telecharger(format: str) -> ResponseReturnValue:
    """The meetings found, with what was decided and promised."""
    require_format(format)
    _, _, found = meetings_found()
    titres = ("Date", "Rencontre", "Objet", "Signataires", "Présents", "Décisions", "Promesses", "Prochaine date")
    rows = [
        (
            *(r.date, r.libelle, r.objet, "\n".join(one.nom for one in r.signataires)),
            "\n".join(present.nom for present in r.presents),
            _told_with(r.decisions, {one.nom: one.decisions for one in r.signataires}),
            _told_with(r.promesses, {one.nom: one.promesses for one in r.signataires}),
            r.prochaine_le,
        )
        for r in found
    ]
    _journal_taking("rencontre", format, rows)
    return _list_handed("Rencontres", format, titres, rows)


@blueprint.get("/prospects.<format>")
@open_to(REFERENT)
def prospects_telecharger(format: str) -> ResponseReturnValue:
    """The companies found that signed nothing yet, with their contacts."""
    require_format(format)
    _, _, found = prospects_found()
    titres = ("Entreprise", "SIRET ou SIREN", "Commune", "État", "Depuis", "Motif du refus", "Dernier échange")
    rows = [
        (
            *(p.nom, grouped(p.identifiant), p.commune, p.demarche.libelle, p.demarche.depuis),
            *(p.demarche.motif, p.rencontre, *_contact_cells(p.contacts)),
        )
        for p in found
    ]
    _journal_taking("demarche", format, rows)
    return _list_handed("Prospects", format, (*titres, *CONTACTS), rows)


@blueprint.get("/club.<format>")
@open_to(REFERENT)
def club_telecharger(format: str) -> ResponseReturnValue:
    """The club: a row an enterprise and a measure that it promises."""
    require_format(format)
    periode, page, _ = club_found()
    titres = ("Entreprise", "SIREN", "Taille", "Commune", "État", "Animateur", "Thématique", "Libellé", "Unité")
    rows = [
        (
            *(e.nom, grouped(e.siren), CATEGORIES[e.categorie], e.commune, "active" if e.is_active else "inscrite"),
            ", ".join(page.animateurs[e.siren]),
            *((m.code, m.libelle, m.unite, m.prevision.valeur, m.realise.valeur) if m else (None,) * 5),
        )
        for e in page.entreprises
        for m in e.mesures or (None,)
    ]
    _journal_taking("club", format, rows)
    return _list_handed(f"Club {periode.code}", format, (*titres, "Prévu", "Réalisé depuis le début"), rows)


@blueprint.get("/repartition.<format>")
@open_to(REFERENT)
def repartition_telecharger(format: str) -> ResponseReturnValue:
    """The results of a period by group, and their total, which is that of the bilan."""
    require_format(format)
    periode, _, found = club_found()
    titres = (PAR[found.par], *(f"{i.phare} ({i.unite})" for i in found.colonnes))
    rows: list[Sequence[ListCell]] = [(one.libelle, *(c.valeur for c in one.chiffres)) for one in found.lignes]
    rows.append(("Total", *(c.valeur for c in found.ensemble)))
    _journal_taking("repartition", format, rows)
    return _list_handed(f"Répartition {periode.code}", format, titres, rows)


def _told_with(whole: str, alone: Mapping[str, str]) -> str:
    """What is told of a meeting as a whole, then of each of its signatories by name."""
    return "\n".join(filter(None, (whole, *(f"{nom} : {text}" for nom, text in alone.items() if text))))


def _chosen(
    titres: Sequence[str],
    rows: Sequence[Sequence[ListCell]],
    chosen: Collection[str],
    told: Mapping[str, Collection[str]],
) -> tuple[list[str], list[list[ListCell]]]:
    """The same columns as on the page: those chosen, the names and the contacts; all when none is chosen."""
    kept = ALWAYS.union(*(told[code] for code in chosen if code in told))
    places = [rank for rank, title in enumerate(titres) if not chosen or title in kept]
    return [titres[rank] for rank in places], [[row[rank] for rank in places] for row in rows]


def _identity_cells(ligne: SignataireListed) -> Iterable[ListCell]:
    identifiant = f"{'SIREN ' if len(ligne.identifiant) == 9 else ''}{grouped(ligne.identifiant)}"
    return (identifiant if c.champ == "identifiant" else c.told(ligne) for c in LISTED)


def _owed_cells(one: DeclarationOwed) -> Sequence[ListCell]:
    sent = one.transmise_le
    return (
        *(one.signataire, one.convention, one.periode.libelle, ETATS[one.etat], GROUPES[one.groupe]),
        *("oui" if one.is_late else "non", one.limite),
        local_date(sent, own_departement(actor())) if sent else None,
        *(one.dus, one.repondus, "\n".join(one.libelles_manquants)),
    )


def _contact_cells(cards: Sequence[ContactTyped]) -> Iterable[ListCell]:
    """A line a contact in each cell, so that they read across."""
    for name in ("nom", "fonction", "courriel", "telephone"):
        yield "\n".join(getattr(card, name) for card in cards).rstrip("\n")


def _together(values: Sequence[ListCell]) -> ListCell:
    """The only one as it is; several as text, one a line."""
    if len(values) == 1:
        return values[0]
    return "\n".join(f"{one:%d/%m/%Y}" if isinstance(one, date) else str(one) for one in values)


def _journal_taking(liste: str, format: str, rows: Collection[object]) -> None:
    asked = {name for name in NARROWED_BY if request.args.get(name)}
    note_list_taken(actor=actor(), liste=liste, format=format, lignes=len(rows), filtres=asked, now=clock.now())


def _list_handed(titre: str, format: str, titres: Sequence[str], rows: Sequence[Sequence[ListCell]]) -> Response:
    now, departement = clock.now(), own_departement(actor())
    name = (
        f"{titre.lower().replace('é', 'e').replace('à ', 'a-')}-{departement}-{local_date(now, departement):%Y-%m-%d}"
    )
    return list_file(name, format, ListSheet(titre, titres, rows), par=actor().nom, now=now)
