"""The signatories and contacts that a file tells: found by their number, added, completed; nothing is ever emptied."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from paqte.domain.conventions.signataires import (
    CASE,
    COLONNES,
    ENTIER,
    JOUR,
    LIGNES,
    ColonneSignataire,
    ContactTyped,
    SignataireTyped,
    identity,
)
from paqte.domain.erreurs import Refused
from paqte.domain.saisie.adresses import read_address
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.identifiants import grouped, read_shortened, siren_of
from paqte.domain.saisie.nombres import COMPTE, read_number
from paqte.domain.saisie.textes import clean_line, searchable
from paqte.domain.statuts.conventions import ENTREPRISE
from paqte.importing.tracker.targets import ENTREPRISE as SUJET
from paqte.models import ContactSignataire, Signataire, db
from paqte.services.conventions import add_signataire, change_signataire
from paqte.services.imports.propres import OwnColonnesTold
from paqte.services.imports.reading import (
    CHANGED,
    CREATED,
    LEFT,
    EntryGiven,
    EntryReader,
    FaultyRow,
    ImportContext,
    shown_at,
)

_OF_CONTACT = ("contact_nom", "contact_fonction", "contact_courriel", "contact_telephone")
_NAMED = re.compile(r"(?:siren|siret)\s*:?\s*", re.IGNORECASE | re.ASCII)
# Fields of the use case's refusals -> targets of the cells.
_TARGETS = {f"contacts-{rank}-{name[8:]}": name for rank in range(20) for name in _OF_CONTACT}


class SignatairesKnown:
    """Who is known in the département, by number and by name, as rows are read."""

    def __init__(self, contexte: ImportContext, own: OwnColonnesTold) -> None:
        self.contexte, self.outcomes, self.own = contexte, contexte.outcomes, own
        self.by_number: dict[str, int] = {}
        self.by_siren: dict[str, dict[str, int]] = {}
        self.by_name: dict[str, list[int]] = {}
        self.told: dict[int, tuple[EntryGiven, dict[str, Any]]] = {}
        # A former number of another SIREN, typed by mistake or left by a merger, and who bore it (R3).
        self.of_another_siren: dict[str, list[int]] = {}
        query = select(Signataire.id, Signataire.identifiant, Signataire.nom, Signataire.anciens_identifiants)
        ours = query.where(Signataire.departement_code == contexte.departement).order_by(Signataire.id)
        known = db.session.execute(ours).all()
        for key, number, nom, _ in known:
            self._know(key, number, nom)
        for key, number, _, former in known:
            for old in former.split():
                if siren_of(old) == siren_of(number):
                    self.by_number.setdefault(old, key)
                else:
                    self.of_another_siren.setdefault(old, []).append(key)

    def find(self, row: EntryGiven, sujet: str) -> int:
        """The signatory of a row, by its number, else by its name; FaultyRow, said, when there is none or several."""
        reader = EntryReader(row, sujet, self.outcomes)
        number = reader.get("identifiant", _number(row))
        reader.require_sound()
        key = self._found(row, sujet, number)
        if key is None:
            target = "identifiant" if number else "nom"
            expected = "Aucun signataire de votre département ne porte ce numéro : ajoutez-le d’abord."
            self.outcomes.refuse(row, sujet, target, expected if number else "Indiquez le SIRET de ce signataire.")
            raise FaultyRow
        return key

    def keep(self, row: EntryGiven) -> None:
        """Add the signatory of a row, or complete it; what the row leaves blank stays as it is."""
        reader = EntryReader(row, SUJET, self.outcomes)
        number = reader.get("identifiant", _number(row))
        typed, contact, own = self._typed(reader), self._contact(reader), self.own.read(reader)
        reader.require_sound()
        key = self._found(row, SUJET, number)
        if key is None and not number:
            self.outcomes.refuse(row, SUJET, "nom", "Indiquez le SIRET ou le SIREN de ce signataire.")
            raise FaultyRow
        nom = str(typed.get("nom") or number)
        try:
            if key is None:
                identite = SignataireTyped(**{"nom": "", "nature": ENTREPRISE, **typed, "identifiant": number or ""})
                contacts = [contact] if contact else []
                key = add_signataire(
                    actor=self.contexte.actor,
                    departement=self.contexte.departement,
                    identite=identite,
                    contacts=contacts,
                    now=self.contexte.now,
                )
                self._know(key, number or "", nom)
                resultat = CREATED
            else:
                resultat = self._complete(row, key, typed, contact)
            if self.own.keep(row, key, own) and resultat == LEFT:
                resultat = CHANGED
        except Refused as refused:
            self.outcomes.refuse_all(row, SUJET, refused.errors, _TARGETS, nom)
            raise FaultyRow from None
        self.told.setdefault(key, (row, typed))
        mended = number and len(number) != sum(c in "0123456789" for c in row.text("identifiant"))
        told = f"{nom}, {grouped(str(number))} (zéro initial remis)" if mended else nom
        if row.found.cells.keys() == {"identifiant"}:
            told = f"{told} : cette ligne ne dit que son numéro"
        self.outcomes.say(row, SUJET, resultat, told)

    def _complete(self, row: EntryGiven, key: int, typed: dict[str, Any], contact: ContactTyped | None) -> str:
        self._refuse_two_tales(row, key, typed)
        signataire = db.session.get_one(Signataire, key, populate_existing=True)
        now = SignataireTyped(**identity(signataire))
        wanted = replace(now, **typed)
        query = select(ContactSignataire).where(ContactSignataire.signataire_id == key).order_by(ContactSignataire.id)
        known = [ContactTyped(c.nom, c.fonction, c.courriel, c.telephone, c.id) for c in db.session.scalars(query)]
        contacts = _with_contact(known, contact)
        if wanted == now and contacts == known:
            return LEFT
        change_signataire(
            actor=self.contexte.actor,
            signataire_id=key,
            version=signataire.version,
            identite=wanted,
            contacts=contacts,
            now=self.contexte.now,
        )
        return CHANGED

    def _refuse_two_tales(self, row: EntryGiven, key: int, typed: dict[str, Any]) -> None:
        """Two rows of one sheet that say two things of one signatory: neither is taken for the right one."""
        if key not in self.told:
            return
        first, said = self.told[key]
        for name in typed.keys() & said.keys():
            same = searchable(str(said[name])) == searchable(str(typed[name]))
            if same:
                typed[name] = said[name]
            elif first.found.sheet == row.found.sheet:
                there = shown_at(first)
                raise Refused(
                    {name: f"{there} dit « {said[name]} » pour le même signataire : gardez une seule valeur."}
                )
            else:
                typed[name] = said[name]

    def _typed(self, reader: EntryReader) -> dict[str, Any]:
        """Columns of the sheet that the row says."""
        found = {c.champ: _cell_of(reader, c) for c in COLONNES if c.noms and c.champ != "identifiant"}
        if (postcode := str(found["code_postal"])).isdecimal():
            found["code_postal"] = postcode.zfill(5)
        return {champ: value for champ, value in found.items() if value not in ("", None)}

    def _contact(self, reader: EntryReader) -> ContactTyped | None:
        nom, fonction = reader.text("contact_nom"), reader.text("contact_fonction")
        courriel = reader.get("contact_courriel", read_address) or ""
        telephone = reader.text("contact_telephone")
        if not (nom or courriel or telephone):
            return None
        return ContactTyped(nom or courriel or telephone, fonction, courriel, telephone)

    def _of_number(self, number: str) -> int | None:
        """By its number; else, when one of both is a bare SIREN and nothing else bears it, by the SIREN (R3).

        A former number of another SIREN stands for itself alone, and draws no other number of that SIREN.
        """
        if number in self.by_number:
            return self.by_number[number]
        known = self.by_siren.get(siren_of(number), {})
        same = set(known.values())
        if same and (len(number) == 9 or siren_of(number) in known):
            return same.pop() if len(same) == 1 else None
        bore = self.of_another_siren.get(number, [])
        return bore[0] if len(bore) == 1 else None

    def _found(self, row: EntryGiven, sujet: str, number: str | None) -> int | None:
        """By its number, else by its name; FaultyRow, said, when it may be one or the other of two.

        A number that someone bore under another SIREN, beside a name that is not its own, may be another's (R3).
        """
        if not number:
            return self._of_name(row, sujet)
        key, nom = self._of_number(number), searchable(clean_line(row.text("nom"))[0])
        bore = number not in self.by_number and key in self.of_another_siren.get(number, [])
        if bore and nom and key not in self.by_name.get(nom, []):
            known = db.session.get_one(Signataire, key).nom
            expected = f"« {known} » a porté ce numéro : indiquez l’actuel, ou ajoutez d’abord l’autre signataire."
            self.outcomes.refuse(row, sujet, "identifiant", expected)
            raise FaultyRow
        return key

    def _of_name(self, row: EntryGiven, sujet: str) -> int | None:
        nom = row.text("nom")
        known = self.by_name.get(searchable(nom), [])
        if len(known) > 1:
            self.outcomes.refuse(row, sujet, "nom", "Plusieurs signataires portent ce nom : indiquez le SIRET.")
            raise FaultyRow
        return known[0] if known else None

    def _know(self, key: int, number: str, nom: str) -> None:
        self.by_number[number] = key
        self.by_siren.setdefault(siren_of(number), {})[number] = key
        names = self.by_name.setdefault(searchable(clean_line(nom)[0]), [])
        if key not in names:
            names.append(key)


def _cell_of(reader: EntryReader, colonne: ColonneSignataire) -> Any:
    """What a cell says, as its column holds it; '' or None when it says nothing."""
    champ = colonne.champ
    if colonne.choix is not None:
        return reader.word(champ, colonne.choix)
    if colonne.genre == ENTIER:
        number = reader.get(champ, lambda text: read_number(text, COMPTE))
        return None if number is None else int(number)
    if colonne.genre == JOUR:
        return reader.get(champ, read_date)
    if colonne.genre == CASE:
        return reader.yes(champ)
    return reader.row.text(champ) if colonne.genre == LIGNES else reader.text(champ)


def _number(row: EntryGiven) -> Callable[[str], str]:
    """Reads a SIRET or SIREN, as our own lists write it too: « SIREN 732 829 320 »; without its first zero as well."""
    return lambda text: read_shortened(_NAMED.sub("", text.strip()), is_number=row.is_number("identifiant"))


def _with_contact(known: list[ContactTyped], given: ContactTyped | None) -> list[ContactTyped]:
    """The contacts once this one is in: the same person by address or name is completed, another is added."""
    if given is None:
        return known
    for rank, one in enumerate(known):
        is_same = (given.courriel and one.courriel == given.courriel) or searchable(one.nom) == searchable(given.nom)
        if is_same:
            merged = replace(
                one,
                nom=given.nom if given.nom != given.courriel and one.nom == one.courriel else one.nom,
                fonction=given.fonction or one.fonction,
                courriel=given.courriel or one.courriel,
                telephone=given.telephone or one.telephone,
            )
            return [*known[:rank], merged, *known[rank + 1 :]]
    return [*known, given]
