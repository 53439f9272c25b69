-- level of territory: figures, and how many of them a release hides (percent), sensitive (primary) or so that these can't
-- be recomputed (secondary).
select
    figures.level,
    count(*) as figures,
    count(*) filter (where decided.state = 'primary') as primary_figures,
    count(*) filter (where decided.state = 'secondary') as secondary_figures,
    100.0 * count(*) filter (where decided.state in ('primary', 'secondary')) / count(*) as hidden_pct,
    count(*) filter (where decided.state = 'unrevised') as unrevised,
    count(*) filter (where decided.rule = 'already_published') as told_before
from marts.figures
join disclosure.figures as decided using (campaign, territory_id, structure_type, indicator, breakdown)
where figures.campaign = getvariable('campaign')
group by figures.level
order by hidden_pct desc
