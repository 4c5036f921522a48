"""The command line library's own words, in French: it knows no other way than the language of the machine."""

from __future__ import annotations

from types import ModuleType

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

MODULES: tuple[ModuleType, ...] = (
    click.core,
    click.decorators,
    click.exceptions,
    click.formatting,
    click.parser,
    click.types,
)
SENTENCES = {
    "Usage:": "Usage :",
    "Options": "Options",
    "Commands": "Commandes",
    "Positional arguments": "Arguments",
    "Show this message and exit.": "Montre cette aide.",
    "required": "obligatoire",
    "default: {default}": "par défaut : {default}",
    "Aborted!": "Interrompu.",
    "Error: {message}": "{message}",
    "Try '{command} {option}' for help.": "Aide : {command} {option}",
    "Missing command.": "Il manque la commande.",
    "Missing argument": "Il manque l’argument",
    "Missing option": "Il manque l’option",
    "Missing parameter": "Il manque le paramètre",
    "Missing parameter: {param_name}": "Il manque le paramètre {param_name}",
    "Missing {param_type}": "Il manque : {param_type}",
    "No such option {name!r}.": "L’option {name} n’existe pas.",
    "No such command {name!r}.": "La commande {name} n’existe pas.",
    "Did you mean {possibility}?": "Peut-être {possibility} ?",
    "(Did you mean one of: {possibilities}?)": "Peut-être l’une de : {possibilities} ?",
    "Choose from:\n\t{choices}": "Au choix :\n\t{choices}",
    "Choice({choices})": "Au choix : {choices}",
    "Invalid value: {message}": "{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} : {message}",
    "Could not open file {filename!r}: {message}": "Le fichier {filename} ne s’ouvre pas : {message}",
    "unknown error": "erreur inconnue",
    "Got unexpected extra argument ({args})": "Argument en trop : {args}",
    "Got unexpected extra arguments ({args})": "Arguments en trop : {args}",
    "Option {name!r} does not take a value.": "L’option {name} ne prend pas de valeur.",
    "Option {name!r} requires an argument.": "L’option {name} demande une valeur.",
    "Option {name!r} requires {nargs} arguments.": "L’option {name} demande {nargs} valeurs.",
    "{value!r} is not {choice}.": "« {value} » n’est pas {choice}.",
    "{value!r} is not one of {choices}.": "« {value} » n’est pas l’un de {choices}.",
    "{value!r} is not a valid {number_type}.": "« {value} » n’est pas un nombre entier.",
    "{value} is not in the range {range}.": "{value} est hors des bornes {range}.",
    "{name} {filename!r} does not exist.": "{filename} n’existe pas.",
    "{name} {filename!r} is a file.": "{filename} est un fichier.",
    "{name} {filename!r} is a directory.": "{filename} est un dossier.",
    "{name} {filename!r} is not readable.": "{filename} ne se lit pas.",
    "{name} {filename!r} is not writable.": "{filename} ne s’écrit pas.",
}


def speak_french() -> None:
    """Put French in the place of the library's sentences, whatever the machine's language."""
    for module in MODULES:
        for name, said in (("_", say), ("ngettext", say_many)):
            if hasattr(module, name):
                setattr(module, name, said)


def say(sentence: str) -> str:
    return SENTENCES.get(sentence, sentence)


def say_many(one: str, many: str, count: int) -> str:
    return say(one if count < 2 else many)
