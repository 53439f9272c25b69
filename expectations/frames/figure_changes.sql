-- national figure that is no total (share, mean, ratio) computed now and in the earlier campaign, no break declared
-- between them: points of change for a percentage, ratio (>= 1) for the rest (1 where an answer behind it is negative: a
-- mean of results may be anything near zero).
with here as (
    select structure_type, indicator, breakdown, value, unit
    from marts.figures
    join publications using (territory_id)
    where figures.campaign = getvariable('campaign')
        and publications.is_national
        and figures.kind not in (select unnest(string_split(setting('additive_kinds'), ';')))
        and figures.n_respondents >= threshold('change_min_respondents')
),

signed as (
    select distinct used_columns.indicator, used_columns.structure_type
    from used_columns
    join measures using (campaign, structure_type, variable)
    where measures.value < 0
),

compared_figures as (
    select
        here.*,
        past.value as earlier_value,
        earlier.campaign as earlier_campaign
    from here
    join earlier on earlier.structure_type = here.structure_type
    join marts.figures as past
        on past.campaign = earlier.campaign
        and past.structure_type = here.structure_type
        and past.indicator = here.indicator
        and past.breakdown = here.breakdown
    join publications on publications.territory_id = past.territory_id and publications.is_national
    where past.n_respondents >= threshold('change_min_respondents')
)

select
    figures.structure_type,
    figures.indicator,
    figures.breakdown,
    coalesce(indicators.label_fr, figures.indicator) as label_fr,
    cast(figures.earlier_campaign as varchar) as earlier_campaign,
    figures.earlier_value,
    figures.value,
    figures.unit,
    case when figures.unit = 'percent' then abs(figures.value - figures.earlier_value) else 0 end as change_points,
    case
        when figures.unit <> 'percent' and figures.value > 0 and figures.earlier_value > 0 and signed.indicator is null
            then greatest(figures.value / figures.earlier_value, figures.earlier_value / figures.value)
        else 1
    end as change_ratio
from compared_figures as figures
left join registry.indicators on indicators.indicator = figures.indicator
left join signed on signed.indicator = figures.indicator and signed.structure_type = figures.structure_type
where not exists (
    select 1
    from registry.breaks
    where breaks.indicator = figures.indicator
        and breaks.campaign > figures.earlier_campaign
        and breaks.campaign <= getvariable('campaign')
)
order by change_points desc, change_ratio desc, figures.indicator, figures.structure_type, figures.breakdown
