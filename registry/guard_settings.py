"""The settings of the guards on the columns received (``guards.csv``): which there are, what each needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.faults import Problems, quoted
from registry.model import Registry

COMMON = "common"
SWAPPED, SHIFTED, THOUSANDS, WEEKLY = "swapped", "shifted", "thousands", "weekly_hours"
MEDIANS, UNREADABLE, EMPTIED, PARTS = "medians", "unreadable", "emptied", "parts"
CONSTANT, MISSING, SHARES = "constant", "missing", "shares"
WINDOW = ("min_structures", "ratio_from", "ratio_to")
NUMBERS: Mapping[str, tuple[str, ...]] = {
    SWAPPED: (
        "min_structures",
        "min_structures_others",
        "min_structures_paired",
        "min_gap",
        "max_fit",
        "fit_margin",
        "min_votes",
    ),
    SHIFTED: ("min_columns", "max_shift", "max_spread", "far_gap"),
    THOUSANDS: WINDOW,
    WEEKLY: WINDOW,
    CONSTANT: ("min_structures", "max_chance", "floor_share"),
    MEDIANS: ("min_structures", "warn_ratio", "block_ratio"),
    UNREADABLE: ("min_structures", "block_share"),
    EMPTIED: ("min_structures", "max_chance", "block_expected"),
    PARTS: ("min_structures", "warn_ratio", "block_ratio", "tolerance", "balanced_share"),
    MISSING: ("min_structures", "warn_ratio", "block_ratio", "floor_share", "min_deviations"),
    SHARES: ("min_structures", "previous_difference", "others_difference", "min_deviations"),
}
"""The guards, that which explains a column best first; and the numbers that each needs."""
COMMON_NUMBERS = ("min_others", "min_answers", "min_paired_share")
COMMON_TEXTS = ("previous_fr", "others_fr", "parts_fr", "required_fr")
TEXTS = ("label_fr", "message_fr", "next_step_fr")
UNIT = "unit"
BALANCE = "balance_"
PLACEHOLDERS = ("question", "other", "observed", "expected", "n", "basis")


@dataclass(frozen=True)
class Balance:
    """A variable that is the sum of others, where they are asked."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class GuardSettings:
    """The settings that hold in a campaign, by guard and parameter."""

    values: Mapping[tuple[str, str], str]

    def number(self, guard: str, parameter: str) -> float:
        """A threshold."""
        return float(self.values[guard, parameter])

    def text(self, guard: str, parameter: str) -> str:
        """Words, or a unit of measure."""
        return self.values[guard, parameter]

    @property
    def fewest_structures(self) -> float:
        """From how many structures on at least one guard looks at a column."""
        fewest = (float(value) for (_, parameter), value in self.values.items() if parameter == "min_structures")
        return min(fewest, default=0)

    @property
    def balances(self) -> list[Balance]:
        """The lines ``parts, balance_<name>``."""
        return [
            balance_of(value)
            for (guard, parameter), value in self.values.items()
            if guard == PARTS and parameter.startswith(BALANCE)
        ]


def guard_settings(registry: Registry, campaign: int) -> GuardSettings:
    """The settings of a campaign: of the lines of a parameter, the one that starts the latest by then."""
    lines = [line for line in registry.guard_lines if (line.from_campaign or campaign) <= campaign]
    lines.sort(key=lambda line: line.from_campaign or 0)
    return GuardSettings({(line.guard, line.parameter): line.value for line in lines})


def balance_of(text: str) -> Balance:
    """``whole = part + part``. Raises `ValueError`."""
    whole, equals, parts = text.partition("=")
    names = tuple(part.strip() for part in parts.split("+"))
    if not equals or not whole.strip() or "" in names:
        raise ValueError("« total = partie + partie » est attendu")
    return Balance(whole.strip(), names)


def check_guards(registry: Registry, problems: Problems) -> None:
    """Report the settings that are missing or can't be used, and the acknowledgements that are about nothing.

    A registry without any setting has no guards.
    """
    for line in registry.guard_lines:
        fault = _fault(registry, line.guard, line.parameter, line.value)
        if fault:
            problems.add("guards.csv", line.line, fault)
    for campaign in registry.campaigns if registry.guard_lines else ():
        known = guard_settings(registry, campaign).values
        for guard, parameter in _needed():
            if (guard, parameter) not in known:
                reason = f"il manque la ligne {guard},{parameter} pour {campaign} : ajoutez-la"
                problems.add("guards.csv", None, reason)
    for settled in registry.acknowledged_guards:
        asked = {question.question_code for question in registry.questions_of(settled.campaign)}
        if settled.question_code not in asked:
            reason = f"la question « {settled.question_code} » n'est pas posée en {settled.campaign}"
            problems.add("acknowledged_guards.csv", settled.line, reason, about=[settled.question_code])


def _needed() -> list[tuple[str, str]]:
    needed = [(COMMON, name) for name in COMMON_NUMBERS + COMMON_TEXTS]
    for guard, numbers in NUMBERS.items():
        needed += [(guard, name) for name in numbers + TEXTS]
    return [*needed, (THOUSANDS, UNIT), (WEEKLY, UNIT)]


def _fault(registry: Registry, guard: str, parameter: str, value: str) -> str:
    if guard == PARTS and parameter.startswith(BALANCE):
        try:
            balance = balance_of(value)
        except ValueError as error:
            return f"{parameter} : {error}"
        unknown = {balance.whole, *balance.parts} - set(registry.variables)
        return f"{parameter} : {quoted(sorted(unknown))} absente(s) de variables.csv" if unknown else ""
    if (guard, parameter) not in _needed():
        return f"{guard} n'a pas de paramètre « {parameter} » : corrigez son nom ou enlevez la ligne"
    if parameter == "message_fr":
        try:
            value.format(**dict.fromkeys(PLACEHOLDERS, ""))
        except (KeyError, IndexError, ValueError):
            return f"message_fr ne peut nommer entre accolades que {', '.join(PLACEHOLDERS)}"
    numeric = parameter in COMMON_NUMBERS if guard == COMMON else parameter in NUMBERS[guard]
    if numeric and not _is_number(value):
        return f"{parameter} : « {value} » n'est pas un nombre"
    return ""


def _is_number(text: str) -> bool:
    try:
        return float(text) >= 0
    except ValueError:
        return False
