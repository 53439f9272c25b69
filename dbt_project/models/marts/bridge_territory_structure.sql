select
    campaign,
    territory_id,
    structure_id,
    structure_type
from {{ ref('int_territories__members') }}
order by campaign, territory_id, structure_id
