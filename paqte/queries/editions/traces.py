"""The declarations behind a figure, and the answers that it leaves out, each with why (R13, R45)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, true

from paqte.domain.assemblage.donnees import ConventionLue, EngagementLu
from paqte.domain.assemblage.grille import traces as origins
from paqte.domain.assemblage.grille.indicateurs import line
from paqte.domain.assemblage.grille.natures import FenetresSignataires, views
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import DIXIEME, Chiffre, rounded
from paqte.domain.consolidation import Fait, Number
from paqte.domain.conventions.objectifs import promised_in, promised_together
from paqte.domain.documents.lignes.lignes import ENSEMBLE_NATURES, LigneIndicateur, titled
from paqte.domain.erreurs import NotFound
from paqte.domain.indicateurs.catalogue import Indicateur, catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import french_order
from paqte.domain.statuts.declarations import A_SAISIR, ETATS, MANQUANTE, VALIDEE
from paqte.models import Declaration, db
from paqte.queries.editions.bilans import read_donnees
from paqte.queries.perimetre import require_readable_departement
from paqte.queries.reponses import AnswerKept, comments_beside, read_kept

SANS_DECLARATION = "pas encore de déclaration"
NON_VALIDEE = "déclaration non validée"


class ReponseTraced(NamedTuple):
    """One answer of the window, given or owed; `ecartee` says why the figure leaves it out, "" when it counts."""

    signataire_id: int
    signataire: str
    convention: str
    libelle: str
    periode: Periode
    declaration_id: int | None
    etat: str
    reponse: str
    valeur: Number | None
    numerateur: Number | None
    denominateur: Number | None
    commentaire: str
    ecartee: str

    @property
    def is_counted(self) -> bool:
        return not self.ecartee

    @property
    def etat_libelle(self) -> str:
        return ETATS[self.etat]


class PromesseTraced(NamedTuple):
    """What one engagement in force promises: reference and target over the term, None for none; `partielle` says which
    years the target leaves out, `part` what of the target falls in the civil year traced, exact, None otherwise.
    """

    signataire_id: int
    signataire: str
    convention_id: int
    convention: str
    libelle: str
    reference: Decimal | None
    cible: Decimal | None
    partielle: str
    part: Fraction | None

    @property
    def part_lue(self) -> Chiffre:
        """The same to a tenth, as it is read."""
        return Chiffre(None, "aucune") if self.part is None else rounded(self.part, DIXIEME)


class ChiffreTraced(NamedTuple):
    """One figure of a document, over one column and one nature of signatories, and all the answers of its window.

    `fenetre` is None since the start; `repondu` and `du` count signatories. `promesses` are what the target and the
    reference of its line are made of; `ligne` is that line, None for a free commitment, never summed (R5).
    """

    indicateur: Indicateur
    nature: str
    natures: tuple[str, ...]
    colonne: str
    colonnes: tuple[str, ...]
    fenetre: Periode | None
    chiffre: Chiffre
    repondu: int
    du: int
    traces: tuple[ReponseTraced, ...]
    promesses: tuple[PromesseTraced, ...]
    ligne: LigneIndicateur | None

    @property
    def titre(self) -> str:
        return titled(self.indicateur.libelle, self.nature)

    @property
    def unite(self) -> str:
        return self.indicateur.traits.unit_of_total(self.indicateur.unite)

    @property
    def promis(self) -> Chiffre:
        """What the conventions promise for the civil year traced, to the unit."""
        return promised_together(p.part for p in self.promesses)

    @property
    def comptees(self) -> tuple[ReponseTraced, ...]:
        """Those that the figure is made of, exactly."""
        return tuple(t for t in self.traces if t.is_counted)

    @property
    def ecartees(self) -> tuple[ReponseTraced, ...]:
        """The others, each with why."""
        return tuple(t for t in self.traces if not t.is_counted)


def trace(
    *,
    actor: Acteur,
    departement: str,
    periode: Periode,
    indicateur: str,
    nature: str = ENSEMBLE_NATURES,
    colonne: str = origins.PERIODE,
    today: date | None = None,
) -> ChiffreTraced:
    """One figure of the bilan or of the export of a period, or of a year, and its answers, by name then by period.

    With `today`, what is owed for a period that is not over on that day, and not counted, is left out: nobody owes it
    yet. They are read from the consolidation that makes the document. NotFound for an unknown indicator, a nature that
    nobody has, a column in which the indicator has no figure, or the year of what does not add up year after year.
    """
    require_readable_departement(actor, departement)
    i = catalogue().indicateurs.get(indicateur)
    if i is None:
        raise NotFound("Cet indicateur")
    found = views(read_donnees(db.session(), departement, periode), catalogue())
    view = found[-1] if nature == ENSEMBLE_NATURES else next((v for v in found if v.nature == nature), None)
    if view is None or colonne not in origins.columns_of(i, periode):
        raise NotFound("Ce chiffre")
    figure = origins.total_of(view, i, colonne)
    return ChiffreTraced(
        indicateur=i,
        nature=view.nature,
        natures=tuple(v.nature for v in found if v.tells_of(indicateur)),
        colonne=colonne,
        colonnes=origins.columns_of(i, periode),
        fenetre=origins.window_of(periode, colonne),
        chiffre=origins.figure_of(view, i, colonne),
        repondu=figure.signataires_repondants,
        du=figure.signataires_dus,
        traces=_until(today, _traces(view, i, colonne)),
        promesses=tuple(_promise(p, periode) for p in origins.promises(view, i)),
        ligne=line(i, view.fenetres, periode, view.nature) if i.is_summable else None,
    )


def _until(today: date | None, traces: tuple[ReponseTraced, ...]) -> tuple[ReponseTraced, ...]:
    """Those that are counted, and of the others those of a period that is over on that day."""
    return traces if today is None else tuple(t for t in traces if t.is_counted or t.periode.is_closed(today))


def _promise(p: origins.PromesseLue, periode: Periode) -> PromesseTraced:
    c, e = p.convention, p.engagement
    part = None if e.cible is None or periode.genre != "A" else promised_in(periode, c.dates, e.cible, e.par_annee)
    return PromesseTraced(c.signataire_id, c.nom, c.id, c.numero, e.libelle, e.reference, e.cible, p.partielle, part)


def _traces(view: FenetresSignataires, i: Indicateur, colonne: str) -> tuple[ReponseTraced, ...]:
    departement, window = view.donnees.departement, origins.window_of(view.donnees.periode, colonne)
    known = {c.id: c for c in view.donnees.conventions}
    here = (Declaration.departement_code == departement, _within(window))
    comments = comments_beside(db.session(), *here)
    rows = list(_validated_rows(view, i, colonne, known, comments))
    told = {(key, periode) for key, periode, _ in rows}
    # Those that a seal holds are told already.
    kept = read_kept(db.session(), *here, Declaration.etat != VALIDEE)
    answers = {(a.engagement, code): a for (_, _, code), some in kept.items() for a in some if a.indicateur == i.code}
    states = _declaration_states(departement, window)
    for c in view.donnees.conventions:
        rows += [row for row in _lacking(c, i, window, answers, states) if row[:2] not in told]
    until = view.donnees.periode.fin
    until_then = [t for _, _, t in rows if t.periode.fin <= until]
    return tuple(
        sorted(until_then, key=lambda t: (french_order(t.signataire), t.periode.fin, t.periode.debut, t.convention))
    )


# Engagement and code of the period, then the line.
Row = tuple[int, str, ReponseTraced]


def _validated_rows(
    view: FenetresSignataires,
    i: Indicateur,
    colonne: str,
    known: Mapping[int, ConventionLue],
    comments: Mapping[tuple[int, str], str],
) -> Iterator[Row]:
    """The validated answers, as their seals tell them."""
    for f, why in origins.sources(view, i, colonne):
        c, comment = known[f.convention], comments.get((f.engagement, f.periode), "")
        libelle = next((e.libelle for e in c.engagements if e.id == f.engagement), "")
        yield f.engagement, f.periode, _traced(c, f, libelle=libelle, etat=VALIDEE, ecartee=why, commentaire=comment)


def _lacking(
    c: ConventionLue,
    i: Indicateur,
    window: Periode | None,
    answers: Mapping[tuple[int, str], AnswerKept],
    states: Mapping[tuple[int, str], tuple[int, str]],
) -> Iterator[Row]:
    """What is owed and not validated, and what was answered in a declaration that is not."""
    followed = c.suivi.followed(window) if window else ()
    asked = {p.code for p in followed if i.is_valid_during(p.debut, p.fin)}
    for e in [e for e in c.engagements if e.indicateur == i.code]:
        answered = {code for (key, code), row in answers.items() if key == e.id and row.reponse != MANQUANTE}
        for code in sorted(asked | answered):
            state = states.get((c.id, code), (None, A_SAISIR))
            yield e.id, code, _unvalidated(c, e, code, state, answers.get((e.id, code)))


def _unvalidated(
    c: ConventionLue, e: EngagementLu, code: str, state: tuple[int | None, str], row: AnswerKept | None
) -> ReponseTraced:
    declaration, etat = state
    told = (row.reponse, row.valeur, row.numerateur, row.denominateur) if row else (MANQUANTE, None, None, None)
    fait = Fait(c.departement, c.signataire_id, c.id, e.id, e.indicateur, declaration or 0, code, *told)
    lacking = NON_VALIDEE if declaration else SANS_DECLARATION
    why = origins.SANS_REPONSE if etat == VALIDEE else lacking
    return _traced(c, fait, libelle=e.libelle, etat=etat, ecartee=why, commentaire=row.commentaire if row else "")


def _traced(c: ConventionLue, f: Fait, *, libelle: str, etat: str, ecartee: str, commentaire: str) -> ReponseTraced:
    return ReponseTraced(
        signataire_id=c.signataire_id,
        signataire=c.nom,
        convention=c.numero,
        libelle=libelle,
        periode=Periode.from_code(f.periode),
        declaration_id=f.declaration or None,
        etat=etat,
        reponse=f.reponse,
        valeur=f.valeur,
        numerateur=f.numerateur,
        denominateur=f.denominateur,
        commentaire=commentaire,
        ecartee=ecartee,
    )


def _within(window: Periode | None) -> ColumnElement[bool]:
    if window is None:
        return true()
    return Declaration.periode.in_(window.declared())


def _declaration_states(departement: str, window: Periode | None) -> dict[tuple[int, str], tuple[int, str]]:
    d = Declaration
    query = select(d.convention_id, d.periode, d.id, d.etat)
    rows = db.session.execute(query.where(d.departement_code == departement, _within(window)))
    return {(convention, code): (key, etat) for convention, code, key, etat in rows}
