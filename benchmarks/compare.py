"""Do the project and the bare script say the same? Figures compared line by line.

python -m benchmarks.compare FIGURES.csv BARE.csv
"""

from __future__ import annotations

import json
import sys

import duckdb

KEYS = "campaign, level, territory, structure_type, indicator, breakdown"
COUNTS = ("n_respondents", "n_agreed", "n_solicited", "n_responded")
SAME = 1e-9
WRITTEN = 5.1e-5


def compared(ours: str, bare: str) -> dict[str, object]:
    """Counts of lines: equal, different, only_project, only_bare; national_equal of national; by campaign;
    examples.

    Equal: same n and N, same numerator and denominator to 1e-9 in proportion or to the four decimals that are written.
    The project's value is rounded, the script's is not: it follows from the other two.
    """
    con = duckdb.connect()
    for name, path in (("ours", ours), ("bare", bare)):
        con.execute(
            f"""CREATE TABLE {name} AS SELECT {KEYS.replace("breakdown", "coalesce(breakdown, '') AS breakdown")},
            true AS present, numerator::DOUBLE AS numerator, denominator::DOUBLE AS denominator,
            {", ".join(f"{count}::BIGINT AS {count}" for count in COUNTS)}
            FROM read_csv('{path}', all_varchar = true)"""
        )
    numbers = " AND ".join(
        f"(ours.{part} IS NOT DISTINCT FROM bare.{part} OR "
        f"abs(ours.{part} - bare.{part}) <= greatest({SAME} * abs(bare.{part}), {WRITTEN}))"
        for part in ("numerator", "denominator")
    )
    counts = " AND ".join(f"ours.{count} IS NOT DISTINCT FROM bare.{count}" for count in COUNTS)
    con.execute(
        f"""CREATE TABLE compared AS SELECT {KEYS}, CASE WHEN bare.present IS NULL THEN 'only_project'
            WHEN ours.present IS NULL THEN 'only_bare'
            WHEN coalesce({numbers}, false) AND {counts} THEN 'equal' ELSE 'different' END AS verdict,
            ours.numerator AS project_numerator, bare.numerator AS bare_numerator,
            ours.n_respondents AS project_n, bare.n_respondents AS bare_n
        FROM ours FULL JOIN bare USING ({KEYS})"""
    )
    result: dict[str, object] = {"lines": 0, "equal": 0, "different": 0, "only_project": 0, "only_bare": 0}
    result |= dict(con.execute("SELECT verdict, count(*) FROM compared GROUP BY ALL").fetchall())
    result["lines"] = con.execute("SELECT count(*) FROM compared").fetchall()[0][0]
    result["national"], result["national_equal"] = con.execute(
        "SELECT count(*), count(*) FILTER (verdict = 'equal') FROM compared WHERE level = 'national'"
    ).fetchall()[0]
    result["campaigns"] = {
        campaign: [equal, lines]
        for campaign, equal, lines in con.execute(
            "SELECT campaign, count(*) FILTER (verdict = 'equal'), count(*) FROM compared GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    }
    result["examples"] = [
        list(line)
        for line in con.execute(
            f"SELECT * FROM compared WHERE verdict <> 'equal' ORDER BY level <> 'national', {KEYS} LIMIT 10"
        ).fetchall()
    ]
    return result


if __name__ == "__main__":
    print(json.dumps(compared(*sys.argv[1:])))
