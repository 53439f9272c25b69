select
    cast(campaign as {{ dbt.type_int() }}) as campaign,
    cast(data_year as {{ dbt.type_int() }}) as data_year,
    cast(opens_on as date) as opens_on,
    cast(closes_on as date) as closes_on
from {{ source('registry', 'campaigns') }}
