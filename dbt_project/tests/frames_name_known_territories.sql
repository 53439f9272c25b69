-- Federations and focus territories that a frame names and the registry doesn't know in that campaign: their figures
-- are computed, under the code for want of a name.
select
    listed.level,
    listed.code,
    listed.vintage_from,
    listed.vintage_to
from {{ ref('int_territories__listed') }} as listed
left join {{ ref('stg_registry__territories') }} as registered on listed.territory_id = registered.territory_id
where registered.territory_id is null
