select
    territory_id,
    member_type,
    member_code
from {{ source('registry', 'territory_members') }}
