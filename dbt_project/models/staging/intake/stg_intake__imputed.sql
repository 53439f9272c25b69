select
    cast(campaign as {{ dbt.type_int() }}) as campaign,
    structure_id,
    structure_type,
    variable,
    value_num,
    method,
    donor_campaign,
    donor_variable,
    donor_value,
    factor,
    donors,
    stratum
from {{ source('intake', 'imputed') }}
