"""The forms of a convention: its terms, and the acts of its page."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Refused
from paqte.domain.statuts.conventions import DISPOSITIFS, PAQTE, RYTHMES, TRIMESTRE
from paqte.queries.conventions.conventions import ConventionPage
from paqte.services.conventions.anteriorites import AnterioritesTyped, QuestionRefused
from paqte.services.conventions.conventions import ConventionTyped
from paqte.services.conventions.suites import MAX_MOTIF
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import (
    BoxesField,
    BoxField,
    DateField,
    FichierField,
    LongTextField,
    RadiosField,
    Required,
    TextField,
)

ASKED = "Déclarations à demander pour ces périodes, dont l’échéance est passée"
ASKED_WHY = (
    "Cochez celles que l’entreprise doit encore remplir : leur délai compte à partir d’aujourd’hui. Les autres ne lui "
    "seront pas demandées ; vous pourrez les saisir vous-même."
)


def _read_periods(text: str) -> list[Periode]:
    """Periods from « 2026-T1,2026-T2 »; what is none is passed over."""
    found = []
    for code in text.split(",")[:200]:
        try:
            found.append(Periode.from_code(code))
        except ValueError:
            continue
    return found


class AnterioritesForm(OurForm):
    """What is said of the periods already over, once the page asked about them (R42)."""

    anterieures = BoxesField(ASKED, description=ASKED_WHY)
    # The periods that the page asked about, so that what is not ticked is known to be an answer.
    posees = HiddenField(name="periodes-cle")

    def prepare(self) -> None:
        """Offer the periods that the page asked about."""
        self.offer(_read_periods(self.posees.data or ""))

    def offer(self, periodes: Sequence[Periode]) -> None:
        """Ask about these periods."""
        self.anterieures.choices = [(p.code, p.libelle) for p in periodes]
        self.anterieures.data = [code for code in self.anterieures.data or () if code in {p.code for p in periodes}]
        self.posees.data = ",".join(p.code for p in periodes)

    def apply_refusal(self, refused: Refused) -> None:
        """A question refuses too: its periods are offered beside its sentence."""
        if isinstance(refused, QuestionRefused):
            self.offer(refused.periodes)
        super().apply_refusal(refused)

    def anterieures_said(self) -> AnterioritesTyped:
        """What she says of the periods that the page asked about."""
        posees = [p.code for p in _read_periods(self.posees.data or "")]
        return AnterioritesTyped(self.anterieures.data or (), posees)


class ConventionForm(AnterioritesForm):
    """Dispositif, dates, rhythm (R1, R4, R8, R11)."""

    dispositif = RadiosField("Dispositif", [Required()], choices=DISPOSITIFS, default=PAQTE)
    is_in_plan_10000 = BoxField(
        "Engagée aussi dans le plan « 10 000 entreprises »",
        description="Vous choisirez ses thématiques avec les engagements.",
    )
    signee_le = DateField(
        "Date de signature",
        description="Laissez vide tant que ce n’est qu’un projet ; par exemple 31/12/2026.",
    )
    debut = DateField("Début", [Required("Indiquez la date de début, par exemple 01/01/2026.")])
    fin = DateField("Fin", description="Laissez vide pour trois ans moins un jour, la durée d’une convention PAQTE.")
    rythme = RadiosField("Rythme des déclarations", [Required()], choices=RYTHMES, default=TRIMESTRE)
    cosignataire = TextField("Cosignataire", description="L’intercommunalité qui signe aussi, s’il y en a une.")
    notes = LongTextField("Notes internes", description="Elles ne figurent dans aucun bilan.")

    def termes(self, fiche: ConventionPage | None) -> ConventionTyped:
        """What was typed; a field the page does not hold keeps what is known."""
        return ConventionTyped(
            dispositif=self.dispositif.data if "dispositif" in self or fiche is None else fiche.dispositif,
            debut=self.debut.data,
            fin=self.fin.data,
            rythme=self.rythme.data,
            signee_le=self.signee_le.data,
            cosignataire=self.cosignataire.data,
            is_in_plan_10000=self.is_in_plan_10000.data,
            notes=self.notes.data,
        )


class SignatureForm(OurForm):
    """The day a projet was signed (R4)."""

    signee_le = DateField("Date de signature", [Required("Indiquez la date de signature, par exemple 31/12/2026.")])
    anterieures = BoxesField(ASKED, description=ASKED_WHY)

    def offer(self, periodes: Sequence[Periode]) -> None:
        """Ask about these periods."""
        self.anterieures.choices = [(p.code, p.libelle) for p in periodes]

    def anterieures_said(self) -> AnterioritesTyped:
        """What she says of them."""
        return AnterioritesTyped(self.anterieures.data or ())


class EarlyEndForm(OurForm):
    """An early end: when and why (R4)."""

    resiliee_le = DateField("Dernier jour de la convention")
    motif = LongTextField(
        "Motif",
        limite=MAX_MOTIF,
        description="En une phrase ; elle reste dans l’historique. Pas de nom de bénéficiaire.",
        render_kw={"rows": 3, "data-limite": MAX_MOTIF},
    )


class SignedTextForm(OurForm):
    """The PDF of the signed text."""

    texte = FichierField("Fichier PDF", description="10 Mo au plus")


class RemovalForm(OurForm):
    """Removing what was typed by mistake, and why."""

    motif_retrait = LongTextField(
        "Raison de la suppression",
        limite=MAX_MOTIF,
        description="En une phrase ; elle reste dans l’historique. Pas de nom de bénéficiaire.",
        render_kw={"rows": 2, "data-limite": MAX_MOTIF},
    )


class GestureForm(OurForm):
    """A button that acts on the convention as it was seen."""
