"""The sum of a territory as it would be issued now, and its workbook taken away without a number (R20, R30)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from paqte.domain.assemblage.nation import Nation
from paqte.domain.assemblage.territoires.publiable import publishable_somme
from paqte.domain.assemblage.territoires.somme import PartSource, TerritoireNamed, assemble_somme
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.lignes.lignes import LigneContexte
from paqte.domain.documents.registre import DOCUMENTS, somme_of
from paqte.domain.documents.somme import ContexteTerritoire, GenreSomme, SommeTerritoire, TextTerritoire
from paqte.domain.documents.textes import SUJETS_DITS, texts_of
from paqte.domain.editions.territoires import NATION, of_region, region_of
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.fichiers import XLSX, Download
from paqte.domain.saisie.textes import searchable
from paqte.domain.secret import INTERNE, PUBLIABLE
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.queries.editions.nation import TextShown, publishable_document, read_contexts, read_texts
from paqte.queries.editions.recus import counted_received
from paqte.queries.perimetre import READ_ALL, away, narrowed_to, standing
from paqte.reporting.dessin.sommes import draw_somme
from paqte.services.editions.national import consolidate_territory
from paqte.services.reglages import shipped_territories
from paqte.services.transaction import note, transaction


class SommeComposed(NamedTuple):
    """A sum as it would be issued now, and the parts that it is made from."""

    document: SommeTerritoire
    nation: Nation


def compose_somme(
    genre: GenreSomme,
    *,
    actor: Acteur,
    periode: Periode,
    territoire: TerritoireNamed,
    now: datetime,
    edition: int = 0,
) -> SommeComposed:
    """The sum of what the actor may read of a period, each part with its edition or its file."""
    nation = consolidate_territory(actor=actor, periode=periode)
    files = {one.id: (one.fichier, one.fichier_sha256) for one in counted_received(actor=actor, periode=periode)}
    document = assemble_somme(
        genre.document,
        nation,
        (PartSource(p, *files.get(p.recue.id if p.recue else 0, ("", ""))) for p in nation.parts),
        territoire=territoire,
        periode=periode,
        now=now,
        grid=catalogue(),
        edition=edition,
        textes=[_text_row(one, INTERNE) for one in read_texts(actor=actor, periode=periode)],
        contexte=[
            _context_row(one.ligne, one.departement, one.nom, one.numero)
            for one in read_contexts(actor=actor, periode=periode)
            if periode.genre == SEMESTRE
        ],
    )
    return SommeComposed(document, nation)


def compose_publishable(
    composed: SommeComposed, genre: GenreSomme, periode: Periode, former: SommeTerritoire | None
) -> SommeTerritoire:
    """Its publishable version, made from those of its parts and of nothing else where secrets are (R23)."""
    publics: Mapping[str, Document] = {
        p.departement: document
        for p in composed.nation.parts
        if p.edition_id and (document := publishable_document(p.edition_id)) is not None
    }
    return publishable_somme(
        composed.document,
        publics,
        catalogue(),
        textes=[
            _text_row(TextShown(code, one.departement_nom, genre.de, periode, 0, one.edition, text), PUBLIABLE)
            for code, one in publics.items()
            for text in texts_of(one)
        ],
        contexte=[
            _context_row(line, code, one.departement_nom, one.edition)
            for code, one in publics.items()
            for line in getattr(one, "contexte", ())
        ],
        former=former,
    )


def take_territory_workbook(*, actor: Acteur, periode: Periode, territoire: str, now: datetime) -> Download:
    """The workbook of what the actor may read of a period, each part with its edition or its file; the journal says
    who took it (R30). `territoire` is the name of a région, "" for the nation.
    """
    genre, named = somme_of(periode.genre), TerritoireNamed("", territoire)
    document, nation = compose_somme(genre, actor=actor, periode=periode, territoire=named, now=now)
    with transaction(actor=actor, now=now) as session:
        taken = {"periode": periode.code, "empreinte": document.empreinte, "departements": len(nation.parts)}
        note(session, "exporter", "somme", departement=standing(actor), apres=taken)
    place = searchable(territoire).replace(" ", "-") or "national"
    return Download(f"somme-paqte-{place}-{periode.code}.xlsx", XLSX, draw_somme(document))


def take_region_workbook(*, actor: Acteur, periode: Periode, region: str, now: datetime) -> Download:
    """The same of one région, for whoever reads them all. Refused for a code that is no région's."""
    named = territory_asked(region)
    reader = reader_of(actor, named.code)
    return take_territory_workbook(actor=reader, periode=periode, territoire=named.nom, now=now)


def territory_asked(region: str | None) -> TerritoireNamed:
    """The territory of a région by its official code, the nation without one; Refused for a code that is none's."""
    if region is None:
        return TerritoireNamed(NATION)
    places = shipped_territories()
    if region not in places.regions:
        raise Refused(f"« {region} » n’est pas le code d’une région : par exemple 24 pour Centre-Val de Loire.")
    return TerritoireNamed(of_region(region), places.regions[region])


def territory_named(territoire: str) -> TerritoireNamed:
    """A territory by its own code; NotFound for none."""
    try:
        return territory_asked(region_of(territoire))
    except Refused:
        raise NotFound("Ce territoire") from None


def reader_of(actor: Acteur, territoire: str) -> Acteur:
    """The same actor, reading no département of another territory; a région reads its own alone already."""
    region = region_of(territoire)
    if region is None or actor.role not in READ_ALL:
        return away(actor)
    places = shipped_territories().departements
    return narrowed_to(actor, frozenset(code for code, (_, its_region) in places.items() if its_region == region))


def _text_row(one: TextShown, diffusion: str) -> TextTerritoire:
    text = one.texte
    return TextTerritoire(
        departement=one.departement,
        nom=one.nom,
        sujet=SUJETS_DITS[text.sujet],
        titre=text.titre,
        signataire=text.signataire,
        date=text.date,
        texte=text.texte,
        document=DOCUMENTS[one.genre].titre,
        periode=one.periode.libelle,
        edition=one.numero,
        diffusion=diffusion,
    )


def _context_row(line: LigneContexte, departement: str, nom: str, edition: int) -> ContexteTerritoire:
    return ContexteTerritoire(
        departement=departement,
        nom=nom,
        libelle=line.libelle,
        valeur=line.valeur.valeur,
        unite=line.unite,
        date=line.date,
        source=line.source,
        mention=" ; ".join(filter(None, (line.precision, line.note, line.valeur.motif))),
        edition=edition,
    )
