-- campaign × whole and its parts: additive figures compared (numerators), how many differ, the largest distance. For the nation:
-- its départements, and its structure types.
with additive as (
    select campaign, level, structure_type, indicator, breakdown, numerator
    from marts.figures
    where denominator is null
),

whole as (select * from additive where level = 'national'),

single_types as (select structure_type from registry.structure_types),

parts as (
    select 'departement' as part, campaign, structure_type, indicator, breakdown, sum(numerator) as total
    from additive
    where level = 'departement' and structure_type in (select structure_type from single_types)
    group by campaign, structure_type, indicator, breakdown
    union all
    select 'structure_type', whole.campaign, combined.structure_type, whole.indicator, whole.breakdown, sum(whole.numerator)
    from whole
    join (
        select distinct campaign, structure_type, indicator, breakdown
        from whole
        where structure_type not in (select structure_type from single_types)
    ) as combined using (campaign, indicator, breakdown)
    where whole.structure_type in (select structure_type from single_types)
    group by whole.campaign, combined.structure_type, whole.indicator, whole.breakdown
)

select
    parts.campaign,
    parts.part,
    cast(count(*) as integer) as figures,
    cast(count(*) filter (where abs(whole.numerator - parts.total) > 0.000001 * greatest(1, abs(whole.numerator))) as integer)
        as differing,
    cast(max(abs(whole.numerator - parts.total)) as double) as largest_gap
from parts
join whole using (campaign, structure_type, indicator, breakdown)
group by parts.campaign, parts.part
order by parts.campaign, parts.part
