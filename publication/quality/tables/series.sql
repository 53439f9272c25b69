-- campaign × indicator with a national figure: since which campaign it is comparable, and over how many campaigns.
with present as (
    select distinct campaign, indicator from marts.figures where level = 'national'
),

since as (
    select
        present.campaign,
        present.indicator,
        coalesce(max(breaks.campaign) filter (where breaks.campaign <= present.campaign), 0) as last_break
    from present
    left join registry.breaks as breaks using (indicator)
    group by present.campaign, present.indicator
)

select
    since.campaign,
    since.indicator,
    indicators.label_fr,
    since.last_break,
    min(present.campaign) as comparable_from,
    cast(count(distinct present.campaign) as integer) as campaigns
from since
join present
    on present.indicator = since.indicator and present.campaign between since.last_break and since.campaign
join registry.indicators as indicators on indicators.indicator = since.indicator
group by since.campaign, since.indicator, indicators.label_fr, since.last_break
order by since.campaign, since.indicator
