"""A candidate as docs/data-contracts.md describes it, small and sound, and a way to spoil it for a test.

Frames, respondents and figures are the bundled samples'; what each structure answered is made up so that it adds up to
the figures of its département: totals are shared out by a weight that a structure keeps from campaign to campaign.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from expectations.revisions import schema as revised_columns
from expectations.revisions import write_revisions
from expectations.settings import settings_folder
from expectations.sign_off import SIGN, party_states, states_table, write_states
from expectations.signatories import SignedTerritory, load_rules, territories_to_sign
from orchestration.figures_csv import write_figures_csv
from registry import load_registry
from registry.collectors import load_senders
from registry.export import registry_tables
from tests.disclosure_fixture import write_disclosure_by_n

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
CAMPAIGNS = (2011, 2017, 2019)
FACTS = {
    "fct_governance": ("governance",),
    "fct_volunteers": ("volunteers",),
    "fct_staff": ("staff",),
    "fct_finances": ("finances",),
    "fct_actions": ("project", "actions", "publics", "partnerships"),
}

REGISTRY = {"edits": "registry_edits"}

FRAME = """
create table frame as
select * from read_csv('{samples}/frames/frame_*.csv', types = {{'departement': 'varchar', 'commune_code': 'varchar',
    'previous_ids': 'varchar', 'lifecycle': 'varchar', 'focus_territories': 'varchar', 'manager_siren': 'varchar'}});

create table events as
select *, string_split(file, '/')[3] as sender
from read_csv('{samples}/expected/expected_intake.csv', all_varchar = true);

create table accepted as
select cast(campaign as integer) as campaign, structure_id, any_value(sender) as sender, any_value(file) as file
from events where event = 'accepted' group by all;
"""

DIMENSIONS = """
create table dim_campaign as select campaign, data_year, opens_on, closes_on from campaigns;

create table dim_territory as
select territory_id, level, levels.label_fr as level_label_fr, levels.order as level_order, code, name, vintage_from,
    vintage_to
from territories join territory_levels as levels using (level);

create table bridge_territory_structure as
select distinct frame.campaign, territories.territory_id, frame.structure_id, frame.structure_type
from frame
join territories
    on frame.campaign between territories.vintage_from and coalesce(territories.vintage_to, 9999)
left join territory_members as members
    on members.territory_id = territories.territory_id and members.member_code = frame.departement
where territories.level = 'national'
    or (territories.level = 'departement' and territories.code = frame.departement)
    or (territories.level = 'region' and members.member_code is not null);

create table dim_structure as
select campaign, structure_id, structure_type, name, departement, caf, federation, manager_siren, previous_ids,
    campaign as valid_from_campaign, campaign = max(campaign) over (partition by structure_id) as is_latest
from frame;

create table fct_centres as
select frame.campaign, frame.structure_id, frame.structure_type, frame.agreed, frame.solicited, frame.fcsf_member,
    case when accepted.structure_id is null then 'no_response' else 'responded' end as response_status,
    cast(accepted.structure_id is not null as integer) as responded,
    accepted.sender
from frame left join accepted using (campaign, structure_id);

create table figures as
with expected as (
    select * replace (cast(campaign as integer) as campaign), coalesce(breakdown, '') as code
    from read_csv('{samples}/expected/expected_figures.csv', all_varchar = true)
    where level in ('national', 'region', 'departement') and indicator <> 'result_mean' -- no result is made up
)
select expected.campaign, dim_territory.territory_id, expected.level, expected.territory, expected.structure_type,
    expected.indicator, expected.code as breakdown,
    case when cast(expected.denominator as double) = 0 then null
        else formulas.factor * cast(expected.numerator as double) / coalesce(cast(expected.denominator as double), 1)
    end as value, cast(expected.value as decimal(28, 4)) as value_rounded,
    formulas.decimals, formulas.unit, formulas.kind,
    cast(expected.numerator as decimal(38, 10)) as numerator,
    cast(expected.denominator as decimal(38, 10)) as denominator,
    cast(n_respondents as bigint) as n_respondents, cast(n_agreed as bigint) as n_agreed,
    cast(n_solicited as bigint) as n_solicited, cast(n_responded as bigint) as n_responded, 'none' as mode
from expected
join dim_territory
    on dim_territory.level = expected.level and dim_territory.code = expected.territory
    and expected.campaign between vintage_from and coalesce(vintage_to, 9999)
join figure_expressions as formulas
    on formulas.campaign = expected.campaign and formulas.structure_type = expected.structure_type
    and formulas.indicator = expected.indicator and formulas.breakdown = expected.code;
"""

ANSWERS = """
create table long_answers as
with watched as (
    select variable, indicator from read_csv('{settings}/variables.csv', all_varchar = true)
),
totals as (
    select figures.campaign, figures.territory as departement, figures.structure_type, watched.variable,
        cast(figures.numerator as decimal(30, 3)) as total, figures.n_respondents as n
    from figures join watched using (indicator)
    where figures.level = 'departement' and figures.breakdown = ''
),
ranked as (
    select fct_centres.*, frame.departement, 100 + hash(fct_centres.structure_id) % 53 as weight,
        row_number() over (partition by fct_centres.campaign, frame.departement, fct_centres.structure_type
            order by fct_centres.structure_id) as rank
    from fct_centres join frame using (campaign, structure_id) where responded = 1
),
shares as (
    select ranked.campaign, departement, structure_id, ranked.structure_type, variable, rank, total,
        cast(floor(total * weight / sum(weight) over answering) as decimal(30, 3)) as share
    from ranked join totals using (campaign, departement, structure_type)
    where rank <= n
    window answering as (partition by ranked.campaign, departement, ranked.structure_type, variable)
)
select campaign, structure_id, structure_type, variable,
    cast(share + case when rank = 1 then total - sum(share) over answering else 0 end as decimal(18, 6)) as value
from shares
window answering as (partition by campaign, departement, structure_type, variable);

insert into long_answers
select campaign, structure_id, long_answers.structure_type, part, cast(value / len(all_parts) as decimal(18, 6))
from long_answers join (
    select whole, structure_type, cast(campaign_from as integer) as first, cast(campaign_to as integer) as last,
        string_split(parts, '|') as all_parts, unnest(string_split(parts, '|')) as part
    from read_csv('{settings}/wholes.csv', all_varchar = true)
) as wholes
    on wholes.whole = variable and wholes.structure_type = long_answers.structure_type
    and campaign between coalesce(first, campaign) and coalesce(last, campaign);
"""

INTAKE = """
create table receipts as
select campaign, 'entry-' || row_number() over (order by file) as entry_id, sender, file, 'accepted' as verdict,
    cast(null as varchar) as rule, '' as message_fr
from accepted group by campaign, sender, file;

create table responses as
select campaign, entry_id, structure_id, 'accepted' as state from accepted join receipts using (campaign, sender, file);

create table refused as
select distinct campaign, structure_id from fct_staff where fte_total is null;

update fct_staff set fte_total__status = 'rejected' where fte_total is null;

create table rejects as
select campaign, entry_id, sender, file, 'answer' as level, 'CS' as sheet, 'F12' as cell, structure_id,
    'fte_total' as variable, 'E01' as rule
from responses join receipts using (campaign, entry_id)
where (campaign, structure_id) in (select campaign, structure_id from refused);

-- What weighs on a sum was settled; what is about words or choices is still open.
create table edits as
select responses.campaign, responses.entry_id, receipts.sender, receipts.file, events.structure_id,
    split_part(events.structure_id, '-', 1) as structure_type, events.variable, events.rule, 'confirm' as severity,
    true as current, coalesce(variables.type, '') not in ('integer', 'decimal', 'money') as open
from events
join responses
    on responses.campaign = cast(events.campaign as integer) and responses.structure_id = events.structure_id
join receipts on receipts.campaign = responses.campaign and receipts.entry_id = responses.entry_id
join registry_edits as rules on rules.rule = events.rule
left join variables on variables.variable = events.variable
where events.event = 'edit' and rules.severity = 'confirm' and events.variable is not null;

create table unmapped as
select campaign, entry_id, sender, file, 'CS' as sheet, 'ZZ3' as cell, 'Remarques du bureau' as header, 12 as filled,
    'comments' as nearest_question, true as acknowledged, 'ignorée : note interne' as decision
from receipts where campaign = (select max(campaign) from receipts) limit 1;

create table guards as
select campaign, entry_id, sender, file, '' as sheet, 'CH' as "column", 'CS' as structure_type,
    'Q9.01' as question_code, 'thousands' as guard, 'block' as severity,
    'Montants en milliers d''euros ?' as message_fr, '0a1b2c3d4e5f' as about, true as acknowledged,
    false as justified, '' as justification
from receipts where campaign = (select max(campaign) from receipts) and sender = 'ucs-13';

create table decisions as
select campaign, 'national' as sender, 'corrections/2019.yml' as file, 'entrée 1' as cell,
    'CS-13-0003' as structure_id, 'income_total' as variable, 'applied' as state, '' as detail
from receipts where campaign = (select max(campaign) from receipts) limit 1;
"""


def write_candidate(folder: Path) -> Path:
    """A candidate with the three campaigns of the samples. Every check but the documented reservations passes on it."""
    with duckdb.connect() as connection:
        tables = registry_tables(load_registry(ROOT / "questionnaires"))
        for name, table in tables.items():
            connection.register(REGISTRY.get(name, name), table.to_arrow())
        connection.execute(FRAME.format(samples=SAMPLES))
        connection.execute(DIMENSIONS.format(samples=SAMPLES))
        connection.execute(ANSWERS.format(settings=ROOT / "expectations"))
        for fact, sections in FACTS.items():
            _write_fact(connection, fact, sections)
        connection.execute(INTAKE)
        rooms = {
            "registry": list(tables),
            "marts": ["dim_campaign", "dim_territory", "dim_structure", "bridge_territory_structure", "fct_centres",
                      "figures", *FACTS],
            "intake": ["receipts", "responses", "rejects", "edits", "unmapped", "guards", "decisions"],
        }  # fmt: skip
        for room, names in rooms.items():
            (folder / room).mkdir(parents=True)
            for name in names:
                source = REGISTRY.get(name, name) if room == "registry" else name
                connection.execute(
                    f"copy (from {source} order by all) to '{folder / room / name}.parquet' (format parquet)"
                )
        write_figures_csv(connection, folder / "registry", folder / "figures.csv")
    write_disclosure_by_n(folder)
    (folder / "manifest.json").write_text(json.dumps({"build_id": "20261122T054200-0123abcd"}), encoding="utf-8")
    for campaign in CAMPAIGNS:
        sign(folder, campaign, [signature(place, party.sender)
                                for place in to_sign(folder, campaign) for party in place.parties])  # fmt: skip
        write_revisions(folder, campaign, pl.DataFrame(schema=revised_columns()))
    return folder


def to_sign(candidate: Path, campaign: int) -> list[SignedTerritory]:
    """The territories of a campaign with who signs each, by the rules and the senders of the project."""
    senders = load_senders(ROOT / "questionnaires")
    return territories_to_sign(candidate, campaign, load_rules(settings_folder()), senders)


def signature(place: SignedTerritory, party: str, action: str = SIGN, **said: str) -> dict[str, Any]:
    """What `party` declares of the figures as they are."""
    return {
        "territory_id": place.territory_id,
        "party": party,
        "action": action,
        "figures_hash": place.figures_hash,
        "who": party,
        "author": "Camille Durand",
        "declared_at": "2026-11-22T09:00:00.000000+00:00",
    } | said


def sign(candidate: Path, campaign: int, declarations: list[dict[str, Any]]) -> None:
    """Write what the declarations are worth on the candidate as it is now."""
    write_states(candidate, campaign, states_table(party_states(campaign, to_sign(candidate, campaign), declarations)))


def rewrite(candidate: Path, table: str, query: str) -> None:
    """Replace ``<room>/<name>`` of a candidate by `query`, in which ``old`` is the table as it was."""
    path = candidate / f"{table}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table old as from read_parquet('{path}')")
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def _write_fact(connection: duckdb.DuckDBPyConnection, fact: str, sections: tuple[str, ...]) -> None:
    """A wide fact: a row per responding structure, the made-up variables of its sections and their statuses."""
    names = connection.execute(
        "select distinct variable from long_answers join variables using (variable) where list_contains(?, section) "
        "order by all",
        [list(sections)],
    ).fetchall()
    columns = "".join(
        f", max(value) filter (where variable = '{name}') as {name}, case when count(value) filter "
        f"(where variable = '{name}') > 0 then 'declared' else 'blank' end as {name}__status"
        for (name,) in names
    )
    connection.execute(
        f"create table {fact} as select campaign, structure_id, centres.structure_type {columns} "
        "from fct_centres as centres left join long_answers using (campaign, structure_id) "
        "where centres.responded = 1 group by all"
    )
