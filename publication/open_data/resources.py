"""The tables of the data package: their rows, from the release and the registry, and their Table Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.french import typographic
from publication.open_data.bi_file import table_words
from publication.open_data.data_files import neutralised, parquet
from publication.open_data.words import Words

FIGURES = "figures"
CODEBOOK = "codebook"
NUMBER, INTEGER, DATE, TEXT = "number", "integer", "date", "string"
ISO_DATE = "%Y-%m-%d"
_CONSTRAINTS = ("required", "minimum", "pattern")
_NOUN = "{n}"


@dataclass(frozen=True)
class Resource:
    """A table: `text` holds its values as written in CSV files (null: nothing), one string column per field."""

    name: str
    spec: Mapping[str, Any]
    fields: tuple[Mapping[str, Any], ...]
    text: pl.DataFrame

    @property
    def title(self) -> str:
        """Its French name."""
        return typographic(self.spec["title"])

    @property
    def description(self) -> str:
        """What a line is."""
        return typographic(self.spec["description"])

    def types(self) -> dict[str, str]:
        """Field → type, in the order of the columns."""
        return {field["name"]: field["type"] for field in self.fields}

    @cached_property
    def typed(self) -> pl.DataFrame:
        """The same rows, as numbers and dates where they are."""
        casts = {
            NUMBER: lambda column: column.cast(pl.Float64),
            INTEGER: lambda column: column.cast(pl.Int64),
            DATE: lambda column: column.str.to_date(ISO_DATE),
        }
        return self.text.with_columns(casts[kind](pl.col(name)) for name, kind in self.types().items() if kind in casts)

    @cached_property
    def safe(self) -> pl.DataFrame:
        """`text` with what a spreadsheet would run neutralised."""
        changed = {
            name: {cell: neutralised(cell) for cell in self.text[name].unique().drop_nulls()}
            for name, kind in self.types().items()
            if kind == TEXT
        }
        return self.text.with_columns(pl.col(name).replace(cells) for name, cells in changed.items())

    def schema(self) -> dict[str, Any]:
        """Its Table Schema."""
        told: dict[str, Any] = {"fields": list(self.fields), "missingValues": [""]}
        if "key" in self.spec:
            told["primaryKey"] = self.spec["key"]
        if "unique" in self.spec:
            told["uniqueKeys"] = [self.spec["unique"]]
        if "refers" in self.spec:
            told["foreignKeys"] = [
                {
                    "fields": link["fields"],
                    "reference": {"resource": link["resource"], "fields": link["reference"]},
                }
                for link in self.spec["refers"]
            ]
        return told


@dataclass(frozen=True)
class Sources:
    """Where the rows come from: a release under way (its figures and marts are written) and the registry of its build.

    `bases` and `kinds`, `families`: French words for those codes of the registry.
    """

    folder: Path
    registry: Path
    campaign: int
    words: Words
    bases: Mapping[str, str]
    kinds: Mapping[str, str]
    families: Mapping[str, str]

    def resources(self) -> list[Resource]:
        """Every table of the package, in the order of ``open_data.yml``."""
        return [self._resource(name, spec) for name, spec in self.words.resources.items()]

    def _resource(self, name: str, spec: Mapping[str, Any]) -> Resource:
        rows = self._rows(name)
        listed = rows.columns if name == FIGURES else [field for field in spec["fields"] if field in rows.columns]
        fields = tuple(self._field(column, spec["fields"].get(column, {"type": TEXT}), rows) for column in listed)
        return Resource(name, spec, fields, rows.select(listed))

    def _field(self, name: str, spec: Mapping[str, Any], rows: pl.DataFrame) -> dict[str, Any]:
        """A field of a Table Schema; its example is its first value."""
        described = spec.get("description") or self._known_columns.get(name, "")
        field: dict[str, Any] = {"name": name, "type": spec["type"]}
        if "title" in spec:
            field["title"] = typographic(spec["title"])
        field["description"] = typographic(described)
        present = rows[name].drop_nulls()
        if present.len():
            field["example"] = present[0]
        constraints = {key: spec[key] for key in _CONSTRAINTS if key in spec}
        if "enum" in spec:
            constraints["enum"] = spec["enum"]
        if "enum_of" in spec:
            constraints["enum"] = self._values(**spec["enum_of"])
        return {**field, "constraints": constraints} if constraints else field

    @cached_property
    def _known_columns(self) -> dict[str, str]:
        known: dict[str, str] = table_words()["columns"]
        return known

    def _values(self, table: str, column: str, also: tuple[str, ...] = ()) -> list[str]:
        rows = self._text(f'select "{column}" from {self._registry(table)} order by "order"')
        return [*rows[column].to_list(), *also]

    def _rows(self, name: str) -> pl.DataFrame:
        if name == FIGURES:
            return pl.read_csv(self.folder / "figures.csv", infer_schema=False)
        queries = {
            "territories": f"""
                select territory_id, level, level_label_fr, code, name from {self._mart("dim_territory")}
                where territory_id in ({self._of_the_campaign("territory_id")})
                order by level_order, code, territory_id
                """,
            "structures": f"""
                select s.* from {self._mart("dim_structure")} as s
                join {self._mart("fct_centres")} as c using (campaign, structure_id)
                where campaign = {self.campaign} and c.agreed = 1
                order by structure_id
                """,
            "indicators": f"""
                select * replace (nullif(breakdown, 'none') as breakdown), base_label as base
                from {self._registry("indicators")}
                where indicator in ({self._of_the_campaign("indicator")})
                order by family, indicator
                """,
            "choices": f'select * from {self._registry("choices")} order by list, "order", code',
            CODEBOOK: self._codebook(),
        }
        return self._in_french(self._text(queries[name]))

    def _codebook(self) -> str:
        """What was asked in this campaign, the indicators that are told, the choices, the breaks up to now."""
        return f"""
            select 'question' as part, q.variable as code, q.question_label_fr as label,
                q.structure_type as structure_types, q.question_code, q.section as heading, q.type, v.unit,
                null as base, q.choices as list, v.release, null as campaign, 1 as rank,
                q.structure_type as sorted, q."order" as position
            from {self._registry("questions")} as q
            join {self._registry("variables")} as v using (variable)
            where q.campaign = {self.campaign}
            union all by name
            select 'indicator' as part, indicator as code, label_fr as label, structure_types, family as heading,
                kind as type, unit, base_label as base, nullif(breakdown, 'none') as list, 2 as rank,
                family as sorted
            from {self._registry("indicators")} where indicator in ({self._of_the_campaign("indicator")})
            union all by name
            select 'choice' as part, code, label_fr as label, list, 3 as rank, list as sorted, "order" as position
            from {self._registry("choices")}
            union all by name
            select 'break' as part, indicator as code, reason_fr as label, campaign, 4 as rank, '' as sorted
            from {self._registry("breaks")}
            where campaign <= {self.campaign} and indicator in ({self._of_the_campaign("indicator")})
            order by rank, sorted, position, code, campaign
            """

    def _in_french(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Codes of the registry as words, in the columns that are read and not joined on."""
        noun = self.words.bases_noun
        bases = {code: said.replace(_NOUN, noun) or None for code, said in self.bases.items()}
        known: dict[str, dict[str, str | None]] = {
            **{column: dict(words) for column, words in self.words.words.items()},
            "base": bases,
            "kind": dict(self.kinds),
            "family": dict(self.families),
            "heading": dict(self.families),
        }
        known["type"] |= self.kinds
        return rows.with_columns(pl.col(column).replace(known[column]) for column in rows.columns if column in known)

    def _text(self, query: str) -> pl.DataFrame:
        """The answer as strings, null for empty ones."""
        with duckdb.connect() as connection:
            return connection.sql(f"select nullif(cast(columns(*) as varchar), '') from ({query})").pl()

    def _of_the_campaign(self, column: str) -> str:
        return f"select {column} from {self._mart('figures')} where campaign = {self.campaign}"

    def _mart(self, name: str) -> str:
        return parquet(self.folder / "marts" / f"{name}.parquet")

    def _registry(self, name: str) -> str:
        return parquet(self.registry / f"{name}.parquet")
