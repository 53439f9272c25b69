"""``figures.csv``: every figure of a candidate, as the national team checks it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# value_rounded has four decimals: the text keeps the first `decimals` of them. Numerators and denominators are sums of
# amounts in cents and quotients: four decimals, without the zeros at the end.
QUERY = """
copy (
    select
        f.campaign,
        f.level,
        f.territory,
        f.structure_type,
        f.indicator,
        nullif(f.breakdown, '') as breakdown,
        left(f.value_rounded::varchar, length(f.value_rounded::varchar) - 4 + f.decimals - (f.decimals = 0)::integer)
            as value,
        regexp_replace(f.numerator::decimal(38, 4)::varchar, '[.]?0+$', '') as numerator,
        regexp_replace(f.denominator::decimal(38, 4)::varchar, '[.]?0+$', '') as denominator,
        f.n_respondents,
        f.n_agreed,
        f.n_solicited,
        f.n_responded
    from figures as f
    left join read_parquet('{registry}/territory_levels.parquet') as l on l.level = f.level
    left join read_parquet('{registry}/structure_types.parquet') as t on t.structure_type = f.structure_type
    left join read_parquet('{registry}/figure_expressions.parquet') as e
        on
            e.campaign = f.campaign
            and e.structure_type = f.structure_type
            and e.indicator = f.indicator
            and e.breakdown = f.breakdown
    order by
        f.campaign, l."order", f.territory, t."order" nulls last, e.position, f.indicator, f.breakdown, f.territory_id
) to '{target}' (format csv, header true)
"""


def write_figures_csv(warehouse: duckdb.DuckDBPyConnection, registry: Path, target: Path) -> None:
    """One line per figure of the warehouse, all campaigns; the same bytes for the same figures.

    Order: campaign, level, territory, structure type (the combined one last), position of the indicator. Columns:
    campaign, level, territory, structure_type, indicator, breakdown, value, numerator, denominator, n_respondents,
    n_agreed, n_solicited, n_responded.
    """
    warehouse.execute(QUERY.format(registry=_quoted(registry), target=_quoted(target)))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
