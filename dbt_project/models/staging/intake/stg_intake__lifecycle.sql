select
    structure_id,
    event,
    cast({{ adapter.quote('date') }} as date) as event_date
from {{ source('intake', 'lifecycle') }}
