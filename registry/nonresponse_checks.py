"""What must hold between the files on non-response and the rest of the registry."""

from __future__ import annotations

from registry.computed import Indicator
from registry.expressions import ExpressionError, weighted
from registry.faults import EXPRESSIONS, Problems, instead_of
from registry.figures import FRAME_KINDS, filled_expressions, weight_column
from registry.model import NUMERIC_TYPES, Imputation, Registry, Treatment
from registry.nonresponse import NONE, PUBLISHED, check_dimensions, check_weightings

# What a structure can be classed by: columns of the frame, and the levels of territory that group its codes.
FRAME_DIMENSIONS = frozenset(
    {"structure_type", "departement", "caf", "federation", "management_mode", "fcsf_member", "network_member"}
)


def check_nonresponse(registry: Registry, problems: Problems) -> None:
    """Report to `problems` the lines of the three files that contradict the registry."""
    known = FRAME_DIMENSIONS | {str(level["level"]) for level in registry.territory_levels}
    check_weightings(registry.weightings, known, problems)
    _check_treatments(registry, problems)
    for line in registry.imputations:
        check_dimensions("imputation.csv", line.line, line.dimensions, known, problems)
        _check_imputation(registry, line, problems)


def _check_treatments(registry: Registry, problems: Problems) -> None:
    indicators = {indicator.indicator: indicator for indicator in registry.indicators}
    weightings = {weighting.weighting for weighting in registry.weightings} | {NONE}
    chosen: dict[tuple[str, int], int] = {}
    for line in registry.treatments:
        indicator = indicators.get(line.indicator)
        if indicator is None:
            reason = f"l'indicateur « {line.indicator} » n'est pas dans indicators.csv"
            reason += instead_of(line.indicator, indicators)
            problems.add("nonresponse.csv", line.line, reason, column="indicator", about=[line.indicator])
            continue
        if line.weighting not in weightings:
            reason = f"la pondération « {line.weighting} » n'est pas dans weightings.csv"
            reason += instead_of(line.weighting, weightings)
            problems.add("nonresponse.csv", line.line, reason, column="weighting", about=[line.weighting])
        elif indicator.kind in FRAME_KINDS:
            reason = f"{line.indicator} est calculé sur le référentiel : rien à redresser, enlevez la ligne"
            problems.add("nonresponse.csv", line.line, reason)
        elif line.weighting != NONE:
            _check_weighted(registry, indicator, line, problems)
        for campaign in line.campaigns if line.use == PUBLISHED else ():
            if (line.indicator, campaign) in chosen:
                other = chosen[line.indicator, campaign]
                reason = f"le traitement publié de {line.indicator} en {campaign} est déjà à la ligne {other}"
                problems.add("nonresponse.csv", line.line, reason)
            chosen.setdefault((line.indicator, campaign), line.line)


def _check_weighted(registry: Registry, indicator: Indicator, line: Treatment, problems: Problems) -> None:
    try:
        for campaign in set(line.campaigns) & set(indicator.campaigns):
            for filled in filled_expressions(registry, indicator, campaign):
                for text in (filled.numerator, filled.denominator):
                    if text:
                        weighted(text, weight_column(line.weighting))
    except ExpressionError as error:
        problems.add("nonresponse.csv", line.line, str(error), stage=EXPRESSIONS)


def _check_imputation(registry: Registry, line: Imputation, problems: Problems) -> None:
    asked = {question.variable for question in registry.questions}
    for name in filter(None, (line.variable, line.correlated)):
        variable = registry.variables.get(name)
        if variable is None or name not in asked | registry.waiting:
            reason = f"la variable « {name} » n'est posée dans aucune campagne{instead_of(name, asked)}"
            problems.add("imputation.csv", line.line, reason, about=[name])
        elif variable.type not in NUMERIC_TYPES:
            problems.add("imputation.csv", line.line, f"{name} n'est pas un nombre : seuls les totaux s'imputent")
    if line.correlated == line.variable:
        problems.add("imputation.csv", line.line, f"{line.variable} ne peut pas être corrélée avec elle-même")
    if line.min_donors < 1 or not 0 < line.min_growth <= line.max_growth:
        reason = "min_donors doit être au moins 1, et 0 < min_growth <= max_growth"
        problems.add("imputation.csv", line.line, reason)
