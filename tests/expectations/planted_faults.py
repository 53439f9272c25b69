"""One fault for each check of the gate, how it is planted in a candidate, and the gate with that check alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
from gate_candidate import rewrite

from expectations.settings import Settings, Threshold, Waiver, load_settings
from expectations.verdict import CheckResult, Verdict

CAMPAIGN = 2019
TODAY = dt.date(2026, 11, 22)
SETTINGS = load_settings()
SOME_2019 = "campaign = 2019 and structure_id similar to '.*[0-2]'"
FEW_2019 = "campaign = 2019 and structure_id similar to '.*[49]'"
IN_13 = "campaign = 2019 and structure_id like 'CS-13-%'"
SILENT_04 = "select * replace (case when structure_id like '%-04-%' then 0 else responded end as responded) from old"


@dataclass(frozen=True)
class Fault:
    """What is wrong: a table and the query that spoils it, and what the gate must answer of it."""

    table: str
    query: str
    scope: str = "national"
    outcome: str = "blocked"
    thresholds: tuple[tuple[str, str], ...] = ()


def staff(column: str, expression: str, where: str = "campaign = 2019") -> Fault:
    """A fault in what the structures answered on staff."""
    changed = f"case when {where} then {expression} else {column} end as {column}"
    return Fault("marts/fct_staff", f"select * replace ({changed}) from old")


def figure(replacement: str, where: str) -> Fault:
    """A fault in one figure of the campaign: ``column = expression`` where a condition holds."""
    column, expression = replacement.split(" = ", 1)
    changed = f"case when campaign = 2019 and {where} then {expression} else {column} end as {column}"
    return Fault("marts/figures", f"select * replace ({changed}) from old")


def reservation(fault: Fault, scope: str = "national") -> Fault:
    return dataclasses.replace(fault, outcome="publishable_with_reservations", scope=scope)


def opened_edits(condition: str) -> Fault:
    return Fault(
        "intake/edits",
        "select * from old union all by name select campaign, structure_id, sender, 'E39' as rule, true as open, "
        "'management_mode' as variable from read_parquet('{marts}/fct_centres.parquet') "
        f"where campaign = 2019 and responded = 1 and {condition}",
    )


def revised(territory: str, change_pct: float) -> Fault:
    """A figure moved since the vintage published last, and nobody has said why."""
    return Fault(
        "revisions/2019",
        f"from old union all by name select 2019 as campaign, '{territory}' as territory_id, 'CS' as structure_type, "
        "'fte_total' as indicator, '' as breakdown, 'P1' as vintage, 100.0 as value_before, "
        f"{100 + change_pct} as value_after, {change_pct} as change_pct, '' as cause, '' as author",
    )


def unsigned(column: str, expression: str, territory: str) -> Fault:
    """The first signatory of a territory has not signed."""
    first = f"territory_id = '{territory}' and party = (select min(party) from old where territory_id = '{territory}')"
    changed = f"case when {first} then {expression} else {column} end as {column}"
    return Fault("sign_off/2019", f"select * replace ({changed}) from old")


def opened_value(weight: str) -> Fault:
    """A rule open on every answer on staff whose share of the national sum compares so."""
    return Fault(
        "intake/edits",
        "select * from old union all by name select campaign, structure_id, structure_type, 'fede-62' as sender, "
        "'E03' as rule, true as open, 'fte_total' as variable from read_parquet('{marts}/fct_staff.parquet') "
        "where campaign = 2019 "
        f"qualify fte_total / sum(fte_total) over (partition by campaign, structure_type) {weight}",
    )


FAULTS: dict[str, Fault] = {
    "inputs_present": Fault("marts/fct_staff", "from old where campaign <> 2019"),
    "names_known": reservation(Fault("registry/wide_columns", "select * from old where \"column\" <> 'fte_pilotage'")),
    "response_national_floor": Fault(
        "marts/fct_centres",
        "select * replace (case when structure_type = 'EVS' then 0 else responded end as responded) from old",
    ),
    "response_national": reservation(
        Fault(
            "marts/fct_centres",
            "select * replace (case when structure_id similar to '.*[0-4]' then 0 else responded end as responded) "
            "from old",
        )
    ),
    "response_territory": reservation(
        Fault("marts/fct_centres", SILENT_04.replace("'%-04-%'", "'EVS-04-%'")), scope="DEP-04"
    ),
    "territory_silent": reservation(Fault("marts/fct_centres", SILENT_04), scope="DEP-04"),
    "sender_absent": Fault("marts/fct_centres", SILENT_04.replace("-04-", "-13-") + " where campaign = 2019 union all "
                           "from old where campaign <> 2019"),
    "answers_received": Fault("marts/fct_centres", "select * replace (0 as responded) from old"),
    "response_sender": reservation(
        Fault(
            "marts/fct_centres",
            "select * replace (case when campaign = 2019 and structure_id similar to 'CS-13-.*[1-8]' then 0 "
            "else responded end as responded) from old",
        )
    ),
    "sender_refused": reservation(
        Fault(
            "intake/receipts",
            "select * replace (case when sender = 'caf-04' then 'rejected' else verdict end as verdict) from old",
        )
    ),
    "items_required": reservation(staff("fte_total__status", "'refused'", "structure_id similar to '.*[0-2]'")),
    "items_optional": dataclasses.replace(
        staff("fte_permanent__status", "'blank'", "structure_id similar to '.*[0-2]'"), outcome="publishable"
    ),
    "items_block": reservation(staff("fte_total__status", "'blank'")),
    "structures_placed": reservation(
        Fault(
            "marts/bridge_territory_structure",
            "from old where not (territory_id = 'DEP-35' and structure_id = 'CS-35-0001')",
        )
    ),
    "structures_placed_once": Fault(
        "marts/bridge_territory_structure",
        "from old union all select * replace ('DEP-22' as territory_id) from old "
        "where territory_id = 'DEP-35' and structure_id = 'CS-35-0001'",
    ),
    "nation_is_sum_of_territories": figure(
        "numerator = numerator + 1", "territory_id = 'DEP-62' and indicator = 'fte_total' and structure_type = 'CS'"
    ),
    "types_add_up": figure(
        "numerator = numerator + 1", "territory_id = 'DEP-62' and indicator = 'fte_total' and structure_type = 'ALL'"
    ),
    "nation_is_sum_of_structures": staff("fte_total", "fte_total + 1", "structure_id = 'CS-62-0001'"),
    "shares_sum_to_100": figure(
        "value = value + 1", "territory_id = 'DEP-62' and indicator = 'income_share_2019' and breakdown = 'caf'"
    ),
    "n_within_population": figure(
        "n_respondents = n_responded + 1", "territory_id = 'DEP-62' and indicator = 'fte_mean'"
    ),
    "figures_worked_out": figure("value = 1.01 * value", "territory_id = 'FR' and indicator = 'fte_total'"),
    "figures_known": Fault(
        "marts/figures",
        "from old union all by name select * replace ('DEP-99' as territory_id) from old "
        "where campaign = 2019 and territory_id = 'DEP-62' and indicator = 'fte_mean'",
    ),
    "figures_once": Fault(
        "marts/figures",
        "from old union all from old where campaign = 2019 and territory_id = 'DEP-62' and indicator = 'fte_mean'",
    ),
    "figures_file": figure(
        "value_rounded = value_rounded + 1",
        "territory_id = 'DEP-62' and indicator = 'fte_total' and structure_type = 'CS'",
    ),
    "figures_are_numbers": figure(
        "value = cast('nan' as double)", "territory_id = 'DEP-62' and indicator = 'fte_mean'"
    ),
    "shares_within_whole": reservation(
        figure("numerator = denominator + 1", "territory_id = 'DEP-62' and indicator = 'family_referent_share'")
    ),
    "manager_duplicates": reservation(
        Fault(
            "marts/fct_staff",
            "select * from old where structure_id <> '{sister}' union all by name select * replace ('{sister}' as "
            "structure_id) from old where structure_id = '{structure}'",
            thresholds=(("duplicate_same_pct", "30"),),
        )
    ),
    "declared_parts": reservation(staff("fte_animation", "fte_animation * 1.5")),
    "declared_parts_floor": staff("fte_animation", "fte_animation * 4"),
    "drift_total": staff("fte_total", "fte_total * 4"),
    "drift_structures": reservation(staff("fte_total", "fte_total * 300", FEW_2019)),
    "drift_territory": reservation(staff("fte_total", "fte_total * 5", IN_13), scope="DEP-13"),
    "swap_medians": staff("fte_total", "fte_total * 40"),
    "swap_emptied": staff("fte_total", "null"),
    "swap_nulls": Fault(
        "marts/fct_governance",
        "select * replace (case when campaign < 2019 or structure_id = 'CS-62-0001' then board_members end "
        "as board_members) from old",
    ),
    "swap_medians_warning": reservation(staff("fte_total", "fte_total * 4")),
    "swap_nulls_warning": reservation(staff("fte_total", "null", SOME_2019)),
    "sender_swap": staff("fte_total", "fte_total * 1000", IN_13),
    "engine_errors": Fault(
        "intake/receipts", "select * replace (case when campaign = 2019 then 'I90' else rule end as rule) from old"
    ),
    "idle_corrections": reservation(Fault("intake/decisions", "select * replace ('dead' as state) from old")),
    "guard_block": Fault("intake/guards", "select * replace (false as acknowledged) from old"),
    "guard_block_territory": reservation(
        Fault("intake/guards", "select * replace (false as acknowledged) from old"), scope="DEP-13"
    ),
    "guard_warning": reservation(
        Fault("intake/guards", "select * replace (false as acknowledged, 'warn' as severity) from old")
    ),
    "drift_zero": reservation(staff("fte_total", "0", FEW_2019)),
    "series_declared": reservation(Fault("registry/breaks", "from old where false")),
    "figures_comparable": reservation(
        figure("value = value + 40", "territory_id = 'FR' and indicator = 'family_referent_share'")
    ),
    "means_comparable": reservation(figure("value = 5 * value", "territory_id = 'FR' and indicator = 'fte_mean'")),
    "personal_columns": Fault("marts/fct_centres", "select *, '' as contact_email from old"),
    "personal_texts": Fault(
        "marts/dim_structure", "select * replace (name || ', tél. 06 12 34 56 78' as name) from old"
    ),
    "refused_values_kept_out": staff("fte_total__status", "'declared'"),
    "open_edit_weight": opened_value(">= 0.02"),
    "open_edit_weight_warning": reservation(opened_value("< 0.006")),
    "open_edit_share": opened_edits("structure_id similar to '.*[0-6]'"),
    "open_edit_share_warning": reservation(opened_edits("structure_id similar to '.*[01]'")),
    "open_edit_share_territory": reservation(opened_edits("structure_id like '%-04-%'"), scope="DEP-04"),
    "unmapped_columns": Fault("intake/unmapped", "select * replace (false as acknowledged) from old"),
    "revisions_national": revised("FR", 0.6),
    "revisions_territory": reservation(revised("DEP-62", 6.0), scope="DEP-62"),
    "signatures_national": unsigned("missing", "true", "FR"),
    "signatures_territory": reservation(unsigned("missing", "true", "DEP-62"), scope="DEP-62"),
    "signatures_absent": reservation(unsigned("state", "'absent'", "DEP-62"), scope="DEP-62"),
    "disclosure_intervals": Fault(
        "disclosure/2019/cells",
        "from old union all select 2019, numerator, 'DEP-13', 'CS', 'primary', 'dominance', 5, 10.0 "
        "from read_parquet('{marts}/../registry/figure_expressions.parquet') "
        "where campaign = 2019 and structure_type = 'CS' and indicator = 'fte_total'",
    ),
    "disclosure_sensitive": Fault(
        "disclosure/2019/figures", "select * replace ('published' as state, '' as rule) from old"
    ),
    "disclosure_hidden": reservation(
        Fault("disclosure/2019/figures", "select * replace ('secondary' as state) from old")
    ),
    "disclosure_unrevised": reservation(
        Fault("disclosure/2019/figures", "select * replace ('unrevised' as state) from old")
    ),
    "disclosure_told_before": reservation(
        Fault("disclosure/2019/figures", "select * replace ('already_published' as rule) from old")
    ),
}  # fmt: skip


def only(check_id: str, thresholds: tuple[tuple[str, str], ...] = (), waivers: tuple[Waiver, ...] = ()) -> Settings:
    """The gate's settings with one check, and some thresholds replaced."""
    replaced = tuple(Threshold(parameter, value, CAMPAIGN, None) for parameter, value in thresholds)
    return dataclasses.replace(
        SETTINGS,
        checks=tuple(check for check in SETTINGS.checks if check.id == check_id),
        thresholds=SETTINGS.thresholds + replaced,
        waivers=waivers,
    )


def spoil(candidate: Path, fault: Fault) -> None:
    with duckdb.connect() as connection:
        sisters = connection.execute(
            f"select min(structure_id), max(structure_id) from '{candidate}/marts/dim_structure.parquet' "
            f"where campaign = 2019 and structure_type = 'CS' and structure_id in (select structure_id from "
            f"'{candidate}/marts/fct_staff.parquet' where campaign = 2019) group by manager_siren "
            "having count(*) > 1 and manager_siren <> '' order by all"
        ).fetchone()
    assert sisters
    query = fault.query.replace("{marts}", str(candidate / "marts"))
    query = query.replace("{structure}", sisters[0]).replace("{sister}", sisters[1])
    rewrite(candidate, fault.table, query)


def failure(verdict: Verdict, scope: str = "national") -> CheckResult:
    """The failed result on a scope; a département's fault may also show in its region."""
    failed = {check.scope: check for check in verdict.checks if not check.passed}
    assert scope in failed and all(other.startswith("REG-") for other in failed if other != scope), failed
    return failed[scope]
