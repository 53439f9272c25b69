-- publications: the territories of the campaign, each of which has its own outcome.
create table publications as
select
    territory_id,
    case when level_order = min(level_order) over () then name else name || ' (' || lower(level_label_fr) || ')' end as name,
    level,
    level_order,
    level_order = min(level_order) over () as is_national
from marts.dim_territory
where territory_id in (
    select territory_id from marts.bridge_territory_structure where campaign = getvariable('campaign')
);
