select
    cast(campaign as {{ dbt.type_int() }}) as campaign,
    structure_id,
    variable,
    status,
    value_num,
    value_text,
    value_date
from {{ source('intake', 'answers') }}
where {{ adapter.quote('current') }}
