select
    cast(campaign as {{ dbt.type_int() }}) as campaign,
    structure_id,
    structure_type,
    sender,
    cast(received_at as {{ dbt.type_timestamp() }}) as received_at,
    state
from {{ source('intake', 'responses') }}
