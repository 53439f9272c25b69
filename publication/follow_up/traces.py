"""Every figure of a campaign and what is under it, as scripts that one page reads on demand, from a disk too.

``traces/index.js``: computations, labels, structures. ``traces/territoires/``: the figures and the members of one
territory. ``traces/variables/``: the answers to one question. ``traces/bases/``: who counts in one base.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

from core.french import typographic
from lineage.trace import STATUS_WORDS
from publication.documents.plans import House
from publication.follow_up.trace_page import METHODS

if TYPE_CHECKING:
    from lineage.traced_campaign import Computation, TracedCampaign

FOLDER = "traces"
FIGURE = (
    *("structure_type", "indicator", "breakdown", "value_rounded", "decimals", "unit", "value"),
    *("numerator", "denominator", "n_respondents", "n_imputed", "n_agreed"),
)
ANSWER = ("structure", "status", "raw", "value", "file", "sheet", "cell", "received", "decision")
IMPUTED = ("structure", "value_num", "method", "donor_campaign", "donor_variable", "donor_value", "stratum")
DECISION = ("structure", "variable", "rule", "action", "value", "reason", "author", "decided_at", "state")


def write_traces(
    traced: TracedCampaign, candidate: Path, house: House, families: Mapping[str, str], folder: Path
) -> None:
    """Writes the scripts under ``folder/traces``. `families`: the French words of the families of indicators."""
    marts, registry = candidate / "marts", candidate / "registry"
    structures = pl.read_parquet(marts / "dim_structure.parquet").filter(campaign=traced.campaign).sort("structure_id")
    ranks = {structure: rank for rank, structure in enumerate(structures["structure_id"])}
    files = sorted(set(traced.answers["file"]))
    target = folder / FOLDER
    bases = list(dict.fromkeys(computation.base for computation in traced.computations))
    territories = pl.read_parquet(marts / "dim_territory.parquet").filter(
        pl.col("territory_id").is_in(traced.figures["territory_id"].unique().to_list())
    )
    _write(
        target / "index.js",
        "index",
        {
            "campaign": traced.campaign,
            "territories": [
                [row["territory_id"], row["name"], row["level_label_fr"]]
                for row in territories.sort("level_order", "name").iter_rows(named=True)
            ],
            "structures": structures.select("structure_id", "structure_type", "name", "commune_name").rows(),
            "files": files,
            "indicators": _indicators(registry, house),
            "families": {family: typographic(words) for family, words in families.items()},
            "choices": _choices(registry),
            "variables": _labels(registry / "variables.parquet", "variable"),
            "types": _labels(registry / "structure_types.parquet", "structure_type"),
            "computations": [_computation(one, bases.index(one.base)) for one in traced.computations],
            "bases": bases,
            "statuses": STATUS_WORDS,
            "methods": METHODS,
            "symbols": house.symbols,
            "decisions": _told(traced.decisions, ranks, files, DECISION),
        },
    )
    _write_territories(traced, marts, ranks, target)
    for variable, answers, imputed in _by_variable(traced):
        rows = {"answers": _told(answers, ranks, files, ANSWER), "imputed": _told(imputed, ranks, files, IMPUTED)}
        _write(target / "variables" / f"{variable}.js", f"variable/{variable}", rows)
    for rank, base in enumerate(bases):
        counted = sorted(ranks[structure] for structure in traced.counted[base] if structure in ranks)
        _write(target / "bases" / f"{rank}.js", f"base/{rank}", counted)


def _write_territories(traced: TracedCampaign, marts: Path, ranks: Mapping[str, int], target: Path) -> None:
    members: dict[str, list[int]] = defaultdict(list)
    bridge = pl.scan_parquet(marts / "bridge_territory_structure.parquet").filter(campaign=traced.campaign)
    for territory, structure in bridge.select("territory_id", "structure_id").collect().iter_rows():
        if structure in ranks:
            members[territory].append(ranks[structure])
    by_territory = traced.figures.partition_by("territory_id", as_dict=True)
    for (territory,), figures in by_territory.items():
        rows = figures.select(FIGURE).with_columns(cs.decimal().cast(pl.Float64)).rows()
        content = {"figures": rows, "members": sorted(members[territory])}
        _write(target / "territoires" / f"{territory}.js", f"territory/{territory}", content)


def _by_variable(traced: TracedCampaign) -> Iterable[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Each variable under a figure with its answers and its imputed values; some have none."""
    answers = traced.answers.partition_by("variable", as_dict=True)
    imputed = traced.imputed.partition_by("variable", as_dict=True)
    for variable in sorted({name for computation in traced.computations for name in computation.variables}):
        yield (
            variable,
            answers.get((variable,), traced.answers.clear()),
            imputed.get((variable,), traced.imputed.clear()),
        )


def _told(frame: pl.DataFrame, ranks: Mapping[str, int], files: list[str], names: Iterable[str]) -> list[list[Any]]:
    """Rows as lists, structures and files by rank; a structure that left the list of the campaign is named."""
    number = {file: rank for rank, file in enumerate(files)}
    columns: dict[str, list[Any]] = {
        name: frame[name].cast(pl.Float64).to_list() if frame.schema[name].is_decimal() else frame[name].to_list()
        for name in names
        if name not in ("structure", "file")
    }
    columns["structure"] = [ranks.get(structure, structure) for structure in frame["structure_id"]]
    if "file" in names:
        columns["file"] = [number[file] for file in frame["file"]]
    return [list(row) for row in zip(*(columns[name] for name in names), strict=True)]


def _computation(computation: Computation, base: int) -> list[Any]:
    key = "/".join((computation.structure_type, computation.indicator, computation.breakdown))
    return [
        key, computation.variables, computation.computed, base, computation.from_frame, computation.imputed
    ]  # fmt: skip


def _indicators(registry: Path, house: House) -> dict[str, list[str]]:
    """Indicator → label, family, words of its base with ``{n}``, list of its choices."""
    lines = pl.read_parquet(registry / "indicators.parquet").iter_rows(named=True)
    return {
        line["indicator"]: [
            typographic(line["label_fr"]),
            line["family"],
            typographic(house.bases.get(line["base_label"], house.base_otherwise)),
            line["breakdown"],
        ]
        for line in lines
    }


def _choices(registry: Path) -> dict[str, dict[str, str]]:
    choices: dict[str, dict[str, str]] = defaultdict(dict)
    for name, code, label in pl.read_parquet(registry / "choices.parquet").select("list", "code", "label_fr").rows():
        choices[name][code] = typographic(label)
    return choices


def _labels(table: Path, key: str) -> dict[str, str]:
    return {code: typographic(label) for code, label in pl.read_parquet(table).select(key, "label_fr").rows()}


def _write(path: Path, name: str, content: Any) -> None:
    """A script that hands `content` to the page: one opened from a disk may read scripts, not data files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    path.write_text(f"senacs({json.dumps(name)},{told});\n", encoding="utf-8")
