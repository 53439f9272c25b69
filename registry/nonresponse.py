"""Non-response as data: how respondents are weighted, which figures use the weights, which blanks are filled.

Files: ``weightings.csv``, ``nonresponse.csv``, ``imputation.csv`` (docs/nonresponse.md explains their columns).
A registry without them leaves every figure on its respondents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from registry.faults import Problems, quoted
from registry.readers import boolean, number, optional_float, optional_int, semicolon_list, whole
from registry.tables import Column

NONE, RATIO, RAKING = "none", "ratio", "raking"
PUBLISHED, COMPARED = "published", "compared"


@dataclass(frozen=True)
class Weighting:
    """A way to make respondents stand for those who stayed silent.

    `population`: the column of the frame that says who must be represented (0/1). `strata` (ratio): dimensions joined
    by ``+``, from the finest to the coarsest. `margins` (raking): dimensions joined by ``+``, each one a margin.
    `fallback`: the weighting that serves where raking does not converge ('' for none).
    """

    weighting: str
    mode: str
    population: str
    strata: tuple[str, ...]
    min_respondents: int | None
    min_rate: float | None
    margins: tuple[str, ...]
    min_weight: float | None
    max_weight: float | None
    tolerance: float | None
    max_iterations: int | None
    fallback: str
    label_fr: str
    line: int = 0

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that it uses, each once."""
        crossed = [name for level in (*self.strata, *self.margins) for name in level.split("+")]
        return tuple(dict.fromkeys(crossed))


@dataclass(frozen=True)
class Treatment:
    """The weighting of an indicator in some campaigns, with or without imputed values.

    `use`: published (the figure itself) or compared (beside the figure without adjustment, in the quality report).
    """

    indicator: str
    campaigns: tuple[int, ...]
    weighting: str
    imputed: bool
    use: str
    line: int = 0


@dataclass(frozen=True)
class Imputation:
    """How the missing values of a variable are filled, where `active`; listed without it, only the masking test runs.

    The value of an earlier campaign at most `max_age_years` before, grown like its stratum; else `correlated`, times
    the ratio of the two in the stratum. `strata`: as in a weighting; the first with `min_donors` donors serves. A
    growth outside `min_growth` to `max_growth` is not used.
    """

    variable: str
    campaigns: tuple[int, ...]
    active: bool
    strata: tuple[str, ...]
    min_donors: int
    max_age_years: int
    min_growth: float
    max_growth: float
    correlated: str
    line: int = 0

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that its strata use, each once."""
        return tuple(dict.fromkeys(name for level in self.strata for name in level.split("+")))


def weighting_columns(name: Callable[[str], str]) -> list[Column]:
    """Those of ``weightings.csv``; `name` reads a name that becomes a column."""
    return [
        Column("weighting", name, required=True),
        Column("mode", required=True, allowed=frozenset({RATIO, RAKING})),
        Column("population", required=True, allowed=frozenset({"agreed", "solicited"})),
        Column("strata", semicolon_list),
        Column("min_respondents", optional_int),
        Column("min_rate", optional_float),
        Column("margins", semicolon_list),
        Column("min_weight", optional_float),
        Column("max_weight", optional_float, required=True),
        Column("tolerance", optional_float),
        Column("max_iterations", optional_int),
        Column("fallback"),
        Column("label_fr", required=True),
    ]


def treatment_columns(campaigns: Callable[[str], tuple[int, ...]]) -> list[Column]:
    """Those of ``nonresponse.csv``; `campaigns` reads a list of campaigns."""
    return [
        Column("indicator", required=True),
        Column("campaigns", campaigns),
        Column("weighting", required=True),
        Column("imputed", boolean, required=True),
        Column("use", required=True, allowed=frozenset({PUBLISHED, COMPARED})),
    ]


def imputation_columns(campaigns: Callable[[str], tuple[int, ...]]) -> list[Column]:
    """Those of ``imputation.csv``; `campaigns` reads a list of campaigns."""
    return [
        Column("variable", required=True),
        Column("campaigns", campaigns),
        Column("active", boolean, required=True),
        Column("strata", semicolon_list),
        Column("min_donors", whole, required=True),
        Column("max_age_years", whole, required=True),
        Column("min_growth", number, required=True),
        Column("max_growth", number, required=True),
        Column("correlated"),
    ]


def check_weightings(weightings: tuple[Weighting, ...], known: frozenset[str], problems: Problems) -> None:
    """Report the lines that lack what their mode needs, or name a dimension that is not in `known`."""
    modes = {weighting.weighting: weighting.mode for weighting in weightings}
    for weighting in weightings:

        def wrong(reason: str, line: int = weighting.line) -> None:
            problems.add("weightings.csv", line, reason)

        needed = ("strata", "min_respondents", "min_rate") if weighting.mode == RATIO else (
            "margins", "min_weight", "tolerance", "max_iterations"
        )  # fmt: skip
        for name in needed:
            if getattr(weighting, name) in (None, ()):
                wrong(f"{name} est vide : le mode {weighting.mode} en a besoin")
        check_dimensions("weightings.csv", weighting.line, weighting.dimensions, known, problems)
        if weighting.weighting == NONE:
            wrong(f"« {NONE} » veut dire sans pondération : donnez un autre nom à celle-ci")
        if weighting.fallback and modes.get(weighting.fallback) != RATIO:
            wrong(f"la pondération de repli « {weighting.fallback} » n'est pas une ligne de mode {RATIO} de ce fichier")


def check_dimensions(
    file: str, line: int, names: tuple[str, ...], known: frozenset[str], problems: Problems
) -> None:  # fmt: skip
    """Report the dimensions that neither the frame nor the levels of territory have."""
    unknown = sorted(set(names) - known)
    if unknown:
        reason = f"dimension(s) inconnue(s) : {quoted(unknown)} ; connues : {', '.join(sorted(known))}"
        problems.add(file, line, reason, about=unknown)
