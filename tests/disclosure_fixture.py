"""The disclosure folder of a hand-made candidate, whose facts hold too few answers to decide it from."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from expectations.settings import load_settings

FEW = """
select campaign, territory_id, structure_type, indicator, breakdown,
    case when hidden then 'primary' else 'published' end as state,
    case when public then 'public' when hidden then 'contributors' else '' end as rule,
    hidden as numerator_hidden, hidden as denominator_hidden
from (
    select *, kind in ('frame', 'frame_share') as public, not public and n_respondents < {least} as hidden
    from read_parquet('{marts}/figures.parquet') where campaign = {campaign}
)
"""
NO_CELLS = """
select {campaign} as campaign, '' as aggregate, '' as territory_id, '' as structure_type, '' as state, '' as rule,
    0 as contributors, 0.0::double as width
where false
"""


def write_disclosure_by_n(candidate: Path, campaigns: tuple[int, ...] = (2011, 2017, 2019)) -> None:
    """Hide the figures with too few respondents, and nothing else."""
    for campaign in campaigns:
        rules = {
            name: value
            for name, value in load_settings().thresholds_of(campaign).values.items()
            if name.startswith("disclosure_")
        }
        folder = candidate / "disclosure" / str(campaign)
        folder.mkdir(parents=True)
        with duckdb.connect() as connection:
            figures = FEW.format(
                least=rules["disclosure_min_contributors"], marts=candidate / "marts", campaign=campaign
            )
            for name, query in (("figures", figures), ("cells", NO_CELLS.format(campaign=campaign))):
                connection.execute(f"copy ({query}) to '{folder}/{name}.parquet' (format parquet)")
        summary = {"campaign": campaign, "rules": rules, "fingerprint": ""}
        (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
