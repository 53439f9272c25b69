-- publications: the territories of the campaign, each of which has its own outcome. The nation is the first level.
-- A window over the whole table would read better, but DuckDB 1.5 fails on it now and then ("vector of size 0").
create table publications as
with nation as (
    select min(level_order) as level_order from marts.dim_territory
)

select
    territories.territory_id,
    case
        when territories.level_order = nation.level_order then territories.name
        when starts_with(lower(territories.name), lower(territories.level_label_fr)) then territories.name
        else territories.name || ' (' || lower(territories.level_label_fr) || ')'
    end as name,
    territories.level,
    territories.level_order,
    territories.level_order = nation.level_order as is_national
from marts.dim_territory as territories
cross join nation
where territories.territory_id in (
    select territory_id from marts.bridge_territory_structure where campaign = getvariable('campaign')
);
