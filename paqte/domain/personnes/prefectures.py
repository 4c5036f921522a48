"""The exact name of each préfecture: « préfecture de Loir-et-Cher », « préfecture de l’Isère »."""

from __future__ import annotations

# What stands before the name of a département, by use; a vowel makes « de l’ » or « d’ » by the table, never by a rule.
_BEFORE: dict[str, str] = {
    "du ": "14 15 18 25 29 30 32 39 45 46 56 59 62 63 67 68 69 81 83 90 94 95",
    "de la ": "16 17 19 2A 2B 21 23 24 26 31 33 42 43 44 48 50 51 52 53 55 57 58 70 72 73 74 76 80 85 86 87 93 "
    "971 972 973 987 988",
    "de l’": "01 02 03 07 09 10 11 12 27 34 36 38 60 61 89 91",
    "des ": "04 05 06 08 13 22 40 64 65 66 78 79 88 92",
    "d’": "28 35 37",
    "de ": "41 47 49 54 71 75 77 82 84 974 975 976 977 978",
    "des îles ": "986",
}
_OF = {code: before for before, codes in _BEFORE.items() for code in codes.split()}


def prefecture_of(code: str, nom: str) -> str:
    """ "préfecture de Loir-et-Cher", from the code and the name of a département; without article if it is unknown."""
    return f"préfecture {_OF.get(code, 'de ')}{nom.replace(chr(39), '’')}"
