"""SIREN and SIRET numbers of managers: their length and their check digit (Luhn, as INSEE gives them out)."""

from __future__ import annotations

SIREN_LENGTH, SIRET_LENGTH = 9, 14
LA_POSTE = "356000000"
"""Its establishments follow another rule than Luhn's: the sum of their digits is a multiple of 5."""


def is_siren(text: str) -> bool:
    """Nine digits, the last of which checks the others."""
    return len(text) == SIREN_LENGTH and _passes_luhn(text)


def is_siret(text: str) -> bool:
    """A SIREN and five digits, the last of which checks the others."""
    if len(text) != SIRET_LENGTH or not text.isdecimal():
        return False
    if text.startswith(LA_POSTE):
        return sum(map(int, text)) % 5 == 0
    return _passes_luhn(text) and is_siren(text[:SIREN_LENGTH])


def _passes_luhn(text: str) -> bool:
    if not (text.isascii() and text.isdecimal()):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text)))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0
