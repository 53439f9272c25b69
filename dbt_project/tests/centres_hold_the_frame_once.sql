-- fct_centres has exactly one row per structure of the frame, and says the same of its response.
with counted as (
    select
        campaign,
        structure_id,
        response_status,
        1 as n_expected,
        0 as n_held
    from {{ ref('int_structures__panel') }}
    union all
    select
        campaign,
        structure_id,
        response_status,
        0 as n_expected,
        1 as n_held
    from {{ ref('fct_centres') }}
)

select
    campaign,
    structure_id,
    response_status,
    sum(n_expected) as n_expected,
    sum(n_held) as n_held
from counted
group by campaign, structure_id, response_status
having sum(n_expected) <> 1 or sum(n_held) <> 1
