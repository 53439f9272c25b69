select
    territory_id,
    level,
    code,
    name,
    cast(vintage_from as {{ dbt.type_int() }}) as vintage_from,
    cast(vintage_to as {{ dbt.type_int() }}) as vintage_to
from {{ source('registry', 'territories') }}
