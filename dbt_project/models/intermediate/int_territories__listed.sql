with registered as (
    select
        territory_id,
        level,
        code,
        name,
        vintage_from,
        vintage_to
    from {{ ref('stg_registry__territories') }}
),

placed as (
    select distinct
        campaign,
        place_type,
        place_code
    from {{ ref('int_structures__placed') }}
    where place_type in ('federation', 'focus')
),

found as (
    select
        placed.place_type,
        placed.place_code,
        min(placed.campaign) as vintage_from,
        max(placed.campaign) as vintage_to
    from placed
    left join registered
        on
            placed.place_type = registered.level
            and placed.place_code = registered.code
            and {{ is_in_vintage('placed.campaign', 'registered') }}
    where registered.territory_id is null
    group by placed.place_type, placed.place_code
)

select
    territory_id,
    level,
    code,
    name,
    vintage_from,
    vintage_to
from registered
union all
select
    place_type || ':' || place_code as territory_id,
    place_type as level,
    place_code as code,
    place_code as name,
    vintage_from,
    vintage_to
from found
