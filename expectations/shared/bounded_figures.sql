-- bounded_figures: the figures of the campaign, each with what the registry does not allow.
-- worked_out: the value again, from its numerator and denominator (null where the registry does not know the figure).
create view bounded_figures as
with expressions as (
    select structure_type, indicator, breakdown, population, factor
    from registry.figure_expressions
    where campaign = getvariable('campaign')
),

numbered as (
    select
        *,
        count(*) over (partition by territory_id, structure_type, indicator, breakdown) as lines
    from marts.figures
    where campaign = getvariable('campaign')
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
    figures.value,
    cast(figures.value_rounded as double) as value_rounded,
    expressions.factor * cast(figures.numerator as double) / cast(coalesce(figures.denominator, 1) as double) as worked_out,
    figures.n_respondents
    > case when expressions.population = 'frame' then figures.n_agreed else figures.n_responded end
    or figures.n_responded > figures.n_agreed
    or figures.n_solicited > figures.n_agreed as n_excess,
    figures.kind in ('share', 'distribution')
    and (figures.numerator < 0 or figures.numerator > figures.denominator) as share_outside,
    coalesce(figures.denominator, 1) <> 0 and (figures.value is null or not isfinite(figures.value))
    or figures.numerator is null
    or figures.n_respondents is null
    or figures.n_responded is null
    or figures.n_agreed is null as not_a_number,
    isfinite(figures.value) and expressions.factor is not null and (
        abs(figures.value - worked_out) > threshold('sum_gap_relative') * greatest(1, abs(worked_out))
        or abs(value_rounded - worked_out) > 0.5 * pow(10, -figures.decimals) + threshold('sum_gap_relative')
    ) as miscomputed,
    expressions.factor is null or publications.territory_id is null as unknown,
    figures.lines > 1 as repeated
from numbered as figures
left join expressions using (structure_type, indicator, breakdown)
left join publications using (territory_id);
