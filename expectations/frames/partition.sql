-- territory × level that divides it (départements of the nation, of a region) × figure: the largest gap between its
-- numerator, denominator or n and the sum of the parts', relative to the larger of the two. A part without an answer has
-- no row and counts for nothing; a share or a mean has none either where its denominator is zero, and is only compared
-- where every respondent is in a part that has one.
with frame as (
    select publications.territory_id, publications.level, bridge.structure_id
    from marts.bridge_territory_structure as bridge
    join publications using (territory_id)
    where bridge.campaign = getvariable('campaign')
),

sizes as (
    select territory_id, count(*) as structures from frame group by territory_id
),

-- The parts that lie wholly inside a territory; they divide it when they hold all of its structures.
inside as (
    select
        whole.territory_id,
        part.territory_id as part_id,
        part.level,
        count(*) as structures
    from frame as whole
    join frame as part on part.structure_id = whole.structure_id and part.territory_id <> whole.territory_id
    where part.level in (select unnest(string_split(setting('partition_levels'), ';')))
    group by whole.territory_id, part.territory_id, part.level
),

divided as (
    select
        inside.territory_id,
        inside.level,
        list(inside.part_id) as parts
    from inside
    join sizes as part_sizes on part_sizes.territory_id = inside.part_id and part_sizes.structures = inside.structures
    join sizes on sizes.territory_id = inside.territory_id
    group by inside.territory_id, inside.level, sizes.structures
    having sum(inside.structures) = sizes.structures
),

summed as (
    select
        territory_id,
        structure_type,
        indicator,
        breakdown,
        kind in (select unnest(string_split(setting('additive_kinds'), ';'))) as is_total,
        cast(numerator as double) as numerator,
        cast(coalesce(denominator, 0) as double) as denominator,
        n_respondents
    from marts.figures
    where campaign = getvariable('campaign')
        and kind in (select unnest(string_split(setting('summed_kinds'), ';')))
),

parts as (
    select
        divided.territory_id,
        divided.level,
        summed.structure_type,
        summed.indicator,
        summed.breakdown,
        bool_or(summed.is_total) as is_total,
        sum(summed.numerator) as numerator,
        sum(summed.denominator) as denominator,
        sum(summed.n_respondents) as n
    from (select territory_id, level, unnest(parts) as part_id from divided) as divided
    join summed on summed.territory_id = divided.part_id
    group by divided.territory_id, divided.level, summed.structure_type, summed.indicator, summed.breakdown
),

wholes as (
    select
        divided.territory_id,
        divided.level,
        summed.structure_type,
        summed.indicator,
        summed.breakdown,
        summed.is_total,
        summed.numerator,
        summed.denominator,
        summed.n_respondents as n
    from divided
    join summed using (territory_id)
),

compared_sums as (
    select
        territory_id,
        level,
        structure_type,
        indicator,
        breakdown,
        coalesce(wholes.numerator, 0) as whole_value,
        coalesce(parts.numerator, 0) as parts_value,
        coalesce(wholes.denominator, 0) as whole_base,
        coalesce(parts.denominator, 0) as parts_base,
        coalesce(wholes.n, 0) as whole_n,
        coalesce(parts.n, 0) as parts_n
    from wholes
    full join parts using (territory_id, level, structure_type, indicator, breakdown)
    where coalesce(wholes.is_total, parts.is_total) or wholes.n = parts.n
)

select
    compared_sums.territory_id,
    publications.name as territory,
    lower(levels.level_label_fr) as level,
    compared_sums.structure_type,
    compared_sums.indicator,
    coalesce(indicators.label_fr, compared_sums.indicator)
    || case when compared_sums.breakdown = '' then '' else ', ' || compared_sums.breakdown end as label_fr,
    compared_sums.whole_value,
    compared_sums.parts_value,
    compared_sums.whole_base,
    compared_sums.parts_base,
    cast(compared_sums.whole_n as bigint) as whole_n,
    cast(compared_sums.parts_n as bigint) as parts_n,
    greatest(
        abs(whole_value - parts_value) / greatest(1, abs(whole_value), abs(parts_value)),
        abs(whole_base - parts_base) / greatest(1, abs(whole_base), abs(parts_base)),
        abs(whole_n - parts_n) / greatest(1, whole_n, parts_n)
    ) as gap_relative
from compared_sums
join publications using (territory_id)
join (select distinct level, level_label_fr from marts.dim_territory) as levels on levels.level = compared_sums.level
left join registry.indicators using (indicator)
order by
    gap_relative desc, publications.level_order, compared_sums.territory_id, compared_sums.level,
    compared_sums.structure_type, compared_sums.indicator, compared_sums.breakdown
