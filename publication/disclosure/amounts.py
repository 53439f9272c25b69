"""What each structure adds to each figure of a campaign: the amounts that disclosure control looks at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.registry.expressions import columns_of
from ingest.registry.figures import weight_column

if TYPE_CHECKING:
    import duckdb
    import numpy as np

KEYS = "campaign, structure_id, structure_type"
FRAME = "fct_centres"
PUBLIC = "directory"


@dataclass(frozen=True)
class Figure:
    """A row of `figures` with the SQL aggregates that made it; `amount` is its numerator, `total` its denominator."""

    territory_id: str
    level: str
    structure_type: str
    indicator: str
    breakdown: str
    kind: str
    unit: str
    numerator: str
    denominator: str | None
    n: str
    amount: float
    total: float | None
    n_respondents: int


@dataclass(frozen=True)
class Amounts:
    """A campaign's responding structures (rows) and aggregates (columns).

    `values`: what each structure adds to each aggregate. `managers`: a number by manager (SIREN where known, else the
    structure). `territories`: structures of each territory, by row number. `public`: aggregates over public columns
    only. `constants`: expressions without any column.
    """

    types: np.ndarray
    managers: np.ndarray
    values: np.ndarray
    columns: dict[str, int]
    territories: dict[str, np.ndarray]
    figures: tuple[Figure, ...]
    public: frozenset[str]
    constants: frozenset[str]

    def of(self, aggregate: str) -> np.ndarray:
        """What each structure adds to an aggregate; an expression without any column counts it once."""
        import numpy as np

        if aggregate in self.constants:
            return np.ones(len(self.values))
        column: np.ndarray = self.values[:, self.columns[aggregate]]
        return column

    def rows_of(self, territory_id: str, structure_type: str) -> np.ndarray:
        """The structures of a territory and type, by row number; of all types together when no structure is of it."""
        import numpy as np

        rows = self.territories.get(territory_id, np.zeros(0, dtype=int))
        return rows[self.types[rows] == structure_type] if structure_type in self._kinds else rows

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(self.types)

    @cached_property
    def additive(self) -> frozenset[str]:
        """Aggregates whose figures are the sum of what their structures add; a median is not."""
        import numpy as np

        others: set[str] = set()
        by_place: dict[tuple[str, str], dict[str, float]] = {}
        for figure in self.figures:
            place = (figure.territory_id, figure.structure_type)
            by_place.setdefault(place, {})[figure.numerator] = figure.amount
        for (territory_id, structure_type), told in by_place.items():
            columns = [self.columns[aggregate] for aggregate in told if aggregate in self.columns]
            sums = self.values[self.rows_of(territory_id, structure_type)][:, columns].sum(axis=0)
            expected = [amount for aggregate, amount in told.items() if aggregate in self.columns]
            wrong = ~np.isclose(sums, expected, rtol=1e-6, atol=1e-6)
            others.update(np.array(list(filter(self.columns.__contains__, told)))[wrong].tolist())
        return frozenset(self.columns) - others


def read_amounts(connection: duckdb.DuckDBPyConnection, candidate: Path, campaign: int) -> Amounts:
    """Read the marts and the registry of a candidate. Figures on the frame are left out: the frame is public."""
    import numpy as np

    marts, registry = candidate / "marts", candidate / "registry"
    figures = tuple(Figure(*row) for row in _figures(connection, marts, registry, campaign))
    expressions = sorted({text for f in figures for text in (f.numerator, f.denominator, f.n) if text})
    read = {text: columns_of(text) for text in expressions}
    constants = frozenset(text for text, columns in read.items() if not columns)
    aggregates = [text for text in expressions if text not in constants]
    wide = _wide(candidate, campaign, _weights_read(read.values()))
    found = connection.execute(
        f"select structure_id, any_value(structure_type), {', '.join(f'cast({text} as double)' for text in aggregates)}"
        f" from ({wide}) group by structure_id order by structure_id"
        if aggregates
        else f"select structure_id, structure_type from ({wide}) order by structure_id"
    ).fetchnumpy()
    names, types, *columns = found.values()
    filled: list[np.ndarray] = [np.ma.filled(np.ma.asarray(column, dtype=float), 0.0) for column in columns]
    values: np.ndarray = np.column_stack(filled) if filled else np.zeros((len(names), 0))
    position = {name: row for row, name in enumerate(names)}
    return Amounts(
        types=np.asarray(types).astype(str),
        managers=_managers(connection, marts, campaign, position),
        values=values,
        columns={text: column for column, text in enumerate(aggregates)},
        territories=_territories(connection, marts, campaign, position),
        figures=figures,
        public=frozenset(text for text in aggregates if read[text] <= _public_columns(connection, registry)),
        constants=constants,
    )


def _figures(
    connection: duckdb.DuckDBPyConnection, marts: Path, registry: Path, campaign: int
) -> list[tuple[Any, ...]]:
    return connection.execute(
        """
        select f.territory_id, f.level, f.structure_type, f.indicator, f.breakdown, f.kind, f.unit, e.numerator,
            e.denominator, e.n, cast(f.numerator as double),
            cast(f.denominator as double), f.n_respondents
        from read_parquet(?) as f
        join read_parquet(?) as e using (campaign, structure_type, indicator, breakdown)
        where f.campaign = ? and e.population <> 'frame'
        order by f.level, f.territory_id, f.structure_type, e.position
        """,
        [str(marts / "figures.parquet"), str(registry / "figure_expressions.parquet"), campaign],
    ).fetchall()


def _weights_read(columns: Iterable[set[str]]) -> list[str]:
    prefix = weight_column("")
    return sorted({name.removeprefix(prefix) for names in columns for name in names if name.startswith(prefix)})


def _wide(candidate: Path, campaign: int, weightings: Sequence[str]) -> str:
    """The facts of the respondents side by side, as SQL, with their weights where figures are weighted."""
    marts = candidate / "marts"
    tables = sorted(path for path in marts.glob("fct_*.parquet") if path.stem != FRAME)
    frame, *others = [
        "read_parquet('{}') as {}".format(str(path).replace("'", "''"), path.stem)
        for path in [marts / f"{FRAME}.parquet", *tables]
    ]
    joined = " ".join(f"join {table} using ({KEYS})" for table in others)
    if weightings:
        source = str(candidate / "quality" / "weights.parquet").replace("'", "''")
        columns = ", ".join(
            f"max(case when weighting = '{name}' then weight end) as \"{weight_column(name)}\"" for name in weightings
        )
        weights = f"select campaign, structure_id, {columns} from read_parquet('{source}') group by all"
        joined += f" left join ({weights}) as weights using (campaign, structure_id)"
    return f"select * from {frame} {joined} where campaign = {int(campaign)}"


def _managers(
    connection: duckdb.DuckDBPyConnection, marts: Path, campaign: int, position: dict[str, int]
) -> np.ndarray:
    import numpy as np

    siren = dict(
        connection.execute(
            "select structure_id, nullif(manager_siren, '') from read_parquet(?) where campaign = ?",
            [str(marts / "dim_structure.parquet"), campaign],
        ).fetchall()
    )
    return np.unique([siren.get(name) or name for name in position], return_inverse=True)[1].ravel()


def _territories(
    connection: duckdb.DuckDBPyConnection, marts: Path, campaign: int, position: dict[str, int]
) -> dict[str, np.ndarray]:
    import numpy as np

    rows: dict[str, list[int]] = {}
    for territory_id, structure_id in connection.execute(
        "select territory_id, structure_id from read_parquet(?) where campaign = ? order by all",
        [str(marts / "bridge_territory_structure.parquet"), campaign],
    ).fetchall():
        if structure_id in position:
            rows.setdefault(territory_id, []).append(position[structure_id])
    return {territory_id: np.array(members) for territory_id, members in rows.items()}


def _public_columns(connection: duckdb.DuckDBPyConnection, registry: Path) -> set[str]:
    public: Sequence[tuple[str]] = connection.execute(
        'select "column" from read_parquet(?) where release = ?', [str(registry / "wide_columns.parquet"), PUBLIC]
    ).fetchall()
    return {name for (name,) in public}
