"""What each structure adds to each figure of a campaign: the amounts that disclosure control looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from registry.expressions import columns_of
from registry.figures import weight_column

if TYPE_CHECKING:
    import duckdb

KEYS = "campaign, structure_id, structure_type"
FRAME = "fct_centres"
PUBLIC = "directory"


@dataclass(frozen=True)
class Expression:
    """The SQL aggregates that make a figure, wherever it is computed."""

    structure_type: str
    indicator: str
    breakdown: str
    kind: str
    unit: str
    numerator: str
    denominator: str | None
    n: str


@dataclass(frozen=True)
class Figures:
    """The rows of `figures` as columns. `expression`: the number of each one's in `expressions`; `amount`: its
    numerator; `total`: its denominator, NaN without one."""

    expressions: tuple[Expression, ...]
    territory: np.ndarray
    level: np.ndarray
    structure_type: np.ndarray
    expression: np.ndarray
    amount: np.ndarray
    total: np.ndarray
    n_respondents: np.ndarray

    def __len__(self) -> int:
        return len(self.expression)


@dataclass(frozen=True)
class Amounts:
    """A campaign's responding structures (rows, named by `structures`) and aggregates (columns).

    `values`: what each structure adds to each aggregate. `managers`: a number by manager (SIREN where known, else the
    structure). `territories`: structures of each territory, by row number. `public`: aggregates over public columns
    only. `constants`: expressions without any column.
    """

    structures: tuple[str, ...]
    types: np.ndarray
    managers: np.ndarray
    values: np.ndarray
    columns: dict[str, int]
    territories: dict[str, np.ndarray]
    figures: Figures
    public: frozenset[str]
    constants: frozenset[str]

    def of(self, aggregate: str) -> np.ndarray:
        """What each structure adds to an aggregate; an expression without any column counts it once."""
        if aggregate in self.constants:
            return np.ones(len(self.values))
        column: np.ndarray = self.values[:, self.columns[aggregate]]
        return column

    def answering(self, aggregate: str, base: str) -> np.ndarray:
        """Which structures are in the base of an aggregate."""
        answer: np.ndarray = self.of(base) > 0
        return answer

    def rows_of(self, territory_id: str, structure_type: str) -> np.ndarray:
        """The structures of a territory and type, by row number; of all types together when no structure is of it."""
        rows = self.territories.get(territory_id, np.zeros(0, dtype=int))
        return rows[self.types[rows] == structure_type] if structure_type in self._kinds else rows

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(self.types)

    @cached_property
    def additive(self) -> frozenset[str]:
        """Aggregates whose figures are the sum of what their structures add; a median is not."""
        figures = self.figures
        places: dict[tuple[str, str], int] = {}
        told = zip(figures.territory.tolist(), figures.structure_type.tolist(), strict=True)
        of_figure = np.array([places.setdefault(place, len(places)) for place in told], dtype=int)
        sums = np.zeros((len(places), self.values.shape[1]))
        for place, number in places.items():
            sums[number] = self.values[self.rows_of(*place)].sum(axis=0)
        column = np.array([self.columns.get(e.numerator, -1) for e in figures.expressions], dtype=int)
        chosen = column[figures.expression]
        known = np.flatnonzero(chosen >= 0)
        close = np.isclose(sums[of_figure[known], chosen[known]], figures.amount[known], rtol=1e-6, atol=1e-6)
        others = set(chosen[known][~close].tolist())
        return frozenset(name for name, number in self.columns.items() if number not in others)


def read_amounts(connection: duckdb.DuckDBPyConnection, candidate: Path, campaign: int) -> Amounts:
    """Read the marts and the registry of a candidate. Figures on the frame are left out: the frame is public."""
    marts, registry = candidate / "marts", candidate / "registry"
    figures = _figures(connection, marts, registry, campaign)
    expressions = sorted({text for e in figures.expressions for text in (e.numerator, e.denominator, e.n) if text})
    read = {text: columns_of(text) for text in expressions}
    constants = frozenset(text for text, columns in read.items() if not columns)
    aggregates = [text for text in expressions if text not in constants]
    public = _public_columns(connection, registry)
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
        structures=tuple(map(str, names)),
        types=np.asarray(types).astype(str),
        managers=_managers(connection, marts, campaign, position),
        values=values,
        columns={text: column for column, text in enumerate(aggregates)},
        territories=_territories(connection, marts, campaign, position),
        figures=figures,
        public=frozenset(text for text in aggregates if read[text] <= public),
        constants=constants,
    )


def _figures(connection: duckdb.DuckDBPyConnection, marts: Path, registry: Path, campaign: int) -> Figures:
    expressions = connection.execute(
        """
        select structure_type, indicator, breakdown, kind, unit, numerator, denominator, n from read_parquet(?)
        where campaign = ? and population <> 'frame' order by position, structure_type, indicator, breakdown
        """,
        [str(registry / "figure_expressions.parquet"), campaign],
    ).fetchall()
    number = {row[:3]: index for index, row in enumerate(expressions)}
    found = connection.execute(
        """
        select territory_id, level, structure_type, indicator, breakdown, cast(numerator as double) as amount,
            cast(denominator as double) as total, n_respondents
        from read_parquet(?) where campaign = ? order by level, territory_id, structure_type, indicator, breakdown
        """,
        [str(marts / "figures.parquet"), campaign],
    ).fetchnumpy()
    addresses = zip(*(found[name].tolist() for name in ("structure_type", "indicator", "breakdown")), strict=True)
    return figures_of(
        tuple(Expression(*row) for row in expressions), [number.get(address, -1) for address in addresses], found
    )


def figures_of(
    expressions: tuple[Expression, ...], expression: Sequence[int], columns: Mapping[str, np.ndarray]
) -> Figures:
    """The figures that have an expression, from columns named territory_id, level, structure_type, amount, total,
    n_respondents."""
    numbers = np.array(expression, dtype=int)
    kept = numbers >= 0

    def amounts(name: str) -> np.ndarray:
        return np.ma.filled(np.ma.asarray(columns[name], dtype=float), np.nan)[kept]

    def texts(name: str) -> np.ndarray:
        return np.asarray(columns[name], dtype=object)[kept]

    return Figures(
        expressions=expressions,
        territory=texts("territory_id"),
        level=texts("level"),
        structure_type=texts("structure_type"),
        expression=numbers[kept],
        amount=amounts("amount"),
        total=amounts("total"),
        n_respondents=np.ma.filled(np.ma.asarray(columns["n_respondents"], dtype=float), 0)[kept].astype(int),
    )


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
