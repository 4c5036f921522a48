"""Settings: a département's own value, or back to the national one; the national ones too (R12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import filterfalse

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.campagnes import AUCUNE, JAMAIS, read_preavis, read_relances, refuse_disorder
from paqte.domain.calendrier.jours import read_hours
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.documents.reglages import read_delais, recipients_setting, reglages
from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.conservation import LEAST_YEARS, MOST_YEARS
from paqte.domain.saisie.adresses import read_address
from paqte.domain.saisie.nombres import COMPTE, read_number, written
from paqte.domain.saisie.textes import clean_line
from paqte.domain.statuts.pilotage import (
    LIMITES,
    NON,
    OUI,
    OUI_OU_NON,
    REGLAGES_MENTIONS,
    REGLAGES_SESSIONS,
    SESSION_INACTIVE,
    SOMMES_JOURS,
    SOMMES_REPRISES,
)
from paqte.models import Departement, Reglage
from paqte.queries.perimetre import require_admin, require_departement
from paqte.queries.reglages.agendas import all_agendas, read_agenda
from paqte.queries.reglages.reglages import ReglageApplied, list_own_settings, read_national, read_settings, version_of
from paqte.services.pilotage import hold
from paqte.services.reglages.agendas import Consequences, change_delays
from paqte.services.reglages.planification import plan_all, plan_departement, plan_sommes
from paqte.services.transaction import transaction

LONGEST_DELAY = 365
MOST_LIMIT = 1_000_000
MOST_MONTHS = 60
LAST_HOUR = 23
MOST_ADDRESSES, LONGEST_VALUE = 20, 2_000
MOST_NAMES = 4
LONGEST_NOTICE = 300


def save_settings(
    *, actor: Acteur, now: datetime, departement: str, version: int | None, values: Mapping[str, str]
) -> Consequences:
    """Keep the département's own settings and tell what moves; a blank value goes back to the national one.

    No date of a campaign that is over moves, and none under way is put in the past (R37).

    Delays are whole days from 0 to 365, reminders days around the due day, and together they must follow one another:
    Refused beside the field otherwise (R12). `version` is queries.reglages.version_of what the page showed; Conflict,
    with what applies now, when somebody changed a setting meanwhile.
    """
    require_departement(actor, departement)
    cleaned = _cleaned(values)
    with transaction(actor=actor, now=now) as session:
        hold(session, departement)
        current = read_settings(departement)
        _refuse_conflict(version, current)
        _refuse_disorder(cleaned, current)
        wanted = replace(read_delais(_applied(cleaned, current)), territoire=departement)
        first = session.scalar(select(Departement.premier_semestre).where(Departement.code == departement))
        suites = change_delays(session, departement, first, former=read_agenda(departement), delais=wanted, now=now)
        _keep(session, departement, cleaned)
        plan_departement(session, departement, now=now)
        return suites


def save_national_settings(
    *, actor: Acteur, now: datetime, version: int | None, values: Mapping[str, str]
) -> dict[str, Consequences]:
    """Keep the national value of every setting; a blank one goes back to what the product ships (R12).

    Gives what moves, by département where something does; what is over moves nowhere (R37).

    It applies to each département that has none of its own, whose tasks are planned again. Refused and Conflict as
    for a département's; Refused too, with their names, when it would put in disorder the dates of those that have
    settings of their own.
    """
    require_admin(actor)
    cleaned = _cleaned(values, LIMITES)
    with transaction(actor=actor, now=now) as session:
        # Writers take turns, those of a département too: each holds the row of its own.
        session.execute(select(Departement.code).order_by(Departement.code).with_for_update())
        current = read_national()
        _refuse_conflict(version, current)
        _refuse_disorder(cleaned, current)
        _refuse_local_disorder(_applied(cleaned, current), _applied({}, current))
        suites = _change_everywhere(session, _applied(cleaned, current), now)
        _keep(session, None, cleaned)
    plan_all(now=now)
    plan_sommes(now=now)
    return suites


def _change_everywhere(session: Session, wanted: Mapping[str, str], now: datetime) -> dict[str, Consequences]:
    """What the national values do in each département, its own settings coming first."""
    own = {one.departement: one.valeurs for one in list_own_settings()}
    agendas = all_agendas()
    found = {}
    for code, first in session.execute(select(Departement.code, Departement.premier_semestre)).all():
        delais = replace(read_delais({**wanted, **own.get(code, {})}), territoire=code)
        suites = change_delays(session, code, first, former=agendas(code), delais=delais, now=now)
        if suites.deplacees or suites.gardees:
            found[code] = suites
    return found


def _refuse_conflict(version: int | None, current: dict[str, ReglageApplied]) -> None:
    if version != version_of(current):
        held = {cle: setting.valeur if setting.is_own else "" for cle, setting in current.items()}
        message = "Quelqu’un d’autre a changé les réglages pendant votre saisie : comparez, puis enregistrez."
        raise Conflict(message, held | {"version": str(version_of(current))})


def _keep(session: Session, departement: str | None, cleaned: Mapping[str, str]) -> None:
    mine = Reglage.departement_code.is_(None) if departement is None else Reglage.departement_code == departement
    own = {row.cle: row for row in session.scalars(select(Reglage).where(mine))}
    for cle, valeur in cleaned.items():
        row = own.get(cle)
        if row is not None and not valeur:
            session.delete(row)
        elif row is not None:
            row.valeur = valeur
        elif valeur:
            session.add(Reglage(departement_code=departement, cle=cle, valeur=valeur))


def _cleaned(values: Mapping[str, str], more: Collection[str] = ()) -> dict[str, str]:
    cleaned, errors = {}, {}
    for cle, text in values.items():
        try:
            cleaned[cle] = _checked_value(cle, text.strip(), more)
        except ValueError as error:
            errors[cle] = str(error)
    if errors:
        raise Refused(errors)
    return cleaned


def _refuse_disorder(cleaned: Mapping[str, str], current: Mapping[str, ReglageApplied]) -> None:
    """Refused when the dates would not follow one another, as the settings will apply together."""
    errors = refuse_disorder(read_delais(_applied(cleaned, current)))
    if errors:
        raise Refused(errors)


def _applied(cleaned: Mapping[str, str], current: Mapping[str, ReglageApplied]) -> dict[str, str]:
    return {
        cle: (cleaned[cle] or setting.nationale) if cle in cleaned else setting.valeur
        for cle, setting in current.items()
    }


def _refuse_local_disorder(wanted: Mapping[str, str], present: Mapping[str, str]) -> None:
    """Refused when what départements set themselves would no longer go with it; a disorder of before is not its."""
    places: dict[tuple[str, str], list[str]] = {}
    for own in list_own_settings():
        before = refuse_disorder(read_delais({**present, **own.valeurs}))
        for cle, sentence in refuse_disorder(read_delais({**wanted, **own.valeurs})).items():
            if cle not in before:
                places.setdefault((cle, sentence), []).append(f"{own.nom} ({own.departement})")
    if places:
        raise Refused({cle: f"{sentence} {_where_it_fails(names)}" for (cle, sentence), names in places.items()})


def _where_it_fails(names: Sequence[str]) -> str:
    """Where it would be so: the first few by name, and how many in all."""
    shown, more = names[:MOST_NAMES], len(names) - MOST_NAMES
    listed = ", ".join(shown) + (f" et {more} {'autre' if more == 1 else 'autres'}" if more > 0 else "")
    count = "un département qui a ses" if len(names) == 1 else f"{len(names)} départements qui ont leurs"
    whom = "sa préfecture" if len(names) == 1 else "leurs préfectures"
    return f"Ce ne serait plus vrai dans {count} propres réglages : {listed}. Voyez d’abord avec {whom}."


def _checked_value(cle: str, text: str, more: Collection[str]) -> str:
    if cle not in reglages() and cle not in more:
        raise ValueError("Ce réglage n’existe pas.")
    if cle in map(recipients_setting, DOCUMENTS.values()):
        return _addresses(text)
    return READERS.get(cle, _days)(text) if text else ""


def _whole(most: int, told: str, *, least: int = 0) -> Callable[[str], str]:
    """Reads a whole number from `least` to `most`; `told` says what it must be."""

    def read(text: str) -> str:
        number = read_number(text, COMPTE)
        if not least <= number <= most:
            raise ValueError(told)
        return str(int(number))

    return read


_days = _whole(LONGEST_DELAY, f"Un délai va de 0 à {LONGEST_DELAY} jours.")
_hour = _whole(LAST_HOUR, f"Une heure va de 0 à {LAST_HOUR}.")


def _closing(text: str) -> str:
    return JAMAIS if text.lower() == JAMAIS else _days(text)


def _relances(text: str) -> str:
    return ", ".join(map(str, read_relances(text))) or AUCUNE


def _preavis(text: str) -> str:
    return ", ".join(map(str, reversed(read_preavis(text)))) or AUCUNE


def _notice(text: str) -> str:
    line = clean_line(text)[0]
    if len(line) > LONGEST_NOTICE:
        raise ValueError(f"Ce texte est trop long : {LONGEST_NOTICE} caractères au plus.")
    return line


def _addresses(text: str) -> str:
    """Addresses in lower case, each once, joined by « , »; ValueError names the one at fault."""
    given = [part for part in re.split(r"[,;\s]+", text) if part]
    kept = dict.fromkeys(read_address(part) for part in given)
    joined = ", ".join(kept)
    if len(kept) > MOST_ADDRESSES:
        raise ValueError(f"Donnez au plus {MOST_ADDRESSES} adresses : une liste de diffusion conviendra mieux.")
    if len(joined) > LONGEST_VALUE:
        raise ValueError("Ces adresses sont trop longues ensemble : une liste de diffusion conviendra mieux.")
    return joined


def _hours(text: str) -> str:
    return "-".join(map(str, read_hours(text)))


def _yes_or_no(text: str) -> str:
    said = text.strip().lower()
    if said not in (OUI, NON):
        raise ValueError("Répondez par oui ou par non.")
    return said


def _is_idle(cle: str) -> bool:
    return cle.startswith(SESSION_INACTIVE)


READERS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(LIMITES, _whole(MOST_LIMIT, f"Une limite va de 1 à {written(MOST_LIMIT)}.", least=1)),
    **dict.fromkeys(filter(_is_idle, REGLAGES_SESSIONS), _whole(1_440, "Ce délai va de 5 à 1 440 minutes.", least=5)),
    **dict.fromkeys(
        filterfalse(_is_idle, REGLAGES_SESSIONS), _whole(24, "Une session dure de 1 à 24 heures.", least=1)
    ),
    "veille_par_nuit": _whole(MOST_LIMIT, f"Ce nombre va de 0 à {written(MOST_LIMIT)}."),
    **dict.fromkeys(SOMMES_JOURS, _whole(LONGEST_DELAY, f"Une somme se produit de 0 à {LONGEST_DELAY} jours après.")),
    **dict.fromkeys(SOMMES_REPRISES, _whole(LONGEST_DELAY, f"Une reprise va de 0 à {LONGEST_DELAY} jours.")),
    "veille_debut": _hour,
    "veille_fin": _hour,
    "relances_jours": _relances,
    "rappels_referents_jours": _relances,
    **dict.fromkeys(OUI_OU_NON, _yes_or_no),
    "preavis_jours": _preavis,
    "fermeture_delai_jours": _closing,
    "courriels_heures": _hours,
    "conservation_annees": _whole(
        MOST_YEARS,
        f"Un contact se garde de {LEAST_YEARS} à {MOST_YEARS} ans après la fin de sa convention.",
        least=LEAST_YEARS,
    ),
    "rencontre_mois": _whole(MOST_MONTHS, f"Ce délai va de 1 à {MOST_MONTHS} mois.", least=1),
    **dict.fromkeys(REGLAGES_MENTIONS, _notice),
}
