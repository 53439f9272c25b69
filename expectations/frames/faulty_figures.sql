-- Behind the bounds: one row per figure and fault.
with faults as (
    select *, 'n_excess' as fault from bounded_figures where n_excess
    union all
    select *, 'share_outside' from bounded_figures where share_outside
    union all
    select *, 'not_a_number' from bounded_figures where not_a_number
    union all
    select *, 'miscomputed' from bounded_figures where miscomputed
    union all
    select *, 'unknown' from bounded_figures where unknown
    union all
    select distinct *, 'repeated' from bounded_figures where repeated
)

select
    figures.territory_id,
    coalesce(publications.name, figures.territory_id) as territory,
    figures.structure_type,
    figures.fault,
    figures.indicator,
    coalesce(indicators.label_fr, figures.indicator)
    || case when figures.breakdown = '' then '' else ', ' || figures.breakdown end as label_fr,
    figures.breakdown,
    figures.value,
    figures.worked_out,
    figures.value_rounded,
    cast(figures.numerator as double) as numerator,
    cast(figures.denominator as double) as denominator,
    figures.n_respondents,
    figures.n_responded,
    figures.n_agreed
from faults as figures
left join publications using (territory_id)
left join registry.indicators using (indicator)
order by figures.territory_id, figures.structure_type, figures.indicator, figures.breakdown
