-- Behind the bounds: one row per figure and fault.
select
    figures.territory_id,
    publications.name as territory,
    figures.structure_type,
    faults.fault,
    figures.indicator,
    figures.breakdown,
    cast(figures.numerator as double) as numerator,
    cast(figures.denominator as double) as denominator,
    figures.n_respondents,
    figures.n_responded,
    figures.n_agreed
from bounded_figures as figures
join (select unnest(['n_excess', 'share_outside', 'not_a_number']) as fault) as faults
    on (faults.fault = 'n_excess' and figures.n_excess)
    or (faults.fault = 'share_outside' and figures.share_outside)
    or (faults.fault = 'not_a_number' and figures.not_a_number)
left join publications using (territory_id)
order by figures.territory_id, figures.structure_type, figures.indicator, figures.breakdown
