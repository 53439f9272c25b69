-- National figure × level that divides the nation: gap between the national numerator (and n) and the sum of the parts,
-- relative to the larger of the two. A territory without an answer has no row and counts for nothing.
with additive as (
    select level, structure_type, indicator, breakdown, sum(numerator) as numerator, sum(n_respondents) as n
    from marts.figures
    where campaign = getvariable('campaign')
        and kind in (select unnest(string_split(setting('additive_kinds'), ';')))
    group by level, structure_type, indicator, breakdown
),

nation as (
    select structure_type, indicator, breakdown, numerator, n
    from additive
    where level in (select level from publications where is_national)
),

-- Only a level that holds every structure once divides the nation: `placement` says which do not.
levels as (
    select level from placed_structures group by level having min(places) = 1 and max(places) = 1
),

parts as (
    select * from additive where level in (select level from levels)
),

expected as (
    select levels.level, nation.structure_type, nation.indicator, nation.breakdown from nation cross join levels
    union
    select level, structure_type, indicator, breakdown from parts
)

select
    expected.level,
    expected.structure_type,
    expected.indicator,
    expected.breakdown,
    cast(coalesce(nation.numerator, 0) as double) as national_value,
    cast(coalesce(parts.numerator, 0) as double) as parts_value,
    cast(coalesce(nation.n, 0) as bigint) as national_n,
    cast(coalesce(parts.n, 0) as bigint) as parts_n,
    greatest(
        abs(national_value - parts_value) / greatest(1, abs(national_value), abs(parts_value)),
        abs(national_n - parts_n) / greatest(1, national_n, parts_n)
    ) as gap_relative
from expected
left join nation using (structure_type, indicator, breakdown)
left join parts using (level, structure_type, indicator, breakdown)
order by gap_relative desc, expected.level, expected.structure_type, expected.indicator, expected.breakdown
