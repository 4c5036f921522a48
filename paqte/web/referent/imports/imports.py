"""A préfecture's own tracker: handed in, its columns matched, seen line by line, then kept whole or given up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from paqte.domain.calendrier.periodes import read_period
from paqte.domain.conventions.propres import GENRES, own_of, own_target
from paqte.domain.erreurs import Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.imports import ANNULER, APPLIQUE, APPLIQUER, ESSAYER, ETATS, OVER, VALIDER, WORKING
from paqte.importing.door.cells import column_letters
from paqte.importing.tracker.targets import FIELDS, MEASURES, is_target, label_of
from paqte.ops import clock
from paqte.queries.perimetre import own_departement
from paqte.queries.planificateur.importations import (
    ImportationOuverte,
    list_importations,
    list_mappings,
    read_importation,
)
from paqte.queries.planificateur.imports_transmis import read_sent
from paqte.services.imports import REFUSED, RESULTS, OutcomeSaid, SheetMapping
from paqte.services.imports.importations import (
    annotated_file,
    ask_application,
    ask_rehearsal,
    ask_validation,
    cancel_import,
    deposit_file,
    unpacked,
)
from paqte.services.imports.mappings import keep_mapping, remove_mapping, rename_mapping, use_mapping
from paqte.web.commun.copies import handed
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import FichierField
from paqte.web.formulaires.libelles import Label, labels_field
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.refusals import refusals_told

KEPT = "propre"
MOST_OCTETS = 8 * 1024 * 1024
# What is refused comes first, and the whole of it is in the annotated copy.
MOST_LINES = 300
KEEP = "Garder pour mon département"
SUBJECTS = {
    "entreprise": "Signataires et contacts",
    "convention": "Conventions",
    "engagement": "Engagements et objectifs",
    "realisation": "Déclarations",
}


class DepositForm(OurForm):
    fichier = FichierField(
        "Votre tableau",
        description="Un classeur .xlsx ou .ods, ou un CSV, de 8 Mo au plus. Rien n’est enregistré à cette étape.",
        render_kw={"accept": ".xlsx,.ods,.csv"},
    )
    version = None


class StepForm(OurForm):
    """What is asked of a file; what its columns stand for is read from the page, whose labels go along."""

    feuilles: Sequence[Mapping[str, Any]] = ()

    def labels_tag(self) -> Markup:
        """The labels of the boxes, periods and columns of the page, by name."""
        return labels_field(_labels_of_page(self.feuilles))


def _labels_of_page(feuilles: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Label]]:
    yield "nom_correspondance", Label("Nom de la correspondance", {})
    for rank, sheet in enumerate(feuilles):
        titre = sheet["titre"] or "Tableau"
        yield f"prise_{rank}", Label(f"Importer « {titre} »", {})
        yield f"periode_{rank}", Label(f"Période des valeurs de « {titre} »", {})
        for column in sheet["colonnes"]:
            yield f"cible_{rank}_{column['place']}", Label(f"« {titre} », {column['titre']}", {})


class CountedSubject(NamedTuple):
    """What would become, or became, of one subject: how many lines by result."""

    libelle: str
    comptes: dict[str, int]


@blueprint.route("/imports", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def imports() -> ResponseReturnValue:
    """The files handed in, and the form to hand one in."""
    form = DepositForm()
    if request.form.get("acte") in ("renommer", "supprimer"):
        with refusals_told():
            _change_mapping(request.form["acte"])
        return redirect(url_for("referent.imports"))
    if form.validate_on_submit():
        given = request.files.get("fichier")
        with form.refusals():
            key = deposit_file(
                actor=actor(),
                departement=own_departement(actor()),
                nom=(given.filename or "") if given else "",
                octets=given.stream.read(MOST_OCTETS + 1) if given else b"",
                now=clock.now(),
                antivirus=current_app.extensions["paqte"].antivirus_url,
            )
            return redirect(url_for("referent.importation", importation_id=key))
    page = render_template(
        "referent/imports.html",
        form=form,
        lignes=list_importations(actor=actor()),
        etats=ETATS,
        correspondances=list_mappings(actor=actor()),
    )
    return page, form.http_status


@blueprint.route("/imports/<int:importation_id>", methods=["GET", "POST"])
@open_to(REFERENT)
def importation(importation_id: int) -> ResponseReturnValue:
    """Where a file is: its columns to match, how far it is, what it would do, what it did."""
    form = StepForm()
    if form.validate_on_submit():
        with form.refusals():
            _act_asked(importation_id, form.version.data)
            return redirect(url_for("referent.importation", importation_id=importation_id))
    page = read_importation(actor=actor(), importation_id=importation_id)
    if not form.is_submitted():
        form.version.data = page.version
    return _shown(page, form), form.http_status


@blueprint.get("/imports/<int:importation_id>/copie.xlsx")
@open_to(REFERENT)
def importation_copie(importation_id: int) -> ResponseReturnValue:
    """The file with a comment on each cell that was refused."""
    with refusals_told():
        return handed(annotated_file(actor=actor(), importation_id=importation_id, now=clock.now()))
    return redirect(url_for("referent.importation", importation_id=importation_id))


def _change_mapping(acte: str) -> None:
    key = _key_posted("correspondance")
    if acte == "renommer":
        rename_mapping(actor=actor(), mapping_id=key, nom=request.form.get("nom_correspondance", ""), now=clock.now())
        flash("La correspondance est renommée.", "succes")
    else:
        remove_mapping(actor=actor(), mapping_id=key, now=clock.now())
        flash("La correspondance est supprimée ; les imports faits avec elle restent.", "succes")


def _act_asked(importation_id: int, version: int | None) -> None:
    told: dict[str, Any] = {
        "actor": actor(), "importation_id": importation_id, "version": version, "now": clock.now()
    }  # fmt: skip
    act = request.form.get("acte", "")
    if act == ESSAYER:
        page = read_importation(actor=actor(), importation_id=importation_id)
        ask_rehearsal(**told, mapping=_mapping_posted(page))
    elif act == APPLIQUER:
        ask_application(**told)
    elif act == "retenir":
        page = read_importation(actor=actor(), importation_id=importation_id)
        nom = request.form.get("nom_correspondance", "")
        keep_mapping(
            actor=actor(), importation_id=importation_id, mapping=_mapping_posted(page), nom=nom, now=clock.now()
        )
        flash("La correspondance des colonnes est retenue.", "succes")
    elif act == "reprendre":
        _use_mapping(importation_id)
    elif act == VALIDER:
        ask_validation(**told)
    elif act == ANNULER:
        cancel_import(**told)
        flash("Cet import est annulé : rien n’en est enregistré.", "info")
    else:
        raise Refused("Choisissez ce qu’il faut faire de ce fichier.")


def _use_mapping(importation_id: int) -> None:
    mapping_id = _key_posted("correspondance")
    lacking = use_mapping(actor=actor(), importation_id=importation_id, mapping_id=mapping_id, now=clock.now())
    flash("Les colonnes sont celles de la correspondance retenue : vérifiez-les.", "succes")
    if lacking:
        flash(lacking, "attention")


def _key_posted(name: str) -> int:
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("Choisissez une correspondance dans la liste.")
    return int(text)


def _mapping_posted(page: ImportationOuverte) -> list[SheetMapping]:
    """What the page says of each sheet and column; a target or a period that is none is refused."""
    found = []
    for rank, sheet in enumerate(json.loads(page.correspondance)):
        if not request.form.get(f"prise_{rank}"):
            continue
        targets = {c["place"]: _target_posted(rank, c) for c in sheet["colonnes"]}
        if not all(map(is_target, targets.values())):
            raise Refused("Choisissez chaque colonne dans la liste.")
        periode = request.form.get(f"periode_{rank}", "").strip()
        try:
            code = read_period(periode).code if periode else ""
        except ValueError as error:
            raise Refused(str(error)) from None
        found.append(SheetMapping(sheet["titre"], sheet["ligne"], targets, code))
    return found


def _target_posted(rank: int, column: Mapping[str, Any]) -> str:
    """What the page says of a column; one that is kept is kept under its own heading."""
    posted = request.form.get(f"cible_{rank}_{column['place']}", "")
    kept = {f"{KEPT}:{genre}": own_target(genre, column["titre"]) for genre in GENRES}
    return kept.get(posted, posted)


def _shown(page: ImportationOuverte, form: StepForm) -> str:
    lines = unpacked(page.lignes)
    form.feuilles = json.loads(page.correspondance)
    refused = [line for line in lines if line.resultat == REFUSED]
    return render_template(
        "referent/import.html",
        page=page,
        form=form,
        etat=ETATS[page.etat],
        feuilles=form.feuilles,
        cibles=_choices(),
        correspondances=list_mappings(actor=actor()),
        lettres=column_letters,
        libelle_cible=label_of,
        propre=own_of,
        comptes=_tally(lines),
        resultats=RESULTS,
        refus=refused[:MOST_LINES],
        nombre_refus=len(refused),
        autres=[line for line in lines if line.resultat != REFUSED][:MOST_LINES],
        sujets=SUBJECTS,
        avance=(page.faites, page.etapes),
        envoyees=read_sent(actor=actor(), importation_id=page.id) if page.etat == APPLIQUE else None,
        en_cours=page.etat in WORKING,
        is_over=page.etat in OVER,
    )


def _tally(lines: Sequence[OutcomeSaid]) -> list[CountedSubject]:
    tally = Counter((line.sujet, line.resultat) for line in lines)
    return [
        CountedSubject(libelle, {code: tally[sujet, code] for code in RESULTS})
        for sujet, libelle in SUBJECTS.items()
        if any(tally[sujet, code] for code in RESULTS)
    ]


def _choices() -> dict[str, dict[str, str]]:
    """Everything a column may stand for, by heading of the list."""
    found: dict[str, dict[str, str]] = {"": {"": "Laisser de côté"}}
    found[KEEP] = {f"{KEPT}:{genre}": f"Garder : {label.lower()}" for genre, label in GENRES.items()}
    for field in FIELDS:
        found.setdefault(SUBJECTS.get(field.sujet, SUBJECTS["entreprise"]), {})[field.code] = field.libelle
    for code, indicateur in catalogue().indicateurs.items():
        measures = ("numerateur", "denominateur") if indicateur.traits.is_pair else ("valeur",)
        for measure in (*measures, "cible", "reference"):
            label = f"{MEASURES[measure].capitalize()}, {code} : {indicateur.libelle[:60]}"
            found.setdefault("Un indicateur par colonne", {})[f"{measure}:{code}"] = label
    return found
