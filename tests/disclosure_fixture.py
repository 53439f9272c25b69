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
    hidden as numerator_hidden, hidden as denominator_hidden,
    false as numerator_kept, false as denominator_kept, null::varchar as told_value, null::varchar as told_numerator,
    null::varchar as told_denominator, null::varchar as told_n
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
NO_CHANGES = """
select {campaign} as campaign, 0 as vintage, '' as aggregate, '' as territory_id, '' as structure_type,
    0.0::double as amount, 0 as answers, false as signed, 0.0::double as width
where false
"""
NO_CHANGE_ATOMS = """
select {campaign} as campaign, 0 as vintage, '' as structure_type, '' as territories, 0 as structures where false
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
            for name, query in (
                ("figures", figures),
                ("cells", NO_CELLS.format(campaign=campaign)),
                ("changes", NO_CHANGES.format(campaign=campaign)),
                ("change_atoms", NO_CHANGE_ATOMS.format(campaign=campaign)),
            ):
                connection.execute(f"copy ({query}) to '{folder}/{name}.parquet' (format parquet)")
        summary = {"campaign": campaign, "rules": rules, "fingerprint": ""}
        (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


def hide(candidate: Path, campaign: int, condition: str) -> None:
    """Keep more figures of a candidate confidential: those for which `condition`, over their address, is true."""
    figures = candidate / "disclosure" / str(campaign) / "figures.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create table decided as select * replace (
                case when {condition} then 'primary' else state end as state,
                numerator_hidden or ({condition}) as numerator_hidden
            ) from read_parquet('{figures}')
            """
        )
        connection.execute(f"copy decided to '{figures}' (format parquet)")
