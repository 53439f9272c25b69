-- territory × structure type × indicator whose shares share a whole: their sum (percent) and its distance to 100.
-- Distributions, and shares broken down by the codes of a single choice.
with sharing as (
    select distinct indicators.indicator
    from registry.indicators
    left join registry.variables
        on variables.type = 'single_choice' and indicators.breakdown in (variables.variable, variables.choices)
    where indicators.kind = 'distribution' or (indicators.kind = 'share' and variables.variable is not null)
)

select
    figures.territory_id,
    publications.name as territory,
    figures.structure_type,
    figures.indicator,
    sum(figures.value) as total_pct,
    abs(sum(figures.value) - 100) as gap_points
from marts.figures
join sharing using (indicator)
left join publications using (territory_id)
where figures.campaign = getvariable('campaign') and figures.denominator <> 0
group by figures.territory_id, publications.name, figures.structure_type, figures.indicator
order by gap_points desc, figures.territory_id, figures.structure_type, figures.indicator
