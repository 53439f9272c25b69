-- sensitive amount: whether what is published leaves whoever recomputes it an interval wide enough. Territories joined by
-- `;`: the structures that belong to exactly these, which differences between figures would tell.
select
    intervals.territory_id,
    coalesce(publications.name, intervals.territory_id) as territory,
    intervals.structure_type,
    intervals.indicator,
    indicators.label_fr,
    intervals.found_pct,
    intervals.too_narrow
from intervals
left join publications using (territory_id)
left join registry.indicators using (indicator)
order by intervals.too_narrow desc, intervals.found_pct, intervals.territory_id, intervals.indicator
