select
    level,
    label_fr as level_label_fr,
    cast({{ adapter.quote('order') }} as {{ dbt.type_int() }}) as level_order,
    combines_types
from {{ source('registry', 'territory_levels') }}
