-- structure type (and all together) × watched total, and the counts of structures: the national figure against the sum
-- taken again over the structures of the marts. Figures with weights or imputed values are no such sum, on purpose.
with adjusted as (
    select indicator from marts.figures where campaign = getvariable('campaign') and mode <> 'none'
    union
    select indicator
    from registry.figure_expressions
    where campaign = getvariable('campaign') and population not in ('frame', 'respondents')
),

answered as (
    select watched.indicator, measures.structure_type, sum(measures.value) as total
    from measures
    join watched using (variable)
    where measures.campaign = getvariable('campaign') and watched.indicator not in (select indicator from adjusted)
    group by all
),

recomputed as (
    select indicator, structure_type, total from answered
    union all
    select answered.indicator, combined.structure_type, sum(answered.total)
    from answered
    join (
        select distinct structure_type, indicator
        from registry.figure_expressions
        where campaign = getvariable('campaign')
            and structure_type not in (select structure_type from registry.structure_types)
    ) as combined using (indicator)
    group by all
),

published as (
    select figures.indicator, figures.structure_type, figures.numerator
    from marts.figures
    join publications using (territory_id)
    where figures.campaign = getvariable('campaign') and figures.breakdown = '' and publications.is_national
        and figures.indicator not in (select indicator from adjusted)
),

counts as (
    select
        'Structures répondantes' as label_fr,
        figures.structure_type,
        max(figures.n_responded) as published,
        (
            select sum(responded)
            from marts.fct_centres as centres
            where centres.campaign = getvariable('campaign')
                and figures.structure_type in (
                    centres.structure_type,
                    case when figures.structure_type not in (select structure_type from registry.structure_types)
                        then figures.structure_type end
                )
        ) as total
    from marts.figures
    join publications using (territory_id)
    where figures.campaign = getvariable('campaign') and publications.is_national
    group by figures.structure_type
),

both_sides as (
    select
        watched.label_fr,
        structure_type,
        cast(coalesce(published.numerator, 0) as double) as published,
        coalesce(recomputed.total, 0) as total
    from published
    full join recomputed using (indicator, structure_type)
    join watched using (indicator)
    union all
    select label_fr, structure_type, cast(published as double), cast(coalesce(total, 0) as double) from counts
)

select *, abs(published - total) / greatest(1, abs(published), abs(total)) as gap_relative
from both_sides
order by label_fr, structure_type
