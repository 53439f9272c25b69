select
    campaign,
    data_year,
    opens_on,
    closes_on
from {{ ref('stg_registry__campaigns') }}
order by campaign
