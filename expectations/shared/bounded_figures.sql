-- bounded_figures: the figures of the campaign, each with what the registry does not allow.
create view bounded_figures as
with populations as (
    select distinct indicator, population from registry.figure_expressions where campaign = getvariable('campaign')
)

select
    figures.territory_id,
    figures.structure_type,
    figures.indicator,
    figures.breakdown,
    figures.numerator,
    figures.denominator,
    figures.n_respondents,
    figures.n_responded,
    figures.n_agreed,
    figures.n_respondents
    > case when populations.population = 'frame' then figures.n_agreed else figures.n_responded end
    or figures.n_responded > figures.n_agreed
    or figures.n_solicited > figures.n_agreed as n_excess,
    figures.kind in ('share', 'distribution')
    and (figures.numerator < 0 or figures.numerator > figures.denominator) as share_outside,
    coalesce(figures.denominator, 1) <> 0 and (figures.value is null or not isfinite(figures.value)) as not_a_number
from marts.figures
left join populations using (indicator)
where figures.campaign = getvariable('campaign');
